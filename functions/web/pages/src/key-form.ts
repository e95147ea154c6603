// The form of a new key.

import type { Client, MadeKey, Me, Scope } from "./api/client";
import { type ApiError, asApiError, type FieldError } from "./api/errors";
import { openDialog } from "./dialog";
import { fill, h } from "./dom";
import { createDraft } from "./drafts";
import { createField, createSelect, type Field, showViolations } from "./fields";
import { createGroup, createTick } from "./groups";
import { type KeyFormValues, keyInputOf, violationOf } from "./key-inputs";
import { createProblem } from "./problem";
import { texts } from "./texts";
import { dateTimeText } from "./times";

export interface KeyFormParts {
  readonly client: Client;
  readonly me: Me;
  readonly made: (made: MadeKey) => void;
  readonly cancelled: () => void;
}

export interface KeyForm {
  readonly element: HTMLElement;
  /** Empties it, and puts the focus where it begins. */
  begin(): void;
}

const words = texts.keys.form;

/** A control for a time. One that is half filled in says that it has nothing. */
export function createTimeField(name: string, label: string, hint: string) {
  const field = createField(h("input", { name, type: "datetime-local" }), { label, hint });
  return {
    ...field,
    /** Whether it is a whole time, or empty; if not, it says so. */
    isWhole(): boolean {
      const whole = !field.control.validity.badInput;
      field.setError(whole ? undefined : words.notATime);
      return whole;
    },
  };
}

/** An answer that came after its form had gone: the reader is elsewhere by now. */
export function tellElsewhere(error: ApiError): void {
  openDialog({
    title: words.leftTitle,
    content: [createProblem(error), h("p", {}, words.leftText)],
  });
}

/** Whose keys the caller may make at all; the API has the last word. */
function makeableTypes({ actor }: Me): readonly (keyof typeof words.types)[] {
  return actor.type === "agent" ? ["agent"] : ["user", "service", "agent"];
}

export function createKeyForm(parts: KeyFormParts): KeyForm {
  const { me } = parts;
  const draft = createDraft();

  const plain = { autocomplete: "off", autocapitalize: "none", spellcheck: "false" };
  const name = createField(h("input", { name: "name", type: "text", dir: "auto", ...plain }), {
    label: words.name,
    hint: words.nameHint,
  });
  const type = createField(
    createSelect(
      "actor.type",
      words.choose,
      makeableTypes(me).map((value) => ({ value, label: words.types[value] })),
    ),
    { label: words.type },
  );
  const id = createField(h("input", { name: "actor.id", type: "text", dir: "auto", ...plain }), {
    label: words.id,
    hint: words.idHint,
  });
  const ticks = me.scopes.map((scope: Scope) =>
    createTick(
      { type: "checkbox", name: "scopes", value: scope },
      h("code", {}, scope),
      ` – ${texts.scope[scope]}`,
    ),
  );
  const scopes = createGroup(
    { legend: words.scopes, control: ticks[0]?.control ?? h("input") },
    ticks.map(({ element }) => element),
  );
  const expires = createTimeField(
    "expires_at",
    me.expires_at === undefined ? words.expires : words.expiresHere,
    me.expires_at === undefined ? words.expiresHint : words.expiresOwn(dateTimeText(me.expires_at)),
  );
  const ranges = createField(
    h("textarea", { name: "address_ranges", rows: 2, class: "code", ...plain }),
    { label: words.ranges, hint: words.rangesHint },
  );
  const radio = (value: KeyFormValues["users"], label: string) =>
    createTick({ type: "radio", name: "users", value }, label);
  const anybody = radio("anybody", words.usersAnybody);
  const nobody = radio("nobody", words.usersNobody);
  const these = radio("these", words.usersThese);
  const ids = createField(h("textarea", { name: "user_ids", rows: 3, dir: "auto", ...plain }), {
    label: words.usersIds,
    hint: words.usersHint,
  });
  const users = createGroup(
    { legend: words.users, control: anybody.control },
    anybody.element,
    nobody.element,
    these.element,
    ids.element,
  );
  const fields = new Map<string, Pick<Field, "control" | "setError">>([
    ["name", name],
    ["actor.type", type],
    ["actor.id", id],
    ["scopes", scopes],
    ["expires_at", expires],
    ["address_ranges", ranges],
    ["users", users],
  ]);

  function showUsers(): void {
    users.element.hidden = type.control.value === "user";
    ids.element.hidden = !these.control.checked;
  }

  function read(): KeyFormValues {
    const chosen = [nobody, these].find(({ control }) => control.checked)?.control.value;
    return {
      name: name.control.value,
      actorType: type.control.value,
      actorId: id.control.value,
      scopes: me.scopes.filter((_, at) => ticks[at]?.control.checked),
      expires: expires.control.value,
      ranges: ranges.control.value,
      users: (chosen ?? "anybody") as KeyFormValues["users"],
      userIds: ids.control.value,
    };
  }

  const submit = h("button", { type: "submit", class: "primary" });
  const problem = h("div");

  function showWorking(working: boolean): void {
    submit.disabled = working;
    fill(submit, working ? words.working : words.submit);
  }

  /** What can be judged here, in the words of the form; the rest is the API's to say. */
  function ownViolations(): FieldError[] {
    const found: FieldError[] = [];
    const rule = (field: string, broken: boolean, message: string) => {
      if (broken) {
        found.push({ field, message });
      }
    };
    const end = expires.control.value;
    const isWhole = !expires.control.validity.badInput;
    const isLate = end === "" || Date.parse(end) > Date.parse(me.expires_at ?? "");
    rule("actor.type", type.control.value === "", words.noType);
    rule("actor.id", id.control.value.trim() === "", words.noId);
    rule(
      "scopes",
      ticks.every(({ control }) => !control.checked),
      words.noScope,
    );
    rule("expires_at", !isWhole, words.notATime);
    if (me.expires_at !== undefined) {
      rule("expires_at", isWhole && isLate, words.expiresBy(dateTimeText(me.expires_at)));
    }
    return found;
  }

  async function send(): Promise<void> {
    if (submit.disabled) {
      return;
    }
    fill(problem);
    const { first } = showViolations(fields, ownViolations());
    if (first !== undefined) {
      first.focus();
      return;
    }
    const input = keyInputOf(read());
    showWorking(true);
    try {
      const made = await parts.client.createKey(input, draft.keyFor(input));
      draft.accepted();
      parts.made(made);
    } catch (thrown) {
      showError(thrown);
    } finally {
      showWorking(false);
    }
  }

  function showError(thrown: unknown): void {
    const error = asApiError(thrown);
    if (!form.isConnected) {
      tellElsewhere(error);
      return;
    }
    const violations = error.fieldErrors.map(violationOf);
    const { first, rest } = showViolations(fields, violations);
    if (first === undefined || rest.length > 0) {
      fill(problem, createProblem(error));
    }
    first?.focus();
  }

  const heading = h("h2", { tabindex: "-1" }, words.title);
  const form = h(
    "form",
    {
      class: "stack",
      novalidate: true,
      on: {
        submit: (event) => {
          event.preventDefault();
          void send();
        },
        change: showUsers,
      },
    },
    name.element,
    h("div", { class: "pair" }, type.element, id.element),
    scopes.element,
    users.element,
    h("div", { class: "pair" }, expires.element, ranges.element),
    problem,
    h(
      "div",
      { class: "actions" },
      h("button", { type: "button", on: { click: parts.cancelled } }, texts.cancel),
      submit,
    ),
  );

  return {
    element: h(
      "section",
      { class: "panel stack", "aria-label": words.title },
      h("div", {}, heading, h("p", { class: "hint" }, words.lead)),
      form,
    ),
    begin() {
      form.reset();
      showViolations(fields, []);
      fill(problem);
      showWorking(false);
      if (me.actor.type === "user") {
        // What a person makes may act for that person alone.
        these.control.checked = true;
        ids.control.value = me.actor.id;
      } else {
        anybody.control.checked = true;
      }
      showUsers();
      heading.focus();
    },
  };
}
