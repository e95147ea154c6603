import assert from "node:assert/strict";
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { test } from "node:test";
import description from "../../../../docs/openapi.json";
import { parseLogKey } from "../src/log-key";
import { checkProof, parseProof, rootOf } from "../src/proof-check";

const example =
  description.paths["/v1/audit-events/{id}/proof"].get.responses["200"].content["application/json"]
    .example;
/** That of the log of the example. */
const EXAMPLE_KEY =
  "audit.example.com/production/acme+0ed2505a+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs";

const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts)).digest();
const leafOf = (entry) => sha256(Buffer.of(0), Buffer.from(entry));
const nodeOf = (left, right) => sha256(Buffer.of(1), left, right);
const splitOf = (size) => 2 ** Math.floor(Math.log2(size - 1));

/** RFC 6962, section 2.1, as it is written. */
function treeOf(leaves) {
  if (leaves.length === 1) return leaves[0];
  const at = splitOf(leaves.length);
  return nodeOf(treeOf(leaves.slice(0, at)), treeOf(leaves.slice(at)));
}

function pathTo(index, leaves) {
  if (leaves.length === 1) return [];
  const at = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, at), leaves.slice(at)];
  return index < at
    ? [...pathTo(index, left), treeOf(right)]
    : [...pathTo(index - at, right), treeOf(left)];
}

/** A log of some entries, signed by the key of a seed. */
function logOf(name, entries, seed = 7) {
  const der = Buffer.concat([
    Buffer.from("302e020100300506032b657004220420", "hex"),
    Buffer.alloc(32, seed),
  ]);
  const secret = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const spki = createPublicKey(secret).export({ format: "der", type: "spki" });
  const key = Buffer.concat([Buffer.of(1), spki.subarray(12)]);
  const id = sha256(Buffer.from(`${name}\n`), key).subarray(0, 4);
  const leaves = entries.map(leafOf);
  const text = `${name}\n${entries.length}\n${treeOf(leaves).toString("base64")}\n`;
  const signature = Buffer.concat([id, sign(null, Buffer.from(text), secret)]).toString("base64");
  const note = `${text}\n\u2014 ${name} ${signature}\n`;
  return {
    key: `${name}+${id.toString("hex")}+${key.toString("base64")}`,
    proof(index) {
      const path = pathTo(index, leaves).map((hash) => `${hash.toString("base64")}\n`);
      return `c2sp.org/tlog-proof@v1\nindex ${index}\n${path.join("")}\n${note}`;
    },
  };
}

const outcomes = (findings) =>
  Object.fromEntries(findings.map(({ step, outcome }) => [step, outcome]));

async function check(answer, key = EXAMPLE_KEY, row = answer.audit_event) {
  return checkProof(row, answer, await parseLogKey(key));
}

const HOLDS = { note: "holds", signature: "holds", path: "holds", disclosures: "holds" };

test("the example of the description holds", async () => {
  assert.deepEqual(outcomes(await check(example)), { ...HOLDS, row: "holds" });
});

test("a path of every leaf of every size leads to the root, and to no other", async () => {
  const entries = Array.from({ length: 40 }, (_, n) => `entry ${n}`);
  for (let size = 1; size <= entries.length; size += 1) {
    const leaves = entries.slice(0, size).map(leafOf);
    const root = treeOf(leaves).toString("hex");
    for (let index = 0; index < size; index += 1) {
      const path = pathTo(index, leaves);
      const reached = await rootOf(leaves[index], BigInt(index), BigInt(size), path);
      assert.equal(Buffer.from(reached).toString("hex"), root, `${index} of ${size}`);
      const longer = await rootOf(leaves[index], BigInt(index), BigInt(size), [...path, leaves[0]]);
      assert.equal(longer, undefined);
      if (path.length > 0) {
        const shorter = path.slice(1);
        assert.equal(await rootOf(leaves[index], BigInt(index), BigInt(size), shorter), undefined);
      }
    }
    assert.equal(await rootOf(leaves[0], BigInt(size), BigInt(size), []), undefined);
  }
});

test("a proof of a longer log holds, and of another place does not", async () => {
  const name = "audit.example.com/production/acme";
  const entries = ["a", "b", example.entry, "d", "e"];
  const { key, proof } = logOf(name, entries);
  const answer = { ...example, index: 2, proof: proof(2) };
  assert.deepEqual(outcomes(await check(answer, key)), { ...HOLDS, row: "holds" });
  assert.deepEqual(outcomes(await check({ ...answer, index: 1 }, key)), { note: "fails" });
  const moved = { ...answer, index: 1, proof: proof(1) };
  assert.equal(outcomes(await check(moved, key)).path, "fails");
});

test("each change of what was sealed or signed is found", async () => {
  const first = (text, from, to) => {
    assert.ok(text.includes(from), from);
    return text.replace(from, to);
  };
  const changes = [
    ["path", { entry: first(example.entry, "activity.logged", "activity.loggee") }],
    ["path", { entry: `${example.entry} ` }],
    ["signature", { proof: first(example.proof, "\n1\n", "\n2\n") }],
    ["signature", { proof: example.proof.replace(/(.{6})(=?\n)$/, "AAAAAA$2") }],
    ["disclosures", { disclosures: example.disclosures.slice(1) }],
    ["disclosures", { disclosures: [...example.disclosures, example.disclosures[0]] }],
    ["disclosures", { disclosures: [...example.disclosures.slice(1), "WyJhIiwiYiIse31d"] }],
    ["note", { proof: first(example.proof, "index 0", "index 00") }],
    ["note", { proof: `${example.proof}x` }],
    ["note", { proof: example.proof.trimEnd() }],
    ["note", { proof: "" }],
    ["note", { index: 1 }],
  ];
  for (const [step, change] of changes) {
    const findings = outcomes(await check({ ...example, ...change }));
    assert.equal(findings[step], "fails", `${step}: ${JSON.stringify(change)}`);
  }
});

test("a row that differs from what was sealed is found by each property", async () => {
  const row = example.audit_event;
  const changes = {
    id: "019ca8a2-7c41-7b52-8c6d-0e9f1a2b3c4e",
    tenant_id: "other",
    action: "activity.read",
    status: "denied",
    error_code: "missing_required_scope",
    source: "mcp",
    api_route: "/v1/other",
    tool_name: "log_activity",
    command: "x",
    request_id: "req_0",
    resource_type: "key",
    resource_id: "other",
    occurred_at: "2026-03-01T09:30:00.001Z",
    actor: { type: "agent", id: "other" },
    authenticated_as: { type: "service", id: "crm" },
    on_behalf_of: { type: "user", id: "jane" },
    credential_id: "0",
    client_address: "203.0.113.8",
    user_agent: "other",
    input_hash: "0",
    fields: ["summary"],
    data: { count: 1 },
  };
  for (const [name, value] of Object.entries(changes)) {
    const findings = await check(example, EXAMPLE_KEY, { ...row, [name]: value });
    const found = findings.find(({ step }) => step === "row");
    assert.equal(found.outcome, "fails", name);
    const told = name === "credential_id" ? "authenticated_as" : name;
    assert.ok(found.what.split(", ").includes(told), `${name}: ${found.what}`);
  }
  // A name is a label of today, and no part of it.
  const named = { ...row, actor: { ...row.actor, display_name: "Another name" } };
  assert.equal(outcomes(await check(example, EXAMPLE_KEY, named)).row, "holds");
});

test("another key, and the same key of another log, prove nothing", async () => {
  const name = "audit.example.com/production/acme";
  const { key: other } = logOf(name, ["a"], 8);
  assert.equal(outcomes(await check(example, other)).signature, "fails");
  const { key: elsewhere } = logOf("audit.example.com/production/other", ["a"]);
  assert.deepEqual(outcomes(await check(example, elsewhere)), { note: "fails" });
});

test("lines of keys that are not known do not matter, and two of the own do", async () => {
  const proof = `${example.proof}\u2014 witness.example.com ${Buffer.alloc(76).toString("base64")}\n`;
  assert.equal(outcomes(await check({ ...example, proof })).signature, "holds");
  const line = example.proof.slice(example.proof.lastIndexOf("\u2014"));
  const twice = { ...example, proof: example.proof + line };
  assert.equal(outcomes(await check(twice)).signature, "fails");
});

test("a text that is no key is told from one that was damaged", async () => {
  assert.equal((await parseLogKey(` ${EXAMPLE_KEY}\n`)).name, "audit.example.com/production/acme");
  for (const text of ["", "a+b+c", EXAMPLE_KEY.slice(1).replace("+", " "), "alk_acme.0.0"]) {
    assert.equal(await parseLogKey(text), "form", text);
  }
  const witness = EXAMPLE_KEY.replace("+AepK", "+BOpK");
  assert.equal(await parseLogKey(witness), "kind");
  assert.equal(await parseLogKey(EXAMPLE_KEY.slice(0, -4)), "kind");
  assert.equal(await parseLogKey(EXAMPLE_KEY.replace("acme+", "acne+")), "id");
  assert.equal(await parseLogKey(EXAMPLE_KEY.replace("RtIs", "RtIt")), "id");
});

test("a proof has one form", () => {
  assert.equal(parseProof(example.proof).index, 0n);
  const long = "9".repeat(20);
  for (const text of [
    "",
    example.proof.replace("@v1", "@v2"),
    example.proof.replace("index 0", `index ${long}`),
    example.proof.replace("index 0\n", "index 0\nAAAA\n"),
    example.proof.replace("\u2014 ", "- "),
    example.proof.replace("\n1\n", "\n1\nmore\n"),
  ]) {
    assert.equal(parseProof(text), undefined, text);
  }
});
