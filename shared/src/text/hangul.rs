//! Korean: nouns with their particles, and words inside of compounds.
//!
//! A Korean word is mostly a noun with particles behind it (`회의를`, `회의에서는`), and
//! nouns are written together (`화상회의`). So a word is found by each pair of its
//! syllables, as a run of Chinese is, and a query is asked without its particles.
//!
//! Left out on purpose: a dictionary. Two syllables that belong to two nouns are a pair
//! as well.

use super::term::pair_term;

/// Particles, and forms of the verbs that make a verb or a sentence of a noun.
const ENDINGS: [&str; 68] = [
    "가",
    "같이",
    "과",
    "까지",
    "까지는",
    "까지도",
    "께",
    "께서",
    "께서는",
    "나",
    "는",
    "다가",
    "도",
    "들",
    "들과",
    "들도",
    "들은",
    "들을",
    "들의",
    "들이",
    "라고",
    "랑",
    "로",
    "로는",
    "로부터",
    "로서",
    "로써",
    "를",
    "마다",
    "만",
    "만은",
    "밖에",
    "보다",
    "부터",
    "부터는",
    "뿐",
    "에",
    "에게",
    "에게는",
    "에게서",
    "에는",
    "에도",
    "에서",
    "에서는",
    "에서도",
    "와",
    "으로",
    "으로는",
    "으로부터",
    "으로서",
    "으로써",
    "은",
    "을",
    "의",
    "이",
    "이나",
    "이라고",
    "이랑",
    "입니다",
    "조차",
    "처럼",
    "하고",
    "하는",
    "하다",
    "한",
    "한테",
    "합니다",
    "했습니다",
];
/// Whether a character is a syllable of Hangul.
pub(super) fn is_syllable(c: char) -> bool {
    matches!(c, '가'..='힣')
}

/// How many letters a word has: a syllable has two or three.
pub(super) fn letters(word: &str) -> usize {
    word.chars().map(|c| if is_syllable(c) { 2 } else { 1 }).sum()
}

/// Whether a word has a syllable of Hangul.
pub(super) fn is_korean(word: &str) -> bool {
    !word.is_ascii() && word.contains(is_syllable)
}

/// The part of a word whose pairs a text is found by: without a particle that ends no noun.
pub(super) fn filed_part(word: &str) -> &str {
    let noun = without_particles(word, 2).filter(|noun| {
        let particle = &word[noun.len()..];
        !matches!(particle, "가" | "과" | "나" | "도" | "들" | "로" | "만" | "의" | "이" | "한")
    });
    noun.unwrap_or(word)
}

/// The units of a word: its syllables, and what stands between them as a whole, since the
/// month of `11월` is not that of `1월`.
fn units(word: &str) -> impl Iterator<Item = &str> {
    let mut rest = word;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let of_others = || rest.find(is_syllable).unwrap_or(rest.len());
        let len = if is_syllable(first) { first.len_utf8() } else { of_others() };
        let (unit, behind) = rest.split_at(len);
        rest = behind;
        Some(unit)
    })
}

/// Each two units of a word that follow each other.
pub(super) fn pairs(word: &str) -> impl Iterator<Item = String> {
    units(word).zip(units(word).skip(1)).map(|(one, other)| pair_term(one, other).into_owned())
}

/// Whether a word has these units behind each other.
pub(super) fn has_units(word: &str, units: &str) -> bool {
    let may_part = |before: Option<char>, behind: Option<char>| {
        before.is_none_or(is_syllable) || behind.is_none_or(is_syllable)
    };
    word.match_indices(units).any(|(at, _)| {
        let (before, behind) = (&word[..at], &word[at + units.len()..]);
        may_part(before.chars().next_back(), units.chars().next())
            && may_part(units.chars().next_back(), behind.chars().next())
    })
}

/// A word without the particles at its end, where so much of it is left.
pub(super) fn without_particles(word: &str, min_chars: usize) -> Option<&str> {
    let ends = word.char_indices().skip(min_chars).map(|(at, _)| at);
    // The longest first.
    let mut ends = ends.filter(|at| ENDINGS.binary_search(&&word[*at..]).is_ok());
    ends.next().map(|at| &word[..at])
}

/// The words of other scripts within a word: `AWS에서`.
pub(super) fn other_words(word: &str) -> impl Iterator<Item = &str> {
    word.split(is_syllable).filter(|part| !part.is_empty() && part.len() < word.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_particles_are_sorted() {
        assert!(ENDINGS.is_sorted());
    }

    #[test]
    fn a_word_is_asked_for_without_its_particles() {
        for (word, stem) in [
            ("회의를", Some("회의")),
            ("회의에서는", Some("회의")),
            ("고객들에게", Some("고객들")),
            ("회의했습니다", Some("회의")),
            ("aws에서", Some("aws")),
            ("회의", None),
            ("이", None),
            ("화상회의", Some("화상회")),
            ("견적서", None),
        ] {
            assert_eq!(without_particles(word, 2), stem, "{word}");
        }
        assert_eq!(without_particles("돈을", 1), Some("돈"));
    }

    #[test]
    fn pairs_have_a_syllable() {
        assert_eq!(pairs("화상회의").collect::<Vec<_>>(), ["화상", "상회", "회의"]);
        assert_eq!(pairs("10월에").collect::<Vec<_>>(), ["10월", "월에"]);
        for (word, part) in [("10월에", "10월"), ("화상회의", "회의"), ("qa팀", "qa팀")]
        {
            assert!(has_units(word, part), "{part} in {word}");
        }
        for (word, part) in [("11월", "1월"), ("qa팀", "a팀"), ("월10", "월1")] {
            assert!(!has_units(word, part), "{part} in {word}");
        }
        assert_eq!(filed_part("보고서를"), "보고서");
        assert_eq!(filed_part("화상회의"), "화상회의");
        assert_eq!(pairs("aws").count(), 0);
        assert_eq!(other_words("aws에서ok").collect::<Vec<_>>(), ["aws", "ok"]);
        assert_eq!(other_words("aws").count(), 0);
    }
}
