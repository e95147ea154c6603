// The page of keys: list, make, rotate, revoke.

import type { Page } from "@playwright/test";
import { expect, rows, signIn, type Tenant, test } from "../src/test.ts";

async function open(page: Page, tenant: Tenant, key = tenant.key): Promise<void> {
  await signIn(page, tenant, key, "#/keys");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Keys");
}

async function fill(page: Page, id: string): Promise<void> {
  await page.getByRole("button", { name: "Make a key" }).click();
  await page.getByLabel("It stands for").selectOption("service");
  await page.getByLabel("Id of that person, service or agent").fill(id);
  await page.getByRole("checkbox", { name: /activity:read/ }).check();
}

test("the keys of the workspace are listed, with what they may do", async ({ page, tenant }) => {
  await tenant.createKey(
    "agent:scout",
    "activity:read",
    "--name",
    "Scout, production",
    "--expires-in",
    "90d",
  );
  await open(page, tenant);
  await expect(rows(page)).toHaveCount(2);
  const scout = rows(page).filter({ hasText: "Scout, production" });
  for (const text of ["Active", "activity:read", "scout", "Agent"])
    await expect(scout).toContainText(text);
  await expect(rows(page).filter({ hasText: "You are signed in with this key" })).toHaveCount(1);
});

test("a key that is made is shown once, and is one", async ({ page, tenant }) => {
  await open(page, tenant);
  await fill(page, "reporting");
  await page.getByLabel("Name (optional)").fill("Reports");
  await page.getByRole("button", { name: "Make the key" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("It is shown this once");
  const secret = await dialog.getByLabel("Key").inputValue();
  expect(secret).toMatch(/^alk_/);
  // It can't be had again, so one stroke of a key does not take it away.
  await page.keyboard.press("Escape");
  await expect(dialog).toContainText("You have not copied it here");
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(dialog).toBeHidden();
  // A dialog is taken out of the page right behind its being hidden.
  await expect.poll(() => page.content()).not.toContain(secret);
  await expect(rows(page).filter({ hasText: "Reports" })).toBeVisible();
  const me = await tenant.call("GET", "/v1/me", undefined, secret);
  const { actor, scopes } = (await me.json()) as { actor: object; scopes: string[] };
  expect(actor).toEqual({ type: "service", id: "reporting" });
  expect(scopes).toEqual(["activity:read"]);
});

test("a key is rotated, and its successor shown", async ({ page, tenant }) => {
  await tenant.createKey("service:old", "activity:read", "--name", "Turning");
  await open(page, tenant);
  await page.getByRole("button", { name: /^Rotate Turning/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("The old key ends").selectOption({ label: "in an hour" });
  await dialog.getByRole("button", { name: "Rotate", exact: true }).click();
  await expect(dialog).toContainText("It is shown this once");
  expect(await dialog.getByLabel("Key").inputValue()).toMatch(/^alk_/);
  await dialog.getByRole("button", { name: "Copy" }).click();
  await expect(dialog.getByRole("status")).not.toBeEmpty();
  await dialog.getByLabel("Key").press("ControlOrMeta+c");
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(dialog).toBeHidden();
  await expect(rows(page).filter({ hasText: "Turning" })).toHaveCount(2);
  await expect(rows(page).filter({ hasText: "Replaced" })).toHaveCount(1);
});

test("a key is revoked after a question", async ({ page, tenant }) => {
  await tenant.createKey("service:old", "activity:read", "--name", "Leaving");
  await open(page, tenant);
  await page.getByRole("button", { name: /^Revoke Leaving/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(rows(page).filter({ hasText: "Leaving" })).toContainText("Active");
  await page.getByRole("button", { name: /^Revoke Leaving/ }).click();
  await dialog.getByRole("button", { name: "Revoke", exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(rows(page).filter({ hasText: "Leaving" })).toContainText("Revoked");
});

test("an empty form says what is missing, in its own words", async ({ page, tenant }) => {
  const own = await tenant.createKey("service:owner", "keys:manage", "--expires-in", "1h");
  await open(page, tenant, own);
  await page.getByRole("button", { name: "Make a key" }).click();
  await page.getByRole("button", { name: "Make the key" }).click();
  await expect(page.getByLabel("It stands for")).toHaveAccessibleDescription(
    "Choose what it stands for.",
  );
  await expect(page.getByLabel("Id of that person, service or agent")).toHaveAccessibleDescription(
    /Write the id/,
  );
  await expect(page.getByLabel("When it ends")).toHaveAccessibleDescription(/at the latest/);
  await expect(page.locator("main")).toContainText("Tick at least one");
});

test("who leaves while a key is made is shown it all the same", async ({ page, tenant }) => {
  await open(page, tenant);
  await fill(page, "made-late");
  let answer = () => {};
  const waits = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route("**/v1/keys", async (route) => {
    if (route.request().method() === "POST") await waits;
    return route.continue();
  });
  await page.getByRole("button", { name: "Make the key" }).click();
  await page.getByRole("link", { name: "Timeline" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Timeline");
  answer();
  await expect(page.getByRole("dialog").getByLabel("Key")).toHaveValue(/^alk_/);
});

test.describe("where answers fail", () => {
  test.use({ failures: "expected" });

  test("what is wrong with a new key is told at its fields", async ({ page, tenant }) => {
    await open(page, tenant);
    await fill(page, "wide");
    await page.getByLabel("Where it is accepted from (optional)").fill("not an address");
    await page.getByRole("button", { name: "Make the key" }).click();
    await expect(page.getByLabel("Where it is accepted from (optional)")).toHaveAttribute(
      "aria-invalid",
      "true",
    );
    await expect(page.getByRole("dialog")).toHaveCount(0);
  });

  test("a lost answer makes one key, which is said to be lost", async ({ page, tenant }) => {
    await open(page, tenant);
    await fill(page, "once");
    let lost = 0;
    await page.route("**/v1/keys", async (route) => {
      if (route.request().method() !== "POST" || lost >= 1) return route.continue();
      lost += 1;
      await route.fetch();
      return route.abort("connectionreset");
    });
    await page.getByRole("button", { name: "Make the key" }).click();
    await expect(page.getByRole("dialog")).toContainText("can’t be shown");
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
    const answer = await tenant.call("GET", "/v1/keys?limit=100");
    const { keys } = (await answer.json()) as { keys: { actor: { id: string } }[] };
    expect(keys.filter(({ actor }) => actor.id === "once")).toHaveLength(1);
  });
});
