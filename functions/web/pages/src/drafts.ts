// The idempotency key of what is written: the same for as long as the same is sent, so that a
// second click or a retry makes no second one. Another input is another write, with a key of
// its own.

export interface Draft {
  keyFor(input: unknown): string;
  /** It was accepted: what comes next is another one, also if it looks the same. */
  accepted(): void;
}

/** Not `randomUUID`, which browsers have for encrypted addresses alone. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function createDraft(): Draft {
  let sent: { readonly json: string; readonly key: string } | undefined;
  return {
    keyFor(input) {
      const json = JSON.stringify(input);
      if (sent?.json !== json) {
        sent = { json, key: `pages-${randomKey()}` };
      }
      return sent.key;
    },
    accepted() {
      sent = undefined;
    },
  };
}
