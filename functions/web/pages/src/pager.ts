// An endless list by cursor, in a document that stays small.
//
// It keeps a window of pages. What leaves the window at one end leaves the document and the
// memory; its cursor stays, so that it is loaded again when the reader comes back:
//
//     behind: cursors │ page page page │ next: a cursor
//     (newer)         └─ the window ───┘ (older)

import { type ApiError, asApiError, isAborted } from "./api/errors";
import { type Child, fill, h } from "./dom";
import { createLoading } from "./loading";
import { createReadProblem } from "./problem";
import { texts } from "./texts";

export interface PageOfRows<Row> {
  readonly rows: readonly Row[];
  readonly next: string | undefined;
}

export interface PagerParts<Row> {
  readonly load: (cursor: string | undefined, signal: AbortSignal) => Promise<PageOfRows<Row>>;
  /** A page's rows. `continues`: the row above them, where there is one. */
  readonly render: (rows: readonly Row[], continues: Row | undefined) => HTMLElement;
  /** What to say where there is no row at all. */
  readonly empty: () => Child;
  /** What to say behind the last row. */
  readonly end?: string;
  readonly announce: (text: string) => void;
  /** Told of the rows with which the list begins anew, and whether these are the newest. */
  readonly began?: (rows: readonly Row[], newest: boolean) => void;
  /** Told of each error; answers whether it has shown it itself. */
  readonly failed?: (error: ApiError) => boolean;
}

export interface Pager<Row> {
  readonly element: HTMLElement;
  /** Begins anew with the first page, and keeps showing what is there until that has come. */
  restart(): void;
  /** Begins at a place that `placeOf` told; `then` is called when its rows are there. */
  resume(place: Place, then: () => void): void;
  /** Where a row is that is in the window, for coming back to it. */
  placeOf(row: Row): Place | undefined;
  stop(): void;
  /** The rows of the window, in their order. */
  rows(): readonly Row[];
}

/** The page of a row, and the pages before it. `null` is the first page. */
export interface Place {
  readonly behind: readonly (string | null)[];
  readonly cursor: string | null;
}

const NEWEST: Place = { behind: [], cursor: null };

interface Loaded<Row> extends PageOfRows<Row> {
  /** The cursor that it was loaded with. */
  readonly cursor: string | undefined;
}

interface Page<Row> extends Loaded<Row> {
  readonly element: HTMLElement;
}

/** 6 pages of 50 rows are some screens in both directions. */
const WINDOW_PAGES = 6;
/** Cursors that are kept for the way back; before them, the way back is to the newest. */
const MAX_BEHIND = 500;
/** Pages without a row, in sequence, before the reader is asked whether to go on. */
const MAX_EMPTY_PAGES = 10;
/** How far before its end the list is continued. */
const AHEAD = "800px";

/** What is written there, a sentence each, without its buttons. */
function sentencesIn(element: HTMLElement): string {
  const said = [...element.querySelectorAll("h2, h3, p")].map(({ textContent }) => textContent);
  return said.map((text) => text.replace(/[^.]$/, "$&.")).join(" ");
}

export function createPager<Row>(parts: PagerParts<Row>): Pager<Row> {
  let pages: Page<Row>[] = [];
  let behind: (string | undefined)[] = [];
  let next: string | undefined;
  let running: AbortController | undefined;

  const list = h("div", { class: "pages" });
  const above = h("div", { class: "pager-edge" });
  const below = h("div", { class: "pager-edge" });
  const element = h("div", { class: "pager", tabindex: "-1" }, above, list, below);

  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (entry.isIntersecting && running === undefined) {
          if (entry.target === below && below.dataset.state === "more") {
            void older();
          } else if (entry.target === above && above.dataset.state === "more") {
            void newer();
          }
        }
      }
    },
    { rootMargin: `${AHEAD} 0px` },
  );

  /** The observer tells of changes alone; what has stayed in sight has to be told anew. */
  function watch(edge: HTMLElement): void {
    observer.unobserve(edge);
    observer.observe(edge);
  }

  function edge(target: HTMLElement, state: string, ...children: readonly Child[]): void {
    // Whoever was here goes on with what is here now.
    const hadFocus = target.contains(document.activeElement);
    target.dataset.state = state;
    fill(target, ...children);
    target.hidden = children.length === 0;
    if (hadFocus) {
      const next = target.querySelector<HTMLElement>("button, a[href], [tabindex]");
      next?.focus({ preventScroll: true });
    }
  }

  function button(label: string, action: () => void): HTMLElement {
    return h("button", { type: "button", class: "quiet", on: { click: action } }, label);
  }

  function showEdges(): void {
    if (behind.length > 0) {
      const back = button(texts.pager.newest, () =>
        begin(NEWEST, () => {
          window.scrollTo({ top: 0, behavior: "instant" });
          focusIn(list);
        }),
      );
      edge(
        above,
        "more",
        button(texts.pager.newer, () => void newer(true)),
        back,
      );
      watch(above);
    } else {
      edge(above, "none");
    }
    if (pages.length === 0) {
      edge(below, "empty", parts.empty());
    } else if (next !== undefined) {
      edge(
        below,
        "more",
        button(texts.pager.older, () => void older(true)),
      );
      watch(below);
    } else if (parts.end !== undefined) {
      edge(below, "end", h("p", { class: "fine" }, parts.end));
    } else {
      edge(below, "end");
    }
  }

  function showError(target: HTMLElement, thrown: unknown, retry: () => void): void {
    const error = asApiError(thrown);
    if (parts.failed?.(error) !== true) {
      edge(target, "failed", createReadProblem(error, retry));
    } else {
      edge(target, "failed");
    }
  }

  /** Runs one load at a time; a later one overtakes. Answers whether it came to its end. */
  async function run(
    target: HTMLElement,
    retry: () => void,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<boolean> {
    running?.abort();
    const own = new AbortController();
    running = own;
    element.setAttribute("aria-busy", "true");
    edge(target, "loading", createLoading({ tabindex: "-1" }));
    try {
      await work(own.signal);
      return true;
    } catch (error) {
      if (!isAborted(error) && running === own) {
        running = undefined;
        showError(target, error, retry);
      }
      return false;
    } finally {
      if (running === own) {
        running = undefined;
      }
      if (running === undefined) {
        element.removeAttribute("aria-busy");
      }
    }
  }

  /** The next page that has rows, or the last one. */
  async function loadFrom(cursor: string | undefined, signal: AbortSignal): Promise<Loaded<Row>> {
    let from = cursor;
    for (let empty = 0; ; empty += 1) {
      const page = await parts.load(from, signal);
      signal.throwIfAborted();
      if (page.rows.length > 0 || page.next === undefined || empty >= MAX_EMPTY_PAGES) {
        return { ...page, cursor: from };
      }
      from = page.next;
    }
  }

  function lastRow(): Row | undefined {
    return pages.at(-1)?.rows.at(-1);
  }

  /** Changes the document so that what the reader looks at stays where it is. */
  function holding(anchor: Element | null | undefined, change: () => void): void {
    const before = anchor?.getBoundingClientRect().top ?? 0;
    change();
    if (anchor?.isConnected) {
      window.scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
    }
  }

  /** Which row has the focus, to be found again among other rows; nothing, where none has. */
  function focusedRow(): string | undefined {
    const { activeElement: active } = document;
    return list.contains(active) ? ((active as HTMLElement).dataset.row ?? "") : undefined;
  }

  function focusOnRow(name: string): void {
    const named = [...list.querySelectorAll<HTMLElement>("[data-row]")];
    const row = named.find(({ dataset }) => dataset.row === name);
    if (row === undefined) {
      focusIn(list);
    } else {
      row.focus({ preventScroll: true });
    }
  }

  function focusIn(rows: HTMLElement): void {
    // Where there is no row any more, on what says so.
    const row = rows.querySelector<HTMLElement>("a[href], button");
    (row ?? element).focus({ preventScroll: true });
  }

  async function older(moveFocus = false): Promise<void> {
    const cursor = next;
    if (cursor === undefined) {
      return;
    }
    await run(
      below,
      () => void older(moveFocus),
      async (signal) => {
        const loaded = await loadFrom(cursor, signal);
        next = loaded.next;
        if (loaded.rows.length > 0) {
          const page = { ...loaded, element: parts.render(loaded.rows, lastRow()) };
          holding(pages.at(-1)?.element.lastElementChild, () => {
            list.appendChild(page.element);
            pages.push(page);
            while (pages.length > WINDOW_PAGES) {
              const gone = pages.shift();
              gone?.element.remove();
              behind.push(gone?.cursor);
            }
            behind = behind.slice(-MAX_BEHIND);
          });
          if (moveFocus) {
            focusIn(page.element);
          }
          parts.announce(texts.pager.shown(loaded.rows.length, next !== undefined));
        }
        if (loaded.rows.length === 0 && next !== undefined) {
          askWhetherToGoOn();
        } else {
          showEdges();
        }
      },
    );
  }

  function askWhetherToGoOn(): void {
    edge(
      below,
      "asks",
      h("p", {}, texts.pager.searching),
      button(texts.pager.keepLooking, () => void older(true)),
    );
  }

  async function newer(moveFocus = false): Promise<void> {
    const following = pages[0];
    if (behind.length === 0 || following === undefined) {
      return;
    }
    await run(
      above,
      () => void newer(moveFocus),
      async (signal) => {
        const cursor = behind.at(-1);
        const loaded = await parts.load(cursor, signal);
        signal.throwIfAborted();
        behind.pop();
        const page = {
          ...loaded,
          cursor,
          element: parts.render(loaded.rows, undefined),
        };
        if (loaded.next !== following.cursor) {
          // Rows were logged in between, so what follows is not what the window has.
          behind = cursor === undefined ? [] : behind;
          pages = [page];
          list.replaceChildren(page.element);
          next = loaded.next;
          page.element.lastElementChild?.scrollIntoView({ block: "nearest" });
          parts.began?.(page.rows, cursor === undefined);
        } else {
          holding(following.element, () => {
            list.prepend(page.element);
            pages.unshift(page);
            while (pages.length > WINDOW_PAGES) {
              const gone = pages.pop();
              gone?.element.remove();
              next = gone?.cursor;
            }
          });
        }
        if (moveFocus) {
          focusIn(page.element);
        }
        showEdges();
      },
    );
  }

  function restart(): void {
    begin(NEWEST);
  }

  function begin(place: Place, then?: () => void): void {
    const again = () => begin(place, then);
    void run(below, again, async (signal) => {
      if (pages.length > 0) {
        // What is there stays in sight, marked as old by `aria-busy`, until the answer.
        edge(below, "loading");
      }
      edge(above, "none");
      const loaded = await loadFrom(place.cursor ?? undefined, signal);
      pages = [];
      behind = place.behind.map((cursor) => cursor ?? undefined);
      next = loaded.next;
      const focused = focusedRow();
      list.replaceChildren();
      if (loaded.rows.length > 0) {
        const page = { ...loaded, element: parts.render(loaded.rows, undefined) };
        pages.push(page);
        list.appendChild(page.element);
      }
      if (focused !== undefined) {
        focusOnRow(focused);
      }
      if (loaded.rows.length === 0 && next !== undefined) {
        askWhetherToGoOn();
      } else {
        showEdges();
        parts.announce(
          loaded.rows.length === 0
            ? sentencesIn(below)
            : texts.pager.shown(loaded.rows.length, next !== undefined),
        );
      }
      parts.began?.(loaded.rows, place.cursor === null);
    }).then((done) => {
      if (done) {
        then?.();
      } else if (below.dataset.state === "failed" && pages.length > 0) {
        // Rows of another question are no answer to this one.
        pages = [];
        list.replaceChildren();
      }
    });
  }

  return {
    element,
    restart,
    resume: begin,
    placeOf(row) {
      const at = pages.findIndex((page) => page.rows.includes(row));
      const page = pages[at];
      if (page === undefined) {
        return undefined;
      }
      const before = [...behind, ...pages.slice(0, at).map(({ cursor }) => cursor)];
      return {
        behind: before.slice(-MAX_BEHIND).map((cursor) => cursor ?? null),
        cursor: page.cursor ?? null,
      };
    },
    stop() {
      running?.abort();
      observer.disconnect();
    },
    rows: () => pages.flatMap((page) => page.rows),
  };
}

/** Begins a list, or goes on at the row to which the browser's own "back" leads. */
export function beginOrResume<Row>(pager: Pager<Row>, name: "row" | "event"): void {
  const state = window.history.state as { place?: Place; row?: string } | null;
  if (state?.place === undefined) {
    pager.restart();
    return;
  }
  pager.resume(state.place, () => {
    const rows = pager.element.querySelectorAll<HTMLElement>(`[data-${name}]`);
    const row = [...rows].find(({ dataset }) => dataset[name] === state.row);
    const focused = name === "row" ? row : row?.querySelector<HTMLElement>("[data-row]");
    focused?.focus();
    row?.scrollIntoView({ block: "center" });
  });
}
