// A control with its label, its hint and its violation, tied together for every reader.

import { fill, freshId, h } from "./dom";

export type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

export interface Field<C extends Control = Control> {
  readonly element: HTMLElement;
  readonly control: C;
  /** Shows what is wrong with the value, or that nothing is any more. */
  setError(message: string | undefined): void;
}

export interface FieldParts {
  readonly label: string;
  readonly hint?: string;
  readonly class?: string;
}

export function createField<C extends Control>(control: C, parts: FieldParts): Field<C> {
  control.id ||= freshId("field");
  const hint = parts.hint === undefined ? undefined : h("p", { class: "hint" }, parts.hint);
  const error = h("p", { class: "violation", id: `${control.id}-violation` });
  error.hidden = true;
  if (hint !== undefined) {
    hint.id = `${control.id}-hint`;
    control.setAttribute("aria-describedby", hint.id);
  }
  return {
    element: h(
      "div",
      { class: ["field", parts.class].filter(Boolean).join(" ") },
      h("label", { for: control.id }, parts.label),
      control,
      hint,
      error,
    ),
    control,
    setError(message) {
      error.hidden = message === undefined;
      fill(error, message);
      const described = [hint?.id, message === undefined ? undefined : error.id].filter(Boolean);
      if (described.length > 0) {
        control.setAttribute("aria-describedby", described.join(" "));
      } else {
        control.removeAttribute("aria-describedby");
      }
      if (message === undefined) {
        control.removeAttribute("aria-invalid");
      } else {
        control.setAttribute("aria-invalid", "true");
      }
    },
  };
}

export interface Option {
  readonly value: string;
  readonly label: string;
}

/** A list to choose from, with the choice of nothing in front. */
export function createSelect(name: string, nothing: string, options: readonly Option[]) {
  return h(
    "select",
    { name },
    h("option", { value: "" }, nothing),
    options.map((option) => h("option", { value: option.value }, option.label)),
  );
}

/**
 * Shows each violation at the field of its name and takes the others' away. Answers with those
 * that no field has, for a place of their own, and with the first field that has one.
 */
export function showViolations(
  fields: ReadonlyMap<string, Pick<Field, "control" | "setError">>,
  violations: readonly { readonly field: string; readonly message: string }[],
): { readonly first: Control | undefined; readonly rest: readonly string[] } {
  const messages = new Map<string, string[]>();
  const rest: string[] = [];
  for (const { field, message } of violations) {
    if (fields.has(field)) {
      messages.set(field, [...(messages.get(field) ?? []), message]);
    } else {
      rest.push(field === "$" ? message : `${field}: ${message}`);
    }
  }
  let first: Control | undefined;
  for (const [name, field] of fields) {
    const own = messages.get(name);
    field.setError(own?.join("; "));
    if (own !== undefined) {
      first ??= field.control;
    }
  }
  return { first, rest };
}
