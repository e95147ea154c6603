// Where there is no page: an address that names none, a key that may not see it, an API that
// can't be asked who this is.

import type { Me, Scope } from "../api/client";
import type { ApiError } from "../api/errors";
import { h } from "../dom";
import { type Page, pageHeading } from "../page";
import { createProblem } from "../problem";
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

export function openNoAccess(scope: Scope, me: Me): Page {
  return {
    title: texts.noAccess.title,
    element: h(
      "div",
      { class: "narrow" },
      pageHeading(texts.noAccess.title),
      h("p", {}, texts.noAccess.text(scope)),
      me.scopes.length === 0
        ? h("p", {}, texts.noAccess.nothing)
        : [
            h("p", {}, texts.noAccess.has),
            h(
              "ul",
              {},
              me.scopes.map((own) => h("li", {}, h("code", {}, own), ` – ${texts.scope[own]}`)),
            ),
          ],
    ),
  };
}

export function openWaiting(): Page {
  return {
    title: texts.product,
    element: h("p", { class: "loading", role: "status" }, texts.pager.loading),
  };
}

export function openUnreachable(error: ApiError, retry: () => void): Page {
  return {
    title: texts.product,
    element: h("div", { class: "narrow" }, pageHeading(texts.product), createProblem(error, retry)),
  };
}
