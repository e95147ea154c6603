// Times as the reader's clock shows them. UTC is at hand in each: in the title for a pointer,
// in `datetime` for programs, and written out where a page has room for it.

import { h } from "./dom";

/** The texts are English, so the dates are, too: in the reader's English, or in Britain's. */
const locale = navigator.languages.find((language) => /^en\b/i.test(language)) ?? "en-GB";

const time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const shortDate = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
const dateAndTime = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
const exact = new Intl.DateTimeFormat(locale, {
  dateStyle: "full",
  timeStyle: "long",
});
const day = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
const dayOfYear = new Intl.DateTimeFormat(locale, { dateStyle: "full" });

function written(format: Intl.DateTimeFormat, iso: string): string {
  const at = new Date(iso);
  // What is no time is shown as it came, and breaks no page.
  return Number.isNaN(at.getTime()) ? iso : format.format(at);
}

/** `2026-03-01 09:30:00.000 UTC`, of the form in which the API writes times. */
export function inUtc(iso: string): string {
  return iso.replace("T", " ").replace(/Z$/, " UTC");
}

function element(format: Intl.DateTimeFormat, iso: string): HTMLTimeElement {
  return h("time", { datetime: iso, title: inUtc(iso) }, written(format, iso));
}

/** The time of a day that is said elsewhere. */
export const timeOfDay = (iso: string): HTMLTimeElement => element(time, iso);
export const dateTime = (iso: string): HTMLTimeElement => element(dateAndTime, iso);
/** In full, with the name of the zone. */
export const exactTime = (iso: string): HTMLTimeElement => element(exact, iso);

export const dateTimeText = (iso: string): string => written(dateAndTime, iso);
export const dateText = (iso: string): string => written(shortDate, iso);

/** The day on which it was where the reader is, as `2026-03-01`. */
export function dayKey(at: Date): string {
  const pad = (value: number, width: number) => String(value).padStart(width, "0");
  return `${pad(at.getFullYear(), 4)}-${pad(at.getMonth() + 1, 2)}-${pad(at.getDate(), 2)}`;
}

/** "Today", "Yesterday", or the day by its name; with the year where it is another one. */
export function dayTitle(iso: string, words: { today: string; yesterday: string }): string {
  const at = new Date(iso);
  const now = new Date();
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  if (dayKey(at) === dayKey(now)) {
    return words.today;
  }
  if (dayKey(at) === dayKey(yesterday)) {
    return words.yesterday;
  }
  return written(at.getFullYear() === now.getFullYear() ? day : dayOfYear, iso);
}

/** The beginning of a day of the reader's, `days` later, as the API takes it. */
export function startOfDay(key: string, days = 0): string | undefined {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(key);
  if (parts === null) {
    return undefined;
  }
  // Through the fields of the date, because a day is not always 24 hours long; and not by the
  // constructor, which takes the years before 100 for years after 1900.
  const at = new Date(2000, 0, 1);
  at.setFullYear(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]) + days);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** Whether a time of a control is none of the reader's clock, which was put forward over it. */
export function isSkipped(local: string): boolean {
  const at = new Date(local);
  const minute = /T(\d{2}):(\d{2})/.exec(local);
  return (
    minute !== null &&
    !Number.isNaN(at.getTime()) &&
    (at.getHours() !== Number(minute[1]) || at.getMinutes() !== Number(minute[2]))
  );
}

const calendar = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" });

/** A day without a time, as `2026-03-01`: the same day wherever the reader is. */
export function calendarDay(date: string): HTMLTimeElement {
  return h("time", { datetime: date }, written(calendar, date));
}

export const zone = new Intl.DateTimeFormat(locale).resolvedOptions().timeZone;
