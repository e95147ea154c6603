// What somebody typed, as the inputs of the API. What is wrong stays as it is: the API's
// answer tells all that is wrong at once, in its own words.

import type { CreateKeyInput, Scope } from "./api/client";
import type { FieldError } from "./api/errors";
import { texts } from "./texts";

export interface KeyFormValues {
  readonly name: string;
  readonly actorType: string;
  readonly actorId: string;
  readonly scopes: readonly Scope[];
  /** As a control for a date and a time has it: without a zone. */
  readonly expires: string;
  readonly ranges: string;
  readonly users: "anybody" | "nobody" | "these";
  readonly userIds: string;
}

/** The lines that have something in them, without the white space around. */
export function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** A time of the reader's clock as the API takes it; what is none stays as it is. */
export function timeOf(local: string): string {
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? local : at.toISOString();
}

export function keyInputOf(values: KeyFormValues): CreateKeyInput {
  const ranges = linesOf(values.ranges);
  const users = values.users === "these" ? linesOf(values.userIds) : [];
  // A person's key names nobody but that person, so there is no choice to send.
  const namesUsers = values.actorType !== "user" && values.users !== "anybody";
  return {
    actor: { type: values.actorType as CreateKeyInput["actor"]["type"], id: values.actorId.trim() },
    scopes: [...values.scopes],
    ...(values.name.trim() === "" ? {} : { name: values.name.trim() }),
    ...(values.expires === "" ? {} : { expires_at: timeOf(values.expires) }),
    ...(ranges.length === 0 ? {} : { address_ranges: ranges }),
    ...(namesUsers ? { users } : {}),
  };
}

/** A violation as the form tells it: at a control that there is, and counting from one. */
export function violationOf({ field, message }: FieldError): FieldError {
  return {
    // Who a key stands for is one property of the API, and two controls.
    field: field === "actor" ? "actor.id" : field,
    message: message.replace(/^element (\d+): /, (_, at) => texts.keys.form.entry(Number(at) + 1)),
  };
}
