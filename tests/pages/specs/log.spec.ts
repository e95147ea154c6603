// The form that logs an activity, and the page of a record.

import type { Page } from "@playwright/test";
import { expect, goTo, rows, signIn, type Tenant, test } from "../src/test.ts";

async function openForm(page: Page, tenant: Tenant): Promise<void> {
  await signIn(page, tenant, tenant.key, "#/log");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Log an activity");
}

async function fill(page: Page, summary: string): Promise<void> {
  await page.getByLabel("Type", { exact: true }).selectOption("call");
  await page.getByLabel("Summary").fill(summary);
}

async function found(tenant: Tenant): Promise<{ summary: string; occurred_at: string }[]> {
  const answer = await tenant.call("GET", "/v1/activities?limit=100");
  return ((await answer.json()) as { activities: { summary: string; occurred_at: string }[] })
    .activities;
}

test("every property is logged, and shown on its page", async ({ page, tenant }) => {
  await tenant.putContact("con_1", "Jane Doe");
  await openForm(page, tenant);
  await fill(page, "Called Jane");
  await page.getByLabel("Text (optional)").fill("First line.\nSecond line.");
  await page.getByLabel("Kind of record (optional)").selectOption("contact");
  await page.getByLabel("Id of the record").fill("con_1");
  await page.getByLabel("When (optional)").fill("2026-01-10T12:30:00");
  await page.getByRole("button", { name: "Log it" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Called Jane");
  const main = page.locator("main");
  for (const text of ["Second line.", "Jane Doe", "con_1", "service:owner", "Call"]) {
    await expect(main).toContainText(text);
  }
  // What was chosen is Berlin's time; UTC stands beside it.
  await expect(main).toContainText("11:30");
  expect((await found(tenant)).map(({ occurred_at: at }) => at)).toEqual([
    "2026-01-10T11:30:00.000Z",
  ]);
  // Its audit event is there, since the key may read the trail.
  await expect(page.getByRole("heading", { name: "Audit trail" })).toBeVisible();
  await expect(main).toContainText("logged an activity");
});

test("all that is wrong is told at once, at its fields", async ({ page, tenant }) => {
  await openForm(page, tenant);
  await page.getByLabel("Summary").fill("x".repeat(501));
  await page.getByLabel("Id of the record").fill("con_1");
  await page.getByRole("button", { name: "Log it" }).click();
  for (const label of ["Type", "Summary", "Kind of record (optional)"]) {
    await expect(page.getByLabel(label, { exact: true })).toHaveAttribute("aria-invalid", "true");
  }
  await expect(page.getByRole("alert")).toContainText("3 things to correct");
  await page
    .getByRole("alert")
    .getByRole("button", { name: /^Summary/ })
    .click();
  await expect(page.getByLabel("Summary")).toBeFocused();
  expect(await found(tenant)).toHaveLength(0);
});

test("a draft is kept while the reader looks elsewhere, and forgotten at sign-out", async ({
  page,
  tenant,
}) => {
  await openForm(page, tenant);
  await fill(page, "Half written");
  await goTo(page, "#/");
  await expect(page.getByRole("heading", { name: "Timeline" })).toBeVisible();
  await goTo(page, "#/log");
  await expect(page.getByLabel("Summary")).toHaveValue("Half written");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Key", { exact: true }).fill(tenant.key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Timeline" })).toBeVisible();
  await goTo(page, "#/log");
  await expect(page.getByLabel("Summary")).toHaveValue("");
});

test("a second click makes no second activity", async ({ page, tenant }) => {
  await openForm(page, tenant);
  await fill(page, "Clicked twice");
  await page.getByRole("button", { name: "Log it" }).dblclick();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Clicked twice");
  expect(await found(tenant)).toHaveLength(1);
});

test.describe("where answers fail", () => {
  test.use({ failures: "expected" });

  test("a record that is not known is told at its field", async ({ page, tenant }) => {
    await openForm(page, tenant);
    await fill(page, "About nobody");
    await page.getByLabel("Kind of record (optional)").selectOption("deal");
    await page.getByLabel("Id of the record").fill("deal_none");
    await page.getByRole("button", { name: "Log it" }).click();
    await expect(page.getByLabel("Id of the record")).toHaveAttribute("aria-invalid", "true");
    await expect(page.getByLabel("Summary")).toHaveValue("About nobody");
  });

  test("a lost answer and its retries make one activity", async ({ page, tenant }) => {
    await openForm(page, tenant);
    await fill(page, "Sent until it was heard");
    let sent = 0;
    await page.route("**/v1/activities", async (route) => {
      sent += 1;
      if (sent > 3) return route.continue();
      // The server logs it, and its answer gets lost.
      await route.fetch();
      return route.abort("connectionreset");
    });
    await page.getByRole("button", { name: "Log it" }).click();
    const problem = page.getByRole("alert");
    await expect(problem).toContainText("No connection");
    await expect(page.locator("main")).toContainText("it is logged once, however often you try");
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sent until it was heard");
    expect(sent).toBe(4);
    expect(await found(tenant)).toHaveLength(1);
  });

  test("what was changed after a lost answer is no retry, and is said to be none", async ({
    page,
    tenant,
  }) => {
    await openForm(page, tenant);
    await fill(page, "The first wording");
    let lost = 0;
    await page.route("**/v1/activities", async (route) => {
      if (lost >= 3) return route.continue();
      lost += 1;
      await route.fetch();
      return route.abort("connectionreset");
    });
    await page.getByRole("button", { name: "Log it" }).click();
    await expect(page.getByRole("alert")).toContainText("No connection");
    await page.getByLabel("Summary").fill("The second wording");
    await page.getByRole("button", { name: "Log it" }).click();
    await expect(page.getByRole("alert")).toContainText("An earlier try was logged");
    await page.getByRole("button", { name: "Log as another activity" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("The second wording");
    expect((await found(tenant)).map(({ summary }) => summary).sort()).toEqual([
      "The first wording",
      "The second wording",
    ]);
  });

  test("what does not exist, and what is another tenant's, looks the same", async ({
    page,
    tenant,
    emptyServer,
  }) => {
    const otherKey = await emptyServer.createKey(
      `${tenant.id.slice(0, 20)}-other`,
      "service:other",
      "activity:write",
    );
    const foreign = await tenant.log({ type: "note", summary: "Of another tenant" }, otherKey);
    await signIn(page, tenant, tenant.key, `#/activities/${foreign}`);
    const said = await page.getByRole("alert").innerText();
    await goTo(page, "#/activities/00000000-0000-7000-8000-000000000000");
    await expect(page.getByRole("alert")).toHaveText(said);
    await goTo(page, "#/activities/no-id-at-all");
    await expect(page.getByRole("alert")).toHaveText(said);
    await goTo(page, "#/no/such/page");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("There is no such page");
  });
});

test("a visit of a type of one's own shows its fields by their kinds", async ({ page, demo }) => {
  await signIn(page, demo);
  await page.getByLabel("Search", { exact: true }).fill("night manager");
  await expect(rows(page)).toHaveCount(1);
  await rows(page).locator(".row-title").click();
  const main = page.locator("main");
  await expect(main).toContainText("Come again");
  await expect(main).toContainText("84.50");
  await expect(main).toContainText("Bring the figures of the pilot");
  await expect(main).toContainText("Borealis Hotels");
});

test("a viewer sees the fields of such a visit, too", async ({ page, demo }) => {
  const found = await demo.call("GET", "/v1/activities?query=night%20manager");
  const { activities } = (await found.json()) as { activities: { id: string }[] };
  const token = await demo.viewerToken({ user_id: "jane" });
  const to = encodeURIComponent(`/activities/${activities[0]?.id}`);
  await page.goto(`${demo.url}/#viewer_token=${token}&to=${to}`);
  const main = page.locator("main");
  await expect(main).toContainText("Come again");
  await expect(main).toContainText("84.50");
});
