// One call of the API: an address relative to the document, the credential in a header, an
// end in time, and errors that have a type. What may be repeated is repeated a few times.
//
// The answer's form is trusted to be that of the description, once it is JSON of a success:
// page and API come from one origin and one release.

import { noteServerTime } from "./clock";
import { ApiError, type ApiErrorParts, type Failure, isAborted } from "./errors";
import type { components } from "./schema";

type ErrorBody = components["schemas"]["ErrorResponse"];

export interface Credential {
  /** A key (`alk_…`) or a viewer token (`alv_…`). */
  readonly token: string;
  /** The user whom the calls are made for, where the caller names one. */
  readonly user?: string | undefined;
}

export interface Call {
  readonly method: "GET" | "POST" | "DELETE";
  /** Relative to the document, as in `v1/activities`. */
  readonly path: string;
  readonly parameters?: URLSearchParams;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** What an answer is, where it is no JSON. */
  readonly answers?: "text";
  readonly signal?: AbortSignal | undefined;
  /** Whether a second call does no more than the first: reads, and writes with a key for it. */
  readonly repeatable: boolean;
}

/** An answer that is text, and when what it tells of was made: a date of HTTP. */
export interface TextAnswer {
  readonly text: string;
  readonly lastModified: string | null;
}

const ATTEMPT_TIMEOUT_MS = 20_000;
const MAX_ATTEMPTS = 3;
const FIRST_PAUSE_MS = 400;
/** Longer than this nobody waits without being told. */
const MAX_PAUSE_MS = 5_000;

const FAILURES: Readonly<Record<number, Failure>> = {
  400: "malformed",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  413: "too_large",
  422: "invalid",
  429: "rate_limited",
  500: "unavailable",
  502: "unavailable",
  503: "unavailable",
  504: "unavailable",
};

function retryAfter(response: Response): number | undefined {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    if (isAborted(error)) {
      throw error;
    }
    return undefined;
  }
}

async function refusal(response: Response): Promise<ApiError> {
  const body = (await readJson(response)) as Partial<ErrorBody> | undefined;
  const detail = body?.error;
  const parts: ApiErrorParts = {
    status: response.status,
    requestId: response.headers.get("x-request-id") ?? detail?.request_id,
    requiredScope: detail?.required_scope,
    fieldErrors: detail?.field_errors,
    retryAfterMs: retryAfter(response),
  };
  const failure = FAILURES[response.status] ?? "unexpected";
  return new ApiError(failure, detail?.message ?? response.statusText, parts);
}

/** The call once. Its end in time covers the answer's body as well. */
async function attempt(credential: Credential, call: Call): Promise<unknown> {
  const clock = new AbortController();
  const timer = setTimeout(() => clock.abort(), ATTEMPT_TIMEOUT_MS);
  const giveUp = () => clock.abort();
  call.signal?.addEventListener("abort", giveUp);
  try {
    call.signal?.throwIfAborted();
    const query = call.parameters?.toString() ?? "";
    const response = await fetch(query === "" ? call.path : `${call.path}?${query}`, {
      method: call.method,
      headers: {
        Authorization: `Bearer ${credential.token}`,
        ...(credential.user === undefined ? {} : { "X-USER-ID": headerText(credential.user) }),
        ...(call.body === undefined ? {} : { "Content-Type": "application/json" }),
        ...call.headers,
      },
      body: call.body === undefined ? null : JSON.stringify(call.body),
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: clock.signal,
    });
    noteServerTime(response.headers.get("date"));
    if (!response.ok) {
      throw await refusal(response);
    }
    if (call.answers === "text") {
      const lastModified = response.headers.get("last-modified");
      return { text: await response.text(), lastModified } satisfies TextAnswer;
    }
    const answer = await readJson(response);
    if (typeof answer !== "object" || answer === null) {
      throw new ApiError("unexpected", "The answer is not JSON.", { status: response.status });
    }
    return answer;
  } catch (error) {
    if (error instanceof ApiError) {
      throw error;
    }
    if (call.signal?.aborted) {
      throw new DOMException("nobody waits for the answer", "AbortError");
    }
    if (isAborted(error)) {
      throw new ApiError("timeout", "There was no answer in time.");
    }
    throw new ApiError("offline", "The API could not be reached.");
  } finally {
    clearTimeout(timer);
    call.signal?.removeEventListener("abort", giveUp);
  }
}

/** A header carries bytes: UTF-8 in the form in which `fetch` takes it, a character a byte. */
function headerText(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(new DOMException("nobody waits for the answer", "AbortError"));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", end);
      resolve();
    }, ms);
    signal?.addEventListener("abort", end, { once: true });
  });
}

/** How long to wait before the next attempt, or nothing where there is none. */
function pauseAfter(error: unknown, attempts: number, call: Call): number | undefined {
  if (!(error instanceof ApiError) || !call.repeatable || attempts >= MAX_ATTEMPTS) {
    return undefined;
  }
  const passing = ["offline", "timeout", "rate_limited", "unavailable"].includes(error.failure);
  if (!passing || (error.failure === "offline" && !navigator.onLine)) {
    return undefined;
  }
  const asked = error.retryAfterMs ?? 0;
  if (asked > MAX_PAUSE_MS) {
    return undefined;
  }
  // Up to a half more, so that pages that failed together don't come back together.
  const own = FIRST_PAUSE_MS * 2 ** (attempts - 1) * (1 + Math.random() / 2);
  return Math.max(asked, own);
}

/** Calls, and repeats what failed in passing. Throws an `ApiError`, or an `AbortError`. */
export async function send<Answer>(credential: Credential, call: Call): Promise<Answer> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return (await attempt(credential, call)) as Answer;
    } catch (error) {
      const ms = pauseAfter(error, attempts, call);
      if (ms === undefined) {
        throw error;
      }
      await pause(ms, call.signal);
    }
  }
}
