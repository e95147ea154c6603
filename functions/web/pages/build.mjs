// Writes what the function `web` embeds: ../assets. With `--check` it writes nothing, and
// fails where a file there is not what these sources become.

import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

const assets = new URL("../assets/", import.meta.url).pathname;
const sources = new URL("src/", import.meta.url).pathname;

/** The files that are served as they stand here. */
const copied = ["index.html", "docs.html", "icon.svg"];

/** The scripts and styles that esbuild puts together, each of one entry. */
const bundled = ["main.ts:app.js", "app.css:app.css", "docs.ts:docs.js", "docs.css:docs.css"];

async function bundle(entry, name) {
  const result = await build({
    entryPoints: [join(sources, entry)],
    bundle: true,
    charset: "utf8",
    format: "esm",
    legalComments: "none",
    // Lines that a diff can show.
    lineLimit: 120,
    minify: true,
    outfile: name,
    target: ["chrome111", "firefox115", "safari16.4"],
    write: false,
  });
  return result.outputFiles[0].contents;
}

async function outputs() {
  const files = new Map();
  for (const name of copied) {
    files.set(name, await readFile(join(sources, name)));
  }
  for (const pair of bundled) {
    const [entry, name] = pair.split(":");
    files.set(name, await bundle(entry, name));
  }
  return files;
}

const files = await outputs();
if (process.argv.includes("--check")) {
  const stale = [];
  for (const [name, content] of files) {
    const there = await readFile(join(assets, name)).catch(() => null);
    if (there === null || !there.equals(content)) {
      stale.push(name);
    }
  }
  if (stale.length > 0) {
    console.error(`not what the sources become: ${stale.join(", ")}. Run "npm run build".`);
    process.exit(1);
  }
  console.log(`${files.size} files are what the sources become`);
} else {
  await mkdir(assets, { recursive: true });
  for (const [name, content] of files) {
    await writeFile(join(assets, name), content);
    console.log(`${name.padEnd(12)} ${String(content.length).padStart(7)} bytes`);
  }
  const there = await readdir(assets);
  console.log(`${there.length} files in ${assets}`);
}
