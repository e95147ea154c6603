// Where there is no page: an address that names none, a key that may not see it, an API that
// can't be asked who this is.

import type { Me, Scope } from "../api/client";
import type { ApiError } from "../api/errors";
import { type Child, h } from "../dom";
import { createLoading } from "../loading";
import { type Page, type PageKind, pageHeading } from "../page";
import { createReadProblem } from "../problem";
import { formatRoute } from "../router";
import type { SignedIn } from "../session";
import { texts } from "../texts";

export function openNotFound(): Page {
  return {
    title: texts.notFound.title,
    element: h(
      "div",
      { class: "narrow" },
      pageHeading(texts.notFound.title),
      h("p", {}, texts.notFound.text),
      h("p", {}, h("a", { href: "#/" }, texts.notFound.back)),
    ),
  };
}

/** `others` are the pages that the credential may see. */
export function openNoAccess(
  scope: Scope,
  { me, viewer }: SignedIn,
  others: readonly PageKind[],
): Page {
  const title = viewer ? texts.noAccess.viewerTitle : texts.noAccess.title;
  const links = others.flatMap(({ path, nav, action }) => {
    const name = nav ?? action;
    return name === undefined ? [] : [h("li", {}, h("a", { href: formatRoute(path) }, name))];
  });
  return {
    title,
    element: h(
      "div",
      { class: "narrow" },
      pageHeading(title),
      // Who views for a while has no key, and needs no word about any.
      viewer ? h("p", {}, texts.noAccess.viewerText) : createRights(scope, me),
      links.length > 0 && [h("p", {}, texts.noAccess.pages), h("ul", { class: "dotted" }, links)],
    ),
  };
}

function createRights(scope: Scope, me: Me): Child {
  return [
    h("p", {}, texts.noAccess.text(scope)),
    me.scopes.length === 0
      ? h("p", {}, texts.noAccess.nothing)
      : [
          h("p", {}, texts.noAccess.has),
          h(
            "ul",
            { class: "dotted" },
            me.scopes.map((own) => h("li", {}, h("code", {}, own), ` – ${texts.scope[own]}`)),
          ),
        ],
  ];
}

export function openWaiting(): Page {
  return {
    title: texts.product,
    element: createLoading({ role: "status" }),
  };
}

export function openUnreachable(error: ApiError, retry: () => void): Page {
  return {
    title: texts.product,
    element: h(
      "div",
      { class: "narrow" },
      pageHeading(texts.product),
      createReadProblem(error, retry),
    ),
  };
}
