// What state a key is in, and what can be done with it then.

import type { Key } from "./api/client";

/**
 * `rotated` has a successor and is taken beside it; `ended` is over by its own end, and
 * `revoked` by somebody's decision, whatever else it was.
 */
export type KeyState = "active" | "expires_soon" | "rotated" | "ended" | "revoked";

/** So long before its end, a key is due for rotation. */
const SOON_MS = 14 * 24 * 60 * 60 * 1000;

export function keyState(key: Key, nowMs: number): KeyState {
  if (key.revoked_at !== undefined) {
    return "revoked";
  }
  const endsAt =
    key.expires_at === undefined ? Number.POSITIVE_INFINITY : Date.parse(key.expires_at);
  if (endsAt <= nowMs) {
    return "ended";
  }
  if (key.replaced_by !== undefined) {
    return "rotated";
  }
  return endsAt - nowMs <= SOON_MS ? "expires_soon" : "active";
}

/** A key that has ended can have a successor, as long as it has none. */
export function isRotatable(key: Key, nowMs: number): boolean {
  return key.replaced_by === undefined && keyState(key, nowMs) !== "revoked";
}

/** What is over needs no revocation. */
export function isRevocable(key: Key, nowMs: number): boolean {
  const state = keyState(key, nowMs);
  return state !== "revoked" && state !== "ended";
}

/** For so long, the last use of a key is known. */
const USE_KNOWN_MS = 400 * 24 * 60 * 60 * 1000;

/** Whether a key that tells no last use was never used: an older one may have been, before. */
export function isUseKnown(key: Key, nowMs: number): boolean {
  return nowMs - Date.parse(key.created_at) < USE_KNOWN_MS;
}
