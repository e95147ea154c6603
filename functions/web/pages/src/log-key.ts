// The public key of a log, as a text: `<name>+<id>+<key>`, the verifier key of C2SP's signed
// notes. The reader has it from somewhere else, and this browser can remember it.

/** What verifies the signatures of one log. */
export interface LogKey {
  /** The name of the log. */
  readonly name: string;
  /** The first bytes of a hash of name and key, by which a signature names its key. */
  readonly id: Uint8Array;
  readonly publicKey: Uint8Array<ArrayBuffer>;
}

/** Why a text is no key: a name of a text. */
export type KeyProblem = "form" | "kind" | "id";

const ID_BYTES = 4;
const KEY_BYTES = 32;
/** Ed25519, over the text of a note. */
const ED25519 = 1;
const LOG_KEY = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/;

/** The bytes of base 64 in its one form; nothing where it is none. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    return btoa(String.fromCharCode(...bytes)) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export async function sha256(...parts: readonly Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}

export function areEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** Reads a key. Its id has to be that of the key, or the text was damaged. */
export async function parseLogKey(text: string): Promise<LogKey | KeyProblem> {
  const [, name, id, base64] = LOG_KEY.exec(text.trim()) ?? [];
  const bytes = base64 === undefined ? undefined : fromBase64(base64);
  if (name === undefined || id === undefined || bytes === undefined) {
    return "form";
  }
  if (bytes[0] !== ED25519 || bytes.length !== 1 + KEY_BYTES) {
    return "kind";
  }
  const hash = await sha256(new TextEncoder().encode(`${name}\n`), bytes);
  const own = hash.slice(0, ID_BYTES);
  const hex = Array.from(own, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex === id ? { name, id: own, publicKey: bytes.slice(1) } : "id";
}

const KEPT = "activity-log.log-key.";

/** localStorage, which a browser may refuse in a frame of another site. It holds no secret. */
export function rememberedKey(workspace: string): string | undefined {
  try {
    return window.localStorage.getItem(KEPT + workspace) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Remembers a key for a workspace, or forgets it. */
export function rememberKey(workspace: string, text: string | undefined): void {
  try {
    if (text === undefined) {
      window.localStorage.removeItem(KEPT + workspace);
    } else {
      window.localStorage.setItem(KEPT + workspace, text);
    }
  } catch {
    // Then it has to be pasted again.
  }
}
