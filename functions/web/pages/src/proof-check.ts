// Checks the proof of an event in this browser, step by step, with nothing from the server but
// what is to be checked. Bytes in, findings out: what shows them is elsewhere.
//
//   key ─▶ signature of the checkpoint ─▶ root ◀─ path ◀─ leaf ◀─ entry ◀─ disclosures
//                                                                   └─ equals the row

import type { AuditEvent, AuditEventProof } from "./api/client";
import { areEqual, fromBase64, joined, type LogKey, sha256 } from "./log-key";

/** What is checked, in this order. */
export const STEPS = ["note", "signature", "path", "disclosures", "row"] as const;
export type Step = (typeof STEPS)[number];

export type Outcome = "holds" | "fails" | "unsupported";

export interface Finding {
  readonly step: Step;
  readonly outcome: Outcome;
  /** What of it fails, where that has a name. */
  readonly what?: string;
}

interface Checkpoint {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Uint8Array;
}

interface Proof {
  readonly index: bigint;
  readonly path: readonly Uint8Array[];
  /** What is signed. */
  readonly text: string;
  readonly signatures: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly checkpoint: Checkpoint;
}

const HASH_BYTES = 32;
const SIGNATURE_BYTES = 64;
const NUMBER = /^(?:0|[1-9][0-9]{0,18})$/;
const encoder = new TextEncoder();

function hashOf(line: string): Uint8Array | undefined {
  const bytes = fromBase64(line);
  return bytes?.length === HASH_BYTES ? bytes : undefined;
}

/** Reads a text of c2sp.org/tlog-proof, in the one form that it has. */
export function parseProof(text: string): Proof | undefined {
  const end = text.indexOf("\n\n");
  const lines = text.slice(0, Math.max(end, 0)).split("\n");
  const note = text.slice(end + 2);
  const index = lines[1]?.match(/^index (.*)$/)?.[1] ?? "";
  const path = lines.slice(2).map(hashOf);
  const middle = note.lastIndexOf("\n\n");
  if (lines[0] !== "c2sp.org/tlog-proof@v1" || !NUMBER.test(index) || middle < 0) {
    return undefined;
  }
  const signed = note.slice(0, middle + 1);
  const [origin, size = "", root = "", ...rest] = signed.split("\n");
  const rootHash = hashOf(root);
  if (!origin || !NUMBER.test(size) || rootHash === undefined || rest.join() !== "") {
    return undefined;
  }
  const signatures = note.slice(middle + 2).split("\n");
  if (signatures.pop() !== "") {
    return undefined;
  }
  const read = signatures.map((line) => {
    const [, name, base64] = /^\u2014 (\S+) (\S+)$/.exec(line) ?? [];
    const bytes = base64 === undefined ? undefined : fromBase64(base64);
    return name === undefined || bytes === undefined ? undefined : { name, bytes };
  });
  if (path.includes(undefined) || read.includes(undefined)) {
    return undefined;
  }
  return {
    index: BigInt(index),
    path: path.filter((hash) => hash !== undefined),
    text: signed,
    signatures: read.filter((line) => line !== undefined),
    checkpoint: { origin, size: BigInt(size), root: rootHash },
  };
}

/** The root that a path leads to from a leaf: RFC 9162, section 2.1.3.2. */
export async function rootOf(
  leaf: Uint8Array,
  index: bigint,
  size: bigint,
  path: readonly Uint8Array[],
): Promise<Uint8Array | undefined> {
  if (index >= size) {
    return undefined;
  }
  let [first, last, hash] = [index, size - 1n, leaf];
  for (const beside of path) {
    if (last === 0n) {
      return undefined;
    }
    if (first % 2n === 1n || first === last) {
      hash = await sha256(Uint8Array.of(1), beside, hash);
      while (first % 2n === 0n && first !== 0n) {
        first >>= 1n;
        last >>= 1n;
      }
    } else {
      hash = await sha256(Uint8Array.of(1), hash, beside);
    }
    first >>= 1n;
    last >>= 1n;
  }
  return last === 0n ? hash : undefined;
}

async function checkSignature(proof: Proof, key: LogKey): Promise<Outcome> {
  const own = proof.signatures.filter(
    ({ name, bytes }) =>
      name === key.name &&
      areEqual(bytes.slice(0, key.id.length), key.id) &&
      bytes.length === key.id.length + SIGNATURE_BYTES,
  );
  const signature = own[0]?.bytes.slice(key.id.length);
  if (signature === undefined || own.length > 1) {
    return "fails";
  }
  let imported: CryptoKey;
  try {
    imported = await crypto.subtle.importKey("raw", key.publicKey, "Ed25519", false, ["verify"]);
  } catch {
    return "unsupported";
  }
  const text = encoder.encode(proof.text);
  const holds = await crypto.subtle.verify("Ed25519", imported, joined(signature), text);
  return holds ? "holds" : "fails";
}

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function base64Url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Name and value of a disclosure; nothing where it is none. */
function disclosed(text: string): readonly [string, Json] | undefined {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  const bytes = fromBase64(base64.padEnd(Math.ceil(base64.length / 4) * 4, "="));
  try {
    const parts: unknown = bytes && JSON.parse(new TextDecoder().decode(bytes));
    if (Array.isArray(parts) && parts.length === 3 && typeof parts[1] === "string") {
      return isObject(parts[2]) ? [parts[1], parts[2]] : undefined;
    }
  } catch {
    // It is none.
  }
  return undefined;
}

/** What is disclosed, by name; nothing where that is not just what the entry has digests of. */
async function openDisclosures(
  entry: Json,
  disclosures: readonly string[],
): Promise<Readonly<Record<string, Json>> | undefined> {
  const digests = Array.isArray(entry._sd) ? [...(entry._sd as unknown[])] : [];
  const opened: Record<string, Json> = {};
  for (const text of disclosures) {
    const at = digests.indexOf(base64Url(await sha256(encoder.encode(text))));
    const part = disclosed(text);
    if (at < 0 || part === undefined || Object.hasOwn(opened, part[0])) {
      return undefined;
    }
    digests.splice(at, 1);
    opened[part[0]] = part[1];
  }
  return digests.length === 0 ? opened : undefined;
}

/** Values as one text, whatever the order of their members. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(compareNames)) : inner,
    ) ?? ""
  );
}

function compareNames([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1;
}

const withoutName = (actor: AuditEvent["actor"] | undefined) =>
  actor && { id: actor.id, type: actor.type };

/** The properties of the row that are not those of the entry. */
function differences(row: AuditEvent, entry: Json, parts: Readonly<Record<string, Json>>) {
  const { actor, authenticated_as: by, on_behalf_of: user, client, subject, content } = parts;
  const data: Record<string, unknown> = isObject(entry.data) ? { ...entry.data } : {};
  const { fields } = data;
  // It came by the list of the trail, and not by the table's stream.
  delete data.fields;
  delete data.backfill;
  if (subject?.replaced_by !== undefined) {
    data.replaced_by = subject.replaced_by;
  }
  const stands = withoutName(row.authenticated_as ?? row.actor);
  const pairs: readonly (readonly [keyof AuditEvent, unknown, unknown])[] = [
    ...(
      [
        "action",
        "api_route",
        "command",
        "error_code",
        "id",
        "occurred_at",
        "request_id",
        "resource_type",
        "source",
        "status",
        "tenant_id",
        "tool_name",
      ] as const
    ).map((name) => [name, row[name], entry[name]] as const),
    ["resource_id", row.resource_id, entry.resource_id ?? subject?.id],
    ["actor", withoutName(row.actor), actor],
    ["authenticated_as", { ...stands, credential_id: row.credential_id }, by],
    ["on_behalf_of", withoutName(row.on_behalf_of), user],
    ["client_address", row.client_address, client?.address],
    ["user_agent", row.user_agent, client?.user_agent],
    ["input_hash", row.input_hash, content?.input_hash],
    ["fields", row.fields ?? [], fields ?? []],
    ["data", row.data ?? {}, data],
  ];
  return pairs
    .filter(([, shown, sealed]) => canonical(shown) !== canonical(sealed))
    .map(([name]) => name);
}

/** Checks what the server says of an event, and holds the row that is shown against it. */
export async function checkProof(
  row: AuditEvent,
  answer: Pick<AuditEventProof, "entry" | "disclosures" | "index" | "proof">,
  key: LogKey,
): Promise<readonly Finding[]> {
  const text = answer.entry ?? "";
  const [proof, entry] = [parseProof(answer.proof ?? ""), parseObject(text)];
  const isOwn =
    proof !== undefined &&
    proof.checkpoint.origin === key.name &&
    proof.index === BigInt(answer.index ?? -1);
  const found: Finding[] = [{ step: "note", outcome: isOwn ? "holds" : "fails" }];
  if (proof === undefined || entry === undefined || !isOwn) {
    return found;
  }
  found.push({ step: "signature", outcome: await checkSignature(proof, key) });
  const leaf = await sha256(Uint8Array.of(0), encoder.encode(text));
  const { size, root } = proof.checkpoint;
  const reached = await rootOf(leaf, proof.index, size, proof.path);
  const leads = reached !== undefined && areEqual(reached, root);
  found.push({ step: "path", outcome: leads ? "holds" : "fails" });
  const parts = await openDisclosures(entry, answer.disclosures ?? []);
  found.push({ step: "disclosures", outcome: parts === undefined ? "fails" : "holds" });
  const others = differences(row, entry, parts ?? {});
  const isEqual = others.length === 0;
  found.push({
    step: "row",
    outcome: isEqual ? "holds" : "fails",
    ...(isEqual ? {} : { what: others.join(", ") }),
  });
  return found;
}

/** Whether this browser hashes at all: it does so only for pages that came encrypted. */
export function canCheck(): boolean {
  return globalThis.crypto?.subtle !== undefined;
}
