import assert from "node:assert/strict";
import { test } from "node:test";

import { snippetParts } from "../src/snippets";

/** The parts with brackets around what is marked. */
const marked = (snippet, match, summary = "-") =>
  snippetParts({ snippet, match, summary })
    .map((part) => (part.marked ? `[${part.text}]` : part.text))
    .join("");

test("places are characters, also where one is two units", () => {
  assert.equal(marked("😀 the price", [{ start: 6, end: 11 }]), "😀 the [price]");
  const both = [
    { start: 0, end: 1 },
    { start: 2, end: 5 },
  ];
  assert.equal(marked("a cat sat", both), "[a] [cat] sat");
});

test("without places it is a text, and without a text it is nothing", () => {
  assert.equal(marked(" The beginning \n", undefined), "The beginning");
  assert.deepEqual(snippetParts({ summary: "x" }), []);
  assert.deepEqual(snippetParts({ summary: "x", snippet: " x " }).length, 1);
});

test("what the summary has said is not said again", () => {
  assert.equal(marked("A call about prices", [{ start: 13, end: 19 }], "A call"), "about [prices]");
  assert.equal(marked("A call about it", [{ start: 2, end: 6 }], "A call"), "about it");
  assert.equal(marked("A call about it", [{ start: 0, end: 12 }], "A call"), "[about] it");
  assert.equal(marked("A call", [{ start: 2, end: 6 }], "A call"), "");
});

test("the first mark is not far behind the beginning", () => {
  const before = "on and ".repeat(20);
  const at = before.length;
  const shown = marked(`${before}price`, [{ start: at, end: at + 5 }]);
  assert.match(shown, /^… (?:on|and) .*and \[price\]$/);
  assert.ok(shown.length < 75);
  const unspaced = marked(`${"京".repeat(100)}値`, [{ start: 100, end: 101 }]);
  assert.equal(unspaced, `… ${"京".repeat(60)}[値]`);
});
