// What a first visit loads, as the server sends it.

import { expect, signIn, test } from "../src/test.ts";

const FIRST_LOAD_BYTES = 60_000;
const REFERENCE_BYTES = 420_000;

/** The bytes of all files that come before anybody is signed in, compressed. */
async function load(url: string, path: string): Promise<Map<string, number>> {
  const headers = { "accept-encoding": "br" };
  const { request } = await import("node:http");
  const size = (address: URL) =>
    new Promise<{ bytes: number; text: Buffer; encoding: string | undefined }>(
      (resolve, reject) => {
        const call = request(address, { headers }, (answer) => {
          const parts: Buffer[] = [];
          answer.on("data", (part: Buffer) => parts.push(part));
          answer.on("end", () => {
            const text = Buffer.concat(parts);
            if (answer.statusCode !== 200)
              reject(new Error(`${answer.statusCode} for ${address.href}`));
            resolve({ bytes: text.length, text, encoding: answer.headers["content-encoding"] });
          });
        });
        call.on("error", reject);
        call.end();
      },
    );
  const { brotliDecompressSync } = await import("node:zlib");
  const base = new URL(path, url);
  const html = await size(base);
  const text = html.encoding === "br" ? brotliDecompressSync(html.text) : html.text;
  const sizes = new Map([[path, html.bytes]]);
  for (const [, name] of text.toString().matchAll(/(?:src|href)="(assets\/[^"]+)"/g)) {
    sizes.set(
      (name ?? "").replace(/^assets\/[^/]+\//, ""),
      (await size(new URL(name ?? "", base))).bytes,
    );
  }
  return sizes;
}

for (const [path, budget] of [
  ["/", FIRST_LOAD_BYTES],
  ["/docs", REFERENCE_BYTES],
] as const) {
  test(`a first load of ${path} has less than ${budget.toLocaleString("en")} bytes`, async ({
    tenant,
  }) => {
    const sizes = await load(tenant.url, path);
    const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
    for (const [name, bytes] of sizes) console.log(`${String(bytes).padStart(8)}  ${name}`);
    console.log(`${String(total).padStart(8)}  of ${budget} for ${path}`);
    expect(sizes.size).toBeGreaterThanOrEqual(4);
    expect(total).toBeLessThan(budget);
  });
}

test("a second visit asks for the page alone, and finds it unchanged", async ({ page, tenant }) => {
  await page.goto(`${tenant.url}/`);
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  const transferred = await page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .filter((entry) => entry.name.includes("/assets/"))
      .map((entry) => [
        entry.name.replace(/^.*\//, ""),
        (entry as PerformanceResourceTiming).transferSize,
      ]),
  );
  expect(transferred).toContainEqual(["app.js", 0]);
  expect(transferred.filter(([, bytes]) => bytes !== 0)).toEqual([]);
  const [navigation] = await page.evaluate(() =>
    performance
      .getEntriesByType("navigation")
      .map((entry) => (entry as PerformanceNavigationTiming).transferSize),
  );
  // A 304: its headers, and no body.
  expect(navigation).toBeLessThanOrEqual(300);
});

test("the timeline is there at once after signing in", async ({ page, tenant }) => {
  await tenant.log({ type: "note", summary: "At once" });
  const paths: string[] = [];
  page.on("request", (request) => paths.push(new URL(request.url()).pathname));
  await signIn(page, tenant);
  await expect(page.getByRole("link", { name: "At once" })).toBeVisible();
  // Two calls, and no third before the reader does something.
  expect(paths.filter((path) => path.startsWith("/v1/"))).toEqual(["/v1/me", "/v1/activities"]);
});
