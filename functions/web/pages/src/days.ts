// Rows by the day on which they were where the reader is, each day under its heading.

import { fill, h } from "./dom";
import { texts } from "./texts";
import { dayKey, dayTitle } from "./times";

/** A page of rows. `above` is the row before it, whose day may go on here. */
export function createDays<Row extends { readonly occurred_at: string }>(
  rows: readonly Row[],
  above: Row | undefined,
  createRow: (row: Row) => HTMLElement,
): HTMLElement {
  const element = h("div", { class: "page" });
  let day = above === undefined ? undefined : dayKey(new Date(above.occurred_at));
  let list: HTMLElement | undefined;
  for (const row of rows) {
    const key = dayKey(new Date(row.occurred_at));
    if (list === undefined || key !== day) {
      const heading = h("h2", { class: "day" }, dayTitle(row.occurred_at, texts.days));
      heading.dataset.at = row.occurred_at;
      // The day of the page above goes on; when that page is gone, this is its heading.
      heading.classList.toggle("continues", list === undefined && key === day);
      list = h("ol", { class: "rows" });
      element.append(heading, list);
      day = key;
    }
    list.append(createRow(row));
  }
  return element;
}

const MINUTE_MS = 60_000;

/** "Today" is another day after midnight: names the days in `root` anew. Answers with its end. */
export function keepDaysCurrent(root: HTMLElement): () => void {
  let today = dayKey(new Date());
  const timer = setInterval(() => {
    const now = dayKey(new Date());
    if (now !== today) {
      today = now;
      for (const heading of root.querySelectorAll<HTMLElement>("[data-at]")) {
        fill(heading, dayTitle(heading.dataset.at ?? "", texts.days));
      }
    }
  }, MINUTE_MS);
  return () => clearInterval(timer);
}
