// The value of a typed field, by the kind of the field. What does not have the form of its
// kind is shown as JSON, so that nothing stored is hidden.

import type { SubmittedField } from "./api/client";
import { type Child, h, written } from "./dom";
import { texts } from "./texts";
import { calendarDay, exactTime } from "./times";

function asJson(value: unknown): Child {
  return h("code", {}, JSON.stringify(value) ?? "");
}

function asText(value: unknown): Child {
  return typeof value === "string" || typeof value === "number"
    ? h("span", { dir: "auto", class: "prose" }, String(value))
    : asJson(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function asOption(value: unknown): Child {
  return isRecord(value) && typeof value.name === "string" ? written(value.name) : asJson(value);
}

function asMoney(value: unknown): Child {
  if (!isRecord(value) || typeof value.amount !== "number") {
    return asJson(value);
  }
  const { amount, currency, symbol } = value;
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency: String(currency) }).format(
      amount,
    );
  } catch {
    // A currency that is no code of ISO 4217.
    return `${symbol ?? currency ?? ""} ${amount}`.trim();
  }
}

function asList(value: unknown, item: (value: unknown) => Child): Child {
  if (!Array.isArray(value)) {
    return asJson(value);
  }
  if (value.length === 0) {
    return texts.record_page.nothing;
  }
  return h(
    "ul",
    { class: "values" },
    value.map((one) => h("li", {}, item(one))),
  );
}

function asId(value: unknown): Child {
  return typeof value === "string" ? h("code", {}, value) : asJson(value);
}

export function createFieldValue({ field_type: kind, value }: SubmittedField): Child {
  switch (kind) {
    case "text":
    case "longtext":
    case "email":
    case "wysiwyg":
    case "integer":
    case "rating":
    case "decimal":
    case "phonenumber":
    case "timezone":
      return asText(value);
    case "money":
      return asMoney(value);
    case "date":
      return typeof value === "string" ? calendarDay(value) : asJson(value);
    case "datetime":
      return typeof value === "string" ? exactTime(value) : asJson(value);
    case "dropdown":
    case "radio":
    case "choices":
    case "status":
    case "selector":
      return asOption(value);
    case "checkboxes":
    case "dynamictags":
      return asList(value, asOption);
    case "checkbox":
      return typeof value === "boolean"
        ? value
          ? texts.record_page.yes
          : texts.record_page.no
        : asJson(value);
    case "yesnomaybe":
      return value === "yes" || value === "no" || value === "maybe"
        ? texts.record_page[value]
        : asJson(value);
    case "relationship":
    case "team_selector":
      return asId(value);
    case "files":
      return asList(value, asId);
    default:
      // A kind that is newer than these pages; the types say that there is none today.
      kind satisfies never;
      return asJson(value);
  }
}
