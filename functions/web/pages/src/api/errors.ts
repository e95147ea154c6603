// What can become of a call, besides an answer.

import type { components } from "./schema";

export type FieldError = components["schemas"]["FieldError"];

/**
 * `offline` and `timeout` are about the way to the API; `unexpected` is an answer that is none
 * of the API, such as a page of a proxy. The rest are the API's own refusals.
 */
export type Failure =
  | "offline"
  | "timeout"
  | "unexpected"
  | "malformed"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "too_large"
  | "invalid"
  | "rate_limited"
  | "unavailable";

export interface ApiErrorParts {
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly requiredScope?: string | undefined;
  readonly fieldErrors?: readonly FieldError[] | undefined;
  readonly retryAfterMs?: number | undefined;
}

export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly requiredScope: string | undefined;
  readonly fieldErrors: readonly FieldError[];
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly failure: Failure,
    message: string,
    parts: ApiErrorParts = {},
  ) {
    super(message);
    this.status = parts.status;
    this.requestId = parts.requestId;
    this.requiredScope = parts.requiredScope;
    this.fieldErrors = parts.fieldErrors ?? [];
    this.retryAfterMs = parts.retryAfterMs;
  }
}

/** Whether a call ended because somebody no longer wanted its answer. */
export function isAborted(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** The error of a call as one of the API, whatever was thrown. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) {
    return error;
  }
  return new ApiError("unexpected", error instanceof Error ? error.message : String(error));
}
