// The calls that the pages make, with the types of the description.

import { ApiError } from "./errors";
import type { components } from "./schema";
import { type Call, type Credential, send, type TextAnswer } from "./transport";

type Schemas = components["schemas"];

export type Action = Schemas["Action"];
export type Activity = Schemas["Activity"];
export type Actor = Schemas["Actor"];
export type ActivityCategory = Schemas["ActivityCategory"];
export type ActivitySubmission = Schemas["ActivitySubmission"];
export type AuditEvent = Schemas["AuditEvent"];
export type AuditEventProof = Schemas["AuditEventProofResponse"];
export type AuditedResourceType = Schemas["AuditedResourceType"];
export type AuditStatus = Schemas["AuditStatus"];
export type CreateKeyInput = Schemas["CreateKeyInput"];
export type ErrorCode = Schemas["ErrorCode"];
export type Key = Schemas["Key"];
export type LogActivityInput = Schemas["LogActivityInput"];
export type MadeKey = Schemas["MadeKeyResponse"];
/** What a credential is, and what it may do. */
export type Me = Schemas["MeResponse"];
export type RelatedResourceType = Schemas["RelatedResourceType"];
export type RotateKeyInput = Schemas["RotateKeyInput"];
export type Scope = Schemas["Scope"];
export type Source = Schemas["Source"];
export type SubmittedField = Schemas["SubmittedField"];

export interface Client {
  me(signal?: AbortSignal): Promise<Me>;
  searchActivities(
    parameters: URLSearchParams,
    signal?: AbortSignal,
  ): Promise<Schemas["ActivitiesResponse"]>;
  getActivity(id: string, signal?: AbortSignal): Promise<Schemas["ActivityResponse"]>;
  /** With a key of its own, so that it may be sent again until there is an answer. */
  logActivity(
    input: LogActivityInput & { readonly idempotency_key: string },
    signal?: AbortSignal,
  ): Promise<Schemas["ActivityResponse"]>;
  listAuditEvents(
    parameters: URLSearchParams,
    signal?: AbortSignal,
  ): Promise<Schemas["AuditEventsResponse"]>;
  getProof(eventId: string, signal?: AbortSignal): Promise<AuditEventProof>;
  /** The newest checkpoint of the log; nothing before the first. */
  newestCheckpoint(signal?: AbortSignal): Promise<TextAnswer | undefined>;
  listKeys(parameters: URLSearchParams, signal?: AbortSignal): Promise<Schemas["KeysResponse"]>;
  getKey(keyId: string, signal?: AbortSignal): Promise<Schemas["KeyResponse"]>;
  createKey(input: CreateKeyInput, idempotencyKey: string, signal?: AbortSignal): Promise<MadeKey>;
  rotateKey(
    keyId: string,
    input: RotateKeyInput,
    idempotencyKey: string,
    signal?: AbortSignal,
  ): Promise<MadeKey>;
  revokeKey(keyId: string, signal?: AbortSignal): Promise<Schemas["KeyResponse"]>;
}

/**
 * A client of one credential. `refused` is told of every 401: the credential has ended, and
 * no further call of it can succeed.
 */
export function createClient(credential: Credential, refused: () => void): Client {
  async function call<Answer>(call: Call): Promise<Answer> {
    try {
      return await send<Answer>(credential, call);
    } catch (error) {
      if (error instanceof ApiError && error.failure === "unauthorized") {
        refused();
      }
      throw error;
    }
  }
  const get = <Answer>(path: string, parameters: URLSearchParams, signal?: AbortSignal) =>
    call<Answer>({ method: "GET", path, parameters, signal, repeatable: true });
  const post = <Answer>(path: string, body: unknown, key: string, signal?: AbortSignal) =>
    call<Answer>({
      method: "POST",
      path,
      body,
      headers: { "Idempotency-Key": key },
      signal,
      repeatable: true,
    });
  const none = new URLSearchParams();
  return {
    me: (signal) => get("v1/me", none, signal),
    searchActivities: (parameters, signal) => get("v1/activities", parameters, signal),
    getActivity: (id, signal) => get(`v1/activities/${encodeURIComponent(id)}`, none, signal),
    logActivity: (input, signal) =>
      call({ method: "POST", path: "v1/activities", body: input, signal, repeatable: true }),
    listAuditEvents: (parameters, signal) => get("v1/audit-events", parameters, signal),
    getProof: (eventId, signal) =>
      get(`v1/audit-events/${encodeURIComponent(eventId)}/proof`, none, signal),
    async newestCheckpoint(signal) {
      // The newest of none is an error of the API, and no error here.
      const first = new URLSearchParams({ limit: "1" });
      const path = "v1/audit-log/checkpoints";
      const { checkpoints } = await get<Schemas["CheckpointsResponse"]>(path, first, signal);
      if (checkpoints.length === 0) {
        return undefined;
      }
      const newest = "v1/audit-log/checkpoint";
      return call({ method: "GET", path: newest, answers: "text", signal, repeatable: true });
    },
    listKeys: (parameters, signal) => get("v1/keys", parameters, signal),
    getKey: (keyId, signal) => get(`v1/keys/${encodeURIComponent(keyId)}`, none, signal),
    createKey: (input, key, signal) => post("v1/keys", input, key, signal),
    rotateKey: (keyId, input, key, signal) =>
      post(`v1/keys/${encodeURIComponent(keyId)}/rotate`, input, key, signal),
    revokeKey: (keyId, signal) =>
      call({
        method: "DELETE",
        path: `v1/keys/${encodeURIComponent(keyId)}`,
        signal,
        repeatable: true,
      }),
  };
}
