// The dialogs of a key: its secret, which is shown once, its rotation, its revocation.

import type { Client, Key, MadeKey, RotateKeyInput } from "./api/client";
import { asApiError } from "./api/errors";
import { openDialog } from "./dialog";
import { fill, freshId, h } from "./dom";
import { createDraft } from "./drafts";
import { createField, type Field, showViolations } from "./fields";
import { createTimeField, tellElsewhere } from "./key-form";
import { timeOf } from "./key-inputs";
import { createProblem } from "./problem";
import { texts } from "./texts";

const { secret: secretWords, rotating, revoking } = texts.keys;

export function keyName(key: Key): string {
  return key.name ?? texts.keys.unnamed(key.key_id);
}

/** Shows a key in full, once: it is in the document until the dialog is closed, and nowhere else. */
export function openSecretDialog({ key, secret }: MadeKey, closed: () => void): void {
  if (secret === undefined) {
    openDialog({
      title: secretWords.lostTitle,
      content: [
        h("p", { class: "notice", dir: "auto" }, keyName(key)),
        h("p", {}, secretWords.lost),
      ],
      closed,
    });
    return;
  }
  const status = h("p", { role: "status", class: "hint" });
  let isSafe = false;
  const field = createField(
    h(
      "textarea",
      { class: "code", rows: 3, readonly: true, spellcheck: "false", dir: "ltr" },
      secret,
    ),
    { label: secretWords.label },
  );
  field.control.addEventListener("copy", () => {
    isSafe = true;
  });
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(field.control.value);
      isSafe = true;
      fill(status, secretWords.copied);
    } catch {
      // A browser may refuse it, and has no clipboard for addresses that are not encrypted.
      field.control.select();
      fill(status, secretWords.selected);
    }
  }
  openDialog({
    title: secretWords.made,
    content: [
      h("p", { class: "name", dir: "auto" }, keyName(key)),
      h("p", { class: "notice warn" }, secretWords.warning),
      field.element,
      status,
    ],
    actions: [
      h(
        "button",
        { type: "button", class: "primary", on: { click: () => void copy() } },
        secretWords.copy,
      ),
    ],
    closeLabel: secretWords.done,
    mayClose() {
      const mayClose = isSafe;
      isSafe = true;
      fill(status, !mayClose && secretWords.notCopied);
      return mayClose;
    },
    closed: () => {
      field.control.value = "";
      fill(field.control);
      closed();
    },
  });
}

export interface KeyDialogParts {
  readonly client: Client;
  readonly key: Key;
  /** Whether it is the key of this session. */
  readonly own: boolean;
  /** Ends when the reader leaves the page: a question about it goes, too. */
  readonly left: AbortSignal;
}

export function openRotateDialog(
  { client, key, own, left }: KeyDialogParts,
  rotated: (made: MadeKey) => void,
): void {
  const draft = createDraft();
  const overlap = createField(
    h(
      "select",
      { name: "overlap_seconds" },
      rotating.overlaps.map(([seconds, label]) =>
        h("option", { value: seconds, selected: seconds === 86_400 }, label),
      ),
    ),
    { label: rotating.overlap, hint: rotating.overlapHint },
  );
  const expires = createTimeField("expires_at", rotating.expires, rotating.expiresHint);
  const fields = new Map<string, Pick<Field, "control" | "setError">>([
    ["overlap_seconds", overlap],
    ["expires_at", expires],
  ]);
  const problem = h("div");
  const submit = h("button", { type: "submit", class: "primary" }, rotating.submit);

  async function send(): Promise<void> {
    if (submit.disabled) {
      return;
    }
    fill(problem);
    if (!expires.isWhole()) {
      expires.control.focus();
      return;
    }
    const input: RotateKeyInput = {
      overlap_seconds: Number(overlap.control.value),
      ...(expires.control.value === "" ? {} : { expires_at: timeOf(expires.control.value) }),
    };
    submit.disabled = true;
    fill(submit, rotating.working);
    try {
      const made = await client.rotateKey(key.key_id, input, draft.keyFor(input));
      dialog.close();
      rotated(made);
    } catch (thrown) {
      const error = asApiError(thrown);
      if (!form.isConnected) {
        tellElsewhere(error);
        return;
      }
      const { first, rest } = showViolations(fields, error.fieldErrors);
      if (first === undefined || rest.length > 0) {
        fill(problem, createProblem(error));
      }
      first?.focus();
    } finally {
      submit.disabled = false;
      fill(submit, rotating.submit);
    }
  }

  const form = h(
    "form",
    {
      class: "stack",
      id: freshId("rotate"),
      novalidate: true,
      on: {
        submit: (event) => {
          event.preventDefault();
          void send();
        },
      },
    },
    overlap.element,
    expires.element,
    problem,
  );
  submit.setAttribute("form", form.id);
  const dialog = openDialog({
    title: rotating.title(keyName(key)),
    content: [
      h("p", {}, rotating.text),
      own && h("p", { class: "notice warn" }, rotating.own),
      form,
    ],
    closeLabel: texts.cancel,
    actions: [submit],
  });
  left.addEventListener("abort", () => dialog.close(), { once: true });
}

export function openRevokeDialog(
  { client, key, own, left }: KeyDialogParts,
  revoked: (key: Key) => void,
): void {
  const problem = h("div");
  const submit = h(
    "button",
    { type: "button", class: "danger", on: { click: () => void send() } },
    revoking.submit,
  );

  async function send(): Promise<void> {
    if (submit.disabled) {
      return;
    }
    fill(problem);
    submit.disabled = true;
    fill(submit, revoking.working);
    try {
      const answer = await client.revokeKey(key.key_id);
      dialog.close();
      revoked(answer.key);
    } catch (thrown) {
      fill(problem, createProblem(asApiError(thrown)));
    } finally {
      submit.disabled = false;
      fill(submit, revoking.submit);
    }
  }

  const dialog = openDialog({
    title: revoking.title(keyName(key)),
    content: [
      h("p", {}, revoking.text),
      own && h("p", { class: "notice warn" }, revoking.own),
      problem,
    ],
    closeLabel: texts.cancel,
    actions: [submit],
  });
  left.addEventListener("abort", () => dialog.close(), { once: true });
}
