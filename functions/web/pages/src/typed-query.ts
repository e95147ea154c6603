// Words that are being typed: the last one is the beginning of one.

/** As the API counts: what it takes for the beginning of a word, and for a query. */
const LEAST_LETTERS = 3;
const MOST_CHARACTERS = 500;

const QUOTES = /["“”„‟«»＂]/gu;
const LAST_WORD = /[\p{L}\p{N}\p{M}]+$/u;
const OPERATOR = /^(?:-.*|.*\*.*|AND|OR|NOT)$/su;

/**
 * The query to send while somebody types this: with `*` behind its last word, so that it finds
 * what begins with it. What stands in quotes is as it is, and so is a word that a space has
 * ended, one that is too short, and an operator.
 */
export function whileTyping(typed: string): string {
  const word = LAST_WORD.exec(typed)?.[0] ?? "";
  const spaced = typed.split(/\s/u).at(-1) ?? "";
  const letters = word.replace(/\p{M}/gu, "");
  const isOpen = (typed.match(QUOTES)?.length ?? 0) % 2 === 1;
  const isBeginning =
    [...letters].length >= LEAST_LETTERS &&
    [...typed].length < MOST_CHARACTERS &&
    !isOpen &&
    spaced.search(QUOTES) < 0 &&
    !OPERATOR.test(spaced);
  return isBeginning ? `${typed}*` : typed;
}
