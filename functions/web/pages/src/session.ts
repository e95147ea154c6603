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
  signIn(credential: Credential, keep: boolean): Promise<SignedIn>;
  /** Signs in with what the reader brought, who typed nothing: a refusal is an ending. */
  resume(credential: Credential, keep: boolean): Promise<void>;
  signOut(): void;
}

const KEPT = "activity-log.credential";
const VIEWER = "activity-log.viewer";

export function isViewerToken(token: string): boolean {
  return token.startsWith("alv_");
}

/** sessionStorage, which a browser may refuse in a frame of another site. */
function storage(): Storage | undefined {
  try {
    return window.sessionStorage;
  } catch {
    return undefined;
  }
}

/** The credential that the tab has kept, if any. */
export function keptCredential(): Credential | undefined {
  try {
    const kept = JSON.parse(storage()?.getItem(KEPT) ?? "null") as Partial<Credential> | null;
    if (typeof kept?.token !== "string") {
      return undefined;
    }
    return typeof kept.user === "string"
      ? { token: kept.token, user: kept.user }
      : { token: kept.token };
  } catch {
    return undefined;
  }
}

/** Whether this tab was opened with a viewer token, and nobody has signed in with a key since. */
export function isViewersTab(): boolean {
  return storage()?.getItem(VIEWER) === "1";
}

export function forgetViewer(): void {
  storage()?.removeItem(VIEWER);
}

/** Takes a viewer token out of the address, and leaves the route that it came with. */
export function takeViewerToken(): Credential | undefined {
  const fragment = new URLSearchParams(window.location.hash.slice(1));
  const token = fragment.get("viewer_token");
  if (token === null) {
    return undefined;
  }
  storage()?.setItem(VIEWER, "1");
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
    storage()?.removeItem(KEPT);
    changed();
  }

  const session: Session = {
    current: () => state,
    ending: () => ending,
    async signIn(credential, keep) {
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
      if (keep && !state.viewer) {
        storage()?.setItem(KEPT, JSON.stringify(credential));
      } else {
        storage()?.removeItem(KEPT);
      }
      return state;
    },
    async resume(credential, keep) {
      try {
        await session.signIn(credential, keep);
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
