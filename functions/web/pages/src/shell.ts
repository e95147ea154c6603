// What stands around every page: the skip link, the header with the navigation and the account,
// the place of the page, and what is announced.
//
// When a page is opened, its title becomes the document's, and the focus goes to its heading,
// as after the load of a document. When only its parameters change, the focus stays.

import { createDeed } from "./actors";
import { createAnnouncer } from "./announcer";
import { fill, h, icon } from "./dom";
import { BRAND, PLUS } from "./icons";
import type { Page, PageKind } from "./page";
import { may } from "./page";
import { formatRoute } from "./router";
import type { SignedIn } from "./session";
import { openShortcutsHelp } from "./shortcuts";
import { texts } from "./texts";
import { dateTime } from "./times";

export interface Shell {
  readonly announce: (text: string) => void;
  /** Draws the header for who is signed in, or for nobody. */
  showAccount(signedIn: SignedIn | undefined): void;
  /** Opens a page. `focus` is false for the first one: the browser's own start is better. */
  showPage(page: Page, path: readonly string[], focus: boolean): void;
}

const SOON_MS = 7 * 24 * 60 * 60 * 1000;

/** Whether a credential ends within a week: then its reader is told when. */
function endsSoon(expiresAt: string | undefined): expiresAt is string {
  return expiresAt !== undefined && Date.parse(expiresAt) - Date.now() < SOON_MS;
}

/** In a tab of its own, since a key and what is half written are in the memory of this one. */
export function createReferenceLink(text: string): HTMLElement {
  return h(
    "a",
    { href: "docs", target: "_blank", rel: "noopener" },
    text,
    h("span", { class: "visually-hidden" }, ` ${texts.nav.newTab}`),
  );
}

export function createShell(
  root: HTMLElement,
  table: readonly PageKind[],
  signOut: () => void,
): Shell {
  const announcer = createAnnouncer();
  const header = h("header", { class: "header" });
  const main = h("main", { id: "content", class: "main", tabindex: "-1" });
  const skip = h(
    "a",
    {
      class: "skip",
      href: "#content",
      on: {
        // A fragment is a route here, so the link goes nowhere: it moves the focus.
        click: (event) => {
          event.preventDefault();
          main.focus();
        },
      },
    },
    texts.skipToContent,
  );
  fill(root, skip, header, main, announcer.element);

  function navigation(signedIn: SignedIn): HTMLElement {
    // What is opened from the timeline has a place here for who may not see the timeline.
    const hasTimeline = may(signedIn, "activity:read");
    const links = table
      .filter((kind) => may(signedIn, kind.scope))
      .map((kind) => ({ path: kind.path, name: kind.nav ?? (hasTimeline ? null : kind.action) }))
      .filter(({ name }) => name)
      .map(({ path, name }) =>
        h("li", {}, h("a", { href: formatRoute(path), "data-page": path.join("/") }, name)),
      );
    // Who views for a while has no use for it: the API is for those who have a key.
    const reference = !signedIn.viewer && h("li", {}, createReferenceLink(texts.nav.reference));
    return h("nav", { "aria-label": texts.navigation }, h("ul", {}, links, reference));
  }

  function account({ me }: SignedIn): HTMLElement {
    return h(
      "div",
      { class: "account" },
      h(
        "p",
        { class: "account-name" },
        h("span", { class: "visually-hidden" }, `${texts.account.label}: `),
        createDeed(me),
        h(
          "span",
          { class: "fine" },
          h("span", { class: "visually-hidden" }, ` ${texts.account.tenant} `),
          h("span", {}, me.tenant_id),
          endsSoon(me.expires_at) && [
            " · ",
            h("span", {}, texts.account.endsAt("")),
            dateTime(me.expires_at),
          ],
        ),
      ),
      h("button", { type: "button", class: "quiet", on: { click: signOut } }, texts.nav.signOut),
    );
  }

  return {
    announce: announcer.announce,
    showAccount(signedIn) {
      const brand = h("a", { class: "brand", href: "#/" }, icon(...BRAND), texts.product);
      const help = h(
        "button",
        {
          type: "button",
          class: "quiet help",
          "aria-label": texts.nav.help,
          title: texts.nav.help,
          on: { click: openShortcutsHelp },
        },
        "?",
      );
      if (signedIn === undefined) {
        fill(header, h("div", { class: "bar" }, brand, help));
      } else {
        fill(
          header,
          h("div", { class: "bar" }, brand, navigation(signedIn), help, account(signedIn)),
        );
      }
    },
    showPage(page, path, focus) {
      document.title =
        page.title === texts.product ? page.title : `${page.title} – ${texts.product}`;
      fill(main, page.element);
      for (const link of header.querySelectorAll<HTMLElement>("a[data-page]")) {
        if (link.dataset.page === path.join("/")) {
          link.setAttribute("aria-current", "page");
        } else {
          link.removeAttribute("aria-current");
        }
      }
      window.scrollTo({ top: 0, behavior: "instant" });
      // A frame that nobody is in takes the focus from nobody, and moves no page around it.
      if (focus && document.hasFocus()) {
        (main.querySelector<HTMLElement>("[data-focus], h1") ?? main).focus();
      }
    },
  };
}

/** The link to a page that makes something new, as the main action of a page. */
export function createMainAction(fragment: string, label: string): HTMLElement {
  return h("a", { class: "button main-action", href: fragment }, icon(...PLUS), label);
}
