// The server's clock, as its answers tell it. A key ends by that clock, and the reader's own may
// be wrong by hours.

let ahead = 0;

/** Takes note of the header `Date` of an answer. It has no fractions, so this clock is not fast. */
export function noteServerTime(date: string | null): void {
  const at = Date.parse(date ?? "");
  if (!Number.isNaN(at)) {
    ahead = at - Date.now();
  }
}

export function serverNow(): number {
  return Date.now() + ahead;
}
