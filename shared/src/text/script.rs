//! Which characters belong to the scripts that the analyzer treats apart.
//!
//! The ranges are written out here, and not taken from a table of scripts, so
//! that an update of such a table cannot change the terms of records that were
//! indexed before. They are meant for letters and digits in compatibility
//! decomposition; what they say of any other character does not matter.

/// Whether marks are accents on this character: those of Latin, Greek and
/// Cyrillic are, and searches ignore them. In other scripts they are vowels,
/// tones or parts of the letter, and stay.
///
/// The ASCII digits count as Latin, so that a keycap emoji reads as its digit.
pub(super) fn carries_accents(c: char) -> bool {
    matches!(c,
        '0'..='\u{2AF}'
        | '\u{370}'..='\u{3E1}'
        | '\u{3F3}'..='\u{52F}'
        | '\u{1C80}'..='\u{1C8F}'
        | '\u{1D00}'..='\u{1DBF}'
        | '\u{1E00}'..='\u{1FFF}'
        | '\u{2132}'
        | '\u{214E}'
        | '\u{2180}'..='\u{2188}'
        | '\u{2C60}'..='\u{2C7F}'
        | '\u{A640}'..='\u{A69F}'
        | '\u{A720}'..='\u{A7FF}'
        | '\u{AB30}'..='\u{AB6F}'
        | '\u{10140}'..='\u{1018F}'
        | '\u{10780}'..='\u{107BF}'
        | '\u{1DF00}'..='\u{1DFFF}')
}

/// Whether this character belongs to a script that is written without spaces
/// between words: Han, Hiragana, Katakana, Thai, Lao, Khmer, Myanmar, with the
/// iteration and prolonged sound marks that go with them.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{E00}'..='\u{EFF}'
        | '\u{1000}'..='\u{109F}'
        | '\u{1780}'..='\u{17FF}'
        | '\u{3005}'..='\u{3007}'
        | '\u{3021}'..='\u{3029}'
        | '\u{3031}'..='\u{3035}'
        | '\u{303B}'..='\u{303C}'
        | '\u{3041}'..='\u{30FF}'
        | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{A9E0}'..='\u{A9FF}'
        | '\u{AA60}'..='\u{AA7F}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{116D0}'..='\u{116FF}'
        | '\u{16FE3}'
        | '\u{16FF0}'..='\u{16FFF}'
        | '\u{1AFF0}'..='\u{1B16F}'
        | '\u{20000}'..='\u{3FFFD}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_are_those_of_latin_greek_and_cyrillic() {
        for c in "az09ßøłıŋƿɐαωϐжяѣꙋᲀⱥꞌ".chars() {
            assert!(carries_accents(c), "{c}");
        }
        for c in "אبक한中あไაա⠁ϣ".chars() {
            assert!(!carries_accents(c), "{c}");
        }
    }

    #[test]
    fn unspaced_scripts_are_the_seven_and_their_marks() {
        for c in "中𠮷〇々〆あゝアーヽㇰไทຂខကꩠ".chars() {
            assert!(is_unspaced(c), "{c}");
        }
        for c in "aя7א한бक༠აㄅ".chars() {
            assert!(!is_unspaced(c), "{c}");
        }
    }
}
