// Runs the tests of the modules that need no browser: each is bundled with what it tests, and
// given to Node's own runner.

import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

const tests = new URL("tests/", import.meta.url).pathname;
const names = (await readdir(tests)).filter((name) => name.endsWith(".test.mjs"));
const folder = await mkdtemp(join(tmpdir(), "pages-tests-"));
try {
  await build({
    entryPoints: names.map((name) => join(tests, name)),
    bundle: true,
    format: "esm",
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    platform: "node",
    target: "node20",
  });
  const files = names.map((name) => join(folder, name));
  const { status } = spawnSync(process.execPath, ["--test", "--test-reporter=spec", ...files], {
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
} finally {
  await rm(folder, { recursive: true });
}
