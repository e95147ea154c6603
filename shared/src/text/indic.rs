//! Conjuncts of the Indic scripts that are written in two ways.
//!
//! A nasal before another consonant is written as a conjunct (हिन्दी) or as an anusvara
//! (हिंदी); both are taken as the latter, as Lucene's
//! [`HindiNormalizer`](https://github.com/apache/lucene/blob/main/lucene/analysis/common/src/java/org/apache/lucene/analysis/hi/HindiNormalizer.java)
//! does for the letter na of Devanagari. The other scripts have the same letters at the
//! same places of their blocks, but for Tamil, which knows no such thing.
//!
//! Left out on purpose: what else that normalizer does. It shortens vowels and removes
//! viramas, which makes one word of two too often.

/// Where the letters stand in their block.
const ANUSVARA: u32 = 0x02;
const VIRAMA: u32 = 0x4D;
const FIRST_STOP: u32 = 0x15;
const NA: u32 = 0x28;
const LAST_NASAL: u32 = 0x2E;

/// Whether this is one of the five nasals of a script that [`nasal_as_anusvara`] knows.
pub(super) fn is_nasal(c: char) -> bool {
    place(c).is_some_and(|(_, letter)| class_of_nasal(letter).is_some())
}

/// The anusvara that a nasal with a virama is written as before `next`: before a stop of
/// its class. Na is written so before any stop, and before a sibilant, as in words of
/// other languages (इन्टरनेट, बैलेन्स). A doubled nasal (अन्न) stays.
pub(super) fn nasal_as_anusvara(nasal: char, virama: char, next: char) -> Option<char> {
    let (block, nasal) = place(nasal)?;
    let class = class_of_nasal(nasal)?;
    let next = match (place(virama)?, place(next)?) {
        ((its, VIRAMA), (nexts, next)) if its == block && nexts == block => next,
        _ => return None,
    };
    let is_written_so = class_of_stop(next).is_some_and(|stop| stop == class || nasal == NA)
        || (nasal == NA && matches!(next, 0x36..=0x38));
    is_written_so.then(|| char::from_u32(block + ANUSVARA)).flatten()
}

/// What a consonant without a vowel, which has a character of its own, is otherwise
/// written as: the consonant and a virama, with an invisible joiner behind them.
pub(super) fn dead_consonant(c: char) -> Option<(char, char)> {
    let consonant = match c {
        // Bengali khanda ta.
        '\u{9CE}' => return Some(('\u{9A4}', '\u{9CD}')),
        // The chillus of Malayalam: m, y, lll; nn, n, rr, l, ll, k.
        '\u{D54}' => '\u{D2E}',
        '\u{D55}' => '\u{D2F}',
        '\u{D56}' => '\u{D34}',
        '\u{D7A}' => '\u{D23}',
        '\u{D7B}' => '\u{D28}',
        '\u{D7C}' => '\u{D30}',
        '\u{D7D}' => '\u{D32}',
        '\u{D7E}' => '\u{D33}',
        '\u{D7F}' => '\u{D15}',
        _ => return None,
    };
    Some((consonant, '\u{D4D}'))
}

/// The block of a character, if it is one of the eight, and its place in it.
fn place(c: char) -> Option<(u32, u32)> {
    let (block, place) = (u32::from(c) & !0x7F, u32::from(c) & 0x7F);
    // Devanagari, Bengali, Gurmukhi, Gujarati, Oriya, Telugu, Kannada, Malayalam.
    matches!(block, 0x900 | 0x980 | 0xA00 | 0xA80 | 0xB00 | 0xC00 | 0xC80 | 0xD00)
        .then_some((block, place))
}

/// Velar, palatal, retroflex, dental or labial.
fn class_of_nasal(letter: u32) -> Option<u32> {
    match letter {
        0x19 => Some(0),
        0x1E => Some(1),
        0x23 => Some(2),
        NA => Some(3),
        LAST_NASAL => Some(4),
        _ => None,
    }
}

fn class_of_stop(letter: u32) -> Option<u32> {
    if !(FIRST_STOP..LAST_NASAL).contains(&letter) || class_of_nasal(letter).is_some() {
        return None;
    }
    match letter {
        // A second na that is none of the five.
        0x29 => None,
        0x2A.. => Some(4),
        _ => Some((letter - FIRST_STOP) / 5),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The word with anusvaras and without chillus, as one walk over its characters would
    /// write it.
    fn common(word: &str) -> String {
        let spelt = word.chars().filter(|c| *c != '\u{200D}').flat_map(|c| {
            let (consonant, virama) = dead_consonant(c).map_or((c, None), |(c, v)| (c, Some(v)));
            std::iter::once(consonant).chain(virama)
        });
        let chars: Vec<char> = spelt.collect();
        let (mut common, mut at) = (String::new(), 0);
        while let Some(&c) = chars.get(at) {
            let anusvara = match chars.get(at + 1..at + 3) {
                Some(&[virama, next]) => nasal_as_anusvara(c, virama, next),
                _ => None,
            };
            assert!(anusvara.is_none() || is_nasal(c));
            common.push(anusvara.unwrap_or(c));
            at += if anusvara.is_some() { 2 } else { 1 };
        }
        common
    }

    #[test]
    fn a_nasal_of_a_class_is_an_anusvara() {
        for (conjunct, anusvara) in [
            ("हिन्दी", "हिंदी"),
            ("अङ्क", "अंक"),
            ("पञ्च", "पंच"),
            ("झण्डा", "झंडा"),
            ("कम्पनी", "कंपनी"),
            ("सम्बन्ध", "संबंध"),
            // Na stands before stops of other classes in words of other languages.
            ("इन्टरनेट", "इंटरनेट"),
            ("कन्फर्म", "कंफर्म"),
            ("लाइसेन्स", "लाइसेंस"),
            ("ব্যাঙ্ক", "ব্যাংক"),
            ("ਪਞ੍ਜਾਬ", "ਪਂਜਾਬ"),
            ("ગુજરાન્ત", "ગુજરાંત"),
            ("ଅଙ୍କ", "ଅଂକ"),
            ("హిన్దీ", "హిందీ"),
            ("ಹಿನ್ದಿ", "ಹಿಂದಿ"),
            ("ഗങ്ഗ", "ഗംഗ"),
        ] {
            assert_eq!(common(conjunct), anusvara);
            assert_eq!(common(anusvara), anusvara);
        }
    }

    #[test]
    fn other_conjuncts_and_nasals_stay() {
        for word in [
            // Doubled, before a semivowel, before h, before another nasal.
            "अन्न",
            "सम्मान",
            "कन्या",
            "नन्हा",
            "जन्म",
            "मन्व",
            // A nasal of another class, at the end, with a vowel.
            "वाङ्मय",
            "काम्स",
            "ञ्क",
            "म्द",
            "ण्प",
            "मन्",
            "मन",
            "नमन",
            // Tamil and Sinhala, and letters of two scripts.
            "இந்து",
            "පන්ති",
            "न্द",
            "न्দ",
        ] {
            assert_eq!(common(word), word);
        }
    }

    #[test]
    fn a_chillu_is_its_consonant_without_a_vowel() {
        for (chillu, spelt) in [
            ("അവൻ", "അവന്\u{200D}"),
            ("കാർ", "കാര്\u{200D}"),
            ("പാൽ", "പാല്\u{200D}"),
            ("ആൾ", "ആള്\u{200D}"),
            ("കൺ", "കണ്\u{200D}"),
            ("ൿ", "ക്\u{200D}"),
            ("ഹിൻദി", "ഹിന്ദി"),
            ("হঠাৎ", "হঠাত্\u{200D}"),
        ] {
            assert_eq!(common(chillu), common(spelt), "{chillu}");
        }
        assert_eq!(dead_consonant('ന'), None);
    }

    #[test]
    fn nasals_are_five_of_each_of_eight_scripts() {
        assert_eq!(('\0'..=char::MAX).filter(|c| is_nasal(*c)).count(), 40);
    }
}
