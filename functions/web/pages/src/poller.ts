// Asks again and again whether there is something new, and is kind about it: rarely where
// nothing happens, less after an error, and not at all while nobody looks or the browser is
// offline.

import { asApiError, isAborted } from "./api/errors";

const SHORTEST_MS = 20_000;
const LONGEST_MS = 120_000;
const LONGEST_AFTER_ERRORS_MS = 600_000;

/** `ask` answers whether there was something new. A refusal that stays ends the asking. */
export function startPolling(ask: (signal: AbortSignal) => Promise<boolean>): { stop(): void } {
  let pauseMs = SHORTEST_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking: AbortController | undefined;
  let stopped = false;

  const mayAsk = () => !stopped && !document.hidden && navigator.onLine;

  function wait(): void {
    clearTimeout(timer);
    if (mayAsk()) {
      timer = setTimeout(() => void askOnce(), pauseMs);
    }
  }

  async function askOnce(): Promise<void> {
    if (!mayAsk() || asking !== undefined) {
      return;
    }
    const own = new AbortController();
    asking = own;
    try {
      const news = await ask(own.signal);
      pauseMs = news ? SHORTEST_MS : Math.min(pauseMs * 1.5, LONGEST_MS);
    } catch (thrown) {
      if (isAborted(thrown)) {
        return;
      }
      const error = asApiError(thrown);
      if (
        ["unauthorized", "forbidden", "invalid", "malformed", "not_found"].includes(error.failure)
      ) {
        stop();
        return;
      }
      pauseMs = Math.min(pauseMs * 2, LONGEST_AFTER_ERRORS_MS);
      pauseMs = Math.max(pauseMs, error.retryAfterMs ?? 0);
    } finally {
      if (asking === own) {
        asking = undefined;
      }
    }
    wait();
  }

  /** Somebody looks again: what was missed is asked for soon. */
  function awake(): void {
    if (mayAsk()) {
      pauseMs = Math.max(1_000, Math.min(pauseMs, SHORTEST_MS));
      wait();
    } else {
      clearTimeout(timer);
      asking?.abort();
      asking = undefined;
    }
  }

  function stop(): void {
    stopped = true;
    clearTimeout(timer);
    asking?.abort();
    document.removeEventListener("visibilitychange", awake);
    window.removeEventListener("online", awake);
    window.removeEventListener("offline", awake);
  }

  document.addEventListener("visibilitychange", awake);
  window.addEventListener("online", awake);
  window.addEventListener("offline", awake);
  wait();
  return { stop };
}
