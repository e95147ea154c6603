import assert from "node:assert/strict";
import { test } from "node:test";
import { createDraft } from "../src/drafts";
import { keyInputOf, linesOf, timeOf, violationOf } from "../src/key-inputs";
import { isRevocable, isRotatable, isUseKnown, keyState } from "../src/key-states";

const NOW = Date.parse("2026-03-01T12:00:00.000Z");
const DAY_MS = 24 * 60 * 60 * 1000;
const at = (days) => new Date(NOW + days * DAY_MS).toISOString();
const KEY = {
  key_id: "3f9c1d0a7b2e4856",
  actor: { type: "agent", id: "scout" },
  scopes: ["activity:read"],
  created_at: at(-10),
};

test("each state of a key, and what can be done with it", () => {
  const cases = [
    [{}, "active", true, true],
    [{ expires_at: at(15) }, "active", true, true],
    [{ expires_at: at(14) }, "expires_soon", true, true],
    [{ expires_at: at(0) }, "ended", true, false],
    [{ expires_at: at(-1) }, "ended", true, false],
    [{ replaced_by: "a" }, "rotated", false, true],
    [{ replaced_by: "a", expires_at: at(1) }, "rotated", false, true],
    [{ replaced_by: "a", expires_at: at(-1) }, "ended", false, false],
    [{ revoked_at: at(-1) }, "revoked", false, false],
    [{ revoked_at: at(-1), replaced_by: "a", expires_at: at(-2) }, "revoked", false, false],
  ];
  for (const [parts, state, rotatable, revocable] of cases) {
    const key = { ...KEY, ...parts };
    const told = [keyState(key, NOW), isRotatable(key, NOW), isRevocable(key, NOW)];
    assert.deepEqual(told, [state, rotatable, revocable], JSON.stringify(parts));
  }
});

test("a key without a last use was never used, if it is young enough to know", () => {
  assert.equal(isUseKnown({ ...KEY, created_at: at(-399) }, NOW), true);
  assert.equal(isUseKnown({ ...KEY, created_at: at(-401) }, NOW), false);
});

const VALUES = {
  name: "",
  actorType: "agent",
  actorId: " scout ",
  scopes: ["activity:read"],
  expires: "",
  ranges: "",
  users: "anybody",
  userIds: "jane",
};

test("what is left empty is left out, and nothing is sent of what is not chosen", () => {
  assert.deepEqual(keyInputOf(VALUES), {
    actor: { type: "agent", id: "scout" },
    scopes: ["activity:read"],
  });
});

test("what is filled in is sent in the form of the API", () => {
  const input = keyInputOf({
    ...VALUES,
    name: " Scout ",
    expires: "2027-06-01T10:00",
    ranges: "192.0.2.0/24\n\n 2001:db8::/32 \n",
    users: "these",
    userIds: "jane\r\nbob",
  });
  assert.deepEqual(input, {
    actor: { type: "agent", id: "scout" },
    scopes: ["activity:read"],
    name: "Scout",
    expires_at: new Date(2027, 5, 1, 10).toISOString(),
    address_ranges: ["192.0.2.0/24", "2001:db8::/32"],
    users: ["jane", "bob"],
  });
});

test("nobody is an empty list, which is another thing than none", () => {
  assert.deepEqual(keyInputOf({ ...VALUES, users: "nobody" }).users, []);
  assert.deepEqual(keyInputOf({ ...VALUES, users: "these", userIds: " " }).users, []);
  assert.equal("users" in keyInputOf({ ...VALUES, users: "these", actorType: "user" }), false);
});

test("what is no time is sent as it is, for the API to refuse", () => {
  assert.equal(timeOf("275760-09-14T00:00"), "275760-09-14T00:00");
  assert.deepEqual(linesOf(" \n\t"), []);
});

test("violations are told at the controls that there are, counting from one", () => {
  assert.deepEqual(violationOf({ field: "actor", message: "is required" }), {
    field: "actor.id",
    message: "is required",
  });
  assert.deepEqual(violationOf({ field: "users", message: "element 1: is there already" }), {
    field: "users",
    message: "Entry 2: is there already",
  });
});

test("the same input is sent with the same idempotency key until it is accepted", () => {
  const draft = createDraft();
  const first = draft.keyFor({ a: 1 });
  assert.match(first, /^pages-[0-9a-f]{32}$/);
  assert.equal(draft.keyFor({ a: 1 }), first);
  const other = draft.keyFor({ a: 2 });
  assert.notEqual(other, first);
  draft.accepted();
  assert.notEqual(draft.keyFor({ a: 2 }), other);
});
