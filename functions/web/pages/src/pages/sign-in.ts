// Where nobody is signed in: a form for a key, and why the last session ended.

import { ApiError, asApiError } from "../api/errors";
import type { Credential } from "../api/transport";
import { fill, h } from "../dom";
import { createField } from "../fields";
import { createWaiting } from "../loading";
import { type Page, pageHeading } from "../page";
import { adviceOf, createProblem } from "../problem";
import type { Ending } from "../session";
import { createReferenceLink } from "../shell";
import { texts } from "../texts";

export interface SignInParts {
  readonly ending: Ending;
  /** Whether who comes has, or had, a viewer token: then no key is asked for. */
  readonly viewer: boolean;
  /** The reader has a key all the same. */
  readonly useKey: () => void;
  readonly signIn: (credential: Credential, keep: boolean) => Promise<void>;
}

/** What a header can carry, and a key has: no white space, and nothing beyond ASCII. */
const KEY = /^[\x21-\x7e]+$/;

function noticeOf(ending: Ending, viewer: boolean): string | undefined {
  switch (ending) {
    case "none":
      return viewer ? texts.signIn.viewerLeft : undefined;
    case "signed_out":
      return viewer ? texts.signIn.viewerLeft : texts.signIn.signedOut;
    case "expired":
      return viewer ? texts.signIn.viewerExpired : texts.signIn.expired;
    case "refused":
      return viewer ? texts.signIn.viewerRefused : texts.signIn.ended;
  }
}

export function openSignIn(parts: SignInParts): Page {
  const notice = noticeOf(parts.ending, parts.viewer);
  const element = h("div", { class: "sign-in" });
  const heading = pageHeading(texts.signIn.title);
  const said = notice !== undefined && h("p", { class: "notice", role: "alert" }, notice);
  if (parts.viewer) {
    const useKey = h(
      "button",
      { type: "button", class: "link", on: { click: parts.useKey } },
      texts.signIn.useKey,
    );
    fill(element, pageHeading(texts.signIn.viewerTitle), said, h("p", {}, useKey));
    return { title: texts.signIn.viewerTitle, element };
  }

  const key = createField(
    h("input", {
      name: "key",
      type: "password",
      autocomplete: "off",
      autocapitalize: "none",
      spellcheck: "false",
      required: true,
      class: "code",
    }),
    { label: texts.signIn.key, hint: texts.signIn.keyHint },
  );
  const show = h("input", {
    type: "checkbox",
    on: {
      change: () => {
        key.control.type = show.checked ? "text" : "password";
      },
    },
  });
  const user = createField(
    h("input", {
      name: "user",
      type: "text",
      autocomplete: "off",
      autocapitalize: "none",
      spellcheck: "false",
    }),
    { label: texts.signIn.user, hint: texts.signIn.userHint },
  );
  const keep = h("input", { type: "checkbox", name: "keep" });
  const submit = h("button", { type: "submit", class: "primary" }, texts.signIn.submit);
  const problem = h("div");

  let sending = false;

  async function send(): Promise<void> {
    if (sending) {
      return;
    }
    const token = key.control.value.trim();
    if (!KEY.test(token)) {
      key.setError(token === "" ? texts.signIn.missing : texts.signIn.notAKey);
      key.control.focus();
      return;
    }
    const named = user.control.value.trim();
    key.setError(undefined);
    fill(problem, createWaiting());
    sending = true;
    submit.setAttribute("aria-disabled", "true");
    fill(submit, texts.signIn.working);
    try {
      await parts.signIn(named === "" ? { token } : { token, user: named }, keep.checked);
    } catch (thrown) {
      const error = asApiError(thrown);
      fill(problem);
      if (error instanceof ApiError && error.failure === "unauthorized") {
        key.setError(texts.signIn.refused);
        key.control.focus();
      } else if (error.failure === "invalid") {
        user.setError(adviceOf(error));
      } else {
        fill(problem, createProblem(error));
      }
    } finally {
      sending = false;
      submit.removeAttribute("aria-disabled");
      fill(submit, texts.signIn.submit);
    }
  }

  fill(
    element,
    heading,
    h("p", { class: "lead" }, texts.signIn.lead),
    said,
    h(
      "form",
      {
        class: "panel stack",
        novalidate: true,
        on: {
          submit: (event) => {
            event.preventDefault();
            void send();
          },
        },
      },
      key.element,
      h("label", { class: "tick" }, show, texts.signIn.show),
      user.element,
      h("label", { class: "tick" }, keep, texts.signIn.keep),
      h("p", { class: "hint" }, texts.signIn.keepHint),
      problem,
      h("div", { class: "actions" }, submit),
    ),
    h("p", { class: "fine" }, createReferenceLink(texts.signIn.reference)),
  );
  return { title: texts.signIn.title, element };
}
