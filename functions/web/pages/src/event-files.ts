// Takes away what the filters of the trail find, as a file: newest first, within a bound, and
// with its number told.

import type { AuditEvent } from "./api/client";
import { asApiError, isAborted } from "./api/errors";
import { fill, h } from "./dom";
import { download, toCsv, toJsonLines } from "./download";
import { eventCells, eventColumns } from "./events";
import { createProblem } from "./problem";
import { texts } from "./texts";

const { trail } = texts;

/** A file has so many events at most: some megabytes, made in the memory of the page. */
export const MAX_FILE_EVENTS = 5_000;
export const FILE_PAGE_EVENTS = 100;
/** Pages may be short, or empty: so many are asked for at most. */
export const MAX_FILE_PAGES = 200;

type Load = (
  cursor: string | undefined,
  limit: number,
  signal: AbortSignal,
) => Promise<{ readonly audit_events: readonly AuditEvent[]; readonly next_cursor?: string }>;

export interface Collected {
  readonly events: readonly AuditEvent[];
  /** Whether there are more than these. */
  readonly areMore: boolean;
}

/** The newest events, page after page. `progress` is told of their number. */
export async function collectEvents(
  load: Load,
  signal: AbortSignal,
  progress: (count: number) => void,
): Promise<Collected> {
  const events: AuditEvent[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < MAX_FILE_PAGES && events.length < MAX_FILE_EVENTS; pages += 1) {
    signal.throwIfAborted();
    const limit = Math.min(FILE_PAGE_EVENTS, MAX_FILE_EVENTS - events.length);
    const answer = await load(cursor, limit, signal);
    events.push(...answer.audit_events);
    cursor = answer.next_cursor;
    if (cursor === undefined) {
      return { events, areMore: false };
    }
    progress(events.length);
  }
  return { events, areMore: true };
}

export interface EventFilesParts {
  readonly load: Load;
  /** For the name of the file. */
  readonly workspace: string;
  readonly announce: (text: string) => void;
}

export interface EventFiles {
  /** A button for each form. */
  readonly tools: readonly HTMLElement[];
  /** What became of it. */
  readonly told: HTMLElement;
  /** Whether there is anything to take away. */
  show(any: boolean): void;
  /** The filters are others now, or the reader has left: what was begun is no file of these. */
  forget(): void;
}

type Form = "csv" | "jsonl";

export function createEventFiles(parts: EventFilesParts): EventFiles {
  let running: AbortController | undefined;
  const csv = button(trail.csv, () => void take("csv"));
  const jsonLines = button(trail.jsonLines, () => void take("jsonl"));
  const stop = button(texts.cancel, () => running?.abort());
  const told = h("div", { class: "downloaded" });

  function button(label: string, click: () => void): HTMLButtonElement {
    return h("button", { type: "button", class: "quiet", on: { click } }, label);
  }

  function show(any: boolean): void {
    csv.hidden = !any;
    jsonLines.hidden = !any;
  }

  function showRunning(now: AbortController | undefined): void {
    running = now;
    csv.disabled = now !== undefined;
    jsonLines.disabled = now !== undefined;
    stop.hidden = now === undefined;
  }

  function tell(text: string): void {
    fill(told, h("p", {}, text));
    parts.announce(text);
  }

  function save(form: Form, { events, areMore }: Collected): void {
    const at = new Date().toISOString().replace(/[:.]/g, "-");
    const name = `audit-trail-${parts.workspace}-${at}.${form}`;
    if (form === "csv") {
      download(name, "text/csv", toCsv(eventColumns, events.map(eventCells)));
    } else {
      download(name, "application/x-ndjson", toJsonLines(events));
    }
    const count = events.length.toLocaleString("en");
    tell(
      areMore
        ? trail.downloadedFirst(name, count)
        : trail.downloaded(name, count, events.length === 1),
    );
  }

  function showError(form: Form, thrown: unknown): void {
    if (isAborted(thrown)) {
      tell(trail.downloadStopped);
    } else {
      fill(
        told,
        createProblem(asApiError(thrown), () => void take(form)),
      );
    }
  }

  async function take(form: Form): Promise<void> {
    const own = new AbortController();
    showRunning(own);
    stop.focus();
    try {
      const collected = await collectEvents(parts.load, own.signal, (count) =>
        fill(told, h("p", {}, trail.downloading(count.toLocaleString("en")))),
      );
      save(form, collected);
    } catch (thrown) {
      if (running === own) {
        showError(form, thrown);
      }
    } finally {
      if (running === own) {
        const hadFocus = document.activeElement === stop;
        showRunning(undefined);
        if (hadFocus) {
          (form === "csv" ? csv : jsonLines).focus();
        }
      }
    }
  }

  show(false);
  showRunning(undefined);
  return {
    tools: [csv, jsonLines, stop],
    told,
    show,
    forget() {
      running?.abort();
      showRunning(undefined);
      fill(told);
    },
  };
}
