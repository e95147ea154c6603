// The proof of an event: where it is in the log, to take away, and to be checked here against a
// key that the reader brings. Nothing is asked for before the reader does.

import type { AuditEvent, AuditEventProof, Client } from "./api/client";
import { asApiError, isAborted } from "./api/errors";
import { fill, h } from "./dom";
import { download } from "./download";
import { createField } from "./fields";
import { createWaiting } from "./loading";
import { parseLogKey, rememberedKey, rememberKey } from "./log-key";
import { createProblem } from "./problem";
import { canCheck, checkProof, type Finding } from "./proof-check";
import { texts } from "./texts";
import { exactTime } from "./times";

const { proof: words } = texts.trail;

/** What proofs are asked for with. */
export interface ProofParts {
  readonly client: Client;
  readonly workspace: string;
  readonly announce: (text: string) => void;
  /** Ends every call when the reader leaves. */
  readonly signal: AbortSignal;
}

export function createEventProof(event: AuditEvent, parts: ProofParts): HTMLElement {
  const told = h("div", { class: "proof-told" });
  const ask = button(words.ask, () => void load());
  const element = h(
    "section",
    { class: "proof", "aria-label": words.title },
    h("div", { class: "tools" }, ask),
    told,
  );

  async function load(): Promise<void> {
    ask.disabled = true;
    fill(told, createWaiting());
    try {
      show(await parts.client.getProof(event.id, parts.signal));
    } catch (thrown) {
      if (!isAborted(thrown)) {
        fill(
          told,
          createProblem(asApiError(thrown), () => void load()),
        );
      }
    } finally {
      ask.disabled = false;
    }
  }

  function show(answer: AuditEventProof): void {
    const { index, sealed_at: at, proof, entry } = answer;
    if (at === undefined || proof === undefined || entry === undefined) {
      fill(told, h("p", {}, words.notSealed));
      parts.announce(words.notSealed);
      return;
    }
    const place = words.atIndex((index ?? 0).toLocaleString("en"));
    const sealed = h("p", {}, words.sealed, exactTime(at), place);
    const file = `audit-event-${event.id}`;
    fill(
      told,
      sealed,
      h(
        "div",
        { class: "tools" },
        button(words.download, () => download(`${file}.tlog-proof`, "text/plain", proof)),
        button(words.downloadEntry, () => download(`${file}.json`, "application/json", entry)),
      ),
      canCheck() ? createCheck(event, answer, parts) : h("p", {}, words.noBrowser),
    );
    parts.announce(sealed.textContent ?? "");
  }

  return element;
}

function button(label: string, click: () => void): HTMLButtonElement {
  return h("button", { type: "button", class: "quiet", on: { click } }, label);
}

/** The form for the key, and what came of the check. */
function createCheck(event: AuditEvent, answer: AuditEventProof, parts: ProofParts): HTMLElement {
  const known = rememberedKey(parts.workspace);
  const control = h("input", {
    type: "text",
    name: "log_key",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    maxlength: 512,
  });
  control.value = known ?? "";
  const field = createField(control, { label: words.key, hint: words.keyHint });
  const remember = h("input", { type: "checkbox", name: "remember" });
  remember.checked = known !== undefined;
  const results = h("div", { class: "findings" });
  const form = h(
    "form",
    {
      class: "proof-check",
      novalidate: true,
      on: {
        submit: (submitted) => {
          submitted.preventDefault();
          void run();
        },
      },
    },
    field.element,
    known !== undefined && h("p", { class: "fine" }, words.remembered),
    h("label", { class: "check" }, remember, " ", words.remember),
    h("div", { class: "tools" }, h("button", { type: "submit" }, words.run)),
    results,
  );

  async function run(): Promise<void> {
    fill(results);
    const text = control.value.trim();
    const key = await parseLogKey(text);
    if (typeof key === "string") {
      field.setError(words.keyProblems[key]);
      control.focus();
      return;
    }
    field.setError(undefined);
    rememberKey(parts.workspace, remember.checked ? text : undefined);
    showFindings(await checkProof(event, answer, key));
  }

  function showFindings(findings: readonly Finding[]): void {
    const fails = findings.some(({ outcome }) => outcome === "fails");
    const unsupported = findings.some(({ outcome }) => outcome === "unsupported");
    const said = fails ? words.failed : unsupported ? words.unsupported : words.proved;
    const outcome = fails ? "fails" : unsupported ? "unsupported" : "holds";
    fill(
      results,
      h("p", { class: "verdict", "data-outcome": outcome }, said),
      h(
        "ul",
        {},
        findings.map(({ step, outcome: of, what }) =>
          h(
            "li",
            { "data-step": step, "data-outcome": of },
            `${words.steps[step]}: ${words.outcomes[of]}${what === undefined ? "" : ` (${what})`}`,
          ),
        ),
      ),
      unsupported && h("p", {}, words.noBrowser),
      h("p", { class: "fine" }, words.ownCode),
    );
    parts.announce(said);
  }

  return h("details", { class: "all" }, h("summary", {}, words.check), form);
}
