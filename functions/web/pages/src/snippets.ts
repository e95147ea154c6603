// What a row shows of a body, in parts: what the words of a search found is marked.

import type { Activity } from "./api/client";

export interface SnippetPart {
  readonly text: string;
  readonly marked: boolean;
}

/** So much stands in front of the first mark, which is then within the first lines. */
const MOST_BEFORE = 60;

const isSpace = (character: string | undefined) => character?.trim() === "";

/** Where a word begins at `from` or soon behind it. */
function wordAt(characters: readonly string[], from: number, to: number): number {
  const space = characters.slice(from, to).findIndex(isSpace);
  return space < 0 ? from : from + space + 1;
}

/** The snippet without what the summary has said, and without white space around it. */
export function snippetParts(
  activity: Pick<Activity, "snippet" | "match" | "summary">,
): readonly SnippetPart[] {
  const { snippet = "", match = [], summary } = activity;
  // Places are counted in characters, and not in the units of UTF-16.
  const characters = [...snippet];
  let start = snippet.startsWith(summary) ? [...summary].length : 0;
  let end = characters.length;
  while (start < end && isSpace(characters[start])) {
    start += 1;
  }
  while (start < end && isSpace(characters[end - 1])) {
    end -= 1;
  }
  const places = match.filter((place) => place.end > start && place.start < end);
  const first = places[0]?.start ?? start;
  const isCut = first - start > MOST_BEFORE;
  if (isCut) {
    start = wordAt(characters, first - MOST_BEFORE, first);
  }
  const parts: SnippetPart[] = isCut ? [{ text: "… ", marked: false }] : [];
  const add = (to: number, marked: boolean) => {
    if (to > start) {
      parts.push({ text: characters.slice(start, to).join(""), marked });
      start = to;
    }
  };
  for (const place of places) {
    add(Math.min(place.start, end), false);
    add(Math.min(place.end, end), true);
  }
  add(end, false);
  return parts;
}
