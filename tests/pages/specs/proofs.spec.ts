// Proofs of events on the page of the trail: where an event is sealed, and the check in the
// browser against a key that the reader brings.

import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import type { Server } from "../src/server.ts";
import { expect, expectAccessible, goTo, rows, signIn, type Tenant, test } from "../src/test.ts";

type Answer = Record<string, unknown> & { audit_event: Record<string, unknown> };

/** Logs something, seals it, and answers with the key of the log. */
async function sealOne(server: Server, tenant: Tenant): Promise<string> {
  await tenant.log({ type: "note", summary: "Something" });
  await server.run("audit", "seal", "--tenant", tenant.id);
  const printed = await server.run("audit", "vkey", "--tenant", tenant.id);
  const { verifier_keys: keys } = JSON.parse(printed) as { verifier_keys: string[] };
  return keys[0] ?? "";
}

/** The proof of the one event that is shown, opened. */
async function openProof(page: Page, tenant: Tenant) {
  await signIn(page, tenant, tenant.key, "#/trail?action=activity.logged");
  await rows(page).first().getByText("All that is recorded").click();
  const proof = page.getByRole("region", { name: "Proof" });
  await proof.getByRole("button", { name: "Is it sealed?" }).click();
  return proof;
}

async function check(page: Page, key: string) {
  const proof = page.getByRole("region", { name: "Proof" });
  const form = proof.locator("form");
  if (!(await form.isVisible())) await proof.getByText("Check it here").click();
  await proof.getByLabel("Public key of the log").fill(key);
  await proof.getByRole("button", { name: "Check", exact: true }).click();
  return form;
}

/** Lets the server's proofs be others than they are. */
async function change(page: Page, to: (answer: Answer) => object): Promise<void> {
  await page.route("**/proof", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: to((await answer.json()) as Answer) });
  });
}

test("an event tells where it is sealed, and is proved by a key that the reader brings", async ({
  page,
  emptyServer,
  tenant,
}) => {
  const key = await sealOne(emptyServer, tenant);
  const proof = await openProof(page, tenant);
  await expect(proof).toContainText(/Sealed .* at index \d+ of the log/);
  const form = await check(page, key);
  await expect(form).toContainText("Proved: it was sealed as it is shown.");
  await expect(form.locator("li[data-outcome=holds]")).toHaveCount(5);
  await expectAccessible(page, "trail with a proof");
});

test("the proof and the entry can be taken away", async ({ page, emptyServer, tenant }) => {
  await sealOne(emptyServer, tenant);
  const proof = await openProof(page, tenant);
  const texts: string[] = [];
  for (const [label, ending] of [
    ["Download the proof", ".tlog-proof"],
    ["Download the entry", ".json"],
  ] as const) {
    const coming = page.waitForEvent("download");
    await proof.getByRole("button", { name: label }).click();
    const file = await coming;
    expect(file.suggestedFilename()).toMatch(new RegExp(`^audit-event-[0-9a-f-]+\\${ending}$`));
    texts.push(await readFile(await file.path(), "utf8"));
  }
  const events = await tenant.call("GET", "/v1/audit-events?action=activity.logged");
  const { audit_events: shown } = (await events.json()) as { audit_events: { id: string }[] };
  const answer = await tenant.call("GET", `/v1/audit-events/${shown[0]?.id}/proof`);
  const { entry, index } = (await answer.json()) as { entry: string; index: number };
  expect(texts[1]).toBe(entry);
  expect(texts[0]).toMatch(new RegExp(`^c2sp\\.org/tlog-proof@v1\\nindex ${index}\\n`));
});

test("what was changed is named, and nothing is proved", async ({ page, emptyServer, tenant }) => {
  const key = await sealOne(emptyServer, tenant);
  await change(page, (answer) => ({
    ...answer,
    entry: String(answer.entry).replace("activity.logged", "activity.erased"),
  }));
  await openProof(page, tenant);
  const form = await check(page, key);
  await expect(form).toContainText("Not proved");
  await expect(form.locator("li[data-step=signature]")).toHaveAttribute("data-outcome", "holds");
  await expect(form.locator("li[data-step=path]")).toHaveAttribute("data-outcome", "fails");
  await expect(form.locator("li[data-step=row]")).toContainText("action");
});

test("a row that is not what was sealed is found", async ({ page, emptyServer, tenant }) => {
  const key = await sealOne(emptyServer, tenant);
  await page.route("**/v1/audit-events?*", async (route) => {
    const answer = await route.fetch();
    const text = (await answer.text()).replaceAll(
      '"service","id":"owner"',
      '"service","id":"jane"',
    );
    await route.fulfill({ response: answer, body: text });
  });
  await openProof(page, tenant);
  const form = await check(page, key);
  await expect(form.locator("li[data-outcome=holds]")).toHaveCount(4);
  await expect(form.locator("li[data-step=row]")).toContainText("actor");
});

test("a key is remembered only where the reader says so", async ({ page, emptyServer, tenant }) => {
  const key = await sealOne(emptyServer, tenant);
  const proof = await openProof(page, tenant);
  await expect(await check(page, "no key")).toContainText("no public key of a log");
  await expect(proof.getByLabel("Public key of the log")).toBeFocused();
  const damaged = key.replace(/\+[0-9a-f]{8}\+/, "+00000000+");
  await expect(await check(page, damaged)).toContainText("not that of the key");
  await expect(await check(page, key)).toContainText("Proved");
  const reopen = async () => {
    await goTo(page, "#/");
    await expect(proof).toHaveCount(0);
    await goTo(page, "#/trail?action=activity.logged");
    await rows(page).first().getByText("All that is recorded").click();
    await proof.getByRole("button", { name: "Is it sealed?" }).click();
    await proof.getByText("Check it here").click();
    return proof.getByLabel("Public key of the log");
  };
  await expect(await reopen()).toHaveValue("");
  await proof.getByLabel("Remember it in this browser").check();
  await expect(await check(page, key)).toContainText("Proved");
  await expect(await reopen()).toHaveValue(key);
  await expect(proof).toContainText("remembers it since you pasted it");
  await proof.getByLabel("Remember it in this browser").uncheck();
  await expect(await check(page, key)).toContainText("Proved");
  await expect(await reopen()).toHaveValue("");
});

test("what is not sealed yet is said", async ({ page, tenant }) => {
  await tenant.log({ type: "note", summary: "Something" });
  await change(page, ({ audit_event, request_id }) => ({ audit_event, request_id, sealed: false }));
  const proof = await openProof(page, tenant);
  await expect(proof).toContainText("Not sealed yet");
  await expect(proof.getByRole("button", { name: "Download the proof" })).toHaveCount(0);
});

test("a browser without Ed25519 says what to use instead", async ({
  page,
  emptyServer,
  tenant,
}) => {
  const key = await sealOne(emptyServer, tenant);
  await page.addInitScript(() => {
    SubtleCrypto.prototype.importKey = () =>
      Promise.reject(new DOMException("Unrecognized name", "NotSupportedError"));
  });
  await openProof(page, tenant);
  const form = await check(page, key);
  await expect(form).toContainText("this browser can’t check the signature");
  await expect(form).toContainText("activity-log audit verify");
  await expect(form.locator("li[data-step=signature]")).toContainText("not checked");
});

test("the page tells how much of the trail is sealed", async ({ page, emptyServer, tenant }) => {
  await sealOne(emptyServer, tenant);
  await signIn(page, tenant, tenant.key, "#/trail");
  await page.getByText("How much of it is sealed").click();
  const main = page.getByRole("main");
  await expect(main.getByText(/events? (is|are) sealed in the log/)).toBeVisible();
  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download the checkpoint" }).click();
  const text = await readFile(await (await coming).path(), "utf8");
  expect(text.split("\n")[0]).toContain(`/${tenant.id}`);
  expect(text).toContain("\u2014 ");
});

test("before anything is sealed, that is what it tells", async ({ page, tenant }) => {
  await page.route("**/v1/audit-log/checkpoints?*", (route) =>
    route.fulfill({ json: { checkpoints: [], request_id: "req_made_up" } }),
  );
  await signIn(page, tenant, tenant.key, "#/trail");
  await page.getByText("How much of it is sealed").click();
  await expect(page.getByRole("main").getByText("Nothing is sealed yet.")).toBeVisible();
});

test.describe("where answers fail", () => {
  test.use({ failures: "expected" });

  test("a proof that can't be had is asked for again", async ({ page, emptyServer, tenant }) => {
    await sealOne(emptyServer, tenant);
    let fails = true;
    await page.route("**/proof", (route) =>
      fails ? route.fulfill({ status: 404, json: { error: {} } }) : route.continue(),
    );
    const proof = await openProof(page, tenant);
    await expect(proof.getByRole("alert")).toBeVisible();
    fails = false;
    await proof.getByRole("alert").getByRole("button").click();
    await expect(proof).toContainText(/at index \d+ of the log/);
    await goTo(page, "#/");
  });
});
