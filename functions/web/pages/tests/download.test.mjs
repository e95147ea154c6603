import assert from "node:assert/strict";
import { test } from "node:test";
<<<<<<< HEAD
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
=======
import { load } from "./load.mjs";

const { toCsv, toJsonLines } = await load("download.ts");

const lines = (cells) =>
  toCsv(
    ["a"],
    cells.map((cell) => [cell]),
  )
    .slice(1)
    .split("\r\n")
    .slice(1, -1);

test("a cell that a spreadsheet would run is text", () => {
  for (const cell of ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\r=1", "\n=1"]) {
    assert.match(lines([cell])[0], /^"?'/, JSON.stringify(cell));
  }
});

test("an ordinary cell stays as it is", () => {
  for (const cell of ["", "Jane", "a=b", "2026-03-01T09:30:00.000Z", "שלום", "'quoted'"]) {
    assert.deepEqual(lines([cell]), [cell]);
  }
});

test("what parts cells and rows is quoted", () => {
  assert.deepEqual(lines(['say "hi"']), ['"say ""hi"""']);
  assert.deepEqual(lines(["a,b"]), ['"a,b"']);
  assert.deepEqual(lines(["a;b"]), ['"a;b"']);
  assert.equal(toCsv(["a", "b"], [["1\n2", "3"]]), '\ufeffa,b\r\n"1\n2",3\r\n');
});

test("a line of JSON for each value, whatever it holds", () => {
  const values = [{ text: "a\nb\u2028" }, {}];
  const text = toJsonLines(values);
  assert.deepEqual(
    text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
>>>>>>> 257f1b3 (Test without a browser what needs none: calls and their retries, polling, addresses, days, CSV)
    values,
  );
  assert.equal(toJsonLines([]), "");
});
