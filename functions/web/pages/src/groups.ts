// Controls that make up one value, under one legend and with one violation.

import { type Child, fill, freshId, h } from "./dom";
import type { Field } from "./fields";

export interface GroupParts {
  readonly legend: string;
  readonly hint?: string;
  /** The one that takes the focus where the value breaks a rule. */
  readonly control: HTMLInputElement;
}

export function createGroup(
  parts: GroupParts,
  ...children: readonly Child[]
): Field<HTMLInputElement> {
  const error = h("p", { class: "violation", id: freshId("violation"), hidden: true });
  const hint =
    parts.hint === undefined
      ? undefined
      : h("p", { class: "hint", id: freshId("hint") }, parts.hint);
  const element = h(
    "fieldset",
    { class: "group" },
    h("legend", {}, parts.legend),
    children,
    hint,
    error,
  );
  function describe(...by: readonly (string | undefined)[]): void {
    const ids = by.filter((id) => id !== undefined);
    if (ids.length > 0) {
      element.setAttribute("aria-describedby", ids.join(" "));
    } else {
      element.removeAttribute("aria-describedby");
    }
  }
  describe(hint?.id);
  return {
    element,
    control: parts.control,
    setError(message) {
      error.hidden = message === undefined;
      fill(error, message);
      describe(hint?.id, message === undefined ? undefined : error.id);
      if (message === undefined) {
        parts.control.removeAttribute("aria-invalid");
      } else {
        parts.control.setAttribute("aria-invalid", "true");
      }
    },
  };
}

/** A radio button or a tick box with its label. */
export function createTick(
  attributes: {
    readonly type: "checkbox" | "radio";
    readonly name: string;
    readonly value: string;
  },
  ...label: readonly Child[]
): { readonly element: HTMLElement; readonly control: HTMLInputElement } {
  const control = h("input", attributes);
  return { element: h("label", { class: "tick" }, control, h("span", {}, label)), control };
}
