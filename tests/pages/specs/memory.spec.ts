// A long look at a long list: the document and the memory stay as small as they were.

import type { CDPSession, Page } from "@playwright/test";
import { expect, goTo, madeUpRow, signIn, test } from "../src/test.ts";

const PAGES = 1_000;
const ROWS = 50;

interface Size {
  nodes: number;
  listeners: number;
  heapBytes: number;
}

async function measure(session: CDPSession): Promise<Size> {
  await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0;
  return { nodes: of("Nodes"), listeners: of("JSEventListeners"), heapBytes: of("JSHeapUsedSize") };
}

/** Answers with made-up pages without end, and counts them. */
async function makeUp(page: Page): Promise<{ pages: number }> {
  const answered = { pages: 0 };
  await page.route("**/v1/activities?*", async (route) => {
    const at = Number(new URL(route.request().url()).searchParams.get("cursor") ?? 0);
    const activities = Array.from({ length: ROWS }, (_, row) => madeUpRow(at + row));
    answered.pages = Math.max(answered.pages, at / ROWS + 1);
    await route.fulfill({
      json: { activities, next_cursor: String(at + ROWS), request_id: "req_1" },
    });
  });
  return answered;
}

/** Scrolls on, as soon as there is more, until so many pages have come. */
async function scrollOn(page: Page, answered: { pages: number }, wanted: number): Promise<void> {
  while (answered.pages < wanted) {
    const target = Math.min(wanted, answered.pages + 50);
    await page.evaluate(() => {
      const down = () => {
        window.scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
        if (!Reflect.get(window, "enough")) requestAnimationFrame(down);
      };
      Reflect.set(window, "enough", false);
      down();
    });
    await expect
      .poll(() => answered.pages, { timeout: 60_000, intervals: [50] })
      .toBeGreaterThanOrEqual(target);
    await page.evaluate(() => Reflect.set(window, "enough", true));
  }
}

test("a thousand pages of rows take no more than ten", async ({ page, tenant }) => {
  test.setTimeout(150_000);
  const answered = await makeUp(page);
  await signIn(page, tenant);
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  await scrollOn(page, answered, 10);
  const before = await measure(session);
  await scrollOn(page, answered, PAGES);
  const after = await measure(session);
  console.log(`memory: ${JSON.stringify({ before, after })}`);
  expect(answered.pages).toBeGreaterThanOrEqual(PAGES);
  expect(await page.locator("li.row").count()).toBeLessThanOrEqual(10 * ROWS);
  expect(after.nodes).toBeLessThan(before.nodes * 1.5);
  expect(after.listeners).toBeLessThan(before.listeners * 1.5);
  expect(after.heapBytes - before.heapBytes).toBeLessThan(5_000_000);
});

test("going to and fro leaves nothing behind", async ({ page, tenant }) => {
  await tenant.log({ type: "note", summary: "The only one" });
  await signIn(page, tenant);
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const headings = {
    "#/trail": "Audit trail",
    "#/keys": "Keys",
    "#/log": "Log an activity",
    "#/": "Timeline",
  };
  const goAround = async () => {
    for (const [fragment, heading] of Object.entries(headings)) {
      await goTo(page, fragment);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(heading);
    }
  };
  await goAround();
  await goAround();
  const before = await measure(session);
  for (let round = 0; round < 15; round += 1) await goAround();
  const after = await measure(session);
  console.log(`memory: ${JSON.stringify({ before, after })}`);
  expect(after.nodes).toBeLessThan(before.nodes * 1.5);
  expect(after.listeners).toBeLessThan(before.listeners * 1.5);
});
