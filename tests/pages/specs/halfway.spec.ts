// What is half done: half typed, half filled in, half sent, or left behind.

import { expect, goTo, rows, signIn, test } from "../src/test.ts";

test("a date is typed, and asked for once it is whole", async ({ page, tenant }) => {
  await tenant.log({ type: "note", summary: "Of January", occurred_at: "2026-01-10T12:00:00Z" });
  await tenant.log({ type: "note", summary: "Of March", occurred_at: "2026-03-10T12:00:00Z" });
  await signIn(page, tenant);
  await expect(rows(page)).toHaveCount(2);
  const asked: string[] = [];
  page.on("request", (request) => {
    const after = new URL(request.url()).searchParams.get("occurred_after");
    if (after !== null) asked.push(after);
  });
  await page.locator("summary", { hasText: "Filters" }).click();
  await page.getByLabel("From", { exact: true }).focus();
  // In the order of the browser's language: the day, the month and the year of en-GB or en-US.
  await page.keyboard.type("02022026", { delay: 50 });
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText("Of March");
  await expect(page.getByLabel("From", { exact: true })).toHaveValue("2026-02-02");
  expect(new Set(asked).size).toBe(1);
});

test("half of a date asks for nothing, and says what is missing", async ({ page, tenant }) => {
  await signIn(page, tenant);
  await page.locator("summary", { hasText: "Filters" }).click();
  for (const half of ["0202", "020220"]) {
    await page.getByLabel("From", { exact: true }).focus();
    await page.keyboard.type(half, { delay: 50 });
    await page.getByLabel("Who (id)").focus();
    await expect(page.getByLabel("From", { exact: true })).toHaveAccessibleDescription(/the year/);
  }
  await expect(page).not.toHaveURL(/occurred_after/);
});

test("half of a pair says which half is missing", async ({ page, tenant }) => {
  await tenant.log({ type: "note", summary: "Of a service" });
  await signIn(page, tenant);
  await page.locator("summary", { hasText: "Filters" }).click();
  await page.getByLabel("Kind of actor").selectOption("agent");
  const other = page.getByRole("textbox", { name: "Who (id)" });
  await expect(other).toHaveAccessibleDescription(/goes with “Kind of actor”/);
  await other.fill("scout");
  await other.press("Enter");
  await expect(page).toHaveURL(/actor_type=agent/);
  await expect(rows(page)).toHaveCount(0);
  await expect(other).not.toHaveAttribute("aria-invalid");
});

test("typed words are not lost to a click on something else", async ({ page, tenant }) => {
  await tenant.log({ type: "call", summary: "About the price" });
  await tenant.log({ type: "call", summary: "About nothing" });
  await signIn(page, tenant);
  await expect(rows(page)).toHaveCount(2);
  await page.getByLabel("Search", { exact: true }).fill("price");
  await page.getByRole("button", { name: "Call" }).click();
  await expect(rows(page)).toHaveCount(1);
  await expect(page.getByLabel("Search", { exact: true })).toHaveValue("price");
  await expect(page).toHaveURL(/type=call.*query=price|query=price.*type=call/);
});

test("a link that opens elsewhere leaves this tab where it is", async ({ page, tenant }) => {
  await tenant.log({ type: "note", summary: "Opened elsewhere" });
  await signIn(page, tenant);
  const opened = page.context().waitForEvent("page");
  await rows(page)
    .locator(".row-title")
    .click({ modifiers: ["ControlOrMeta"] });
  await (await opened).close();
  expect(await page.evaluate(() => history.state)).toBeNull();
});

test("the API reference takes nobody's session or draft", async ({ page, tenant, watch }) => {
  await watch(page.context());
  await signIn(page, tenant, tenant.key, "#/log");
  await page.getByLabel("Summary").fill("Half written");
  const opened = page.context().waitForEvent("page");
  await page.getByRole("link", { name: "API reference" }).click();
  await expect((await opened).getByRole("heading", { level: 1 })).toContainText("Activity Log");
  await expect(page.getByLabel("Summary")).toHaveValue("Half written");
});

test("a form is about the record of the link that led there", async ({ page, tenant }) => {
  await signIn(page, tenant);
  const about = (id: string) => `#/log?related_resource_type=deal&related_resource_id=${id}`;
  const record = page.getByLabel("Id of the record");
  await goTo(page, about("deal_123"));
  await expect(record).toHaveValue("deal_123");
  await goTo(page, "#/");
  await goTo(page, about("deal_456"));
  await expect(record).toHaveValue("deal_456");
  await page.getByLabel("Summary").fill("Begun for the second");
  await goTo(page, "#/");
  await goTo(page, about("deal_123"));
  await expect(record).toHaveValue("deal_456");
  await page.getByRole("button", { name: "Make it about Deal deal_123" }).click();
  await expect(record).toHaveValue("deal_123");
  await expect(page.getByLabel("Summary")).toHaveValue("Begun for the second");
});

test("signing out leaves nothing of what was looked at in the address", async ({
  page,
  tenant,
}) => {
  await signIn(page, tenant, tenant.key, "#/?query=salary");
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("alert")).toContainText("signed out");
  await expect(page).toHaveURL(`${tenant.url}/#/`);
});

test("a key in an address signs nobody in", async ({ page, tenant }) => {
  const other = await tenant.createKey("user:mallory", "activity:read");
  await page.goto(`${tenant.url}/#viewer_token=${other}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This view is closed");
  expect(page.url()).not.toContain("alk_");
  await page.getByRole("button", { name: "Sign in with a key instead" }).click();
  await page.getByLabel("Key", { exact: true }).fill(tenant.key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Timeline");
  await goTo(page, `#viewer_token=${other}&to=%2Flog`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Log an activity");
  await expect(page.locator("header")).toContainText("owner");
  expect(page.url()).not.toContain("alk_");
});

test("a view ends with its token, also if nothing is asked for", async ({ page, tenant }) => {
  const id = await tenant.log({ type: "note", summary: "Seen for a moment" });
  const token = await tenant.viewerToken({ user_id: "jane", expires_in_seconds: 8 });
  const to = encodeURIComponent(`/activities/${id}`);
  await page.goto(`${tenant.url}/#viewer_token=${token}&to=${to}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Seen for a moment");
  await expect(page.getByRole("alert")).toContainText("The time of this view is over", {
    timeout: 20_000,
  });
  await expect(page.locator("body")).not.toContainText("Seen for a moment");
});

test.describe("where there is no connection", () => {
  test.use({ failures: "expected" });

  test("a form is sent by nobody but its reader", async ({ page, context, tenant }) => {
    await signIn(page, tenant, tenant.key, "#/log");
    await page.getByLabel("Type", { exact: true }).selectOption("note");
    await page.getByLabel("Summary").fill("Half a sen");
    await context.setOffline(true);
    await page.getByRole("button", { name: "Log it" }).click();
    await expect(page.getByRole("alert")).toContainText("No connection");
    const sent: string[] = [];
    page.on("request", (request) => sent.push(request.method()));
    await context.setOffline(false);
    // Whatever is done at "online" is done before this is answered.
    await page.evaluate(() => fetch("v1/me").catch(() => null));
    expect(sent).toEqual(["GET"]);
    await expect(page.getByLabel("Summary")).toHaveValue("Half a sen");
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Half a sen");
  });

  test("what was read is read again by itself", async ({ page, context, tenant }) => {
    const id = await tenant.log({ type: "note", summary: "Read again" });
    await signIn(page, tenant);
    await context.setOffline(true);
    await goTo(page, `#/activities/${id}`);
    await expect(page.getByRole("alert")).toContainText("No connection");
    await context.setOffline(false);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Read again");
  });
});

test("a filter that is taken away leaves the focus where filters are", async ({ page, tenant }) => {
  await signIn(page, tenant);
  for (const fragment of ["#/?actor_id=jane", "#/trail?actor_id=jane"]) {
    await goTo(page, fragment);
    await page.getByRole("button", { name: /^Remove the filter/ }).press("Enter");
    await expect(page.locator("summary", { hasText: "Filters" })).toBeFocused();
  }
});

test("who follows an actor from a row stays in the list", async ({ page, tenant }) => {
  await tenant.log({ type: "note", summary: "Of the owner" });
  await signIn(page, tenant);
  await rows(page).locator("a.actor").press("Enter");
  await expect(page).toHaveURL(/actor_id=service%3Aowner/);
  await expect(rows(page)).toHaveCount(1);
  expect(await page.evaluate(() => document.activeElement?.closest(".pager") !== null)).toBe(true);
});

test("days have their names of today, also after midnight", async ({ page, tenant }) => {
  await tenant.log({ type: "note", summary: "Late", occurred_at: "2026-01-10T12:00:00Z" });
  // Ten minutes before midnight in Berlin.
  await page.clock.install({ time: "2026-01-10T22:50:00Z" });
  await signIn(page, tenant);
  await expect(page.getByRole("heading", { name: "Today" })).toBeVisible();
  await page.clock.fastForward("15:00");
  await expect(page.getByRole("heading", { name: "Yesterday" })).toBeVisible();
});

test("an empty list is announced in sentences", async ({ page, tenant }) => {
  await signIn(page, tenant, tenant.key, "#/?query=salary");
  await expect(page.getByRole("status").filter({ hasText: "Nothing matches" })).toHaveText(
    /^Nothing matches\. Try .*\.$/,
  );
});

test("a frame that nobody is in leaves the page around it alone", async ({ page, tenant }) => {
  const token = await tenant.viewerToken({ user_id: "jane", expires_in_seconds: 8 });
  // The page of a vendor, whose origin is one of those that may show these pages.
  await page.route(`${tenant.url}/`, async (route) => {
    const answer = await route.fetch();
    const { "content-security-policy": _, "x-frame-options": __, ...headers } = answer.headers();
    await route.fulfill({ response: answer, headers });
  });
  const frame = `<iframe src="${tenant.url}/#viewer_token=${token}" title="Activities"></iframe>`;
  await page.route(`${tenant.url}/host`, (route) =>
    route.fulfill({
      contentType: "text/html",
      body: `<!doctype html><html lang="en"><title>Host</title><link rel="icon" href="data:,"><input autofocus aria-label="Words"><p style="height:3000px">${frame.replace("<iframe", '<iframe style="margin-top:2500px"')}`,
    }),
  );
  await page.goto(`${tenant.url}/host`);
  const words = page.getByLabel("Words");
  await words.focus();
  const inside = page.frameLocator("iframe");
  await expect(inside.getByRole("heading", { level: 1 })).toHaveText("Timeline");
  await expect(words).toBeFocused();
  await expect(inside.getByRole("heading", { level: 1 })).toHaveText("This view is closed", {
    timeout: 20_000,
  });
  await expect(words).toBeFocused();
  expect(await page.evaluate(() => scrollY)).toBe(0);
});

test("a key that may only log begins with the form, and reads that it is logged", async ({
  page,
  tenant,
}) => {
  await signIn(page, tenant, await tenant.createKey("user:jane", "activity:write"));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Log an activity");
  await expect(page.getByRole("navigation")).toContainText("Log an activity");
  await page.getByLabel("Type", { exact: true }).selectOption("note");
  await page.getByLabel("Summary").fill("Written blindly");
  await page.getByRole("button", { name: "Log it" }).click();
  await expect(page.locator("main").getByRole("status")).toContainText("It is logged");
  await expect(page.getByLabel("Summary")).toHaveValue("");
  await page.getByLabel("Type", { exact: true }).selectOption("note");
  await page.getByLabel("Summary").fill("And another");
  await page.getByRole("button", { name: "Log it" }).click();
  await expect(page.getByLabel("Summary")).toHaveValue("");
  const answer = await tenant.call("GET", "/v1/activities");
  expect(((await answer.json()) as { activities: object[] }).activities).toHaveLength(2);
});

test("a view says nothing of keys where it has no page", async ({ page, tenant }) => {
  const token = await tenant.viewerToken({ user_id: "jane" });
  await page.goto(`${tenant.url}/#viewer_token=${token}&to=%2Fkeys`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Not in this view");
  await expect(page.locator("main")).not.toContainText(/\bkey\b/);
  await page.locator("main").getByRole("link", { name: "Timeline" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Timeline");
});

test("a server that takes long is said to", async ({ page, tenant }) => {
  await page.clock.install();
  await signIn(page, tenant);
  await page.route("**/v1/activities?*", () => new Promise(() => {}));
  await goTo(page, "#/?type=call");
  await expect(page.locator(".loading")).toHaveText("Loading…");
  await page.clock.fastForward(9_000);
  await expect(page.locator(".loading")).toContainText("longer than usual");
});

test.describe("where links are no good", () => {
  test.use({ failures: "expected" });

  test("one with a token that is refused ends no session", async ({ page, tenant }) => {
    await signIn(page, tenant);
    await goTo(page, `#viewer_token=alv_${tenant.id}.0000000000000000.forged.token`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Timeline");
    await expect(page.locator("header")).toContainText("owner");
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByLabel("Key", { exact: true })).toBeVisible();
  });

  test("what is wrong in one is shown where it can be mended", async ({ page, tenant }) => {
    await tenant.log({ type: "note", summary: "There all the time" });
    await signIn(page, tenant, tenant.key, "#/?type=bogus&occurred_before=xx");
    await expect(page.getByLabel("To", { exact: true })).toHaveAttribute("aria-invalid", "true");
    await expect(page.getByLabel("To", { exact: true })).toBeVisible();
    await page.getByRole("button", { name: /^Remove the filter To/ }).click();
    await expect(rows(page)).toHaveCount(1);
  });
});
