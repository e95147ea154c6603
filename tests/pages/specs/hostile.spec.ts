// Texts of records are texts, whatever they hold, and do not break the page.

import {
  expect,
  expectNoSidewaysScrolling,
  goTo,
  madeUpRow,
  rows,
  signIn,
  test,
} from "../src/test.ts";

const MARKUP = `"><img src=x onerror="document.title='run'"><script>document.title='run'</script><style>*{display:none}</style>`;
const LONG_WORD = "W".repeat(500);
const RIGHT_TO_LEFT = "مرحبا بالعالم، كيف الحال؟";
const OVERRIDE = "safe\u202Egnp.exe\u2066 hidden";

test("markup in every field is shown, and not run", async ({ page, tenant }) => {
  await tenant.putContact(`con"><b>1</b>`, MARKUP);
  await tenant.putActorName("user:<i>jane</i>", MARKUP.slice(0, 100));
  const key = await tenant.createKey(
    "user:<i>jane</i>",
    "activity:write,activity:read,audit:read,keys:manage",
    "--name",
    MARKUP.slice(0, 90),
  );
  const id = await tenant.log(
    {
      type: "note",
      summary: MARKUP,
      body: MARKUP.repeat(20),
      related_resource_type: "contact",
      related_resource_id: `con"><b>1</b>`,
      idempotency_key: MARKUP,
    },
    key,
  );
  await signIn(page, tenant, key);
  const shown = async () => {
    await expect(page).not.toHaveTitle("run");
    expect(await page.locator("main img, main script, main style, main b, main i").count()).toBe(0);
  };
  await expect(rows(page)).toContainText(MARKUP);
  await expect(rows(page)).toContainText("<img src=x");
  await shown();
  await goTo(page, `#/activities/${id}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(MARKUP);
  await shown();
  await goTo(page, "#/trail");
  await expect(rows(page).first()).toBeVisible();
  await shown();
  await goTo(page, "#/keys");
  await expect(rows(page).filter({ hasText: "<img src=x" }).first()).toBeVisible();
  await shown();
  await goTo(page, `#/?query=${encodeURIComponent("<img src=x onerror=alert(1)>")}`);
  await expect(page.getByLabel("Search", { exact: true })).toHaveValue(
    "<img src=x onerror=alert(1)>",
  );
  await shown();
});

for (const width of [320, 1280]) {
  test(`long words and 65,536 characters stay within ${width} px`, async ({ page, tenant }) => {
    await page.setViewportSize({ width, height: 800 });
    await tenant.putContact("c".repeat(200), "N".repeat(200));
    const id = await tenant.log({
      type: "note",
      summary: LONG_WORD,
      body: "B".repeat(65_536),
      related_resource_type: "contact",
      related_resource_id: "c".repeat(200),
    });
    await signIn(page, tenant);
    await expect(rows(page)).toHaveCount(1);
    await expectNoSidewaysScrolling(page, "the timeline");
    await goTo(page, `#/activities/${id}`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(LONG_WORD);
    await expectNoSidewaysScrolling(page, "the record");
    const body = page.getByRole("region", { name: "Text" });
    expect((await body.innerText()).length).toBe(65_536);
    await goTo(page, "#/trail");
    await expect(rows(page).first()).toBeVisible();
    await expectNoSidewaysScrolling(page, "the trail");
  });
}

test("text from right to left has its direction, and overrides do not leave their field", async ({
  page,
  tenant,
}) => {
  const id = await tenant.log({
    type: "note",
    summary: RIGHT_TO_LEFT,
    body: `${RIGHT_TO_LEFT}\n${OVERRIDE}`,
  });
  await tenant.log({ type: "note", summary: OVERRIDE });
  await signIn(page, tenant);
  const title = rows(page).getByRole("link", { name: RIGHT_TO_LEFT });
  expect(await title.evaluate((element) => getComputedStyle(element).direction)).toBe("rtl");
  const other = page.locator(".row-title").filter({ hasText: "gnp.exe" });
  expect(await other.evaluate((element) => getComputedStyle(element).unicodeBidi)).toMatch(
    /isolate|plaintext/,
  );
  await goTo(page, `#/activities/${id}`);
  const body = page.getByRole("region", { name: "Text" });
  expect(await body.evaluate((element) => getComputedStyle(element).direction)).toBe("rtl");
});

test("a record's own white space is kept, and nothing else runs on", async ({ page, tenant }) => {
  const id = await tenant.log({ type: "note", summary: "Lines", body: "one\n  two\n\n\nfive" });
  await signIn(page, tenant, tenant.key, `#/activities/${id}`);
  expect(await page.getByRole("region", { name: "Text" }).innerText()).toBe("one\n  two\n\n\nfive");
});

test("answers that are odd are no answers", async ({ page, tenant }) => {
  await page.route("**/v1/activities?*", (route) =>
    route.fulfill({
      json: {
        activities: [
          madeUpRow(1, {
            occurred_at: "not a time",
            source: "teleport",
            related_resource_type: "javascript:alert(1)",
            related_resource_id: "x",
          }),
          madeUpRow(2, { summary: "", snippet: undefined, actor: { type: "service", id: "" } }),
          madeUpRow(3, { unknown: { deep: [1, 2, 3] } }),
        ],
        request_id: "req_odd",
      },
    }),
  );
  await signIn(page, tenant);
  await expect(rows(page)).toHaveCount(3);
  const links = await page
    .locator("main a[href]")
    .evaluateAll((all) => all.map((a) => a.getAttribute("href") ?? ""));
  expect(links.filter((href) => !href.startsWith("#/"))).toEqual([]);
});
