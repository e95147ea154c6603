// The page of the audit trail, and what is taken away from it.

import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, goTo, rows, signIn, test } from "../src/test.ts";

async function download(page: Page, label: string): Promise<string> {
  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name: label }).click();
  const file = await coming;
  return readFile(await file.path(), "utf8");
}

/** The cells of a file as RFC 4180 has them, every one quoted. */
function cellsOf(csv: string): string[][] {
  const lines = csv
    .replace(/^\ufeff/, "")
    .split("\r\n")
    .filter((line) => line !== "");
  return lines.map((line) =>
    [...line.matchAll(/"((?:[^"]|"")*)"/g)].map(([, cell]) => (cell ?? "").replaceAll('""', '"')),
  );
}

test("it tells who did what, with which key, and what was refused", async ({ page, tenant }) => {
  await tenant.putActorName("user:jane", "Jane Doe");
  const jane = await tenant.createKey("user:jane", "activity:write");
  await tenant.log({ type: "note", summary: "Something" }, jane);
  expect((await tenant.call("GET", "/v1/activities", undefined, jane)).status).toBe(403);
  expect((await tenant.call("POST", "/v1/activities", { type: "song", summary: "" })).status).toBe(
    422,
  );
  await signIn(page, tenant, tenant.key, "#/trail");
  const row = (text: RegExp) => rows(page).filter({ hasText: text });
  await expect(row(/Jane Doe/).filter({ hasText: "logged an activity" })).toContainText("Done");
  await expect(row(/tried to search activities/)).toContainText("Denied");
  await expect(row(/tried to search activities/)).toContainText("lacks the scope");
  const rejected = row(/tried to log an activity/);
  await expect(rejected).toContainText("Rejected");
  await expect(rejected).toContainText("type");
  await expect(rejected).toContainText("summary");
  await expect(rejected).toContainText(tenant.key.split(".")[1] ?? "");
});

test("its filters are those of the API, in the address", async ({ page, tenant }) => {
  await tenant.log({ type: "note", summary: "Something" });
  expect((await tenant.call("POST", "/v1/activities", {})).status).toBe(422);
  await signIn(page, tenant, tenant.key, "#/trail?status=rejected");
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText("tried to log an activity");
  await page.getByRole("button", { name: /^Remove the filter Outcome/ }).click();
  await expect(rows(page).filter({ hasText: "Done" }).first()).toBeVisible();
  await page.getByText("Filters").first().click();
  await page.getByLabel("What was done").selectOption("activity.logged");
  await page.getByLabel("Who (id)").fill("service:owner");
  await page.getByLabel("Who (id)").press("Enter");
  await expect(page).toHaveURL(/action=activity.logged/);
  await expect(page).toHaveURL(/actor_id=service/);
  await expect(rows(page)).toHaveCount(2);
});

test("an event leads to its activity", async ({ page, tenant }) => {
  await tenant.log({ type: "note", summary: "Found by its event" });
  await signIn(page, tenant, tenant.key, "#/trail?action=activity.logged");
  await rows(page).getByRole("link", { name: "Open the activity" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Found by its event");
});

test("a file of CSV has what is shown, and no formula", async ({ page, tenant }) => {
  // An actor's id is anything that a caller may choose.
  for (const [at, user] of ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", 'a"b'].entries()) {
    const name = "X-USER-ID";
    const answer = await fetch(`${tenant.url}/v1/activities`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${tenant.key}`,
        "content-type": "application/json",
        [name]: user,
      },
      body: JSON.stringify({ type: "note", summary: `Number ${at}` }),
    });
    expect(answer.status).toBe(201);
  }
  await signIn(page, tenant, tenant.key, "#/trail?action=activity.logged");
  await expect(rows(page)).toHaveCount(5);
  const csv = await download(page, "Download as CSV");
  const [header = [], ...lines] = cellsOf(csv);
  expect(header).toContain("request_id");
  expect(lines).toHaveLength(5);
  const formulas = lines.flat().filter((cell) => /^[\s]*[=+\-@]/.test(cell));
  expect(formulas).toEqual([]);
  const cells = lines.flat();
  for (const cell of ["'=HYPERLINK(1)", "'+1", "'-1", "'@SUM(1)", 'a"b'])
    expect(cells).toContain(cell);
});

test("a file of JSON lines has the events as the API has them", async ({ page, tenant }) => {
  await tenant.log({ type: "note", summary: "Something" });
  await signIn(page, tenant, tenant.key, "#/trail?action=activity.logged");
  await expect(rows(page)).toHaveCount(1);
  const lines = (await download(page, "Download as JSON lines")).trim().split("\n");
  const answer = await tenant.call("GET", "/v1/audit-events?action=activity.logged");
  const { audit_events: events } = (await answer.json()) as { audit_events: unknown[] };
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(events);
});

test("nothing that matches is said, with the way out", async ({ page, tenant }) => {
  await signIn(page, tenant, tenant.key, "#/trail?request_id=req_none");
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Download as CSV" })).toBeHidden();
  await page.locator("main").getByRole("button", { name: /clear/i }).first().click();
  await expect(rows(page).first()).toBeVisible();
});

test.describe("where answers fail", () => {
  test.use({ failures: "expected" });

  test("a filter that the API refuses is marked", async ({ page, tenant }) => {
    await signIn(page, tenant, tenant.key, "#/trail?occurred_after=yesterday");
    await expect(page.locator("[aria-invalid=true]")).toBeVisible();
    await goTo(page, "#/trail");
    await expect(rows(page).first()).toBeVisible();
  });
});
