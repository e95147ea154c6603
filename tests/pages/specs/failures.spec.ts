// Servers that are slow, fail, or are out of reach.

import { expect, goTo, rows, signIn, test } from "../src/test.ts";

test.use({ failures: "expected" });

test("a slow answer is waited for, and said to be", async ({ page, tenant }) => {
  await tenant.log({ type: "note", summary: "Worth the wait" });
  await signIn(page, tenant);
  await expect(rows(page)).toHaveCount(1);
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/v1/activities?*", async (route) => {
    await held;
    await route.continue();
  });
  await page.getByLabel("Search", { exact: true }).fill("worth");
  await expect(page.locator(".pager")).toHaveAttribute("aria-busy", "true");
  // What was there stays, until there is something else.
  await expect(rows(page)).toHaveCount(1);
  release();
  await expect(page.locator(".pager")).not.toHaveAttribute("aria-busy", "true");
  await expect(rows(page)).toHaveCount(1);
});

for (const [status, body, said] of [
  [500, "", "Not available just now"],
  [503, "", "Not available just now"],
  [429, "", "Too many requests"],
  [502, "<html>Bad gateway</html>", "Not available just now"],
  [200, "<html>Sign in to the hotel's network</html>", "An unexpected answer"],
  [200, '{"activities": [{"id": "cut', "An unexpected answer"],
] as const) {
  test(`${status} ${body.slice(0, 12)} is told, and tried again when asked`, async ({
    page,
    tenant,
  }) => {
    await tenant.log({ type: "note", summary: "There again" });
    await signIn(page, tenant);
    let calls = 0;
    await page.route("**/v1/activities?*", (route) => {
      calls += 1;
      return route.fulfill({ status, body, headers: { "x-request-id": "req_failed" } });
    });
    await page.getByRole("button", { name: "Note", exact: true }).click();
    const problem = page.getByRole("alert");
    await expect(problem).toContainText(said);
    if (status >= 400) await expect(problem).toContainText("req_failed");
    expect(calls).toBeLessThanOrEqual(3);
    await page.unroute("**/v1/activities?*");
    await problem.getByRole("button", { name: "Try again" }).click();
    await expect(rows(page)).toHaveCount(1);
    await expect(problem).toHaveCount(0);
  });
}

test("a pause that the server asks for is kept, and told where it is long", async ({
  page,
  tenant,
}) => {
  await signIn(page, tenant);
  let calls = 0;
  await page.route("**/v1/activities?*", (route) => {
    calls += 1;
    return route.fulfill({
      status: 429,
      headers: { "retry-after": "60" },
      json: {
        error: {
          code: "rate_limited",
          message: "Later.",
          request_id: "req_1",
          retry_after_seconds: 60,
        },
      },
    });
  });
  await page.getByRole("button", { name: "Note", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("Try again in 60 seconds");
  expect(calls).toBe(1);
});

test("one failure in passing is not seen at all", async ({ page, tenant }) => {
  await tenant.log({ type: "note", summary: "In spite of it" });
  await signIn(page, tenant);
  let calls = 0;
  await page.route("**/v1/activities?*", (route) => {
    calls += 1;
    return calls === 1 ? route.abort("connectionreset") : route.continue();
  });
  await page.getByRole("button", { name: "Note", exact: true }).click();
  await expect(page).toHaveURL(/type=note/);
  await expect.poll(() => calls).toBe(2);
  await expect(rows(page)).toHaveCount(1);
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("offline is told, and the page goes on by itself when it is over", async ({
  page,
  context,
  tenant,
}) => {
  await tenant.log({ type: "note", summary: "On the other side" });
  await signIn(page, tenant);
  await expect(rows(page)).toHaveCount(1);
  await context.setOffline(true);
  await page.getByRole("button", { name: "Note", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("No connection");
  await context.setOffline(false);
  await expect(rows(page)).toHaveCount(1);
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("a page that fails below the others leaves those alone", async ({ page, tenant }) => {
  await tenant.logMany(60, (number) => ({ type: "note", summary: `Number ${number}` }));
  await page.route("**/v1/activities?*cursor=*", (route) =>
    route.fulfill({ status: 503, body: "" }),
  );
  await signIn(page, tenant);
  await expect(rows(page)).toHaveCount(50);
  await page.mouse.wheel(0, 50_000);
  await expect(page.getByRole("alert")).toContainText("Not available just now");
  await expect(rows(page)).toHaveCount(50);
  await page.unroute("**/v1/activities?*cursor=*");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(rows(page)).toHaveCount(60);
});

test("who comes back while nobody can be asked does not lose the key", async ({ page, tenant }) => {
  await page.goto(`${tenant.url}/`);
  await page.getByLabel("Key", { exact: true }).fill(tenant.key);
  await page.getByLabel("Stay signed in until this tab is closed").check();
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
  await page.route("**/v1/me", (route) => route.fulfill({ status: 503, body: "" }));
  await page.reload();
  await expect(page.getByRole("alert")).toContainText("Not available just now");
  await page.unroute("**/v1/me");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
});

test("a record, the trail and the keys tell of a failure, too", async ({ page, tenant }) => {
  const id = await tenant.log({ type: "note", summary: "Behind a failure" });
  await signIn(page, tenant);
  await expect(rows(page)).toHaveCount(1);
  for (const [fragment, pattern] of [
    [`#/activities/${id}`, "**/v1/activities/*"],
    ["#/trail", "**/v1/audit-events?*"],
    ["#/keys", "**/v1/keys?*"],
  ] as const) {
    await page.route(pattern, (route) => route.fulfill({ status: 503, body: "" }));
    await goTo(page, fragment);
    const problem = page.getByRole("alert").filter({ hasText: "Not available just now" });
    await expect(problem).toBeVisible();
    await page.unroute(pattern);
    await problem.getByRole("button", { name: "Try again" }).click();
    await expect(problem).toHaveCount(0);
  }
});

test("an answer that never comes is given up, and said to be", async ({ page, tenant }) => {
  await tenant.log({ type: "note", summary: "Late but there" });
  await page.clock.install();
  await signIn(page, tenant);
  await expect(rows(page)).toHaveCount(1);
  let calls = 0;
  await page.route("**/v1/activities?*type=*", () => {
    calls += 1;
  });
  await page.getByRole("button", { name: "Note", exact: true }).click();
  for (const attempt of [1, 2, 3]) {
    await expect.poll(() => calls).toBe(attempt);
    // The end of an attempt, and the pause before the next.
    await page.clock.runFor(25_000);
  }
  await expect(page.getByRole("alert")).toContainText("No answer");
  await page.unroute("**/v1/activities?*type=*");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(rows(page)).toHaveCount(1);
});

test("a viewer whose link can't be asked about is not asked for a key", async ({
  page,
  tenant,
}) => {
  const token = await tenant.viewerToken({ user_id: "jane" });
  await page.route("**/v1/me", (route) => route.fulfill({ status: 503, body: "" }));
  await page.goto(`${tenant.url}/#viewer_token=${token}`);
  await expect(page.getByRole("alert")).toContainText("Not available just now");
  expect(page.url()).not.toContain("alv_");
  await expect(page.getByLabel("Key", { exact: true })).toHaveCount(0);
  await page.unroute("**/v1/me");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "Timeline" })).toBeVisible();
});
