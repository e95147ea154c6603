import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import "./browser.mjs";

import { ApiError } from "../src/api/errors";
import { startPolling } from "../src/poller";

let asked;
let answer;
let polling;

beforeEach(() => {
  asked = 0;
  answer = async () => false;
  globalThis.document = Object.assign(new EventTarget(), { hidden: false });
  globalThis.window = new EventTarget();
  navigator.onLine = true;
  mock.timers.enable({ apis: ["setTimeout"] });
  polling = startPolling((signal) => {
    asked += 1;
    return answer(signal);
  });
});

afterEach(() => {
  polling.stop();
  mock.timers.reset();
});

/** Lets time pass, and what waits for it run. */
async function pass(seconds) {
  mock.timers.tick(seconds * 1000);
  for (let turns = 0; turns < 10; turns += 1) {
    await Promise.resolve();
  }
}

test("it asks more rarely while nothing happens, and soon again when something does", async () => {
  await pass(19);
  assert.equal(asked, 0);
  await pass(1);
  assert.equal(asked, 1);
  await pass(29);
  assert.equal(asked, 1);
  answer = async () => true;
  await pass(1);
  assert.equal(asked, 2);
  await pass(20);
  assert.equal(asked, 3);
});

test("it never waits longer than two minutes where nothing fails", async () => {
  for (let times = 0; times < 20; times += 1) {
    await pass(120);
  }
  assert.ok(asked >= 19, String(asked));
});

test("it rests while nobody looks and while the browser is offline", async () => {
  document.hidden = true;
  document.dispatchEvent(new Event("visibilitychange"));
  await pass(600);
  assert.equal(asked, 0);
  document.hidden = false;
  document.dispatchEvent(new Event("visibilitychange"));
  await pass(20);
  assert.equal(asked, 1);
  navigator.onLine = false;
  window.dispatchEvent(new Event("offline"));
  await pass(600);
  assert.equal(asked, 1);
  navigator.onLine = true;
  window.dispatchEvent(new Event("online"));
  await pass(20);
  assert.equal(asked, 2);
});

test("it gives a question up when nobody looks any more", async () => {
  let gone = false;
  answer = (signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        gone = true;
        reject(new DOMException("", "AbortError"));
      });
    });
  await pass(20);
  document.hidden = true;
  document.dispatchEvent(new Event("visibilitychange"));
  await pass(0);
  assert.ok(gone);
});

test("it waits longer after each error, up to ten minutes", async () => {
  answer = async () => {
    throw new Error("failed");
  };
  await pass(20);
  await pass(39);
  assert.equal(asked, 1);
  await pass(1);
  assert.equal(asked, 2);
  for (let times = 0; times < 10; times += 1) {
    await pass(600);
  }
  assert.ok(asked >= 11, String(asked));
});

test("a refusal that stays ends the asking", async () => {
  for (const failure of ["unauthorized", "forbidden", "invalid"]) {
    polling.stop();
    asked = 0;
    answer = async () => {
      throw new ApiError(failure, "no");
    };
    polling = startPolling((signal) => {
      asked += 1;
      return answer(signal);
    });
    await pass(20);
    await pass(600);
    window.dispatchEvent(new Event("online"));
    await pass(600);
    assert.equal(asked, 1, failure);
  }
});

test("it does not come back before the server wants it to", async () => {
  answer = async () => {
    throw new ApiError("rate_limited", "no", { retryAfterMs: 300_000 });
  };
  await pass(20);
  await pass(299);
  assert.equal(asked, 1);
  await pass(1);
  assert.equal(asked, 2);
});

test("it stops when it is told to", async () => {
  polling.stop();
  await pass(600);
  window.dispatchEvent(new Event("online"));
  await pass(600);
  assert.equal(asked, 0);
});
