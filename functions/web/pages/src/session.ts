// Who is signed in. The credential is in memory, and goes when the page does; a tick box lets
// the tab keep it (sessionStorage) until it is closed. Signing out forgets it in both places.
//
// A viewer token comes in the fragment, `#viewer_token=alv_…&to=<route>`, and is taken out of
// the address before anything else is done. It is never kept; that there was one is, so that
// who reloads the page is sent to where it came from, and not asked for a key.

import { type Client, createClient, type Me } from "./api/client";
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

/** Takes a viewer token out of the address, and leaves the route that it came with. */
export function takeViewerToken(): Credential | undefined {
  const fragment = new URLSearchParams(window.location.hash.slice(1));
  const token = fragment.get("viewer_token");
  if (token === null) {
    return undefined;
  }
  keep(VIEWER, "1");
  const to = (fragment.get("to") ?? "").replace(/^#/, "");
  window.history.replaceState(null, "", `#${to.startsWith("/") ? to : "/"}`);
  return { token };
}

/** `changed` is called when a session ends, whoever ended it. */
export function createSession(changed: () => void): Session {
  let state: SignedIn | undefined;
  let ending: Ending = "none";

  function end(why: Ending): void {
    state = undefined;
    ending = why;
    keep(KEPT, undefined);
    changed();
  }

  const session: Session = {
    current: () => state,
    ending: () => ending,
    async signIn(credential, stay) {
      const client = createClient(credential, () => {
        // An answer that is late, of a session that is over, ends no other one.
        if (state?.client === client) {
          const expiresAt = Date.parse(state.me.expires_at ?? "");
          end(expiresAt <= Date.now() ? "expired" : "refused");
        }
      });
      const me = await client.me();
      state = { client, me, credential, viewer: isViewerToken(credential.token) };
      ending = "none";
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
        end("refused");
      }
    },
    signOut: () => end("signed_out"),
  };
  return session;
}
