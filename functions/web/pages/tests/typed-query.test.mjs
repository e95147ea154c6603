import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { whileTyping } from "../src/typed-query";

// `tests/suites/contract/pages.rs` holds the same cases against the grammar of the API: with `*`,
// the first ones are taken and find more, and the second ones are not, or do not.
const { beginnings, as_typed: asTyped } = JSON.parse(
  readFileSync("tests/typed-queries.json", "utf8"),
);

test("the last word that is typed is a beginning", () => {
  for (const typed of beginnings) {
    assert.equal(whileTyping(typed), `${typed}*`);
  }
});

test("what ends, is short, stands in quotes or is an operator is as it was typed", () => {
  for (const typed of [...asTyped, "“jane doe"]) {
    assert.equal(whileTyping(typed), typed);
  }
});

test("a query does not become too long", () => {
  const full = "x ".repeat(248).concat("word");
  assert.equal(whileTyping(full), full);
  const longest = `${"x ".repeat(247)}words`;
  assert.equal(longest.length, 499);
  assert.equal(whileTyping(longest), `${longest}*`);
});
