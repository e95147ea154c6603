import "./browser.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  collectEvents,
  FILE_PAGE_EVENTS,
  MAX_FILE_EVENTS,
  MAX_FILE_PAGES,
} from "../src/event-files";

/** A trail of so many events, answered in pages of at most `perPage`. */
function trailOf(total, perPage = FILE_PAGE_EVENTS) {
  const calls = [];
  return {
    calls,
    async load(cursor, limit) {
      const from = Number(cursor ?? 0);
      const to = Math.min(total, from + Math.min(limit, perPage));
      calls.push({ from, limit });
      const audit_events = Array.from({ length: to - from }, (_, at) => ({ id: from + at }));
      return to < total ? { audit_events, next_cursor: String(to) } : { audit_events };
    },
  };
}

const collect = (load, signal = new AbortController().signal, progress = () => undefined) =>
  collectEvents(load, signal, progress);

test("all pages are collected, in their order, and the number is told meanwhile", async () => {
  const told = [];
  const { load } = trailOf(250);
  const { events, areMore } = await collect(load, undefined, (count) => told.push(count));
  assert.deepEqual(
    events.map(({ id }) => id),
    Array.from({ length: 250 }, (_, at) => at),
  );
  assert.equal(areMore, false);
  assert.deepEqual(told, [100, 200]);
});

test("an empty trail is an empty file", async () => {
  const { load } = trailOf(0);
  assert.deepEqual(await collect(load), { events: [], areMore: false });
});

test("a file has its bound, and says that there are more", async () => {
  for (const [total, expected] of [
    [MAX_FILE_EVENTS, false],
    [MAX_FILE_EVENTS + 1, true],
  ]) {
    const { load } = trailOf(total, 99);
    const { events, areMore } = await collect(load);
    assert.equal(events.length, MAX_FILE_EVENTS);
    assert.equal(areMore, expected);
  }
});

test("pages without an event come to an end as well", async () => {
  let calls = 0;
  const { events, areMore } = await collect(async () => {
    calls += 1;
    return { audit_events: [], next_cursor: "on" };
  });
  assert.deepEqual([calls, events.length, areMore], [MAX_FILE_PAGES, 0, true]);
});

test("who stops it gets nothing, and nothing more is asked for", async () => {
  const clock = new AbortController();
  const { load, calls } = trailOf(1_000);
  const collecting = collect(load, clock.signal, () => clock.abort());
  await assert.rejects(collecting, { name: "AbortError" });
  assert.equal(calls.length, 1);
});
