// What a page is to the shell, and what the shell gives to a page.

import type { Client, Me, Scope } from "./api/client";
import type { Child } from "./dom";
import { h } from "./dom";
import type { Route } from "./router";

export interface PageContext {
  readonly client: Client;
  readonly me: Me;
  /** Whether the credential is a viewer token: it reads activities alone. */
  readonly viewer: boolean;
  readonly announce: (text: string) => void;
  readonly go: (fragment: string, how?: "push" | "replace") => void;
}

export interface Page {
  /** For the title of the document and of the page. */
  readonly title: string;
  readonly element: HTMLElement;
  /** Other parameters of the same page; the page stays as it is otherwise. */
  update?(route: Route): void;
  /** The reader has left: end every call, timer and listener. */
  stop?(): void;
}

export interface PageKind {
  /** The parts of its path; `:name` takes any. */
  readonly path: readonly string[];
  readonly scope: Scope;
  /** Its name in the navigation, where it has a place there. */
  readonly nav?: string;
  /** What it does, where it has none: other pages link to it. */
  readonly action?: string;
  readonly open: (context: PageContext, route: Route) => Page;
}

export function may(context: Pick<PageContext, "me" | "viewer">, scope: Scope): boolean {
  return context.viewer ? scope === "activity:read" : context.me.scopes.includes(scope);
}

/** The heading of a page, which takes the focus when the page is opened. */
export function pageHeading(title: Child): HTMLHeadingElement {
  return h("h1", { tabindex: "-1" }, title);
}
