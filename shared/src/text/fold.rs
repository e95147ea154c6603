//! Folding: the one form under which spellings of a word meet.
//!
//! Guarantees:
//! - What differs only in case, width, ligature, compatibility form, canonical
//!   form, in the accents of Latin, Greek or Cyrillic letters, in marks that are
//!   optional in their script, in the script of its digits, or in letters that are
//!   written in two ways, folds to the same characters.
//! - The output consists of letters, digits, marks that follow a letter or
//!   digit, [`ZERO_WIDTH_SPACE`], and ASCII characters that separate words: those of
//!   the text, what its hyphens and apostrophes are in ASCII, and [`SPACE`] for all else.
//!   It is composed (NFC), so that a Hangul syllable is one character.
//! - Folding what is folded changes nothing.
//!
//! Left out on purpose: hiragana is not katakana, and traditional characters are
//! not simplified ones.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

use super::digits::decimal_digit;
use super::indic::{dead_consonant, is_nasal, nasal_as_anusvara};
use super::letters::common_letter;
use super::optional_marks::is_optional_mark;
use super::script::carries_accents;

/// What stands for a character that is no part of a word and has no like in ASCII.
pub(super) const SPACE: char = ' ';

/// Marks a possible line break. Between words it separates them; Khmer, Lao,
/// Myanmar and Thai texts carry it invisibly inside their runs, so the splitter
/// has to see it.
pub(super) const ZERO_WIDTH_SPACE: char = '\u{200B}';

/// Parts the words that Persian writes as one: `می‌خواهد`. Elsewhere it says nothing.
const ZERO_WIDTH_NON_JOINER: char = '\u{200C}';

/// How far the full-width forms of ASCII are from it.
const FULL_WIDTH: u32 = 0xFEE0;

/// The Arabic elongation stroke, which only stretches a word on the line.
const TATWEEL: char = '\u{640}';

/// Appends the folded text to `folded`.
pub(super) fn fold_into(folded: &mut String, text: &str) {
    let start = folded.len();
    for c in text.chars() {
        if let Some(c) = fold_plain(c) {
            folded.push(c);
        } else {
            folded.truncate(start);
            return fold_fully(folded, text);
        }
    }
}

/// Folds the characters that most texts consist of, to the words that
/// [`fold_fully`] would make of them, in a fraction of its time. None of them
/// combines with another. `None` for every other character.
fn fold_plain(c: char) -> Option<char> {
    match c {
        '\0'..='\x7F' => Some(c.to_ascii_lowercase()),
        'й' | 'Й' => Some('и'),
        'ё' | 'Ё' => Some('е'),
        'а'..='я' => Some(c),
        'А'..='Я' => char::from_u32(u32::from(c) + 0x20),
        // Dashes, typographic quotes and apostrophes, dots.
        '\u{A0}' | '\u{2010}'..='\u{2027}' => Some(ascii_separator(c).unwrap_or(SPACE)),
        // The same in Chinese and Japanese.
        '\u{3000}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '・' => Some(SPACE),
        '\u{FF01}'..='\u{FF0F}' | '\u{FF1A}'..='\u{FF20}' => ascii_separator(c),
        // Hiragana, katakana, ideographs, Hangul syllables.
        'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー' => Some(c),
        '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '가'..='힣' => Some(c),
        _ => None,
    }
}

/// Folds any characters.
fn fold_fully(folded: &mut String, text: &str) {
    let mut base = Base::None;
    let start = folded.len();
    let mut before = SPACE;
    folded.extend(
        text.chars()
            .map(|c| {
                let joins = parts_words(before, c);
                before = c;
                if joins { '-' } else { c }
            })
            .filter(|c| !is_ignorable(*c))
            .map(|c| ascii_separator(c).unwrap_or(c))
            .flat_map(set_apart)
            .nfkd()
            .flat_map(expand)
            .filter_map(|c| fold_decomposed(c, &mut base))
            .nfc(),
    );
    fold_nasals(folded, start);
}

/// Writes the nasals of conjuncts as anusvaras.
fn fold_nasals(folded: &mut String, start: usize) {
    if !folded[start..].contains(is_nasal) {
        return;
    }
    let chars: Vec<char> = folded.drain(start..).collect();
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        let anusvara = match chars.get(at + 1..at + 3) {
            Some(&[virama, next]) => nasal_as_anusvara(*c, virama, next),
            _ => None,
        };
        folded.push(anusvara.unwrap_or(*c));
        at += if anusvara.is_some() { 2 } else { 1 };
    }
}

/// The end of the first part of a text that can be folded by itself: up to and
/// including white space, which no decomposition and no mark can change.
pub(super) fn first_part_len(text: &str) -> usize {
    let space = text.bytes().position(|b| b.is_ascii_whitespace());
    space.map_or(text.len(), |at| at + 1)
}

/// The end of the first cluster of such a part: characters that fold by themselves to
/// what they fold to in the text.
pub(super) fn first_cluster_len(part: &str) -> usize {
    let mut ends = part.char_indices().skip(1).filter(|(_, c)| !joins_previous(*c));
    // Each is looked at once, however many are held together.
    let mut start = 0;
    let ends_cluster = |(at, _): &(usize, char)| {
        let last = &part[std::mem::replace(&mut start, *at)..*at];
        !may_be_anusvara(last)
    };
    ends.find(ends_cluster).map_or(part.len(), |(at, _)| at)
}

/// Whether what a cluster folds to may depend on the consonant behind it.
fn may_be_anusvara(cluster: &str) -> bool {
    if cluster.is_ascii() || cluster.chars().all(|c| fold_plain(c).is_some()) {
        return false;
    }
    let mut folded = String::new();
    fold_fully(&mut folded, cluster);
    let mut last = folded.chars().rev();
    last.next().is_some_and(is_combining_mark) && last.next().is_some_and(is_nasal)
}

/// Whether a character may be one letter with the one before it: marks, the vowels and
/// final consonants of Hangul, and what is invisible.
pub(super) fn joins_previous(c: char) -> bool {
    if c.is_ascii() {
        return false;
    }
    let mut first = None;
    decompose_compatible(c, |part| first = first.or(Some(part)));
    let composes = first.is_some_and(|c| {
        is_combining_mark(c)
            || c == TATWEEL
            || matches!(c,
                '\u{1160}'..='\u{11FF}' | '\u{D7B0}'..='\u{D7FF}'
                // The vowel signs of Kirat Rai, which are letters to Unicode.
                | '\u{16D63}'..='\u{16D6A}')
    });
    composes || is_ignorable(c)
}

/// Whether a character parts two words that are written as one.
pub(super) fn parts_words(before: char, c: char) -> bool {
    c == ZERO_WIDTH_NON_JOINER && is_arabic(before)
}

fn is_arabic(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{6FF}')
}

/// What a hyphen, an apostrophe or another separator is in ASCII, where it is one and the
/// same to those who type.
fn ascii_separator(c: char) -> Option<char> {
    match c {
        '\u{2B9}'..='\u{2BF}' | '\u{2018}'..='\u{201B}' | '′' | '´' | '\u{5F3}' => Some('\''),
        '\u{2010}'..='\u{2013}' | '\u{2212}' | '\u{5BE}' => Some('-'),
        '\u{2044}' => Some('/'),
        '\u{5F4}' => Some('"'),
        '\u{66B}' => Some('.'),
        '\u{66C}' => Some(','),
        '\u{FF01}'..='\u{FF0F}' | '\u{FF1A}'..='\u{FF20}' => {
            char::from_u32(u32::from(c) - FULL_WIDTH)
        }
        _ => None,
    }
}

/// What the marks at the current position stand on.
enum Base {
    /// Nothing: a mark that follows no letter is a stray and separates nothing.
    None,
    /// A letter whose marks are accents.
    Accented,
    /// A letter whose marks are part of the word.
    Marked,
}

fn fold_decomposed(c: char, base: &mut Base) -> Option<char> {
    if c.is_ascii() {
        *base = if c.is_ascii_alphanumeric() { Base::Accented } else { Base::None };
        return Some(c.to_ascii_lowercase());
    }
    if c == ZERO_WIDTH_SPACE {
        *base = Base::None;
        return Some(c);
    }
    let c = common_letter(c);
    if is_combining_mark(c) {
        return (matches!(base, Base::Marked) && !is_optional_mark(c)).then_some(c);
    }
    // Presentation forms decompose to a mark on a tatweel.
    if c == TATWEEL {
        return None;
    }
    // A fraction has its slash only now, and `ŉ` its apostrophe.
    let separator = ascii_separator(c).or_else(|| (!c.is_alphanumeric()).then_some(SPACE));
    if separator.is_some() {
        *base = Base::None;
        return separator;
    }
    if let Some(digit) = decimal_digit(c) {
        *base = Base::Accented;
        return Some(digit);
    }
    *base = if carries_accents(c) { Base::Accented } else { Base::Marked };
    Some(fold_case(c))
}

/// Full case folding of a decomposed character that is no mark: the lower case
/// of its upper case, so that variants with a common capital (σ and ς, ſ and s)
/// meet. Unicode's own table differs in one place: it keeps the Turkish dotless
/// ı apart from i, whose capital is the same letter I to everyone else.
///
/// One character suffices, since [`expand`] has replaced those that fold to two.
fn fold_case(c: char) -> char {
    fn single(mut chars: impl Iterator<Item = char>) -> Option<char> {
        chars.next().filter(|_| chars.next().is_none())
    }
    single(c.to_lowercase())
        .and_then(|c| single(c.to_uppercase()))
        .and_then(|c| single(c.to_lowercase()))
        .unwrap_or(c)
}

/// Sets symbols apart from the words beside them: the decomposition of "Acme™"
/// would otherwise be the word "acmetm", and that of "2½" would begin with 21.
fn set_apart(c: char) -> impl Iterator<Item = char> {
    let is_fraction = matches!(c, '¼'..='¾' | '⅐'..='⅟');
    let is_symbol =
        decomposes(c) && (is_fraction || !(c.is_alphanumeric() || is_combining_mark(c)));
    let space = is_symbol.then_some(SPACE);
    [space, Some(c), space].into_iter().flatten()
}

fn decomposes(c: char) -> bool {
    let mut decomposes = false;
    decompose_compatible(c, |part| decomposes |= part != c);
    decomposes
}

/// The Latin letters that Unicode does not decompose, though they are typed
/// without their stroke or as two letters by most: as Lucene's
/// `ASCIIFoldingFilter` writes them. And consonants that have a virama in them.
fn expand(c: char) -> impl Iterator<Item = char> {
    let (first, second) = match c {
        'ß' | 'ẞ' => ('s', Some('s')),
        'æ' | 'Æ' => ('a', Some('e')),
        'œ' | 'Œ' => ('o', Some('e')),
        'þ' | 'Þ' => ('t', Some('h')),
        'ø' | 'Ø' => ('o', None),
        'ł' | 'Ł' => ('l', None),
        'đ' | 'Đ' | 'ð' | 'Ð' => ('d', None),
        'ħ' | 'Ħ' => ('h', None),
        'ŧ' | 'Ŧ' => ('t', None),
        _ => dead_consonant(c).map_or((c, None), |(consonant, virama)| (consonant, Some(virama))),
    };
    std::iter::once(first).chain(second)
}

/// Whether a character is invisible and says nothing about the word that it
/// stands in: soft hyphens, joiners, variation selectors, direction marks and
/// fillers, that is Unicode's default ignorable characters.
pub(super) fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{AD}'
        | '\u{34F}'
        | '\u{61C}'
        | '\u{115F}'..='\u{1160}'
        | '\u{17B4}'..='\u{17B5}'
        | '\u{180B}'..='\u{180F}'
        | '\u{200C}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}'
        | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFF8}'
        | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::any_text;
    use super::*;

    fn folded(text: &str) -> String {
        let mut folded = String::new();
        fold_into(&mut folded, text);
        folded
    }

    #[test]
    fn spellings_of_a_word_fold_to_one() {
        for (one, spellings) in [
            ("cafe", ["Café", "CAFÉ", "cafe\u{301}", "ＣＡＦＥ"].as_slice()),
            ("strasse", &["Straße", "STRASSE", "STRAẞE", "straſſe"]),
            ("οδοσ", &["Οδός", "ΟΔΟΣ", "οδος", "ὁδός"]),
            ("istanbul", &["İstanbul", "ISTANBUL", "ıstanbul", "i\u{307}stanbul"]),
            ("fish", &["ﬁsh", "FISH", "fi\u{AD}sh", "𝐟𝐢𝐬𝐡"]),
            ("елка", &["Ёлка", "ЕЛКА", "Е\u{308}лка"]),
            ("한국어", &["한국어", "한국어"]),
            ("ガード", &["ｶﾞｰﾄﾞ", "カ\u{3099}ート\u{3099}"]),
            ("हिंदी", &["हिन्दी", "हि\u{200D}न्दी", "हिंदी"]),
            ("ज़मीन", &["जमीन", "ज\u{93C}मीन"]),
            ("שלום", &["שָׁלוֹם", "ש\u{5C1}\u{5B8}ל\u{5D5}\u{5B9}ם"]),
            ("محمد", &["مُحَمَّد", "محمـــد", "\u{200F}محمد\u{200E}"]),
            ("احمد", &["أحمد", "أَحْمَد", "ٱحمد"]),
            ("كتاب", &["کتاب"]),
            ("น้ำ", &["นำ"]),
            ("1", &["1\u{FE0F}\u{20E3}", "１", "①", "¹", "١", "۱", "१", "๑"]),
        ] {
            for spelling in spellings {
                assert_eq!(folded(spelling), folded(one), "{spelling}");
            }
        }
    }

    #[test]
    fn marks_stay_outside_latin_greek_and_cyrillic() {
        for (one, other) in [("कि", "क"), ("が", "か"), ("นี", "น"), ("ကျ", "က"), ("คำ", "คา")]
        {
            assert_ne!(folded(one), folded(other));
        }
    }

    #[test]
    fn what_is_no_letter_digit_or_mark_separates() {
        for separator in [
            "'", "’", "ʼ", "´", "_", "-", "–", ".", "…", "/", "·", "・", "。", "🙂", "\0", "€", "≠",
        ] {
            assert_eq!(words(&folded(&format!("a{separator}b"))), ["a", "b"], "{separator}");
        }
    }

    #[test]
    fn symbols_that_decompose_to_letters_stand_apart() {
        for (text, expected) in [
            ("Acme™", "acme tm"),
            ("2½", "2 1 2"),
            ("5㎏ x", "5 kg x"),
            ("m²", "m2"),
            ("H₂O", "h2o"),
        ] {
            assert_eq!(words(&folded(text)).join(" "), expected);
        }
    }

    /// Every character but unassigned, private and further ideographs.
    fn all_characters() -> impl Iterator<Item = char> {
        ['\0'..='\u{20100}', '\u{2F800}'..='\u{2FA20}', '\u{E0000}'..='\u{E01FF}']
            .into_iter()
            .flatten()
    }

    fn separates(c: char) -> bool {
        c.is_ascii() && !c.is_ascii_alphanumeric()
    }

    fn words(folded: &str) -> Vec<&str> {
        folded.split(separates).filter(|word| !word.is_empty()).collect()
    }

    #[test]
    fn every_character_folds_to_a_fixed_point_of_words_and_spaces() {
        for c in all_characters() {
            // Alone, and behind a letter that keeps its marks.
            let once = folded(&format!("{c} א{c}"));
            assert_eq!(folded(&once), once, "{c:?}");
            let is_expected = |c: char| {
                c.is_ascii() || c == ZERO_WIDTH_SPACE || is_combining_mark(c) || c.is_alphanumeric()
            };
            assert!(once.chars().all(is_expected), "{c:?}");
            assert!(!once.contains(|c: char| c.is_ascii_uppercase()), "{c:?}");
        }
    }

    #[test]
    fn plain_folding_is_full_folding() {
        let plain = || all_characters().filter(|c| fold_plain(*c).is_some());
        for (c, next) in plain().zip(plain().skip(1)) {
            let text = String::from_iter([c, next, c]);
            let mut fully = String::new();
            fold_fully(&mut fully, &text);
            assert_eq!(words(&folded(&text)), words(&fully), "{text}");
        }
    }

    #[test]
    fn what_composes_with_the_character_before_joins_it() {
        for c in all_characters() {
            let decomposed: Vec<char> = c.nfd().collect();
            let composes = decomposed.iter().skip(1).all(|part| joins_previous(*part));
            assert!(composes || decomposed.len() == 1, "{c:?}");
        }
        for c in "aé値カー가ㄱ🙂™ ".chars() {
            assert!(!joins_previous(c), "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn folding_what_is_folded_changes_nothing(text in any_text()) {
            let once = folded(&text);
            prop_assert_eq!(folded(&once), once);
        }

        #[test]
        fn a_text_can_be_folded_part_by_part(text in any_text()) {
            let (mut by_parts, mut rest) = (String::new(), &*text);
            while !rest.is_empty() {
                let (part, after) = rest.split_at(first_part_len(rest));
                fold_into(&mut by_parts, part);
                rest = after;
            }
            let whole = folded(&text);
            prop_assert_eq!(words(&by_parts), words(&whole));
        }

        #[test]
        fn a_text_can_be_folded_cluster_by_cluster(text in any_text()) {
            let (mut by_clusters, mut rest) = (String::new(), &*text);
            while !rest.is_empty() {
                let (cluster, after) = rest.split_at(first_cluster_len(rest));
                fold_into(&mut by_clusters, cluster);
                rest = after;
            }
            let whole = folded(&text);
            prop_assert_eq!(words(&by_clusters), words(&whole));
        }

        #[test]
        fn canonically_equivalent_texts_fold_to_the_same_words(text in any_text()) {
            let expected = folded(&text);
            for other in [text.nfc().collect::<String>(), text.nfd().collect()] {
                let other = folded(&other);
                prop_assert_eq!(words(&other), words(&expected));
            }
        }
    }
}
