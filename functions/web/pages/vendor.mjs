// Puts Swagger UI, which the API reference at /docs is made with, into ../assets:
//
//   npm run vendor              fetches the pinned package, and writes its files
//   node vendor.mjs --check     holds what is there against the pinned hashes
//
// It is no dependency of package.json: its package would bring another one along,
// which reports installations. The check needs no network. It compares what the
// compressed files hold, since another version of Node may compress in other bytes.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync } from "node:zlib";

const PACKAGE = "swagger-ui-dist@5.35.0";
const INTEGRITY =
  "sha512-U06rpMtW9V3XPGOBeamTUSr0Z09jMX4IJuANpE/EZbAhw0G8CgwrzU4YmXkn/h0wCDNsXdGarTNNHC3sU8yVUQ==";
/** What is taken of it, with the SHA-512 of each file. */
const FILES = {
  "swagger-ui-bundle.js":
    "sha512-arNf8tOjRvR3Y6xkarblLjcuWZ7x+WjV3Nnybt2g9IeOwNLXYCaHez7BY8C48IWSsGJEG88X1kFUls2jerB8zQ==",
  "swagger-ui.css":
    "sha512-3/WSjXomWJgdBBzq8TcRDVfYsgJV43MzJe28Y9bBodIOPjXoAShLO/IB0MGkOd8D8HPYBuC/KKgiGrvrpypOrQ==",
};
/** Whose work it is. The first line of the bundle names this file. */
const NOTICES = "swagger-ui-bundle.js.LICENSE.txt";
const NOTICES_HASH =
  "sha512-pgHoradCLRnrA9+P8Rk4j25R+Kz7opc7Gmvry0FXDAuJ3x6sY9et94gX9b0BinTeWSNIH2OAliNsJ4v0NYMG3g==";

const assets = fileURLToPath(new URL("../assets/", import.meta.url));

const sha512 = (bytes) => `sha512-${createHash("sha512").update(bytes).digest("base64")}`;

function expectHash(name, bytes, expected) {
  const found = sha512(bytes);
  if (found !== expected) {
    throw new Error(`${name} is not what is pinned:\n  found    ${found}\n  expected ${expected}`);
  }
}

/** The regular files of a tar archive, by their paths. */
function filesOf(archive) {
  const text = (from, length) => archive.toString("utf8", from, from + length).split("\0", 1)[0];
  const files = new Map();
  let at = 0;
  while (at < archive.length && archive[at] !== 0) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    const kind = text(at + 156, 1);
    if (kind === "0" || kind === "") {
      files.set(text(at, 100), archive.subarray(at + 512, at + 512 + size));
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

function fetchPackage() {
  const scratch = mkdtempSync(join(tmpdir(), "swagger-ui-"));
  try {
    const options = ["--json", "--ignore-scripts", "--pack-destination", scratch];
    const packed = JSON.parse(execFileSync("npm", ["pack", ...options, PACKAGE]).toString());
    const [{ filename }] = Array.isArray(packed) ? packed : Object.values(packed);
    const archive = readFileSync(join(scratch, filename));
    expectHash(PACKAGE, archive, INTEGRITY);
    return filesOf(gunzipSync(archive));
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Its own notice and those of what it is bundled with; the licence is the repository's. */
function noticesOf(files) {
  const [own, bundled] = ["NOTICE", NOTICES].map((name) =>
    files.get(`package/${name}`).toString().trim(),
  );
  return Buffer.from(`${own}\nLicensed under the Apache License 2.0\n\n${bundled}\n`);
}

function vendor() {
  const files = fetchPackage();
  for (const [name, hash] of Object.entries(FILES)) {
    const bytes = files.get(`package/${name}`);
    expectHash(name, bytes, hash);
    const options = {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    };
    const compressed = brotliCompressSync(bytes, options);
    writeFileSync(join(assets, `${name}.br`), compressed);
    console.log(`${name}: ${bytes.length} bytes, ${compressed.length} compressed`);
  }
  const notices = noticesOf(files);
  expectHash(NOTICES, notices, NOTICES_HASH);
  writeFileSync(join(assets, NOTICES), notices);
}

function check() {
  for (const [name, hash] of Object.entries(FILES)) {
    expectHash(`${name}.br`, brotliDecompressSync(readFileSync(join(assets, `${name}.br`))), hash);
  }
  expectHash(NOTICES, readFileSync(join(assets, NOTICES)), NOTICES_HASH);
  console.log(`${PACKAGE} is what is pinned`);
}

if (process.argv.includes("--check")) {
  check();
} else {
  vendor();
}
