/**
 * A client of the activity log's `/v1`. Copy it: it needs nothing but Node 20.
 *
 * Every call may be made again, because every write carries an idempotency key.
 * So an answer that is lost, a limit that was met and a server that is away for
 * a moment are waited out here, and what a caller sees is an answer or an
 * `ActivityLogError`.
 */

import { randomUUID } from "node:crypto";
import { setTimeout as sleepMs } from "node:timers/promises";

/** A category of activities. */
export type ActivityType = "note" | "call" | "email" | "meeting" | "agent_action";

/** What an activity can be attached to. */
export type RelatedResourceType = "contact" | "company" | "deal" | "task" | "support_ticket";

/** What is logged. The related resource has a type and an id, or neither. */
export type NewActivity = {
  type: ActivityType;
  summary: string;
  body?: string;
  occurred_at?: string;
} & (
  | { related_resource_type: RelatedResourceType; related_resource_id: string }
  | { related_resource_type?: never; related_resource_id?: never }
);

/** An activity as it reads back. Rows of a search have no `body`, but a `snippet`. */
export interface Activity {
  id: string;
  tenant_id: string;
  type: ActivityType;
  summary: string;
  body?: string;
  snippet?: string;
  related_resource_type?: RelatedResourceType;
  related_resource_id?: string;
  related_objects?: { type: string; id: string }[];
  occurred_at: string;
  logged_at: string;
  source: "api" | "mcp" | "admin";
  last_agent_actor_id?: string;
}

/** An activity that is logged, now or by an earlier call with the same key. */
export interface Logged {
  activity: Activity;
  requestId: string;
  replayed: boolean;
}

/** Who did what, through which door, and how it ended. */
export interface AuditEvent {
  id: string;
  actor: { type: "user" | "agent" | "service"; id: string };
  credential_id: string;
  resource_id?: string;
  input_hash?: string;
  status: "succeeded" | "denied" | "rejected";
  error_code?: string;
  request_id: string;
  occurred_at: string;
}

interface Paging {
  /** The size of a page. */
  limit?: number;
  occurred_after?: string;
  occurred_before?: string;
}

export interface SearchFilters extends Paging {
  query?: string;
  type?: ActivityType;
  actor_id?: string;
  /** Only with `actor_id`. */
  actor_type?: AuditEvent["actor"]["type"];
  source?: Activity["source"];
  related_resource_type?: RelatedResourceType;
  related_resource_id?: string;
}

export interface AuditFilters extends Paging {
  resource_id?: string;
  actor_id?: string;
  status?: AuditEvent["status"];
  request_id?: string;
}

/** What the client can be told. */
export interface Options {
  timeoutMs?: number;
  attempts?: number;
  /** When the log asks for a longer wait than this, the caller gets the error. */
  maxWaitMs?: number;
  sleep?: (ms: number) => Promise<unknown>;
}

interface Refusal {
  status?: number;
  code?: string;
  requestId?: string;
  fieldErrors?: { field: string; message: string }[];
  retryAfterMs?: number;
}

/**
 * What is worth another attempt. All but 429 and 503 are of the gateway, or of a
 * function that failed, and may have written: the key makes that harmless.
 */
const RETRYABLE: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

/**
 * A call that failed for good. `requestId` is what to name to whoever runs the
 * log: it is in their log and in the audit trail.
 */
export class ActivityLogError extends Error {
  override readonly name = "ActivityLogError";
  /** None, if there was no answer. */
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly requestId: string | undefined;
  readonly fieldErrors: readonly { field: string; message: string }[];
  readonly retryAfterMs: number | undefined;

  constructor(message: string, refusal: Refusal = {}, options?: ErrorOptions) {
    const { status, code, requestId, fieldErrors = [], retryAfterMs } = refusal;
    const what = status === undefined ? "no answer" : [status, code].filter(Boolean).join(" ");
    const fields = fieldErrors.map(({ field, message }) => `; ${field}: ${message}`).join("");
    super(`${what}: ${message}${fields} (request ${requestId ?? "unknown"})`, options);
    this.status = status;
    this.code = code;
    this.requestId = requestId;
    this.fieldErrors = fieldErrors;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether the same call may succeed later. */
  get retryable(): boolean {
    return this.status === undefined || RETRYABLE.has(this.status);
  }
}

/** The log of the tenant that the key belongs to. */
export class ActivityLog {
  readonly #url: string;
  readonly #key: string;
  readonly #options: Required<Options>;

  constructor(url: string, key: string, options: Options = {}) {
    this.#url = url.replace(/\/+$/, "");
    this.#key = key;
    this.#options = {
      timeoutMs: 30_000,
      attempts: 5,
      maxWaitMs: 60_000,
      sleep: sleepMs,
      ...options,
    };
  }

  /**
   * Logs an activity, once, however often the call is made.
   *
   * Without a key the retries of this call are safe. A key that is made of what
   * happened (`order-4711-paid`) also makes a second run of the program safe;
   * send exactly the same activity with it.
   */
  async log(activity: NewActivity, idempotencyKey: string = randomUUID()): Promise<Logged> {
    const keyed = { ...activity, idempotency_key: idempotencyKey };
    const { body, headers } = await this.#call<{ activity: Activity; request_id: string }>(
      "POST",
      "/v1/activities",
      keyed,
    );
    const replayed = headers.get("idempotency-replayed") === "true";
    return { activity: body.activity, requestId: body.request_id, replayed };
  }

  /** Activities, newest first. Pages are read as they are needed. */
  search(filters: SearchFilters = {}): AsyncGenerator<Activity, void, undefined> {
    return this.#pages("/v1/activities", "activities", filters);
  }

  /** An activity with its body. */
  async get(id: string): Promise<Activity> {
    const path = `/v1/activities/${encodeURIComponent(id)}`;
    return (await this.#call<{ activity: Activity }>("GET", path)).body.activity;
  }

  /** The audit trail, newest first. */
  auditEvents(filters: AuditFilters = {}): AsyncGenerator<AuditEvent, void, undefined> {
    return this.#pages("/v1/audit-events", "audit_events", filters);
  }

  async *#pages<Rows extends string, Row>(
    path: string,
    rows: Rows,
    filters: SearchFilters | AuditFilters,
  ): AsyncGenerator<Row, void, undefined> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(filters)) {
      if (value !== undefined) query.set(name, String(value));
    }
    let cursor: string | undefined;
    do {
      type Page = Record<Rows, Row[]> & { next_cursor?: string };
      const { body } = await this.#call<Page>("GET", `${path}?${query}`);
      yield* body[rows];
      // A page may be short, or empty, and not be the last.
      cursor = body.next_cursor;
      if (cursor !== undefined) query.set("cursor", cursor);
    } while (cursor !== undefined);
  }

  async #call<Body>(
    method: "GET" | "POST",
    path: string,
    input?: unknown,
  ): Promise<{ body: Body; headers: Headers }> {
    const { attempts, maxWaitMs, sleep } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(method, path, input);
      } catch (error) {
        if (!(error instanceof ActivityLogError) || !error.retryable) throw error;
        const waitMs = waitBeforeNext(attempt, error);
        // A longer wait is the caller's decision: the error names it.
        if (attempt >= attempts || waitMs > maxWaitMs) throw error;
        await sleep(waitMs);
      }
    }
  }

  async #attempt<Body>(
    method: string,
    path: string,
    input: unknown,
  ): Promise<{ body: Body; headers: Headers }> {
    const url = new URL(this.#url + path);
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, {
        method,
        headers: { authorization: `Bearer ${this.#key}`, "content-type": "application/json" },
        body: input === undefined ? null : JSON.stringify(input),
        // The log never redirects, and a key must not follow to another host.
        redirect: "manual",
        signal: AbortSignal.timeout(this.#options.timeoutMs),
      });
      text = await response.text();
    } catch (error) {
      // No answer, or half of one: the call may have been carried out.
      throw new ActivityLogError(reasonOf(error), {}, { cause: error });
    }
    if (!response.ok) throw refusalOf(response, text);
    try {
      return { body: JSON.parse(text) as Body, headers: response.headers };
    } catch (error) {
      throw new ActivityLogError("the answer is not the log's", {}, { cause: error });
    }
  }
}

/**
 * What the server asks for at least, else twice as long each time, and not the
 * same for two clients that failed together.
 */
function waitBeforeNext(attempt: number, error: ActivityLogError): number {
  const backoffMs = Math.min(200 * 2 ** attempt, 10_000) * (0.5 + Math.random() / 2);
  return Math.max(error.retryAfterMs ?? 0, backoffMs);
}

/** `fetch` says only that it failed; why is its cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

/** The error in an answer. A gateway's own has another form, and no id. */
function refusalOf(response: Response, text: string): ActivityLogError {
  const body = parseObject(text);
  const error = asObject(body["error"]);
  const refusal: Refusal = { status: response.status };
  if (typeof error["code"] === "string") refusal.code = error["code"];
  const requestId = error["request_id"] ?? response.headers.get("x-request-id");
  if (typeof requestId === "string") refusal.requestId = requestId;
  if (Array.isArray(error["field_errors"])) refusal.fieldErrors = error["field_errors"];
  const retryAfter = response.headers.get("retry-after") ?? "";
  if (/^\d+$/.test(retryAfter)) refusal.retryAfterMs = Number(retryAfter) * 1000;
  const message = error["message"] ?? body["message"] ?? response.statusText;
  return new ActivityLogError(String(message), refusal);
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return {};
  }
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
