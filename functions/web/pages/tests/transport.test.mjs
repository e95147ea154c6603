import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import "./browser.mjs";

import { send } from "../src/api/transport";

const KEY = { token: "alk_demo.id.secret" };
const READ = { method: "GET", path: "v1/activities", repeatable: true };

const realFetch = globalThis.fetch;
const realSetTimeout = globalThis.setTimeout;
let calls;
let pauses;
let answers;

/** The clock of an attempt; a pause between two is over at once. */
const ATTEMPT_MS = 20_000;

beforeEach(() => {
  calls = [];
  pauses = [];
  answers = [];
  navigator.onLine = true;
  globalThis.fetch = (path, init) => {
    calls.push({ path, ...init });
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    return answer(init);
  };
  globalThis.setTimeout = (run, ms) => {
    if (ms === ATTEMPT_MS) {
      return undefined;
    }
    pauses.push(ms);
    return realSetTimeout(run, 0);
  };
});

afterEach(() => {
  globalThis.fetch = realFetch;
  globalThis.setTimeout = realSetTimeout;
});

const json =
  (status, body, headers = {}) =>
  async () =>
    new Response(JSON.stringify(body), { status, headers });
const refusal = (status, error = {}, headers = {}) =>
  json(status, { error: { code: "x", message: "no", request_id: "req_1", ...error } }, headers);
const lost = async () => {
  throw new TypeError("Failed to fetch");
};
const failure = (name) => (error) => error.name === "ApiError" && error.failure === name;

test("a call is relative, and carries the credential in a header alone", async () => {
  answers = [json(200, { ok: true })];
  const parameters = new URLSearchParams({ query: "a b" });
  await send({ ...KEY, user: "jürgen" }, { ...READ, parameters });
  const [call] = calls;
  assert.equal(call.path, "v1/activities?query=a+b");
  assert.equal(call.headers.Authorization, `Bearer ${KEY.token}`);
  assert.equal(Buffer.from(call.headers["X-USER-ID"], "latin1").toString("utf8"), "jürgen");
  assert.deepEqual(
    [call.credentials, call.cache, call.redirect, call.referrerPolicy],
    ["omit", "no-store", "error", "no-referrer"],
  );
});

test("what fails in passing is repeated twice, with longer pauses", async () => {
  for (const answer of [refusal(500), refusal(502), refusal(503), refusal(429), lost]) {
    calls = [];
    pauses = [];
    answers = [answer];
    await assert.rejects(send(KEY, READ));
    assert.equal(calls.length, 3);
    assert.equal(pauses.length, 2);
    assert.ok(pauses[0] >= 400 && pauses[1] >= 800 && pauses[1] < 1_300, String(pauses));
  }
});

test("what comes after a failure is the answer", async () => {
  answers = [lost, refusal(503), json(200, { activities: [] })];
  assert.deepEqual(await send(KEY, READ), { activities: [] });
});

test("a pause is as long as the server asks, and none that is long is waited for", async () => {
  answers = [refusal(503, {}, { "retry-after": "2" }), json(200, {})];
  await send(KEY, READ);
  assert.deepEqual(pauses, [2_000]);
  calls = [];
  answers = [refusal(429, {}, { "retry-after": "30" })];
  await assert.rejects(send(KEY, READ), (error) => error.retryAfterMs === 30_000);
  assert.equal(calls.length, 1);
});

test("what does something each time is not repeated", async () => {
  answers = [lost];
  await assert.rejects(
    send(KEY, { ...READ, method: "POST", repeatable: false }),
    failure("offline"),
  );
  assert.equal(calls.length, 1);
});

test("a browser that is offline is not asked again", async () => {
  navigator.onLine = false;
  answers = [lost];
  await assert.rejects(send(KEY, READ), failure("offline"));
  assert.equal(calls.length, 1);
});

test("a refusal has a type, is not repeated, and tells all that it says", async () => {
  for (const [status, name] of [
    [400, "malformed"],
    [401, "unauthorized"],
    [403, "forbidden"],
    [404, "not_found"],
    [409, "conflict"],
    [413, "too_large"],
    [422, "invalid"],
    [418, "unexpected"],
  ]) {
    calls = [];
    answers = [refusal(status)];
    await assert.rejects(send(KEY, READ), failure(name));
    assert.equal(calls.length, 1, name);
  }
  const fieldErrors = [{ field: "query", message: "must have a word" }];
  answers = [refusal(422, { field_errors: fieldErrors }, { "x-request-id": "req_2" })];
  await assert.rejects(send(KEY, READ), (error) => {
    assert.deepEqual(error.fieldErrors, fieldErrors);
    assert.equal(error.requestId, "req_2");
    return true;
  });
  answers = [refusal(403, { required_scope: "audit:read" })];
  await assert.rejects(send(KEY, READ), (error) => error.requiredScope === "audit:read");
});

test("an answer that is none of the API is no success and no crash", async () => {
  for (const body of ["<html>", "", "null", "7"]) {
    answers = [async () => new Response(body)];
    await assert.rejects(send(KEY, READ), failure("unexpected"));
  }
  answers = [async () => new Response("<html>", { status: 403 })];
  await assert.rejects(send(KEY, READ), failure("forbidden"));
});

test("who no longer waits gets an abort, and no further call is made", async () => {
  const gone = new AbortController();
  gone.abort();
  const abort = (error) => error.name === "AbortError";
  answers = [json(200, {})];
  await assert.rejects(send(KEY, { ...READ, signal: gone.signal }), abort);
  assert.equal(calls.length, 0);

  const leaves = new AbortController();
  answers = [
    async () => {
      queueMicrotask(() => leaves.abort());
      throw new TypeError("Failed to fetch");
    },
  ];
  await assert.rejects(send(KEY, { ...READ, signal: leaves.signal }), abort);
  assert.equal(calls.length, 1);
});

test("who leaves in the pause before a second call is not kept", async () => {
  const leaves = new AbortController();
  globalThis.setTimeout = (_run, ms) => {
    if (ms !== ATTEMPT_MS) {
      queueMicrotask(() => leaves.abort());
    }
  };
  answers = [refusal(503)];
  await assert.rejects(
    send(KEY, { ...READ, signal: leaves.signal }),
    (error) => error.name === "AbortError",
  );
  assert.equal(calls.length, 1);
});

test("a call without an answer ends in time", async () => {
  globalThis.setTimeout = (run) => realSetTimeout(run, 0);
  answers = [
    (init) =>
      new Promise((_resolve, reject) => {
        init.signal.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
      }),
  ];
  await assert.rejects(send(KEY, READ), failure("timeout"));
  assert.equal(calls.length, 3);
});
