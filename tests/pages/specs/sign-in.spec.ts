// Who is signed in, how they came in, and how that ends.

import { expect, goTo, rows, signIn, test } from "../src/test.ts";

const keyField = { exact: true } as const;
const kept = () => JSON.stringify({ ...sessionStorage, ...localStorage });

test("a key opens the timeline, and is kept nowhere", async ({ page, tenant }) => {
  await signIn(page, tenant);
  await expect(page.getByRole("heading", { name: "Timeline" })).toBeVisible();
  await expect(page.locator("header")).toContainText(tenant.id);
  expect(await page.evaluate(kept)).not.toContain(tenant.key);
  expect(page.url()).not.toContain("alk_");
  await page.reload();
  await expect(page.getByLabel("Key", keyField)).toBeVisible();
});

test("the tick box keeps the key until the tab is closed", async ({
  page,
  context,
  tenant,
  watch,
}) => {
  await page.goto(`${tenant.url}/`);
  await page.getByLabel("Key", keyField).fill(tenant.key);
  await page.getByLabel("Stay signed in until this tab is closed").check();
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
  await watch(context);
  const other = await context.newPage();
  await other.goto(`${tenant.url}/`);
  await expect(other.getByLabel("Key", keyField)).toBeVisible();
});

test("signing out forgets, and the way back shows nothing", async ({ page, tenant }) => {
  await tenant.log({ type: "note", summary: "For those who are signed in" });
  await page.goto(`${tenant.url}/`);
  await page.getByLabel("Key", keyField).fill(tenant.key);
  await page.getByLabel("Stay signed in until this tab is closed").check();
  await page.getByRole("button", { name: "Sign in" }).click();
  await rows(page).getByRole("link", { name: "For those who are signed in" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("For those who are signed in");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("alert")).toContainText("signed out");
  expect(await page.evaluate(kept)).toBe("{}");
  await page.goBack();
  await expect(page.getByLabel("Key", keyField)).toBeVisible();
  await expect(page.locator("body")).not.toContainText("For those who are signed in");
  await expect(page).not.toHaveTitle(/For those/);
  await page.reload();
  await expect(page.getByLabel("Key", keyField)).toBeVisible();
});

test("what is no key is told before it is sent", async ({ page, tenant }) => {
  await page.goto(`${tenant.url}/`);
  let calls = 0;
  page.on("request", (request) => {
    calls += Number(request.url().includes("/v1/"));
  });
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByLabel("Key", keyField)).toHaveAccessibleDescription(/Paste a key/);
  await page.getByLabel("Key", keyField).fill("alk_with a blank");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByLabel("Key", keyField)).toHaveAccessibleDescription(/no key/);
  await expect(page.getByLabel("Key", keyField)).toBeFocused();
  expect(calls).toBe(0);
});

test("a key opens what its scopes are for, and says so of the rest", async ({ page, tenant }) => {
  const reader = await tenant.createKey("user:jane", "activity:read");
  await signIn(page, tenant, reader);
  const navigation = page.getByRole("navigation");
  await expect(navigation).toContainText("Timeline");
  await expect(navigation).not.toContainText("Audit trail");
  await expect(navigation).not.toContainText("Keys");
  await expect(page.getByRole("link", { name: "Log an activity" })).toHaveCount(0);
  await goTo(page, "#/keys");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nothing to see with this key");
  await expect(page.locator("main")).toContainText("keys:manage");
});

test("a service acts for a user, who is then the actor", async ({ page, tenant }) => {
  await page.goto(`${tenant.url}/#/log`);
  await page.getByLabel("Key", keyField).fill(tenant.key);
  await page.getByLabel("For a user (optional)").fill("zoë");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByLabel("Type", { exact: true }).selectOption("note");
  await page.getByLabel("Summary").fill("Written by a person, through a service");
  await page.getByRole("button", { name: "Log it" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(
    "Written by a person, through a service",
  );
  await expect(page.locator("main")).toContainText("user:zoë");
  await expect(page.locator("main")).toContainText("service:owner");
});

test("two tenants in two windows see nothing of each other", async ({
  browser,
  page,
  tenant,
  emptyServer,
  watch,
}) => {
  await tenant.log({ type: "note", summary: "Ours alone" });
  const otherKey = await emptyServer.createKey(
    `${tenant.id.slice(0, 20)}-other`,
    "service:other",
    "activity:read,activity:write",
  );
  await signIn(page, tenant);
  const context = await browser.newContext();
  await watch(context);
  const other = await context.newPage();
  await signIn(other, tenant, otherKey);
  await tenant.log({ type: "note", summary: "Theirs alone" }, otherKey);
  await other.reload();
  await signIn(other, tenant, otherKey);
  await expect(rows(other)).toHaveCount(1);
  await expect(rows(other)).toContainText("Theirs alone");
  await page.getByLabel("Search").fill("alone");
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText("Ours alone");
  await context.close();
});

test.describe("a viewer token", () => {
  test.use({ failures: "none" });

  test("leaves the address at once, and shows what it is bound to", async ({ page, tenant }) => {
    await tenant.putContact("con_1", "Jane Doe");
    await tenant.log({
      type: "note",
      summary: "About Jane",
      related_resource_type: "contact",
      related_resource_id: "con_1",
    });
    await tenant.log({ type: "note", summary: "About nobody she may see" });
    const filters = { related_resource_type: "contact", related_resource_id: "con_1" };
    const token = await tenant.viewerToken({ user_id: "jane", filters });
    await page.goto(
      `${tenant.url}/#viewer_token=${token}&to=${encodeURIComponent("/?query=about")}`,
    );
    await expect(rows(page)).toHaveCount(1);
    await expect(rows(page)).toContainText("About Jane");
    await expect(page).toHaveURL(`${tenant.url}/#/?query=about`);
    await expect(page.locator(".limits")).toContainText("con_1");
    await expect(page.getByRole("navigation")).not.toContainText("Audit trail");
    await expect(page.getByRole("navigation")).not.toContainText("Keys");
    await expect(page.getByRole("link", { name: "Log an activity" })).toHaveCount(0);
    expect(await page.evaluate(kept)).not.toContain("alv_");
    await page.goBack().catch(() => null);
    expect(page.url()).not.toContain("alv_");
  });

  test("reads a record in its view, and asks for nothing that is not its own", async ({
    page,
    tenant,
  }) => {
    await tenant.putContact("con_1", "Jane Doe");
    const id = await tenant.log({
      type: "call",
      summary: "Within the view",
      body: "The body in full",
      related_resource_type: "contact",
      related_resource_id: "con_1",
    });
    const filters = { related_resource_type: "contact", related_resource_id: "con_1" };
    const token = await tenant.viewerToken({ user_id: "jane", filters });
    const paths: string[] = [];
    page.on("request", (request) => paths.push(new URL(request.url()).pathname));
    await page.goto(
      `${tenant.url}/#viewer_token=${token}&to=${encodeURIComponent(`/activities/${id}`)}`,
    );
    await expect(page.getByText("The body in full")).toBeVisible();
    await expect(page.getByRole("heading", { name: "Audit trail" })).toHaveCount(0);
    expect(paths.filter((path) => /^\/(v1|api)\//.test(path)).sort()).toEqual([
      `/v1/activities/${id}`,
      "/v1/me",
    ]);
  });

  test.describe("that is refused", () => {
    test.use({ failures: "expected" });

    test("says so, and asks for no key", async ({ page, tenant }) => {
      await page.goto(`${tenant.url}/#viewer_token=alv_${tenant.id}.0000000000000000.forged.token`);
      await expect(page.getByRole("alert")).toContainText("can't be opened");
      await expect(page.getByLabel("Key", keyField)).toHaveCount(0);
      expect(page.url()).not.toContain("alv_");
    });

    test("outside of its filters a record is as absent", async ({ page, tenant }) => {
      const hidden = await tenant.log({ type: "note", summary: "Out of sight" });
      const token = await tenant.viewerToken({ user_id: "jane", filters: { type: "call" } });
      await page.goto(
        `${tenant.url}/#viewer_token=${token}&to=${encodeURIComponent(`/activities/${hidden}`)}`,
      );
      await expect(page.getByRole("alert")).toContainText("There is no activity with this id");
      await expect(page.locator("body")).not.toContainText("Out of sight");
    });

    test("ends while it is open, and says where to go", async ({ page, tenant }) => {
      const token = await tenant.viewerToken({ user_id: "jane", expires_in_seconds: 8 });
      await page.goto(`${tenant.url}/#viewer_token=${token}`);
      await expect(page.getByRole("heading", { name: "Timeline" })).toBeVisible();
      await expect(page.getByRole("alert")).toContainText("Go back to the page", {
        timeout: 20_000,
      });
      await expect(page.getByLabel("Key", keyField)).toHaveCount(0);
    });
  });
});

test.describe("a session ends", () => {
  test.use({ failures: "expected" });

  test("with a key that nobody knows", async ({ page, tenant }) => {
    await page.goto(`${tenant.url}/`);
    await page
      .getByLabel("Key", keyField)
      .fill(`alk_${tenant.id}.0000000000000000.${"A".repeat(43)}`);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByLabel("Key", keyField)).toHaveAccessibleDescription(/not accepted/);
    await expect(page.getByRole("button", { name: "Sign out" })).toHaveCount(0);
  });

  test("with a key that expires while the page is open", async ({ page, tenant }) => {
    const key = await tenant.createKey("user:jane", "activity:read", "--expires-in", "8s");
    await signIn(page, tenant, key);
    await expect(page.getByRole("alert")).toContainText("has expired", { timeout: 20_000 });
    await expect(page.getByLabel("Key", keyField)).toBeVisible();
    await expect(rows(page)).toHaveCount(0);
  });

  test("with a key that is revoked while the page is open", async ({ page, tenant }) => {
    const key = await tenant.createKey("user:jane", "activity:read");
    await signIn(page, tenant, key);
    // A key that is revoked is taken for up to a minute more by whoever has just seen it.
    await page.route("**/v1/activities?*", (route) => {
      const authorization = `Bearer ${key.slice(0, -1)}${key.endsWith("A") ? "B" : "A"}`;
      return route.continue({ headers: { ...route.request().headers(), authorization } });
    });
    await page.getByLabel("Search").fill("anything");
    await expect(page.getByRole("alert")).toContainText("no longer accepted");
    await expect(page.getByLabel("Key", keyField)).toBeVisible();
  });

  for (const [name, fragment, call] of [
    ["a record", "#/activities/ID", "**/v1/activities/*"],
    ["the trail", "#/trail", "**/v1/audit-events?*"],
    ["the keys", "#/keys", "**/v1/keys?*"],
  ] as const) {
    test(`with a key that is refused at ${name}`, async ({ page, tenant }) => {
      const id = await tenant.log({ type: "note", summary: "Not for everybody" });
      await signIn(page, tenant);
      await page.route(call, (route) => {
        const authorization = "Bearer alk_nobody.0000000000000000.none";
        return route.continue({ headers: { ...route.request().headers(), authorization } });
      });
      await goTo(page, fragment.replace("ID", id));
      await expect(page.getByRole("alert")).toContainText("no longer accepted");
      await expect(page.getByLabel("Key", keyField)).toBeVisible();
      await page.unroute(call);
      // The way to what was asked for is kept.
      await page.getByLabel("Key", keyField).fill(tenant.key);
      await page.getByRole("button", { name: "Sign in" }).click();
      await expect(page).toHaveURL(`${tenant.url}/${fragment.replace("ID", id)}`);
      await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
    });
  }

  test("and the way to what was asked for is kept", async ({ page, tenant }) => {
    const id = await tenant.log({ type: "note", summary: "Asked for by a link" });
    await page.goto(`${tenant.url}/#/activities/${id}`);
    await page.getByLabel("Key", keyField).fill(tenant.key);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Asked for by a link");
  });
});
