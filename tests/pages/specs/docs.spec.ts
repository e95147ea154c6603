// The API reference at /docs.

import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import {
  expect,
  expectAccessible,
  expectNoSidewaysScrolling,
  type Tenant,
  test,
} from "../src/test.ts";

async function open(page: Page, tenant: Tenant): Promise<void> {
  await page.goto(`${tenant.url}/docs`);
  await expect(page.locator(".opblock").first()).toBeVisible();
}

async function authorize(page: Page, key: string): Promise<void> {
  await page.getByRole("button", { name: "Authorize", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.locator("#auth-bearer-value").fill(key);
  await dialog.getByRole("button", { name: "Authorize" }).first().click();
  await dialog.getByRole("button", { name: "Close" }).first().click();
  await expect(dialog).toBeHidden();
}

/** Opens an operation, tries it out, and answers with the status that came. */
async function tryOut(page: Page, operation: string): Promise<string> {
  const block = page.locator(`[id$="-${operation}"].opblock`);
  await block.locator(".opblock-summary-control").click();
  await block.getByRole("button", { name: "Try it out" }).click();
  await block.getByRole("button", { name: "Execute" }).click();
  const status = block.locator(".live-responses-table .response-col_status").last();
  await expect(status).toHaveText(/\d{3}/);
  return (await status.innerText()).trim();
}

test("every operation of the description is listed", async ({ page, demo }) => {
  await open(page, demo);
  const { paths } = JSON.parse(await (await fetch(`${demo.url}/openapi.json`)).text()) as {
    paths: Record<string, object>;
  };
  const operations = Object.values(paths).flatMap((path) => Object.keys(path));
  await expect(page.locator(".opblock")).toHaveCount(operations.length);
});

test("Markdown of the description is shown as elements", async ({ page, demo }) => {
  await open(page, demo);
  await expect(page.locator(".info li code").first()).toBeVisible();
  await expect(page.locator(".info")).not.toContainText("`");
  await page.locator('[id$="-search_activity"].opblock .opblock-summary-control').click();
  await expect(page.getByText("Available values").first()).toBeVisible();
  await expect(page.locator("#docs")).not.toContainText("<i>");
});

test("what is typed at Authorize is no sight for others, and has a name", async ({
  page,
  demo,
}) => {
  await open(page, demo);
  const opener = page.getByRole("button", { name: "Authorize", exact: true });
  await opener.click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toHaveAttribute("aria-modal", "true");
  for (const name of ["bearer", "X-API-KEY", "X-BUSINESS-ID", "X-USER-ID"]) {
    await expect(dialog.getByLabel(name, { exact: true })).toHaveId(`auth-${name}-value`);
  }
  await expect(dialog.getByLabel("bearer", { exact: true })).toHaveAttribute("type", "password");
  await expect(dialog.getByLabel("X-API-KEY")).toHaveAttribute("type", "password");
  await dialog.getByLabel("bearer", { exact: true }).press("Escape");
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
});

test("GET and POST can be tried out, and what was logged is found", async ({ page, demo }) => {
  await open(page, demo);
  await authorize(page, demo.key);
  expect(await tryOut(page, "log_activity")).toBe("201");
  expect(await tryOut(page, "search_activity")).toBe("200");
  const answer = page.locator('[id$="-search_activity"].opblock .live-responses-table');
  await expect(answer).toContainText("Jane asked for pricing details");
});

test("the key of Authorize is kept nowhere, and forgotten with the page", async ({
  page,
  demo,
}) => {
  await open(page, demo);
  await authorize(page, demo.key);
  expect(await tryOut(page, "search_activity")).toBe("200");
  const kept = await page.evaluate(() => [
    localStorage.length,
    sessionStorage.length,
    document.cookie,
  ]);
  expect(kept).toEqual([0, 0, ""]);
});

test.describe("without a key", () => {
  test.use({ failures: "expected" });

  test("a call is refused, and a reload leaves none", async ({ page, demo }) => {
    await open(page, demo);
    await authorize(page, demo.key);
    await page.reload();
    await expect(page.locator(".opblock").first()).toBeVisible();
    expect(await tryOut(page, "search_activity")).toBe("401");
  });

  test("a description that does not come is told, with what to do", async ({ page, demo }) => {
    await page.route("**/openapi.json", (route) => route.fulfill({ status: 503, body: "" }));
    await page.goto(`${demo.url}/docs`);
    await expect(page.getByRole("alert")).toContainText("503");
    await expect(page.getByRole("alert")).toContainText("Reload the page");
    await expectAccessible(page, "the reference without its description");
  });
});

test("the reference has a way back to the pages", async ({ page, demo }) => {
  await open(page, demo);
  await page.getByRole("link", { name: "Activity log", exact: false }).first().click();
  await expect(page).toHaveURL(`${demo.url}/`);
});

test("axe finds nothing at first, in the dialog, and with operations open", async ({
  page,
  demo,
}) => {
  // Every operation of the description is looked at, in both schemes.
  test.slow();
  await open(page, demo);
  await expectAccessible(page, "the list");
  await page.getByRole("button", { name: "Authorize", exact: true }).click();
  await expectAccessible(page, "the dialog");
  await page.getByRole("button", { name: "Close" }).first().click();
  await authorize(page, demo.key);
  await tryOut(page, "log_activity");
  await expectAccessible(page, "with answers");
});

test("a narrow screen scrolls in one direction", async ({ page, demo }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await open(page, demo);
  await expectNoSidewaysScrolling(page, "the list");
  await page.locator('[id$="-search_activity"].opblock .opblock-summary-control').click();
  await expectNoSidewaysScrolling(page, "an operation");
});

interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required?: boolean;
  example?: unknown;
}

interface Operation {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: {
    content: { "application/json": { examples: Record<string, { value: unknown }> } };
  };
}

test("the examples of the description make sense in the demo tenant", async ({
  demo,
  demoServer,
}) => {
  const text = await readFile(new URL("../../../docs/openapi.json", import.meta.url), "utf8");
  const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, Operation>> };
  const own = { authorization: `Bearer ${demo.key}` };
  const other = { "x-api-key": demo.key, "x-business-id": "demo", "x-user-id": "jane" };
  /** Ids are the server's to give: those of examples are replaced by ones that it gave. */
  const ids: Record<string, string> = {};
  const read = async (path: string, method: string, query: string, extra = {}, body?: unknown) => {
    const headers: Record<string, string> = {
      ...(path.startsWith("/api") ? other : own),
      ...extra,
    };
    if (body !== undefined) headers["content-type"] = "application/json";
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? `no ${name}`);
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const init = { method: method.toUpperCase(), headers, ...json };
    const answer = await fetch(`${demo.url}${filled}${query}`, init);
    // Files of the log are no JSON.
    const isJson = answer.headers.get("content-type") === "application/json";
    const told: unknown = isJson ? await answer.json() : {};
    return { status: answer.status, body: told as Record<string, unknown> };
  };
  const refused: unknown[] = [];
  const empty: string[] = [];
  ids.activity_identifier = "call";
  const activity = await demo.log({ type: "note", summary: "An id for the examples" });
  await demoServer.run("audit", "seal", "--tenant", "demo");
  const events = await demo.call("GET", `/v1/audit-events?resource_id=${activity}`);
  const { audit_events: found } = (await events.json()) as { audit_events: { id: string }[] };
  for (const [path, methods] of Object.entries(paths)) {
    const order = Object.entries(methods).sort(
      ([a], [b]) => Number(a === "delete") - Number(b === "delete"),
    );
    ids.id = path.includes("audit-events") ? (found[0]?.id ?? "") : activity;
    for (const [method, operation] of order) {
      const named = operation.parameters?.find(({ name }) => name === "tile");
      ids.tile = String(named?.example);
      const inputs = Object.values(
        operation.requestBody?.content["application/json"].examples ?? {},
      );
      for (const { value } of inputs.length > 0 ? inputs : [{ value: undefined }]) {
        if (path.includes("{key_id}") && method !== "get") {
          const made = await demo.call("POST", "/v1/keys", {
            actor: { type: "agent", id: "brief" },
            scopes: ["activity:read"],
          });
          ids.key_id = ((await made.json()) as { key: { key_id: string } }).key.key_id;
        }
        ids.key_id ??= demo.key.split(".")[1] ?? "";
        const answer = await read(path, method, "", {}, value);
        if (answer.status >= 300) refused.push([operation.operationId, answer.status, answer.body]);
      }
      if (method !== "get") continue;
      // Each optional parameter by itself, with what has to go along.
      for (const { name, in: place, example, required } of operation.parameters ?? []) {
        if (required || place === "path" || name === "cursor") continue;
        const query = new URLSearchParams();
        const extra: Record<string, string> = {};
        if (place === "header") extra[name] = String(example);
        else query.set(name, String(example));
        for (const [one, two] of [
          ["related_resource_type", "related_resource_id"],
          ["actor_type", "actor_id"],
        ]) {
          const partner = name === one ? two : name === two ? one : undefined;
          const found = operation.parameters?.find((parameter) => parameter.name === partner);
          if (found) query.set(found.name, String(found.example));
        }
        const answer = await read(path, method, `?${query}`, extra);
        if (answer.status !== 200)
          refused.push([operation.operationId, name, answer.status, answer.body]);
        const list = answer.body.activities ?? answer.body.audit_events ?? answer.body.results;
        // The id of a single thing finds nothing by itself.
        const isId = ["resource_id", "credential_id", "request_id"].includes(name);
        if (Array.isArray(list) && list.length === 0 && !isId)
          empty.push(`${operation.operationId} ${name}`);
      }
    }
  }
  expect(refused).toEqual([]);
  expect(empty, "filters that find nothing").toEqual([]);
});
