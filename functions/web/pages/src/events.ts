// Events of the trail in words, and as the rows of a file. Texts in, texts out: what shows them
// is elsewhere.

import type { Actor, AuditEvent } from "./api/client";
import { texts } from "./texts";

const count = new Intl.NumberFormat("en");

/** What somebody did, or tried to do: what comes after the name in a sentence. */
export function deedText(event: AuditEvent): string {
  const { trail } = texts;
  const times = event.data?.count;
  if (event.action === "key.refusals_counted" && typeof times === "number") {
    return trail.refusedTimes(count.format(times), times === 1);
  }
  // An action that is newer than these pages has its own name for words.
  if (!Object.hasOwn(trail.actions, event.action)) {
    return event.action;
  }
  const [did, tried] = trail.actions[event.action];
  return event.status === "succeeded" ? did : tried;
}

/** The door that a call came through. */
export function doorText(event: AuditEvent): string | undefined {
  const { trail } = texts;
  if (event.tool_name !== undefined) {
    return `${trail.tool} ${event.tool_name}`;
  }
  if (event.command !== undefined) {
    return `${trail.command} ${event.command}`;
  }
  return event.api_route && (ownText(trail.doors, event.api_route) ?? event.api_route);
}

/** Why it was refused, where it was: the reason, its code, and what broke a rule. */
export function refusalText(event: AuditEvent): string | undefined {
  if (event.error_code === undefined) {
    return undefined;
  }
  const { trail } = texts;
  const reason = `${trail.errors[event.error_code] ?? trail.statuses.rejected} (${event.error_code}).`;
  const fields = (event.fields ?? []).map((field) => (field === "$" ? trail.wholeInput : field));
  return fields.length === 0 ? reason : `${reason} ${trail.fields} ${fields.join(", ")}`;
}

export interface Fact {
  readonly label: string;
  readonly value: string;
  readonly isTime: boolean;
}

const TIME = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

/** What else an event tells, by the names that its action gives. */
export function factsOf(data: AuditEvent["data"]): readonly Fact[] {
  return Object.entries(data ?? {}).map(([name, value]) => {
    const text =
      typeof value === "number"
        ? count.format(value)
        : typeof value === "string"
          ? value
          : JSON.stringify(value);
    const label = ownText(texts.trail.data, name) ?? name.replaceAll("_", " ");
    return { label, value: text, isTime: TIME.test(text) };
  });
}

/** A text by a name that came from elsewhere, which may be that of what every object has. */
export function ownText(words: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(words, name) ? words[name] : undefined;
}

/** The record that an event names as `deal:deal_123`, or the actor as `user:jane`. */
export function splitReference(reference: string): readonly [string, string] | undefined {
  const colon = reference.indexOf(":");
  return colon > 0 && colon < reference.length - 1
    ? [reference.slice(0, colon), reference.slice(colon + 1)]
    : undefined;
}

type Column = readonly [name: string, value: (event: AuditEvent) => string | undefined];

function actorColumns(name: "actor" | "authenticated_as" | "on_behalf_of"): readonly Column[] {
  const part = (key: keyof Actor): Column => [`${name}_${key}`, (event) => event[name]?.[key]];
  return [part("type"), part("id"), part("display_name")];
}

const COLUMNS: readonly Column[] = [
  ["occurred_at", (event) => event.occurred_at],
  ["status", (event) => event.status],
  ["action", (event) => event.action],
  ["resource_type", (event) => event.resource_type],
  ["resource_id", (event) => event.resource_id],
  ...actorColumns("actor"),
  ...actorColumns("authenticated_as"),
  ...actorColumns("on_behalf_of"),
  ["credential_id", (event) => event.credential_id],
  ["source", (event) => event.source],
  ["api_route", (event) => event.api_route],
  ["tool_name", (event) => event.tool_name],
  ["command", (event) => event.command],
  ["client_address", (event) => event.client_address],
  ["user_agent", (event) => event.user_agent],
  ["error_code", (event) => event.error_code],
  ["fields", (event) => event.fields?.join(" ")],
  ["data", (event) => event.data && JSON.stringify(event.data)],
  ["input_hash", (event) => event.input_hash],
  ["request_id", (event) => event.request_id],
  ["tenant_id", (event) => event.tenant_id],
  ["id", (event) => event.id],
];

/** The names of the columns, which are the names of the API. */
export const eventColumns: readonly string[] = COLUMNS.map(([name]) => name);

export function eventCells(event: AuditEvent): readonly string[] {
  return COLUMNS.map(([, value]) => value(event) ?? "");
}
