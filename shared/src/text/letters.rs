//! Letters and nasal signs that are written in two ways.
//!
//! The Arabic ones are those of Lucene's
//! [`ArabicNormalizer`](https://github.com/apache/lucene/blob/main/lucene/analysis/common/src/java/org/apache/lucene/analysis/ar/ArabicNormalizer.java)
//! and [`PersianNormalizer`](https://github.com/apache/lucene/blob/main/lucene/analysis/common/src/java/org/apache/lucene/analysis/fa/PersianNormalizer.java),
//! but for what decomposition and the loss of optional marks do already: alef, waw, yeh and
//! heh with hamza or madda on them, and presentation forms.
//!
//! Left out on purpose: of the
//! [`SoraniNormalizer`](https://github.com/apache/lucene/blob/main/lucene/analysis/common/src/java/org/apache/lucene/analysis/ckb/SoraniNormalizer.java)
//! the heh with two eyes, since in Urdu it tells words apart (کھا from کہا) that everyone
//! uses; the kaf, gaf and heh of one language that are two letters there; final letters of
//! Hebrew, which nobody types for one another.

/// The common form of a letter or nasal sign, in compatibility decomposition.
pub(super) fn common_letter(c: char) -> char {
    match c {
        // Alef wasla, which is written in vowelled text only.
        '\u{671}' => '\u{627}',
        // Alef maksura and the yehs of Persian and Urdu: yeh.
        '\u{649}' | '\u{6CC}' | '\u{6D2}' => '\u{64A}',
        // Keheh: kaf.
        '\u{6A9}' => '\u{643}',
        // Teh marbuta, that of Urdu, heh goal, and ae, on which heh with hamza stands: heh.
        '\u{629}' | '\u{6C3}' | '\u{6C1}' | '\u{6D5}' => '\u{647}',
        // Candrabindu, in each place where it is put, and tippi: anusvara of their script.
        '\u{900}' | '\u{901}' => '\u{902}',
        '\u{981}' => '\u{982}',
        '\u{A01}' | '\u{A70}' => '\u{A02}',
        '\u{A81}' => '\u{A82}',
        '\u{B01}' => '\u{B02}',
        '\u{C00}' | '\u{C01}' | '\u{C04}' => '\u{C02}',
        '\u{C81}' | '\u{CF3}' => '\u{C82}',
        '\u{D00}' | '\u{D01}' => '\u{D02}',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::super::optional_marks::is_optional_mark;
    use super::*;

    fn common(word: &str) -> String {
        word.nfkd().filter(|c| !is_optional_mark(*c)).map(common_letter).collect()
    }

    #[test]
    fn letters_in_two_ways_are_one() {
        for (one, other) in [
            // Arabic: alef with anything on it, yeh without dots, teh marbuta.
            ("أحمد", "احمد"),
            ("إسلام", "اسلام"),
            ("آمنة", "امنه"),
            ("ٱلرحمن", "الرحمن"),
            ("على", "علي"),
            ("شركة", "شركه"),
            ("شئ", "شى"),
            // Persian and Urdu keyboards, and Arabic ones.
            ("کتاب", "كتاب"),
            ("علی", "علي"),
            ("خانهٔ", "خانه"),
            ("خانۀ", "خانه"),
            ("ہندوستان", "هندوستان"),
            ("زندگیٔ", "زندگي"),
            ("مسئلۂ", "مسيله"),
            ("بڑے", "بڑي"),
            // Forms of letters that old programs wrote.
            ("ﻛﺘﺎﺏ", "کتاب"),
            ("ﻻ", "لا"),
            // Nasals.
            ("चाँद", "चांद"),
            ("ਪੰਜਾਬ", "ਪਂਜਾਬ"),
            ("ચાઁદ", "ચાંદ"),
            ("చఁదమామ", "చందమామ"),
        ] {
            assert_eq!(common(one), common(other), "{one}");
        }
    }

    #[test]
    fn letters_of_different_words_stay_apart() {
        for (one, other) in [
            ("کھا", "کہا"),
            ("گل", "كل"),
            ("ٹال", "تال"),
            ("پر", "بر"),
            ("ڕۆژ", "روژ"),
            ("ێ", "ی"),
            ("שלום", "שלומ"),
            ("ひらがな", "ヒラガナ"),
            ("हंस", "हस"),
        ] {
            assert_ne!(common(one), common(other), "{one}");
        }
    }

    #[test]
    fn what_is_common_stays_and_is_decomposed() {
        for c in ('\0'..=char::MAX).filter(|c| common_letter(*c) != *c) {
            let common = common_letter(c);
            assert_eq!(common_letter(common), common, "{c}");
            assert!(common.nfkd().eq([common]), "{c}");
            assert!(!is_optional_mark(c) && !is_optional_mark(common), "{c}");
        }
    }
}
