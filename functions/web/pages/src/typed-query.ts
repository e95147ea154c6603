// Words that are being typed: the last one is the beginning of one.
//
// `*` goes only where the API takes it, and where it finds more than without it. The API cuts
// words as a text is cut (`shared/src/text`); here, what it might cut off is not counted.

/** As the API counts: what it takes for the beginning of a word, and for a query. */
const LEAST_LETTERS = 3;
const MOST_CHARACTERS = 500;

const QUOTES = /["“”„‟«»＂]/gu;
/** What the API reads over: invisible marks, but no zero width space, and the Arabic stroke. */
const IGNORED = /(?!\u200b)[\p{Default_Ignorable_Code_Point}\u0640]/gu;
/**
 * Letters, digits and marks up to the end, with what joins them to one word (`e-mail`,
 * `jane.doe@globex`), from what certainly parts words: the scripts that are written without
 * spaces, and fractions and their like.
 */
const OF_WORD = String.raw`(?:(?![\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\u02b9-\u02bf\p{No}])[\p{L}\p{N}\p{M}])+`;
const JOINER = String.raw`['\u2018\u2019\u02b9-\u02bf._@+-]`;
const LAST_WORD = new RegExp(`(?:${OF_WORD}${JOINER})*${OF_WORD}$`, "u");
const SPACE = /[\s\u0085\u200b]/u;
const HANGUL_SYLLABLE = /[가-힣]/u;
/** What excludes, what has a `*` already, and words of other query languages. */
const OPERATOR = /^[([{]*(?:-.*|.*\*.*|AND|OR|NOT)$/su;

/**
 * The query to send while somebody types this: with `*` behind its last word, so that it finds
 * what begins with it. What stands in quotes is as it is, and so is a word that a space has
 * ended, one that is too short, one that is excluded, and an operator.
 */
export function whileTyping(typed: string): string {
  const seen = typed.replace(IGNORED, "");
  const spaced = seen.split(SPACE).at(-1) ?? "";
  const isOpen = (seen.match(QUOTES)?.length ?? 0) % 2 === 1;
  const isBeginning =
    countLetters(spaced) >= LEAST_LETTERS &&
    [...typed].length < MOST_CHARACTERS &&
    !isOpen &&
    spaced.search(QUOTES) < 0 &&
    !OPERATOR.test(spaced.normalize("NFKC"));
  return isBeginning ? `${typed}*` : typed;
}

/** The letters of the last word, where a Hangul syllable is two. */
function countLetters(text: string): number {
  // It is cut twice, since compatibility forms can have something that parts words.
  const word = lastWord(lastWord(text).normalize("NFKC").replace(IGNORED, ""));
  return [...word.replace(/[^\p{L}\p{N}]|[\u02b9-\u02bf]/gu, "")].reduce(
    (count, letter) => count + (HANGUL_SYLLABLE.test(letter) ? 2 : 1),
    0,
  );
}

function lastWord(text: string): string {
  return LAST_WORD.exec(text)?.[0] ?? "";
}
