// A form of filters, and what is set as chips that take one away.
//
// The filters are the parameters of the fragment, with the names and forms of the API's own,
// so a link to a page is a query of the API. Nothing is kept here besides what is typed.

import { fill, h, icon } from "./dom";
import {
  type Control,
  createField,
  createSelect,
  type Field,
  type Option,
  showViolations,
} from "./fields";
import { CROSS } from "./icons";
import { texts } from "./texts";
import { dateText, dateTimeText, dayKey, startOfDay } from "./times";

export type FilterField =
  | {
      readonly kind: "choice";
      readonly name: string;
      readonly label: string;
      readonly options: readonly Option[];
      /** Another parameter, without which the API refuses this one. */
      readonly needs?: string;
    }
  | {
      readonly kind: "text";
      readonly name: string;
      readonly label: string;
      readonly hint?: string;
      /** How its chip says a value, where that is not the value itself. */
      readonly say?: (value: string) => string;
      readonly needs?: string;
    }
  /** `from` takes in the day that is chosen, and so does `to`: it is the start of the next. */
  | {
      readonly kind: "from" | "to";
      readonly name: string;
      readonly label: string;
      readonly needs?: undefined;
    };

export interface Filters {
  /** The form: labelled controls, to be put where the page wants them. */
  readonly form: HTMLFormElement;
  /** What is set, with a button each to take it away. */
  readonly chips: HTMLElement;
  /** Shows what the fragment says, without touching what is being typed. */
  show(parameters: URLSearchParams): void;
  /** Shows violations at their fields; answers with those that belong to none. */
  showViolations(
    violations: readonly { readonly field: string; readonly message: string }[],
  ): readonly string[];
}

export interface FiltersParts {
  readonly fields: readonly FilterField[];
  /** Parameters that are set elsewhere on the page but get a chip, by their label. */
  readonly others?: readonly { readonly name: string; readonly label: string }[];
  readonly changed: (parameters: URLSearchParams) => void;
  readonly announce: (text: string) => void;
}

/** A date before it has a year of which digits are still to come, and so has one after the last. */
const FIRST_DAY = "1970-01-01";
const LAST_DAY = "9999-12-31";
/** A date is a whole one several times while it is typed. */
const DATE_PAUSE_MS = 600;

/** The midnight that a value is, as the day that the reader chose; nothing if it is none. */
function chosenDay(value: string, kind: "from" | "to"): string | undefined {
  const at = new Date(value);
  if (Number.isNaN(at.getTime())) {
    return undefined;
  }
  const days = kind === "to" ? 1 : 0;
  const chosen = new Date(at);
  chosen.setDate(chosen.getDate() - days);
  const key = dayKey(chosen);
  return startOfDay(key, days) === at.toISOString() ? key : undefined;
}

function makeControl(field: FilterField): Field {
  switch (field.kind) {
    case "choice":
      return createField(createSelect(field.name, texts.filters.any, field.options), field);
    case "text":
      return createField(
        h("input", { name: field.name, type: "text", autocomplete: "off", spellcheck: "false" }),
        field,
      );
    default:
      return createField(
        h("input", { name: field.name, type: "date", min: FIRST_DAY, max: LAST_DAY }),
        field,
      );
  }
}

function isDate(control: EventTarget | null | undefined): control is HTMLInputElement {
  return control instanceof HTMLInputElement && control.type === "date";
}

/** Whether somebody has not typed all of a date yet. */
function isHalfTyped(control: Control | undefined): boolean {
  return isDate(control) && !control.validity.valid;
}

export function createFilters(parts: FiltersParts): Filters {
  let shown = new URLSearchParams();
  let pending: ReturnType<typeof setTimeout> | undefined;
  const controls = new Map<string, Field>();
  for (const field of parts.fields) {
    controls.set(field.name, makeControl(field));
  }

  /** What the form says, over parameters of others, such as the words of a search. */
  function read(): URLSearchParams {
    const next = new URLSearchParams(shown);
    for (const field of parts.fields) {
      const value = controls.get(field.name)?.control.value.trim() ?? "";
      next.delete(field.name);
      if (field.kind === "choice" || field.kind === "text") {
        next.set(field.name, value);
      } else {
        const before = shown.get(field.name) ?? "";
        // A time within a day, of a link, stays as it is until another day is chosen.
        const within = value === "" && before !== "" && chosenDay(before, field.kind) === undefined;
        const kept = within || isHalfTyped(controls.get(field.name)?.control);
        next.set(
          field.name,
          kept ? before : (startOfDay(value, field.kind === "to" ? 1 : 0) ?? ""),
        );
      }
    }
    for (const field of parts.fields) {
      if (field.needs !== undefined && (next.get(field.needs) ?? "") === "") {
        next.delete(field.name);
      }
    }
    for (const [name, value] of [...next]) {
      if (value === "") {
        next.delete(name);
      }
    }
    return next;
  }

  /** What is asked for with a value that can't stand alone, and with half of a date. */
  function halves(): { readonly field: string; readonly message: string }[] {
    const found: { readonly field: string; readonly message: string }[] = [];
    for (const { name, label, needs } of parts.fields) {
      const control = controls.get(name)?.control;
      if (isHalfTyped(control) && document.activeElement !== control) {
        found.push({ field: name, message: texts.filters.wholeDay });
      }
      const other = needs === undefined ? undefined : controls.get(needs);
      if (needs !== undefined && control?.value.trim() && other?.control.value.trim() === "") {
        found.push({ field: needs, message: texts.filters.goesWith(label) });
      }
    }
    return found;
  }

  function apply(): void {
    clearTimeout(pending);
    pending = undefined;
    if (!form.isConnected) {
      return; // the reader has left in the meantime
    }
    const missing = halves();
    showViolations(controls, missing);
    if (missing.length > 0) {
      parts.announce(missing.map(({ message }) => message).join(" "));
    }
    parts.changed(read());
  }

  const form = h(
    "form",
    {
      class: "filters",
      novalidate: true,
      on: {
        submit: (event) => {
          event.preventDefault();
          apply();
        },
        // Of a date without a year there is no change to be told of.
        focusout: ({ target }) => {
          if (isDate(target) && isHalfTyped(target)) {
            controls.get(target.name)?.setError(texts.filters.wholeDay);
          }
        },
        change: ({ target }) => {
          if (isDate(target)) {
            clearTimeout(pending);
            pending = setTimeout(apply, DATE_PAUSE_MS);
          } else {
            apply();
          }
        },
      },
    },
    [...controls.values()].map((field) => field.element),
  );
  const chips = h("ul", { class: "chips", "aria-label": texts.filters.set });

  function valueText(field: FilterField, value: string): string {
    switch (field.kind) {
      case "choice":
        return field.options.find((option) => option.value === value)?.label ?? value;
      case "text":
        return field.say?.(value) ?? value;
      default: {
        const key = chosenDay(value, field.kind);
        return key === undefined ? dateTimeText(value) : dateText(startOfDay(key) ?? value);
      }
    }
  }

  function chip(label: string, value: string, names: readonly string[]): HTMLElement {
    return h(
      "li",
      {},
      h(
        "button",
        {
          type: "button",
          class: "chip",
          "aria-label": texts.filters.remove(label, value),
          on: {
            click: () => {
              const next = new URLSearchParams(shown);
              for (const name of names) {
                next.delete(name);
              }
              parts.changed(next);
              // The button is gone: whoever used it by keyboard goes on beside it.
              (chips.querySelector("button") ?? placeOfFilters())?.focus();
            },
          },
        },
        h("span", { class: "chip-label" }, `${label}:`),
        h("span", { dir: "auto", class: "chip-value" }, value),
        icon(...CROSS),
      ),
    );
  }

  /** Where filters are to be chosen: the first control, or what opens them. */
  function placeOfFilters(): HTMLElement | null {
    const closed = form.closest("details:not([open])");
    return (closed?.querySelector("summary") ??
      form.querySelector("select, input")) as HTMLElement | null;
  }

  /** Takes every filter away, and leaves what others have set, such as words. */
  function clear(): void {
    const next = new URLSearchParams(shown);
    for (const { name } of [...parts.fields, ...(parts.others ?? [])]) {
      next.delete(name);
    }
    parts.changed(next);
    placeOfFilters()?.focus();
  }

  function showChips(): void {
    const items: HTMLElement[] = [];
    for (const other of parts.others ?? []) {
      const value = shown.get(other.name);
      if (value) {
        items.push(chip(other.label, value, [other.name]));
      }
    }
    for (const field of parts.fields) {
      const value = shown.get(field.name);
      if (value) {
        // What can't stand without this one goes with it.
        const dependent = parts.fields.filter((other) => other.needs === field.name);
        const names = [field.name, ...dependent.map((other) => other.name)];
        items.push(chip(field.label, valueText(field, value), names));
      }
    }
    if (items.length > 1) {
      items.push(
        h(
          "li",
          {},
          h(
            "button",
            { type: "button", class: "chip clear", on: { click: clear } },
            texts.filters.clear,
          ),
        ),
      );
    }
    fill(chips, items);
    chips.hidden = items.length === 0;
  }

  return {
    form,
    chips,
    show(parameters) {
      const before = shown;
      shown = new URLSearchParams(parameters);
      for (const field of parts.fields) {
        const control = controls.get(field.name)?.control;
        if (control === undefined) {
          continue;
        }
        const value = shown.get(field.name) ?? "";
        const text =
          field.kind === "choice" || field.kind === "text"
            ? value
            : (chosenDay(value, field.kind) ?? "");
        // Half of a pair is in no fragment yet, and neither is what somebody types just now.
        const half =
          field.needs !== undefined && !shown.has(field.needs) && !before.has(field.name);
        const unread = isHalfTyped(control) || (isDate(control) && pending !== undefined);
        const typed = document.activeElement === control && (field.kind === "text" || unread);
        if (!half && !typed && control.value !== text) {
          control.value = text;
        }
      }
      showChips();
    },
    showViolations(violations) {
      const named = new Set(violations.map(({ field }) => field));
      const missing = halves().filter(({ field }) => !named.has(field));
      return showViolations(controls, [...violations, ...missing]).rest;
    },
  };
}
