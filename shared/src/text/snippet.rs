//! The part of a text that a row shows.
//!
//! Guarantees: it is a part of the text as it is, without a character more; it is the
//! window with the most different places, and the first of those; it is cut between
//! words where one ends near, and never between a letter and its marks.

use std::collections::HashMap;
use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use super::fold::joins_previous;
use super::script::is_unspaced;

const ZERO_WIDTH_JOINER: char = '\u{200D}';

/// A part of a text, with what was found in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The part.
    pub text: String,
    /// Where in it something was found, in characters, in order and without overlap.
    pub matches: Vec<Range<usize>>,
}

/// The best part of a text of at most so many characters. The places are in bytes, in
/// order and without overlap; without any, it is the beginning of the text.
///
/// # Panics
///
/// When a place is not within the text, or cuts a character.
#[must_use]
pub fn snippet(text: &str, places: &[Range<usize>], max_chars: usize) -> Snippet {
    let chars: Vec<char> = text.chars().collect();
    let places = in_chars(text, places);
    let window = window(&chars, &best(&chars, &places, max_chars), max_chars);
    let clip = |at: usize| at.clamp(window.start, window.end) - window.start;
    let matches = places.iter().map(|place| clip(place.start)..clip(place.end));
    let matches = matches.filter(|place| !place.is_empty()).collect();
    Snippet { text: chars[window].iter().collect(), matches }
}

/// Places in characters.
fn in_chars(text: &str, places: &[Range<usize>]) -> Vec<Range<usize>> {
    let (mut bytes, mut chars) = (0, 0);
    let mut char_at = |byte: usize| {
        chars += text[bytes..byte].chars().count();
        bytes = byte;
        chars
    };
    places.iter().map(|place| char_at(place.start)..char_at(place.end)).collect()
}

/// From the first to the last of the places that are to be seen.
fn best(chars: &[char], places: &[Range<usize>], max_chars: usize) -> Range<usize> {
    let word = |place: &Range<usize>| -> String {
        chars[place.clone()].iter().flat_map(|c| c.to_lowercase()).collect()
    };
    let words: Vec<String> = places.iter().map(word).collect();
    let mut best = 0..0;
    let mut most = 0;
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let mut next = 0;
    for (first, place) in places.iter().enumerate() {
        while next < places.len() && (next == first || places[next].end <= place.start + max_chars)
        {
            *counts.entry(&words[next]).or_default() += 1;
            next += 1;
        }
        if counts.len() > most {
            most = counts.len();
            best = place.start..places[next - 1].end;
        }
        if let Some(count) = counts.get_mut(words[first].as_str()) {
            *count -= 1;
            if *count == 0 {
                counts.remove(words[first].as_str());
            }
        }
    }
    best
}

/// A window around what is to be seen, with as much in front of it as behind it, where
/// there is.
fn window(chars: &[char], seen: &Range<usize>, max_chars: usize) -> Range<usize> {
    if chars.len() <= max_chars {
        return 0..chars.len();
    }
    // A cut between words is not worth more of the window.
    let max_moved = max_chars / 4;
    if seen.end <= max_chars {
        return 0..end(chars, max_chars, seen.end, max_moved);
    }
    let room = max_chars.saturating_sub(seen.len());
    let start_at_most = seen.start.min(chars.len() - max_chars);
    let start_at_most = start_at_most.min(seen.start - room / 2);
    let start = start(chars, start_at_most, seen.start, max_moved);
    let limit = chars.len().min(start + max_chars);
    start..end(chars, limit, seen.end.min(limit), max_moved)
}

/// Where a word begins at `from` or soon behind it, but not behind `to`.
fn start(chars: &[char], from: usize, to: usize, max_behind: usize) -> usize {
    let to = to.min(from + max_behind);
    let begins = |at: &usize| {
        *at == 0 || !chars[*at].is_whitespace() && ends_word(chars[*at - 1], chars[*at])
    };
    let splits = |at: &usize| *at == 0 || may_part(chars[*at - 1], chars[*at]);
    (from..=to).find(begins).or_else(|| (from..=to).find(splits)).unwrap_or(from)
}

/// Where a word ends at `from` or soon before it, but not before `to`.
fn end(chars: &[char], from: usize, to: usize, max_before: usize) -> usize {
    let to = to.max(from.saturating_sub(max_before));
    let ends = |at: &usize| {
        *at == chars.len()
            || *at > 0 && !chars[*at - 1].is_whitespace() && ends_word(chars[*at - 1], chars[*at])
    };
    let splits = |at: &usize| *at == chars.len() || *at > 0 && may_part(chars[*at - 1], chars[*at]);
    (to..=from).rev().find(ends).or_else(|| (to..=from).rev().find(splits)).unwrap_or(from)
}

/// Whether a word may end between two characters.
fn ends_word(before: char, after: char) -> bool {
    let is_of_word = |c: char| c.is_alphanumeric() || is_combining_mark(c);
    let within = is_of_word(before) && is_of_word(after);
    may_part(before, after) && (!within || is_unspaced(before) || is_unspaced(after))
}

/// Whether what a reader takes for one character may end between two.
fn may_part(before: char, after: char) -> bool {
    let is_skin_tone = matches!(after, '\u{1F3FB}'..='\u{1F3FF}');
    before != ZERO_WIDTH_JOINER && !is_skin_tone && !joins_previous(after)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::TextQuery;
    use super::super::tests::any_text;
    use super::*;

    /// The snippet of what a query finds, with its matches in brackets.
    fn marked(text: &str, query: &str, max_chars: usize) -> String {
        let places = TextQuery::parse(query).unwrap().places(text);
        let Snippet { text, matches } = snippet(text, &places, max_chars);
        assert!(text.chars().count() <= max_chars);
        let mut marked = String::new();
        for (at, c) in text.chars().chain([' ']).enumerate() {
            marked.extend(matches.iter().filter(|place| place.end == at).map(|_| ']'));
            marked.extend(matches.iter().filter(|place| place.start == at).map(|_| '['));
            marked.push(c);
        }
        marked.pop();
        marked
    }

    #[test]
    fn a_short_text_is_its_own_snippet() {
        assert_eq!(marked(" A price, prices. ", "price", 20), " A [price], [prices]. ");
        assert_eq!(marked("値下げセール", "下げ", 6), "値[下げ]セール");
        assert_eq!(snippet("", &[], 240), Snippet::default());
    }

    #[test]
    fn without_a_place_it_is_the_beginning() {
        assert_eq!(marked("one two three four", "absent", 9), "one two");
        assert_eq!(marked("one two three four", "absent", 13), "one two three");
        // No word ends near.
        assert_eq!(marked("abcdefghijklmnop", "absent", 8), "abcdefgh");
        assert_eq!(marked("値下げセール中です", "absent", 4), "値下げセ");
    }

    #[test]
    fn a_place_near_the_beginning_leaves_the_beginning() {
        assert_eq!(marked("the price of one and of two", "price", 14), "the [price] of");
    }

    #[test]
    fn what_stands_around_a_place_is_cut_between_words() {
        let text =
            format!("{}a fine price for them {}", "one two ".repeat(20), "six ten ".repeat(20));
        assert_eq!(marked(&text, "price", 30), "two a fine [price] for them six");
        let text = format!("{}price", "one two ".repeat(20));
        assert_eq!(marked(&text, "price", 20), "two one two [price]");
        let text = format!("{}値下げ{}", "東京".repeat(30), "大阪".repeat(30));
        assert_eq!(marked(&text, "値下げ", 9), "京東京[値下げ]大阪大");
    }

    #[test]
    fn the_window_with_the_most_different_places_is_the_best_and_of_those_the_first() {
        let gap = " - ".repeat(20);
        let text = format!("{gap}price Price PRICE{gap}price globex{gap}globex price{gap}");
        assert_eq!(marked(&text, "price globex", 24), "-  - [price] [globex] -  -");
        let text = format!("{gap}price{gap}price{gap}");
        assert_eq!(marked(&text, "price", 15), "-  - [price] -  -");
    }

    #[test]
    fn a_place_longer_than_the_window_is_cut_with_it() {
        let text = format!("see {} there", "x".repeat(50));
        assert_eq!(marked(&text, "xxx*", 10), format!("[{}]", "x".repeat(10)));
    }

    #[test]
    fn a_letter_keeps_its_marks_and_an_emoji_its_parts() {
        let text = "e\u{301}".repeat(40);
        assert_eq!(snippet(&text, &[], 9).text, "e\u{301}".repeat(4));
        let family = "👩\u{200D}👧";
        assert_eq!(snippet(&family.repeat(9), &[], 8).text, family.repeat(2));
        assert_eq!(snippet(&"👍🏽".repeat(9), &[], 5).text, "👍🏽".repeat(2));
        // Marks without end are cut.
        let text = format!("e{}", "\u{301}".repeat(40));
        assert_eq!(snippet(&text, &[], 8).text.chars().count(), 8);
    }

    proptest! {
        #[test]
        fn a_snippet_is_a_part_of_the_text_with_the_places_that_are_in_it(
            text in any_text(),
            query in any_text(),
            max_chars in 1_usize..40,
        ) {
            let words: Vec<&str> = text.split_whitespace().collect();
            for query in [&*query, words.first().unwrap_or(&"")] {
                let places =
                    TextQuery::parse(query).map(|query| query.places(&text)).unwrap_or_default();
                let Snippet { text: part, matches } = snippet(&text, &places, max_chars);
                prop_assert!(text.contains(&part));
                prop_assert!(part.is_empty() == text.is_empty());
                prop_assert!(places.is_empty() || !matches.is_empty());
                let chars = part.chars().count();
                prop_assert!(chars <= max_chars);
                let mut last = 0;
                for place in &matches {
                    prop_assert!(last <= place.start && place.start < place.end);
                    last = place.end;
                }
                prop_assert!(last <= chars);
                let marked: Vec<String> = matches
                    .iter()
                    .map(|place| part.chars().skip(place.start).take(place.len()).collect())
                    .collect();
                let all: Vec<&str> = places.iter().map(|place| &text[place.clone()]).collect();
                prop_assert!(marked.iter().all(|part| all.iter().any(|all| all.contains(part))));
            }
        }
    }
}
