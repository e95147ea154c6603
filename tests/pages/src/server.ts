// A console of a worker: `serve` on free ports, over a scratch folder, and its commands.

import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const START_TIMEOUT_MS = 60_000;

export const ALL_SCOPES = "activity:write,activity:read,audit:read,keys:manage";

export interface Server {
  readonly url: string;
  /** A key of the demo tenant with every scope. */
  readonly key: string;
  /** Makes a key, and the tenant where it is new. */
  createKey(tenant: string, actor: string, scopes: string, ...more: string[]): Promise<string>;
  run(...args: string[]): Promise<string>;
  stop(): Promise<void>;
}

/** What `run` has built, or what it was told to take. */
function program(): string {
  const path = process.env.PAGES_TEST_CONSOLE;
  if (path === undefined) throw new Error("start the suite with tests/pages/run");
  return path;
}

/** `content`: the demo tenant's week, or nothing. */
export async function startServer(content: "week" | "empty"): Promise<Server> {
  const data = await mkdtemp(join(tmpdir(), "activity-log-pages-"));
  const args = ["serve", "--data-dir", data, "--json"];
  if (content === "empty") args.push("--empty");
  args.push("--listen", "127.0.0.1:0", "--dynamodb-listen", "127.0.0.1:0");
  const child = spawn(program(), args, { stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  child.stderr.on("data", (part: Buffer) => {
    log = (log + part.toString()).slice(-20_000);
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const line = await new Promise<string>((resolve, reject) => {
    const failed = () => reject(new Error(`the console did not start:\n${log}`));
    const timer = setTimeout(failed, START_TIMEOUT_MS);
    child.once("exit", failed);
    createInterface(child.stdout).once("line", (first) => {
      clearTimeout(timer);
      resolve(first);
    });
  });
  const { url, demo_key: key } = JSON.parse(line) as { url: string; demo_key: string };

  async function run(...rest: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(program(), [
      "--data-dir",
      data,
      "--json",
      ...rest,
    ]);
    return stdout;
  }

  return {
    url,
    key,
    run,
    async createKey(tenant, actor, scopes, ...more) {
      const options = ["--tenant", tenant, "--actor", actor, "--scopes", scopes, ...more];
      const made = JSON.parse(await run("keys", "create", ...options)) as { key: string };
      return made.key;
    },
    async stop() {
      child.kill("SIGTERM");
      await ended;
      await rm(data, { recursive: true, force: true });
    },
  };
}
