// Brings modules of the pages into Node, with what they need of a browser.

import { build } from "esbuild";

const sources = new URL("../src/", import.meta.url).pathname;

export async function load(...names) {
  globalThis.window ??= globalThis;
  Object.defineProperty(globalThis, "navigator", {
    value: { onLine: true, languages: ["de-DE", "en-GB"] },
    configurable: true,
    writable: true,
  });
  const result = await build({
    stdin: {
      contents: names.map((name) => `export * from "./${name}";`).join(""),
      resolveDir: sources,
    },
    bundle: true,
    format: "esm",
    target: "es2022",
    write: false,
  });
  const script = Buffer.from(result.outputFiles[0].contents).toString("base64");
  return import(`data:text/javascript;base64,${script}`);
}
