// The timeline: what is in it, how it is searched, filtered and paged, and what is new.

import type { Page, Route } from "@playwright/test";
import { expect, expectAccessible, goTo, madeUpRow, rows, signIn, test } from "../src/test.ts";

const search = (page: Page) => page.getByLabel("Search", { exact: true });
const titles = (page: Page) => rows(page).locator(".row-title").allInnerTexts();

test("the newest is first, by days of the reader's zone", async ({ page, tenant }) => {
  // Half past eleven in the evening of UTC is the next day in Berlin.
  await tenant.log({ type: "note", summary: "Late", occurred_at: "2026-01-10T23:30:00Z" });
  await tenant.log({ type: "call", summary: "Earlier", occurred_at: "2026-01-10T12:00:00Z" });
  await tenant.log({ type: "email", summary: "Next noon", occurred_at: "2026-01-11T11:00:00Z" });
  await signIn(page, tenant);
  await expect(rows(page)).toHaveCount(3);
  expect(await titles(page)).toEqual(["Next noon", "Late", "Earlier"]);
  const days = page.getByRole("heading", { level: 2 });
  await expect(days).toHaveText([/11 January/, /10 January/]);
  await expect(rows(page).nth(1).locator("time")).toHaveAttribute(
    "datetime",
    /2026-01-10T23:30:00/,
  );
  await expect(rows(page).nth(1).locator("time")).toHaveText(/00:30/);
});

test("a row tells type, actor, record by name and source", async ({ page, tenant }) => {
  await tenant.putContact("con_1", "Jane Doe");
  await tenant.putActorName("agent:scout", "Scout the agent");
  const agent = await tenant.createKey("agent:scout", "activity:write");
  await tenant.log(
    {
      type: "meeting",
      summary: "Met Jane",
      body: "All about prices",
      related_resource_type: "contact",
      related_resource_id: "con_1",
    },
    agent,
  );
  await signIn(page, tenant);
  const row = rows(page);
  for (const text of [
    "Meeting",
    "Met Jane",
    "All about prices",
    "Agent",
    "Scout the agent",
    "Contact",
    "Jane Doe",
    "API",
  ]) {
    await expect(row).toContainText(text);
  }
});

test("it is searched while one types, and calls that are overtaken are given up", async ({
  page,
  tenant,
}) => {
  await tenant.log({ type: "note", summary: "The price of a fourth year" });
  await tenant.log({ type: "note", summary: "Something else" });
  await signIn(page, tenant);
  await expect(rows(page)).toHaveCount(2);
  const held: Route[] = [];
  const aborted: string[] = [];
  page.on("requestfailed", (request) => aborted.push(request.url()));
  await page.route("**/v1/activities?*query=pri*", async (route) => {
    const query = new URL(route.request().url()).searchParams.get("query");
    if (query === "pri*") held.push(route);
    else await route.continue();
  });
  await search(page).pressSequentially("pri");
  await expect.poll(() => held.length).toBe(1);
  await search(page).pressSequentially("ce");
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText("fourth year");
  await expect
    .poll(() => aborted.filter((url) => /query=pri(\*|%2A)(&|$)/.test(url)).length)
    .toBe(1);
  // The answer that comes too late changes nothing.
  for (const route of held)
    await route.fulfill({ json: { activities: [], request_id: "req_late" } }).catch(() => null);
  await expect(rows(page)).toHaveCount(1);
  await expect(page).toHaveURL(/#\/\?query=price$/);
});

test("the last word is the beginning of one until it is finished", async ({ page, tenant }) => {
  await tenant.log({ type: "note", summary: "The price of a fourth year" });
  await tenant.log({ type: "note", summary: "Pri, all by itself" });
  const asked: (string | null)[] = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.pathname.endsWith("/v1/activities")) asked.push(url.searchParams.get("query"));
  });
  await signIn(page, tenant);
  await expect(rows(page)).toHaveCount(2);
  const expectAsked = async (query: string, count: number) => {
    await expect.poll(() => asked.at(-1)).toBe(query);
    await expect(rows(page)).toHaveCount(count);
  };
  await search(page).pressSequentially("pri");
  await expectAsked("pri*", 2);
  await search(page).press("Enter");
  await expectAsked("pri", 1);
  await expect(rows(page)).toContainText("all by itself");
  await expect(page).toHaveURL(/#\/\?query=pri$/);
  await search(page).fill("the pri");
  await expectAsked("the pri*", 1);
  await page.keyboard.press("Tab");
  await expectAsked("the pri", 0);
  await search(page).fill("pri");
  await expectAsked("pri*", 2);
  await search(page).press("Space");
  await expectAsked("pri", 1);
  for (const [typed, query, count] of [
    ['"pri', '"pri', 1],
    ["all -pric", "all -pric", 1],
    ["year OR pri", "year OR pri*", 2],
  ] as const) {
    await search(page).fill(typed);
    await expectAsked(query, count);
  }
});

test("a row that was found by the beginning of a word is there again", async ({ page, tenant }) => {
  await tenant.log({ type: "note", summary: "The price of a fourth year" });
  await signIn(page, tenant);
  await search(page).pressSequentially("fourt");
  const row = rows(page).getByRole("link", { name: "The price of a fourth year" });
  await expect(page).toHaveURL(/query=fourt$/);
  await row.click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("The price of a fourth year");
  await page.goBack();
  await expect(row).toBeFocused();
  await expect(search(page)).toHaveValue("fourt*");
});

test("what was found is marked, and stays a text", async ({ page, tenant }) => {
  const body = `😀 ${"on and on ".repeat(30)}<b>the</b> PRICES & the café ${"so on ".repeat(60)}`;
  await tenant.log({ type: "note", summary: "What it costs", body });
  await signIn(page, tenant, tenant.key, "#/?query=price%20cafe");
  await expect(rows(page).locator("mark")).toHaveText(["PRICES", "café"]);
  const snippet = rows(page).locator(".snippet");
  await expect(snippet).toContainText("on <b>the</b> PRICES & the café so on");
  await expect(snippet).toHaveText(/^… /);
  await expect(snippet.locator("b")).toHaveCount(0);
  await expectAccessible(page, "timeline with marks");
  await goTo(page, "#/?query=costs");
  await expect(snippet).toContainText("😀 on and on");
  await expect(rows(page).locator("mark")).toHaveCount(0);
});

test("several types are chosen by keyboard, and a link says them", async ({ page, tenant }) => {
  for (const type of ["note", "call", "email"]) {
    await tenant.log({ type, summary: `A ${type}` });
  }
  await signIn(page, tenant);
  await expect(rows(page)).toHaveCount(3);
  const type = (name: string) => page.getByRole("button", { name, exact: true });
  const expectChosen = async (...names: string[]) => {
    for (const name of ["All", "Note", "Call", "Email", "Meeting", "Agent action"]) {
      await expect(type(name)).toHaveAttribute("aria-pressed", String(names.includes(name)));
    }
  };
  await expectChosen("All");
  await type("Email").focus();
  await page.keyboard.press("Space");
  await expect(rows(page)).toHaveCount(1);
  await expect(type("Email")).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(rows(page)).toHaveCount(2);
  await expect(page).toHaveURL(/#\/\?type=call&type=email$/);
  await expectChosen("Call", "Email");
  await expectAccessible(page, "timeline of two types");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#\/\?type=email$/);
  await page.goBack();
  await expect(rows(page)).toHaveCount(2);
  await type("All").click();
  await expect(rows(page)).toHaveCount(3);
  await expectChosen("All");
  await goTo(page, "#/?type=note&type=email&type=fax&type=note");
  await expect(rows(page)).toHaveCount(2);
  await expectChosen("Note", "Email");
});

test("filters are links: in the address, as chips, and gone again", async ({ page, tenant }) => {
  await tenant.putContact("con_1", "Jane Doe");
  await tenant.log({
    type: "call",
    summary: "A call",
    related_resource_type: "contact",
    related_resource_id: "con_1",
  });
  await tenant.log({ type: "note", summary: "A note", occurred_at: "2026-01-10T12:00:00Z" });
  await signIn(page, tenant);
  await page.getByRole("button", { name: "Call", exact: true }).click();
  await expect(rows(page)).toHaveCount(1);
  await expect(page).toHaveURL(/type=call/);
  await expect(page.getByRole("button", { name: "Call", exact: true })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
  await page.getByRole("button", { name: "All", exact: true }).click();
  await expect(rows(page)).toHaveCount(2);

  await rows(page).getByRole("link", { name: "Jane Doe" }).click();
  await expect(rows(page)).toHaveCount(1);
  await expect(page).toHaveURL(/related_resource_id=con_1/);
  await page.getByRole("button", { name: /^Remove the filter Record/ }).click();
  await expect(rows(page)).toHaveCount(2);

  await page.getByText("Filters", { exact: false }).first().click();
  await page.getByLabel("From", { exact: true }).fill("2026-01-10");
  await page.getByLabel("To", { exact: true }).fill("2026-01-10");
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText("A note");
  // The whole of the tenth of January, in Berlin.
  await expect(page).toHaveURL(/occurred_after=2026-01-09T23%3A00/);
  await expect(page).toHaveURL(/occurred_before=2026-01-10T23%3A00/);
});

test("a link says what is looked for, and the way back is there", async ({ page, tenant }) => {
  await tenant.log({ type: "note", summary: "One of two" });
  await tenant.log({ type: "call", summary: "Two of two" });
  await signIn(page, tenant, tenant.key, "#/?query=two&type=call");
  await expect(rows(page)).toHaveCount(1);
  await expect(search(page)).toHaveValue("two");
  await rows(page).getByRole("link", { name: "Two of two" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Two of two");
  await page.goBack();
  await expect(rows(page)).toHaveCount(1);
  await expect(search(page)).toHaveValue("two");
});

test("an empty log says what comes next", async ({ page, tenant }) => {
  await signIn(page, tenant);
  await expect(page.getByRole("heading", { name: "Nothing has been logged yet" })).toBeVisible();
  await goTo(page, "#/?query=nowhere");
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  await page.getByRole("button", { name: /clear/i }).click();
  await expect(page.getByRole("heading", { name: "Nothing has been logged yet" })).toBeVisible();
});

test("where nothing has all of many words, links search for most of them", async ({
  page,
  tenant,
}) => {
  await tenant.log({ type: "note", summary: "Tom asked for the invoice" });
  await tenant.log({ type: "call", summary: "Tom asked for the invoice of May" });
  await signIn(page, tenant, tenant.key, "#/?query=tom+asked+invoice+yesterday&type=note");
  const suggestions = page.getByRole("list", { name: "Searches with fewer words" });
  await expect(suggestions.getByRole("link")).toHaveText(["tom asked invoice"]);
  await expectAccessible(page, "suggestions");
  await suggestions.getByRole("link").click();
  await expect(rows(page)).toHaveCount(1);
  await expect(search(page)).toHaveValue("tom asked invoice");
  await page.goBack();
  await expect(suggestions).toBeVisible();
  await goTo(page, "#/?query=nowhere");
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  await expect(suggestions).toHaveCount(0);
});

test("it goes on by itself, to the end, without a row twice", async ({ page, tenant }) => {
  const total = 130;
  await tenant.logMany(total, (number) => ({
    type: "note",
    summary: `Number ${number}`,
    occurred_at: new Date(Date.UTC(2026, 0, 1) + number * 60_000).toISOString(),
  }));
  await signIn(page, tenant);
  await expect(rows(page)).toHaveCount(50);
  await expect(async () => {
    await page.mouse.wheel(0, 20_000);
    await expect(page.getByText("That is everything.")).toBeVisible({ timeout: 500 });
  }).toPass();
  const shown = await titles(page);
  expect(shown).toEqual(
    Array.from({ length: total }, (_, number) => `Number ${total - 1 - number}`),
  );
});

test("what is new is told, and shown when the reader asks for it", async ({ page, tenant }) => {
  await page.clock.install();
  await tenant.log({ type: "note", summary: "There at first" });
  await signIn(page, tenant);
  await expect(rows(page)).toHaveCount(1);
  await tenant.log({ type: "note", summary: "Came later" });
  await page.clock.runFor(25_000);
  const fresh = page.getByRole("button", { name: "Show 1 new activity" });
  await expect(fresh).toBeVisible();
  await expect(rows(page)).toHaveCount(1);
  await fresh.click();
  await expect(rows(page)).toHaveCount(2);
  await expect(rows(page).first()).toContainText("Came later");
  await expect(fresh).toBeHidden();
});

test("it asks for news rarely, less and less, and not while nobody looks", async ({
  page,
  tenant,
}) => {
  await page.clock.install();
  await tenant.log({ type: "note", summary: "The only one" });
  await signIn(page, tenant);
  await expect(rows(page)).toHaveCount(1);
  let polls = 0;
  page.on("request", (request) => {
    polls += Number(request.url().includes("limit=10"));
  });
  const during = async (seconds: number) => {
    polls = 0;
    for (let passed = 0; passed < seconds; passed += 10) {
      const answered = polls;
      await page.clock.runFor(10_000);
      // An answer has to arrive before the clock goes on, or it would be too late.
      if (polls > answered) await page.waitForLoadState("networkidle");
    }
    return polls;
  };
  const first = await during(120);
  expect(first).toBeGreaterThanOrEqual(2);
  expect(first).toBeLessThanOrEqual(6);
  const later = await during(120);
  expect(later).toBeLessThanOrEqual(first);
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  expect(await during(600)).toBe(0);
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => false });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  expect(await during(30)).toBeGreaterThanOrEqual(1);
});

test("coming back from a record leads to the row, pages deep", async ({ page, tenant }) => {
  await page.route("**/v1/activities?*", async (route) => {
    const at = Number(new URL(route.request().url()).searchParams.get("cursor") ?? 0);
    const activities = Array.from({ length: 50 }, (_, row) => madeUpRow(at + row));
    await route.fulfill({
      json: { activities, next_cursor: String(at + 50), request_id: "req_1" },
    });
  });
  await page.route("**/v1/activities/0000*", (route) =>
    route.fulfill({ json: { activity: madeUpRow(420), request_id: "req_2" } }),
  );
  await signIn(page, tenant);
  const wanted = page.getByRole("link", { name: "Row number 420", exact: true });
  await expect(async () => {
    await page.mouse.wheel(0, 5_000);
    await expect(wanted).toBeVisible({ timeout: 300 });
  }).toPass();
  await wanted.click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Row number 420");
  await page.goBack();
  await expect(wanted).toBeFocused();
  await expect(wanted).toBeInViewport();
});

test.describe("what is refused", () => {
  test.use({ failures: "expected" });

  test("is marked where it was typed, and the list comes back", async ({ page, tenant }) => {
    await tenant.log({ type: "note", summary: "Back again" });
    await signIn(page, tenant);
    await search(page).fill("!!!");
    await expect(search(page)).toHaveAttribute("aria-invalid", "true");
    await expect(search(page)).toHaveAccessibleDescription(/\w/);
    await expect(rows(page)).toHaveCount(0);
    await search(page).fill("again");
    await expect(rows(page)).toHaveCount(1);
    await expect(search(page)).not.toHaveAttribute("aria-invalid", "true");
  });
});
