import assert from "node:assert/strict";
import { test } from "node:test";
import { toCsv, toJsonLines } from "../src/download";

test("a file of CSV is RFC 4180 with a byte order mark, each cell quoted", () => {
  const csv = toCsv(
    ["id", "name"],
    [
      ["1", 'a "b", c\nd'],
      ["", "ü"],
    ],
  );
  assert.equal(csv, '\ufeff"id","name"\r\n"1","a ""b"", c\nd"\r\n"","ü"\r\n');
});

test("no cell is a formula", () => {
  const formulas = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "＝1"];
  for (const formula of formulas) {
    assert.equal(toCsv(["x"], [[formula]]), `\ufeff"x"\r\n"'${formula}"\r\n`);
  }
});

test("a text that only has a sign within stays as it is", () => {
  for (const text of ["a=b", "2026-03-01", "jane@example.com", "'=1", ""]) {
    assert.equal(toCsv(["x"], [[text]]), `\ufeff"x"\r\n"${text}"\r\n`);
  }
});

test("JSON lines has a value a line, whatever is in it", () => {
  const values = [{ a: "one\ntwo" }, { b: "=1", c: [1, null] }];
  const lines = toJsonLines(values).split("\n");
  assert.equal(lines.pop(), "");
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)),
    values,
  );
  assert.equal(toJsonLines([]), "");
});
