import assert from "node:assert/strict";
import { test } from "node:test";
import "./browser.mjs";

import { formatRoute, parseRoute } from "../src/router";

test("what is written is read back", () => {
  const parameters = new URLSearchParams({ query: "50% & more / “größer” #1?", type: "note" });
  for (const path of [[], ["activities", "01/a b%?#ü"], ["trail"]]) {
    const route = parseRoute(formatRoute(path, parameters));
    assert.deepEqual(route.path, path);
    assert.deepEqual([...route.parameters], [...parameters]);
  }
});

test("parameters without a value are left out", () => {
  assert.equal(formatRoute([], new URLSearchParams("query=&type=note&x=")), "#/?type=note");
  assert.equal(formatRoute([], new URLSearchParams("query=")), "#/");
});

test("any fragment is a route", () => {
  for (const [fragment, path] of [
    ["", []],
    ["#", []],
    ["#/", []],
    ["#//log//", ["log"]],
    ["#log", ["log"]],
    ["#/activities/100%", ["activities", "100%"]],
    ["#/?", []],
  ]) {
    assert.deepEqual(parseRoute(fragment).path, path, fragment);
  }
});
