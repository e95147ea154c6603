// Who is signed in. The credential is in memory, and goes when the page does; a tick box lets
// the tab keep it (sessionStorage) until it is closed. Signing out forgets it in both places.
//
// A viewer token comes in the fragment, `#viewer_token=alv_…&to=<route>`, and is taken out of
// the address before anything else is done. It is never kept; that there was one is, so that
// who reloads the page is sent to where it came from, and not asked for a key.

import { type Client, createClient, type Me } from "./api/client";
import { serverNow } from "./api/clock";
import { ApiError } from "./api/errors";
import type { Credential } from "./api/transport";

/** Why there is no session: nobody came yet, the reader left, or the API refuses the credential. */
export type Ending = "none" | "signed_out" | "expired" | "refused";

export interface SignedIn {
  readonly client: Client;
  readonly me: Me;
  readonly credential: Credential;
  readonly viewer: boolean;
}

export interface Session {
  current(): SignedIn | undefined;
  ending(): Ending;
  /** Asks the API who this is. Throws what the call throws, and nothing is kept then. */
  signIn(credential: Credential, stay: boolean): Promise<SignedIn>;
  /** Signs in with what the reader brought, who typed nothing: a refusal is an ending. */
  resume(credential: Credential, stay: boolean): Promise<void>;
  signOut(): void;
}

const KEPT = "activity-log.credential";
const VIEWER = "activity-log.viewer";

export function isViewerToken(token: string): boolean {
  return token.startsWith("alv_");
}

/** What the tab keeps under a name. A browser may refuse that in a frame of another site. */
function kept(name: string): string | null {
  try {
    return window.sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Keeps a text under a name, or forgets it. Where the browser refuses, memory has to do. */
function keep(name: string, text: string | undefined): void {
  try {
    if (text === undefined) {
      window.sessionStorage.removeItem(name);
    } else {
      window.sessionStorage.setItem(name, text);
    }
  } catch {
    // Then it is gone when the page is reloaded.
  }
}

/** The credential that the tab has kept, if any. */
export function keptCredential(): Credential | undefined {
  try {
    const { token, user } = JSON.parse(kept(KEPT) ?? "{}") as Partial<Credential>;
    if (typeof token !== "string") {
      return undefined;
    }
    return typeof user === "string" ? { token, user } : { token };
  } catch {
    return undefined;
  }
}

/** Whether this tab was opened with a viewer token, and nobody has signed in with a key since. */
export function isViewersTab(): boolean {
  return kept(VIEWER) !== null;
}

export function forgetViewer(): void {
  keep(VIEWER, undefined);
}

/**
 * Takes a viewer token out of the address, and leaves the route that it came with. Anything else
 * in its place goes, too, but nobody signs in with it: a key is no part of an address, and a
 * link could otherwise put its reader into a session of somebody else's.
 */
export function takeViewerToken(): Credential | "none" | undefined {
  const fragment = new URLSearchParams(window.location.hash.slice(1));
  const token = fragment.get("viewer_token");
  if (token === null) {
    return undefined;
  }
  keep(VIEWER, "1");
  const to = (fragment.get("to") ?? "").replace(/^#/, "");
  window.history.replaceState(null, "", `#${to.startsWith("/") ? to : "/"}`);
  return isViewerToken(token) ? { token } : "none";
}

const CLOCK_STEP_MS = 10_000;

/** How long the credential is taken yet. */
function timeLeft({ expires_at: end }: Me): number {
  return end === undefined ? Number.POSITIVE_INFINITY : Date.parse(end) - serverNow();
}

/** `changed` is called when a session ends, whoever ended it. */
export function createSession(changed: () => void): Session {
  let state: SignedIn | undefined;
  let ending: Ending = "none";

  let clock: ReturnType<typeof setTimeout> | undefined;

  function end(why: Ending): void {
    clearTimeout(clock);
    state = undefined;
    ending = why;
    keep(KEPT, undefined);
    changed();
  }

  /** Ends the session when its key does, also if nothing is asked for meanwhile. */
  function endInTime(signedIn: SignedIn): void {
    clearTimeout(clock);
    const left = timeLeft(signedIn.me);
    if (!Number.isFinite(left)) {
      return;
    }
    // In steps, since a timer stands still while the machine sleeps.
    const step = Math.min(Math.max(left, 0), CLOCK_STEP_MS);
    clock = setTimeout(() => {
      if (timeLeft(signedIn.me) <= 0) {
        end("expired");
      } else {
        endInTime(signedIn);
      }
    }, step);
  }

  const session: Session = {
    current: () => state,
    ending: () => ending,
    async signIn(credential, stay) {
      const client = createClient(credential, () => {
        // An answer that is late, of a session that is over, ends no other one.
        if (state?.client === client) {
          end(timeLeft(state.me) <= 0 ? "expired" : "refused");
        }
      });
      const me = await client.me();
      state = { client, me, credential, viewer: isViewerToken(credential.token) };
      ending = "none";
      endInTime(state);
      keep(KEPT, stay && !state.viewer ? JSON.stringify(credential) : undefined);
      return state;
    },
    async resume(credential, stay) {
      try {
        await session.signIn(credential, stay);
      } catch (error) {
        if (!(error instanceof ApiError) || error.failure !== "unauthorized") {
          throw error;
        }
        // Whoever is here already stays: a link alone ends no session.
        if (state === undefined) {
          end("refused");
        }
      }
    },
    signOut() {
      // What was looked at is no business of who sits here next.
      window.history.replaceState(null, "", "#/");
      end("signed_out");
    },
  };
  return session;
}
