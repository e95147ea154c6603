import assert from "node:assert/strict";
import { test } from "node:test";

import "./browser.mjs";

import { dateTimeText, dayKey, dayTitle, inUtc, isSkipped, startOfDay } from "../src/times";

test("a day begins at the reader's midnight, also where it has 23 or 25 hours", () => {
  assert.equal(startOfDay("2026-03-28"), "2026-03-27T23:00:00.000Z");
  assert.equal(startOfDay("2026-03-28", 1), "2026-03-28T23:00:00.000Z");
  assert.equal(startOfDay("2026-03-29", 1), "2026-03-29T22:00:00.000Z");
  assert.equal(startOfDay("2026-10-25", 1), "2026-10-25T23:00:00.000Z");
  assert.equal(startOfDay("2026-12-31", 1), "2026-12-31T23:00:00.000Z");
});

test("what is no day is none", () => {
  for (const text of ["", "2026", "2026-3-1", "tomorrow"]) {
    assert.equal(startOfDay(text), undefined, text);
  }
});

test("a day is the reader's", () => {
  assert.equal(dayKey(new Date("2026-03-01T23:30:00Z")), "2026-03-02");
});

test("the last two days have names", () => {
  const words = { today: "Today", yesterday: "Yesterday" };
  const now = new Date();
  const before = (days) => {
    const at = new Date(now);
    at.setDate(at.getDate() - days);
    return at.toISOString();
  };
  assert.equal(dayTitle(before(0), words), "Today");
  assert.equal(dayTitle(before(1), words), "Yesterday");
  assert.doesNotMatch(dayTitle(before(2), words), /day$/);
  assert.match(dayTitle("2019-05-06T10:00:00.000Z", words), /6 May 2019/);
});

test("a time is in the reader's zone, with UTC at hand", () => {
  assert.match(dateTimeText("2026-03-01T09:30:00.000Z"), /10:30/);
  assert.equal(inUtc("2026-03-01T09:30:00.000Z"), "2026-03-01 09:30:00.000 UTC");
});

test("what is no time is shown as it came", () => {
  assert.equal(dateTimeText("soon"), "soon");
});

test("the years before 100 are years, too", () => {
  assert.match(startOfDay("0026-11-20"), /^0026-11-19T/);
});

test("a time that clocks were put forward over is none", () => {
  assert.equal(isSkipped("2026-03-29T02:30"), true);
  for (const text of ["2026-03-29T01:59", "2026-03-29T03:00:30", "2026-10-25T02:30", "", "soon"]) {
    assert.equal(isSkipped(text), false, text);
  }
});
