import assert from "node:assert/strict";
import { test } from "node:test";

import { whileTyping } from "../src/typed-query";

test("the last word that is typed is a beginning", () => {
  for (const typed of [
    "pri",
    "price pri",
    "e-mail",
    "-globex pri",
    "globex OR ini",
    "“jane doe” pri",
    '"jane doe" pri',
    "Käs",
    "e\u0301te",
    "東京都",
    "order 123",
    "portland",
    "(pri",
  ]) {
    assert.equal(whileTyping(typed), `${typed}*`);
  }
});

test("what ends, is short, stands in quotes or is an operator is as it was typed", () => {
  for (const typed of [
    "",
    "pr",
    "price pr",
    "price ",
    "pri\u3000",
    "e\u0301t",
    "C++",
    "jane's",
    "invoice?",
    "pri*",
    "-pri",
    "-e-mail",
    "pri*ce",
    "globex AND",
    "globex NOT",
    "globex OR",
    '"jane do',
    "“jane doe",
    '"jane"doe',
    '"jane doe"',
    "x ".repeat(248).concat("word"),
  ]) {
    assert.equal(whileTyping(typed), typed);
  }
  const longest = `${"x ".repeat(247)}words`;
  assert.equal(longest.length, 499);
  assert.equal(whileTyping(longest), `${longest}*`);
});
