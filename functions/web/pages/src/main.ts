// The beginning: who is signed in, where the reader is, and which page that makes.

import { actorName } from "./actors";
import { asApiError } from "./api/errors";
import type { Credential } from "./api/transport";
import { may, type Page, type PageContext, type PageKind } from "./page";
import { forgetDraft } from "./pages/log";
import { openNoAccess, openNotFound, openUnreachable, openWaiting } from "./pages/no-page";
import { openSignIn } from "./pages/sign-in";
import { pageTable } from "./pages/table";
import { formatRoute, parseRoute, type Route, type Router, startRouter } from "./router";
import {
  createSession,
  forgetViewer,
  isViewersTab,
  isViewerToken,
  keptCredential,
  type SignedIn,
  takeViewerToken,
} from "./session";
import { createShell } from "./shell";
import { listenForShortcuts } from "./shortcuts";
import { texts } from "./texts";

function kindOf({ path }: Route): PageKind | undefined {
  return pageTable.find(
    (kind) =>
      kind.path.length === path.length &&
      kind.path.every((part, index) => part.startsWith(":") || part === path[index]),
  );
}

/** Where who may not see the timeline begins, if they may see anything. */
function startOf(signedIn: SignedIn | undefined): PageKind | undefined {
  return signedIn === undefined || may(signedIn, "activity:read")
    ? undefined
    : pageTable.find(({ scope }) => may(signedIn, scope));
}

function start(root: HTMLElement): void {
  const session = createSession(() => reopen());
  const shell = createShell(root, pageTable, () => {
    forgetDraft();
    session.signOut();
  });
  let router: Router | undefined;
  let page: Page | undefined;
  let path: readonly string[] | undefined;
  let viewer = false;
  let opened = 0;
  /** A credential that the API could not be asked about yet: what the address says has to wait. */
  let resuming = false;

  function openPage(route: Route): Page {
    const signedIn = session.current();
    if (signedIn === undefined) {
      return openSignIn({ ending: session.ending(), viewer, useKey, signIn });
    }
    const kind = kindOf(route);
    if (kind === undefined) {
      return openNotFound();
    }
    if (!may(signedIn, kind.scope)) {
      const others = pageTable.filter((other) => may(signedIn, other.scope));
      return openNoAccess(kind.scope, signedIn, others);
    }
    const context: PageContext = {
      client: signedIn.client,
      me: signedIn.me,
      viewer: signedIn.viewer,
      announce: shell.announce,
      go: (fragment, how) => router?.go(fragment, how),
    };
    return kind.open(context, route);
  }

  function show(route: Route): void {
    // A link with a token may also be opened in a tab that has these pages already.
    const token = takeViewerToken();
    if (token === "none") {
      forgetOtherView();
      show(parseRoute(window.location.hash));
      return;
    }
    if (token !== undefined) {
      void resume(token, false);
      return;
    }
    if (resuming) {
      return;
    }
    const start = route.path.length === 0 ? startOf(session.current()) : undefined;
    if (start !== undefined) {
      window.history.replaceState(null, "", formatRoute(start.path));
      show(parseRoute(window.location.hash));
      return;
    }
    const samePath = path !== undefined && path.join("/") === route.path.join("/");
    if (samePath && page?.update !== undefined) {
      page.update(route);
      return;
    }
    path = route.path;
    page?.stop?.();
    page = undefined;
    put(openPage(route), route.path);
  }

  function put(next: Page, at: readonly string[]): void {
    page?.stop?.();
    page = next;
    shell.showPage(page, at, opened > 0);
    opened += 1;
  }

  /** Someone else, or nobody: the same address is another page now. */
  function reopen(): void {
    path = undefined;
    shell.showAccount(session.current());
    if (router !== undefined) {
      show(router.current());
    }
  }

  function useKey(): void {
    viewer = false;
    forgetViewer();
    reopen();
  }

  async function signIn(credential: Credential, keep: boolean): Promise<void> {
    const signedIn = await session.signIn(credential, keep);
    viewer = signedIn.viewer;
    forgetViewer();
    reopen();
    shell.announce(texts.signIn.signedIn(actorName(signedIn.me.actor)));
  }

  /** Signs in with what was brought or kept. Where the API can't be asked, it can be later. */
  async function resume(credential: Credential, keep: boolean): Promise<void> {
    viewer = isViewerToken(credential.token);
    path = undefined;
    resuming = true;
    put(openWaiting(), []);
    try {
      await session.resume(credential, keep);
    } catch (error) {
      put(
        openUnreachable(asApiError(error), () => void resume(credential, keep)),
        [],
      );
      return;
    }
    resuming = false;
    forgetOtherView();
    reopen();
  }

  /** A link that is no good does not make a view of a session with a key. */
  function forgetOtherView(): void {
    const signedIn = session.current();
    if (signedIn !== undefined && !signedIn.viewer) {
      viewer = false;
      forgetViewer();
    }
  }

  async function begin(): Promise<void> {
    // First of all, so that the token is in no history.
    const token = takeViewerToken();
    const brought = token === "none" ? undefined : token;
    const credential = brought ?? keptCredential();
    viewer = isViewersTab();
    shell.showAccount(undefined);
    listenForShortcuts();
    if (credential !== undefined) {
      await resume(credential, brought === undefined);
    }
    router = startRouter(show);
  }
  void begin();
}

const root = document.getElementById("app");
if (root !== null) {
  start(root);
}
