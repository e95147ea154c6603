// A form for one activity: all that POST /v1/activities takes.
//
// A draft has one idempotency key from its beginning until it is logged. So a second click, a
// retry and a lost answer make one activity. The draft stays in memory while the reader looks
// at other pages, and is forgotten at sign-out.

import { actorReference, createDeed } from "../actors";
import type { LogActivityInput } from "../api/client";
import { type ApiError, asApiError, isAborted } from "../api/errors";
import { fill, freshId, h } from "../dom";
import { randomKey } from "../drafts";
import { type Control, createField, createSelect, type Field, showViolations } from "../fields";
import { createWaiting } from "../loading";
import { may, type Page, type PageContext, pageHeading } from "../page";
import { createProblem } from "../problem";
import { formatRoute, type Route } from "../router";
import { texts } from "../texts";
import { isSkipped, zone } from "../times";

const words = texts.log;
const SUMMARY_CHARACTERS = 500;
const BODY_CHARACTERS = 65_536;
const KEY_BYTES = 255;
const DAY_MS = 24 * 60 * 60 * 1000;

interface Violation {
  readonly field: string;
  readonly message: string;
}

/** The values of the form by the names of the API's properties. */
type Draft = Map<string, string>;

/** The draft that is begun, and whose it is: another reader's is nobody's business. */
let kept: { readonly owner: string; readonly draft: Draft } | undefined;

export function forgetDraft(): void {
  kept = undefined;
}

/** A draft outlives the end of a key, for the reader who comes back with another one. */
function draftOf({ me }: PageContext): Draft {
  const who = [me.actor, me.authenticated_as, me.on_behalf_of];
  const owner = JSON.stringify([me.tenant_id, who.map((actor) => actor && actorReference(actor))]);
  if (kept?.owner !== owner) {
    kept = { owner, draft: new Map() };
  }
  return kept.draft;
}

const options = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels).map(([value, label]) => ({ value, label }));

/** What says which record it is about. */
const ABOUT: readonly string[] = ["related_resource_type", "related_resource_id"];

/** The counted characters are code points, as the API counts. */
function characters(text: string): number {
  let count = 0;
  for (const _ of text) {
    count += 1;
  }
  return count;
}

function createFields(): ReadonlyMap<string, Field> {
  const text = (name: string, more = {}) =>
    h("input", { type: "text", name, autocomplete: "off", ...more });
  return new Map<string, Field>([
    [
      "type",
      createField(createSelect("type", words.choose, options(texts.category)), {
        label: words.type,
      }),
    ],
    [
      "summary",
      createField(text("summary", { dir: "auto" }), {
        label: words.summary,
        hint: words.summaryHint,
        class: "wide",
      }),
    ],
    [
      "body",
      createField(h("textarea", { name: "body", rows: 8, dir: "auto" }), {
        label: words.body,
        hint: words.bodyHint,
        class: "wide",
      }),
    ],
    [
      "related_resource_type",
      createField(createSelect("related_resource_type", words.none, options(texts.record)), {
        label: words.recordType,
      }),
    ],
    [
      "related_resource_id",
      createField(text("related_resource_id", { spellcheck: "false", autocapitalize: "none" }), {
        label: words.recordId,
        hint: words.recordHint,
      }),
    ],
    [
      "occurred_at",
      createField(h("input", { type: "datetime-local", name: "occurred_at", step: 1 }), {
        label: words.occurredAt,
        hint: words.occurredAtHint(zone),
      }),
    ],
    [
      "idempotency_key",
      createField(text("idempotency_key", { spellcheck: "false", class: "code" }), {
        label: words.key,
        hint: words.keyHint,
      }),
    ],
  ]);
}

export function openLog(context: PageContext, route: Route): Page {
  const draft = draftOf(context);
  const calls = new AbortController();
  const fields = createFields();
  let sending = false;

  const control = (name: string): Control | undefined => fields.get(name)?.control;
  const value = (name: string): string => control(name)?.value ?? "";

  function newKey(): void {
    const key = control("idempotency_key");
    if (key !== undefined) {
      key.value = `pages-${randomKey()}`;
      draft.set("idempotency_key", key.value);
    }
  }

  function keep(): void {
    for (const name of fields.keys()) {
      draft.set(name, value(name));
    }
  }

  // A link may name the record that it is about. It becomes a part of the draft when the reader
  // begins to write, and not before: the next link may name another one.
  const linked = (name: string): string => route.parameters.get(name) ?? "";
  const isKept = ABOUT.some((name) => (draft.get(name) ?? "") !== "");
  const isOther = isKept && ABOUT.some((name) => linked(name) !== (draft.get(name) ?? ""));
  for (const [name, { control: own }] of fields) {
    own.value = ABOUT.includes(name) && !isKept ? linked(name) : (draft.get(name) ?? "");
    own.addEventListener("input", keep);
  }
  if (value("idempotency_key") === "") {
    newKey();
  }

  /** What is written already is worth more than a link, but the reader decides. */
  function createOtherRecord(): HTMLElement {
    const [type = "", id = ""] = ABOUT.map(linked);
    const label = texts.record[type as keyof typeof texts.record] ?? type;
    const notice = h(
      "div",
      { class: "notice" },
      h("p", {}, words.otherRecord),
      h(
        "button",
        {
          type: "button",
          on: {
            click: () => {
              for (const name of ABOUT) {
                const own = control(name);
                if (own !== undefined) {
                  own.value = linked(name);
                }
              }
              keep();
              notice.remove();
              control("related_resource_id")?.focus();
            },
          },
        },
        words.makeAbout(label, id),
      ),
    );
    return notice;
  }

  // How much is used of what there is

  function createCounter(name: string, limit: number): void {
    const counter = h("p", { class: "hint counter" });
    const count = () => {
      const used = characters(value(name));
      // Nobody needs the number while it is far from the limit.
      fill(counter, used > limit * 0.8 && words.used(used, limit));
      counter.classList.toggle("violation", used > limit);
    };
    fields.get(name)?.element.append(counter);
    control(name)?.addEventListener("input", count);
    count();
  }
  createCounter("summary", SUMMARY_CHARACTERS);
  createCounter("body", BODY_CHARACTERS);

  // What is wrong

  const summary = h("div", { class: "summary" });
  const advanced = h(
    "details",
    { class: "more wide" },
    h("summary", {}, words.advanced),
    fields.get("idempotency_key")?.element,
  );

  function showWrong(violations: readonly Violation[]): void {
    const { first, rest } = showViolations(fields, violations);
    if (violations.some(({ field }) => field === "idempotency_key")) {
      advanced.open = true;
    }
    const titleId = freshId("violations");
    const panel = h(
      "div",
      { class: "problem", role: "alert", tabindex: "-1", "aria-labelledby": titleId },
      h("h2", { id: titleId }, words.summaryTitle(violations.length)),
      h(
        "ul",
        {},
        [...fields].flatMap(([name, field]) =>
          violations
            .filter((violation) => violation.field === name)
            .map(({ message }) =>
              h(
                "li",
                {},
                h(
                  "button",
                  { type: "button", class: "link", on: { click: () => field.control.focus() } },
                  `${field.element.querySelector("label")?.textContent}: ${message}`,
                ),
              ),
            ),
        ),
        rest.map((message) => h("li", {}, message)),
      ),
    );
    fill(summary, panel);
    (violations.length === 1 && first !== undefined ? first : panel).focus();
  }

  function showFailure(error: ApiError): void {
    if (error.fieldErrors.length > 0) {
      showWrong(error.fieldErrors);
      return;
    }
    const unknown = ["offline", "timeout", "unavailable", "unexpected"].includes(error.failure);
    if (error.failure === "conflict") {
      fill(
        summary,
        h(
          "div",
          { class: "problem", role: "alert" },
          h("p", { class: "problem-title" }, texts.problem.titles.conflict),
          h("p", {}, words.conflict),
          h(
            "div",
            { class: "actions" },
            h("a", { class: "button", href: "#/" }, texts.notFound.back),
            h(
              "button",
              {
                type: "button",
                on: {
                  click: () => {
                    newKey();
                    void send();
                  },
                },
              },
              words.another,
            ),
          ),
        ),
      );
    } else {
      fill(
        summary,
        createProblem(error, () => void send()),
        unknown && h("p", { class: "fine" }, words.lost),
      );
    }
    summary.querySelector<HTMLElement>("button, a")?.focus();
  }

  // Sending

  /** What the API takes: a property that is left empty is left out. */
  function read(): LogActivityInput & { idempotency_key: string } {
    const input: Record<string, string> = {};
    for (const name of fields.keys()) {
      // Texts go as they were written; ids are pasted with blanks around them.
      const text = name === "summary" || name === "body" ? value(name) : value(name).trim();
      if (text !== "") {
        input[name] = name === "occurred_at" ? new Date(text).toISOString() : text;
      }
    }
    return input as unknown as LogActivityInput & { idempotency_key: string };
  }

  /**
   * The rules that can be judged here, all at once: a try that the API refuses is in the trail.
   * What is left (records that it does not know, words without number) is the API's to say.
   */
  function ownViolations(): Violation[] {
    const found: Violation[] = [];
    const rule = (field: string, broken: boolean, message: string) => {
      if (broken) {
        found.push({ field, message });
      }
    };
    const when = control("occurred_at");
    const at = Date.parse(value("occurred_at"));
    const incomplete = when instanceof HTMLInputElement && when.validity.badInput;
    const recordType = value("related_resource_type") !== "";
    const recordId = value("related_resource_id").trim() !== "";
    const key = new TextEncoder().encode(value("idempotency_key").trim());
    rule("type", value("type") === "", words.rules.type);
    rule("summary", value("summary").trim() === "", words.rules.summary);
    rule("summary", characters(value("summary")) > SUMMARY_CHARACTERS, words.rules.summaryLong);
    rule("body", characters(value("body")) > BODY_CHARACTERS, words.rules.bodyLong);
    rule("related_resource_type", recordId && !recordType, words.rules.recordType);
    rule("related_resource_id", recordType && !recordId, words.rules.recordId);
    rule("occurred_at", incomplete, words.rules.occurredAt);
    rule("occurred_at", isSkipped(value("occurred_at")), words.rules.occurredNever);
    rule("occurred_at", at < 0, words.rules.occurredEarly);
    rule("occurred_at", at > Date.now() + DAY_MS, words.rules.occurredLate);
    rule("idempotency_key", key.length > KEY_BYTES, words.rules.key);
    return found;
  }

  const submit = h("button", { type: "submit", class: "primary" }, words.submit);

  async function send(): Promise<void> {
    if (sending) {
      return;
    }
    const own = ownViolations();
    if (own.length > 0) {
      showWrong(own);
      return;
    }
    if (value("idempotency_key").trim() === "") {
      newKey();
    }
    sending = true;
    submit.setAttribute("aria-disabled", "true");
    fill(submit, words.working);
    fill(summary, createWaiting());
    showViolations(fields, []);
    try {
      const { activity } = await context.client.logActivity(read(), calls.signal);
      if (may(context, "activity:read")) {
        forgetDraft();
        context.announce(words.done);
        context.go(formatRoute(["activities", activity.id]), "replace");
      } else {
        beginAnew(activity.id);
      }
    } catch (error) {
      if (!isAborted(error)) {
        showFailure(asApiError(error));
      }
    } finally {
      sending = false;
      submit.removeAttribute("aria-disabled");
      fill(submit, words.submit);
    }
  }

  /** For a key that may not read what it logs: says that it is logged, over an empty form. */
  function beginAnew(logged: string): void {
    for (const { control: own } of fields.values()) {
      own.value = "";
      own.dispatchEvent(new Event("input"));
    }
    newKey();
    const told = h(
      "div",
      { class: "notice", role: "status", tabindex: "-1" },
      h("p", {}, words.doneUnread),
      h("p", {}, h("code", {}, logged)),
    );
    fill(summary, told);
    told.focus();
  }

  function discard(): void {
    forgetDraft();
    context.go("#/");
  }

  const element = h(
    "div",
    { class: "log-page stack" },
    pageHeading(words.title),
    h("p", { class: "row-meta" }, h("span", { class: "joint" }, words.as), createDeed(context.me)),
    isOther && linked("related_resource_id") !== "" && createOtherRecord(),
    summary,
    h(
      "form",
      {
        class: "panel form-grid",
        novalidate: true,
        on: {
          submit: (event) => {
            event.preventDefault();
            void send();
          },
        },
      },
      [...fields].filter(([name]) => name !== "idempotency_key").map(([, { element: own }]) => own),
      advanced,
      h(
        "div",
        { class: "actions wide" },
        h("button", { type: "button", on: { click: discard } }, words.discard),
        submit,
      ),
    ),
  );
  return { title: words.title, element, stop: () => calls.abort() };
}
