import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  deedText,
  doorText,
  eventCells,
  eventColumns,
  factsOf,
  refusalText,
  splitReference,
} from "../src/events";
import { texts } from "../src/texts";

const EVENT = {
  id: "019ca8a2-7c41-7b52-8c6d-0e9f1a2b3c4d",
  tenant_id: "acme",
  actor: { type: "agent", id: "scout", display_name: "Scout" },
  on_behalf_of: { type: "user", id: "jane" },
  credential_id: "3f9c1d0a7b2e4856",
  source: "api",
  api_route: "/v1/activities",
  resource_type: "activity",
  resource_id: "019ca8a2-7c40-7d3e-9f0b-5a1c2e4d6f80",
  action: "activity.logged",
  status: "succeeded",
  request_id: "req_1",
  occurred_at: "2026-03-01T09:30:00.000Z",
};

test("what was done is told otherwise than what was tried", () => {
  assert.equal(deedText(EVENT), "logged an activity");
  for (const status of ["denied", "rejected"]) {
    assert.equal(deedText({ ...EVENT, status }), "tried to log an activity");
  }
});

test("an action that is newer than the pages has its own name for words", () => {
  for (const action of ["activity.sung", "constructor"]) {
    assert.equal(deedText({ ...EVENT, action }), action);
  }
});

test("counted refusals are told with their number", () => {
  const counted = { ...EVENT, action: "key.refusals_counted", status: "denied" };
  const told = (count) => deedText({ ...counted, data: { count } });
  assert.equal(told(1490), "was refused 1,490 more times");
  assert.equal(told(1), "was refused 1 more time");
  assert.equal(told(undefined), "was refused more times");
});

test("each door has its words", () => {
  const { api_route: _, ...inner } = EVENT;
  assert.equal(doorText(EVENT), "/v1/activities");
  assert.equal(doorText({ ...inner, api_route: "event:sqs" }), "a message of a queue");
  assert.equal(doorText({ ...inner, tool_name: "log_activity" }), "tool log_activity");
  assert.equal(doorText({ ...inner, command: "keys create" }), "command keys create");
  assert.equal(doorText({ ...inner, api_route: "constructor" }), "constructor");
  assert.equal(doorText(inner), undefined);
});

test("a refusal is told with its reason, its code and what is marked", () => {
  assert.equal(refusalText(EVENT), undefined);
  assert.equal(
    refusalText({ ...EVENT, error_code: "missing_required_scope" }),
    "The key lacks the scope (missing_required_scope).",
  );
  assert.equal(
    refusalText({ ...EVENT, error_code: "validation_failed", fields: ["actor.id", "$"] }),
    "The input broke rules (validation_failed). Fields: actor.id, the input as a whole",
  );
});

test("data is told by names, with times and numbers as such", () => {
  assert.deepEqual(factsOf({ count: 1234, hour: "2026-03-01T09:00:00.000Z", odd_one: [1] }), [
    { label: "How many", value: "1,234", isTime: false },
    { label: "In the hour from", value: "2026-03-01T09:00:00.000Z", isTime: true },
    { label: "odd one", value: "[1]", isTime: false },
  ]);
  assert.deepEqual(factsOf(undefined), []);
});

test("a reference is a type and an id, which may have colons itself", () => {
  assert.deepEqual(splitReference("deal:d:1"), ["deal", "d:1"]);
  for (const none of ["deal", ":1", "deal:"]) {
    assert.equal(splitReference(none), undefined);
  }
});

test("a row of the file has each property of an event in a column of its name", () => {
  const row = Object.fromEntries(
    eventColumns.map((name, at) => [name, eventCells({ ...EVENT, data: { count: 1 } })[at]]),
  );
  assert.equal(row.actor_display_name, "Scout");
  assert.equal(row.on_behalf_of_id, "jane");
  assert.equal(row.authenticated_as_id, "");
  assert.equal(row.data, '{"count":1}');
  assert.equal(row.error_code, "");
});

const { schemas } = JSON.parse(readFileSync("../../../docs/openapi.json", "utf8")).components;

test("each fact of the description has its words, and there are no others", () => {
  const facts = Object.keys(schemas.AuditEventData.properties);
  assert.deepEqual(Object.keys(texts.trail.data).toSorted(), facts.toSorted());
});

test("no property of the description is without a column", () => {
  const actors = ["actor", "authenticated_as", "on_behalf_of"];
  for (const name of Object.keys(schemas.AuditEvent.properties)) {
    const column = actors.includes(name) ? `${name}_id` : name;
    assert.ok(eventColumns.includes(column), name);
  }
});
