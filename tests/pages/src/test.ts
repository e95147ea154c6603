// What each test is given: a server of its worker, a tenant of its own, and a browser that is
// watched. A test fails for an error in the console, a violation of the policy, a request to
// another origin, a credential in an address, or an answer with an error that it did not
// announce, whatever else it looks at.

import { randomUUID } from "node:crypto";
import { AxeBuilder } from "@axe-core/playwright";
import { type BrowserContext, test as base, expect, type Page } from "@playwright/test";
import { ALL_SCOPES, type Server, startServer } from "./server.ts";

export { expect };

export interface Tenant {
  readonly id: string;
  /** A key of a service with every scope. */
  readonly key: string;
  readonly url: string;
  createKey(actor: string, scopes: string, ...more: string[]): Promise<string>;
  /** Logs an activity, and answers with its id. */
  log(input: object, key?: string): Promise<string>;
  /** Logs so many, some at a time. */
  logMany(count: number, input: (number: number) => object): Promise<void>;
  call(method: string, path: string, body?: unknown, key?: string): Promise<Response>;
  /** Makes a contact known. */
  putContact(id: string, name: string): Promise<unknown>;
  putActorName(actor: string, name: string): Promise<unknown>;
  /** A token for a user of the tenant's customer. */
  viewerToken(input: object): Promise<string>;
}

interface TestFixtures {
  /** Whether answers with errors, and calls without an answer, are what the test is about. */
  failures: "none" | "expected";
  /** A new tenant on a server without activities of others. */
  tenant: Tenant;
  /** The demo tenant with its week, which tests only add to. */
  demo: Tenant;
  /** Watches another context than that of `page`. */
  watch: (context: BrowserContext) => Promise<void>;
}

interface WorkerFixtures {
  emptyServer: Server;
  demoServer: Server;
}

function tenantOf(server: Server, id: string, key: string): Tenant {
  const tenant: Tenant = {
    id,
    key,
    url: server.url,
    createKey: (actor, scopes, ...more) => server.createKey(id, actor, scopes, ...more),
    async log(input, by = key) {
      const answer = await tenant.call("POST", "/v1/activities", input, by);
      expect(answer.status, "an activity is logged").toBe(201);
      return ((await answer.json()) as { activity: { id: string } }).activity.id;
    },
    async logMany(count, input) {
      let next = 0;
      const logNext = async () => {
        while (next < count) {
          next += 1;
          await tenant.log(input(next - 1));
        }
      };
      await Promise.all([logNext(), logNext(), logNext(), logNext()]);
    },
    call(method, path, body, by = key) {
      const headers: Record<string, string> = { authorization: `Bearer ${by}` };
      if (body !== undefined) headers["content-type"] = "application/json";
      const init = body === undefined ? {} : { body: JSON.stringify(body) };
      return fetch(server.url + path, { method, headers, ...init });
    },
    putContact: (contact, name) =>
      server.run(
        "resources",
        "put",
        "--tenant",
        id,
        "--type",
        "contact",
        `--id=${contact}`,
        `--display-name=${name}`,
      ),
    putActorName: (actor, name) =>
      server.run("actors", "put", "--tenant", id, `--name=${name}`, actor),
    async viewerToken(input) {
      const answer = await tenant.call("POST", "/v1/viewer-tokens", input);
      expect(answer.status, "a viewer token is made").toBe(201);
      return ((await answer.json()) as { viewer_token: string }).viewer_token;
    },
  };
  return tenant;
}

/** Collects what no page may do. */
async function watchContext(
  context: BrowserContext,
  faults: string[],
  failures: "none" | "expected",
): Promise<void> {
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  context.on("weberror", (error) => faults.push(`error: ${error.error().stack}`));
  context.on("console", (message) => {
    // The browser itself writes these for each answer that is judged below.
    const isOfAnswer = message.text().startsWith("Failed to load resource");
    if (["error", "warning"].includes(message.type()) && !isOfAnswer) {
      faults.push(`console: ${message.text()}`);
    }
  });
  let origin: string | undefined;
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (!url.protocol.startsWith("http")) return;
    origin ??= url.origin;
    if (url.origin !== origin) faults.push(`request to another origin: ${request.url()}`);
    if (/al[kv]_/.test(url.href)) faults.push(`credential in an address: ${request.url()}`);
  });
  context.on("response", (response) => {
    if (failures === "none" && response.status() >= 400) {
      faults.push(`answer: ${response.status()} ${response.url()}`);
    }
  });
  context.on("requestfailed", (request) => {
    const why = request.failure()?.errorText ?? "";
    // Overtaken calls are aborted, and a page that is left has no use for its own.
    if (failures === "none" && why !== "net::ERR_ABORTED") {
      faults.push(`no answer: ${why} ${request.url()}`);
    }
  });
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  emptyServer: [
    async ({}, use) => {
      const server = await startServer("empty");
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 90_000 },
  ],
  demoServer: [
    async ({}, use) => {
      const server = await startServer("week");
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 90_000 },
  ],
  failures: ["none", { option: true }],
  tenant: async ({ emptyServer }, use) => {
    const id = `t-${randomUUID()}`;
    const key = await emptyServer.createKey(id, "service:owner", ALL_SCOPES);
    await use(tenantOf(emptyServer, id, key));
  },
  demo: async ({ demoServer }, use) => {
    await use(tenantOf(demoServer, "demo", demoServer.key));
  },
  watch: async ({ failures }, use) => {
    const faults: string[] = [];
    await use((context) => watchContext(context, faults, failures));
    expect(faults, "what no page may do").toEqual([]);
  },
  context: async ({ context, watch }, use) => {
    await watch(context);
    await use(context);
  },
});

/** Opens the pages, and signs in by the form. */
export async function signIn(
  page: Page,
  tenant: Tenant,
  key = tenant.key,
  fragment = "",
): Promise<void> {
  await page.goto(`${tenant.url}/${fragment}`);
  await page.getByLabel("Key", { exact: true }).fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
}

/** The API's rows of synthesised activities, for answers that a test makes up. */
export function madeUpRow(number: number, more: object = {}): object {
  const at = new Date(Date.UTC(2026, 0, 31) - number * 600_000).toISOString();
  const id = `00000000-0000-7000-8000-${String(number).padStart(12, "0")}`;
  return {
    id,
    tenant_id: "t",
    type: "note",
    summary: `Row number ${number}`,
    snippet: `What was written in row ${number}`,
    occurred_at: at,
    logged_at: at,
    source: "api",
    actor: { type: "service", id: "owner" },
    ...more,
  };
}

/** The rows of the timeline. */
export const rows = (page: Page) => page.locator("li.row");

/** Goes to another page of the pages, without leaving the document. */
export async function goTo(page: Page, fragment: string): Promise<void> {
  await page.evaluate((to) => {
    location.hash = to;
  }, fragment);
}

/**
 * What moves or fades although the reader asked for less motion, as this suite does. Axe
 * would measure colours on their way.
 */
function moving(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    // A page that follows the colour scheme by script does so before the next frame.
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const still = /^0s(, 0s)*$/;
    const found = [...document.querySelectorAll("*")]
      .flatMap((element) => ["", "::before", "::after"].map((pseudo) => ({ element, pseudo })))
      .filter(({ element, pseudo }) => {
        const { animationName, transitionDuration } = getComputedStyle(element, pseudo || null);
        return animationName !== "none" || !still.test(transitionDuration);
      })
      .map(({ element, pseudo }) => [element.localName, ...element.classList].join(".") + pseudo);
    return [...new Set(found)];
  });
}

/** No finding of axe, in both colour schemes, and nothing that moves. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect.soft(await moving(page), `what moves in ${what}, ${colorScheme}`).toEqual([]);
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
    const found = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, any, all, none }) => {
        const [why] = [...any, ...all, ...none];
        return `${id} at ${target.join(" ")}: ${why?.message}`;
      }),
    );
    expect.soft(found, `${what}, ${colorScheme}`).toEqual([]);
  }
}

/** Nothing is wider than the window. */
export async function expectNoSidewaysScrolling(page: Page, what: string): Promise<void> {
  const wider = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const all = [...document.body.querySelectorAll("*")];
    const out = all.filter((element) => element.getBoundingClientRect().right > clientWidth + 1);
    return [
      `${scrollWidth} of ${clientWidth}`,
      ...out.slice(-5).map((e) => e.outerHTML.slice(0, 160)),
    ];
  });
  expect.soft(wider, `${what}, at ${page.viewportSize()?.width} px`).toEqual([]);
}
