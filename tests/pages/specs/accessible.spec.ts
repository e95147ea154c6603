// For every reader: axe on each page and state, the keyboard, narrow screens, large text,
// less motion, and what screen readers are told.

import type { Page } from "@playwright/test";
import {
  expect,
  expectAccessible,
  expectNoSidewaysScrolling,
  goTo,
  rows,
  signIn,
  type Tenant,
  test,
} from "../src/test.ts";

/** A tenant with something of everything. */
async function furnish(tenant: Tenant): Promise<string> {
  await tenant.putContact("con_1", "Jane Doe");
  const agent = await tenant.createKey("agent:scout", "activity:write", "--name", "Scout");
  const about = { related_resource_type: "contact", related_resource_id: "con_1" };
  for (const type of ["note", "call", "email", "meeting", "agent_action"]) {
    await tenant.log(
      { type, summary: `A ${type} about the price`, body: "More of it.", ...about },
      agent,
    );
  }
  expect((await tenant.call("GET", "/v1/activities", undefined, agent)).status).toBe(403);
  return tenant.log({ type: "note", summary: "The last one", body: "In full.", ...about });
}

test("axe finds nothing on any page", async ({ page, tenant }) => {
  const id = await furnish(tenant);
  await page.goto(`${tenant.url}/`);
  await expect(page.getByLabel("Key", { exact: true })).toBeVisible();
  await expectAccessible(page, "sign-in");
  await signIn(page, tenant);
  await expect(rows(page)).toHaveCount(6);
  await expectAccessible(page, "timeline");
  await goTo(page, `#/activities/${id}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("The last one");
  await expect(page.getByRole("heading", { name: "Audit trail" })).toBeVisible();
  await expectAccessible(page, "record");
  await goTo(page, "#/log");
  await expect(page.getByLabel("Summary")).toBeVisible();
  await expectAccessible(page, "log");
  await goTo(page, "#/trail");
  await expect(rows(page).first()).toBeVisible();
  await expectAccessible(page, "trail");
  await goTo(page, "#/keys");
  await expect(rows(page).first()).toBeVisible();
  await expectAccessible(page, "keys");
});

test("axe finds nothing in forms, dialogs and filters", async ({ page, tenant }) => {
  await furnish(tenant);
  await signIn(
    page,
    tenant,
    tenant.key,
    "#/?type=call&related_resource_type=contact&related_resource_id=con_1",
  );
  await expect(rows(page)).toHaveCount(1);
  await page.getByText("Filters").first().click();
  await expectAccessible(page, "timeline with filters");
  await page.getByRole("button", { name: "Keyboard and help" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectAccessible(page, "help");
  await page.keyboard.press("Escape");
  await goTo(page, "#/log");
  await page.getByRole("button", { name: "Log it" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expectAccessible(page, "log with violations");
  await goTo(page, "#/trail?status=denied");
  await expect(rows(page)).toHaveCount(1);
  await page.getByText("Filters").first().click();
  await rows(page).getByText("All that is recorded").click();
  await expectAccessible(page, "trail with an event in full");
  await goTo(page, "#/keys");
  await page.getByRole("button", { name: "Make a key" }).click();
  await expectAccessible(page, "the form of a key");
  await page.getByLabel("It stands for").selectOption("service");
  await page.getByLabel("Id of that person, service or agent").fill("new");
  await page.getByRole("checkbox", { name: /activity:read/ }).check();
  await page.getByRole("button", { name: "Make the key" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectAccessible(page, "a key that was made");
  await page.getByRole("dialog").getByLabel("Key").press("ControlOrMeta+a");
  await page.keyboard.press("ControlOrMeta+c");
  await page.getByRole("dialog").getByRole("button", { name: "Done" }).click();
  await page
    .getByRole("button", { name: /^Rotate/ })
    .first()
    .click();
  await expectAccessible(page, "rotation");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await page
    .getByRole("button", { name: /^Revoke/ })
    .first()
    .click();
  await expectAccessible(page, "revocation");
});

test.describe("where answers fail", () => {
  test.use({ failures: "expected" });

  test("axe finds nothing where there is nothing, or an error", async ({ page, tenant }) => {
    await signIn(page, tenant);
    await expect(page.getByRole("heading", { name: "Nothing has been logged yet" })).toBeVisible();
    await expectAccessible(page, "an empty timeline");
    await goTo(page, "#/?query=nothing");
    await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
    await expectAccessible(page, "nothing that matches");
    await goTo(page, "#/?query=!!!");
    await expect(page.locator("[aria-invalid=true]")).toBeVisible();
    await expectAccessible(page, "a query that is refused");
    await goTo(page, "#/activities/none");
    await expect(page.getByRole("alert")).toBeVisible();
    await expectAccessible(page, "no such activity");
    await goTo(page, "#/none");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("There is no such page");
    await expectAccessible(page, "no such page");
    await page.route("**/v1/activities?*", (route) => route.fulfill({ status: 503, body: "" }));
    await goTo(page, "#/");
    await expect(page.getByRole("alert")).toBeVisible();
    await expectAccessible(page, "an error");
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await expectAccessible(page, "signed out");
  });
});

/** Presses Tab until something has the focus, and says how often. */
async function tabTo(page: Page, what: ReturnType<Page["locator"]>, most = 60): Promise<void> {
  for (let pressed = 0; pressed < most; pressed += 1) {
    await page.keyboard.press("Tab");
    if (await what.evaluate((element) => element === document.activeElement)) {
      const outline = await what.evaluate((element) => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
        return (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
      });
      expect(outline, "what has the focus shows it").toBe(true);
      return;
    }
  }
  throw new Error("the keyboard does not get there");
}

test("everything can be done with the keyboard alone", async ({ page, tenant }) => {
  await tenant.log({ type: "note", summary: "First of two" });
  await tenant.log({ type: "note", summary: "Second of two" });
  await page.goto(`${tenant.url}/`);
  // The first stop leads past the header.
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.locator("main")).toBeFocused();
  expect(page.url()).not.toContain("#content");
  await tabTo(page, page.getByLabel("Key", { exact: true }));
  await page.keyboard.insertText(tenant.key);
  await page.keyboard.press("Enter");
  await expect(rows(page)).toHaveCount(2);
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  await page.keyboard.press("/");
  await expect(page.getByLabel("Search", { exact: true })).toBeFocused();
  await page.keyboard.type("two");
  await expect(page).toHaveURL(/query=two/);
  await expect(page.locator(".pager")).not.toHaveAttribute("aria-busy", "true");
  await page.keyboard.press("Tab");
  await page.keyboard.press("j");
  await expect(page.getByRole("link", { name: "Second of two" })).toBeFocused();
  await page.keyboard.press("j");
  await expect(page.getByRole("link", { name: "First of two" })).toBeFocused();
  await page.keyboard.press("k");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Second of two");
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  for (let pressed = 0; pressed < 5; pressed += 1) await page.keyboard.press("Tab");
  expect(
    await page.evaluate(
      () =>
        document.querySelector("dialog")?.contains(document.activeElement) ||
        document.activeElement === document.body,
    ),
  ).toBe(true);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await tabTo(page, page.getByRole("button", { name: "Sign out" }));
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Key", { exact: true })).toBeVisible();
});

test("a row that has the focus keeps it when the list comes anew", async ({ page, tenant }) => {
  await tenant.log({ type: "note", summary: "First of two" });
  await tenant.log({ type: "note", summary: "Second of two" });
  await signIn(page, tenant);
  const row = (name: string) => page.getByRole("link", { name });
  await row("First of two").focus();
  await goTo(page, "#/?query=two");
  await expect(page.locator(".pager")).not.toHaveAttribute("aria-busy", "true");
  await expect(row("First of two")).toBeFocused();
  await goTo(page, "#/?query=second");
  await expect(rows(page)).toHaveCount(1);
  await expect(row("Second of two")).toBeFocused();
});

test("single keys rest while one types, and can be switched off", async ({ page, tenant }) => {
  await tenant.log({ type: "note", summary: "The only one" });
  await signIn(page, tenant);
  await expect(rows(page)).toHaveCount(1);
  await page.getByLabel("Search", { exact: true }).fill("");
  await page.keyboard.type("j?");
  await expect(page.getByLabel("Search", { exact: true })).toHaveValue("j?");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.getByLabel("Search", { exact: true }).fill("");
  await page.getByRole("button", { name: "Keyboard and help" }).click();
  await page.getByLabel("Use these single keys").uncheck();
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  await expect(rows(page).getByRole("link", { name: "The only one" })).not.toBeFocused();
});

for (const [what, width, height] of [
  ["320 px", 320, 640],
  // A window of 1280 px at 200 %, and at 400 %, has so many pixels of a style sheet.
  ["200 %", 640, 400],
] as const) {
  test(`nothing scrolls sideways at ${what}`, async ({ page, tenant }) => {
    const id = await furnish(tenant);
    await page.setViewportSize({ width, height });
    await page.goto(`${tenant.url}/`);
    await expectNoSidewaysScrolling(page, "sign-in");
    await signIn(page, tenant);
    await expect(rows(page)).toHaveCount(6);
    await page.getByText("Filters").first().click();
    await expectNoSidewaysScrolling(page, "timeline");
    for (const [fragment, heading] of [
      [`#/activities/${id}`, "The last one"],
      ["#/log", "Log an activity"],
      ["#/trail", "Audit trail"],
      ["#/keys", "Keys"],
    ] as const) {
      await goTo(page, fragment);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(heading);
      if (!fragment.startsWith("#/log")) await expect(page.getByText("Loading…")).toHaveCount(0);
      await expectNoSidewaysScrolling(page, heading);
    }
    await page.getByRole("button", { name: "Make a key" }).click();
    await expectNoSidewaysScrolling(page, "the form of a key");
  });
}

test("text of twice the size fits", async ({ page, tenant }) => {
  await furnish(tenant);
  await signIn(page, tenant);
  await expect(rows(page)).toHaveCount(6);
  // What a reader sets as the size of text, which style sheets take in rem.
  await page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
  await expectNoSidewaysScrolling(page, "timeline");
  const cut = await page.locator("main *").evaluateAll((all) =>
    all
      .filter((element) => {
        const { overflow } = getComputedStyle(element);
        return (
          overflow === "hidden" &&
          element.scrollHeight > element.clientHeight + 2 &&
          element.clientHeight > 4
        );
      })
      .map((element) => element.className),
  );
  expect(cut).toEqual([]);
});

test("nothing moves for those who asked for less motion", async ({ page, tenant }) => {
  await furnish(tenant);
  await signIn(page, tenant);
  await expect(rows(page)).toHaveCount(6);
  const moving = await page.locator("*").evaluateAll((all) =>
    all
      .filter((element) => {
        const { animationName, animationDuration, transitionDuration, scrollBehavior } =
          getComputedStyle(element);
        const seconds = (text: string) =>
          Math.max(
            ...text
              .split(",")
              .map((part) => Number.parseFloat(part) * (part.trim().endsWith("ms") ? 0.001 : 1)),
          );
        const animated = animationName !== "none" && seconds(animationDuration) > 0.01;
        return animated || seconds(transitionDuration) > 0.01 || scrollBehavior === "smooth";
      })
      .map((element) => element.outerHTML.slice(0, 80)),
  );
  expect(moving).toEqual([]);
});

test("screen readers are told what changes", async ({ page, tenant }) => {
  await furnish(tenant);
  await signIn(page, tenant);
  const status = page.locator("body > * [role=status], body > [role=status]").last();
  await expect(status).toContainText(/6 rows shown|Signed in/);
  await page.getByLabel("Search", { exact: true }).fill("call");
  await expect(status).toContainText("1 row shown");
  await goTo(page, "#/trail");
  await expect(page).toHaveTitle(/Audit trail/);
  await expect(page.getByRole("link", { name: "Audit trail" })).toHaveAttribute(
    "aria-current",
    "page",
  );
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  for (const landmark of ["banner", "main", "navigation"] as const)
    await expect(page.getByRole(landmark)).toHaveCount(1);
});
