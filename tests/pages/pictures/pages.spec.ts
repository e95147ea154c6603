// One picture a page, of the demo tenant's week.

import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { deflateSync, inflateSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { expect, goTo, rows, signIn, test } from "../src/test.ts";

const FOLDER = fileURLToPath(new URL("../../../docs/figures/", import.meta.url));

test.use({ viewport: { width: 1200, height: 760 } });

/** A picture with the same pixels in fewer bytes: the browser's own are packed in haste. */
function packed(png: Buffer): Buffer {
  const parts: Buffer[] = [png.subarray(0, 8)];
  const data: Buffer[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const chunk = png.subarray(at, at + 12 + length);
    if (chunk.toString("latin1", 4, 8) === "IDAT") data.push(chunk.subarray(8, 8 + length));
    else if (chunk.toString("latin1", 4, 8) === "IEND")
      parts.push(chunkOf("IDAT", repack(data)), chunk);
    else parts.push(chunk);
    at += 12 + length;
  }
  return Buffer.concat(parts);
}

const repack = (data: Buffer[]) =>
  deflateSync(inflateSync(Buffer.concat(data)), { level: 9, memLevel: 9 });

function chunkOf(name: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length);
  head.write(name, 4, "latin1");
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(Buffer.concat([head.subarray(4), data])));
  return Buffer.concat([head, data, sum]);
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

async function picture(page: Page, name: string): Promise<void> {
  // Nothing is marked as if somebody were there.
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.mouse.move(0, 0);
  const png = await page.screenshot({ animations: "disabled", caret: "hide" });
  await writeFile(`${FOLDER}pages-${name}.png`, packed(png));
}

test("the pages", async ({ page, demo }) => {
  await signIn(page, demo);
  await expect(rows(page).nth(10)).toBeVisible();
  await picture(page, "timeline");
  await page.emulateMedia({ colorScheme: "dark" });
  await picture(page, "timeline-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await page.getByLabel("Search", { exact: true }).fill("reception");
  await expect(rows(page)).toHaveCount(1);
  await rows(page).locator(".row-title").click();
  await expect(page.getByText("Come again")).toBeVisible();
  await picture(page, "record");
  await goTo(page, "#/trail?action=activity.logged");
  await expect(rows(page).first()).toBeVisible();
  await picture(page, "trail");
  await goTo(page, "#/keys");
  await expect(rows(page).first()).toBeVisible();
  await picture(page, "keys");
});

test("the reference", async ({ page, demo }) => {
  await page.goto(`${demo.url}/docs`);
  await page.locator('[id$="-search_activity"].opblock .opblock-summary-control').click();
  await expect(page.locator(".parameters").first()).toBeVisible();
  await page.locator(".scheme-container").evaluate((element) => element.scrollIntoView());
  await picture(page, "docs");
});
