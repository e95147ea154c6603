//! Marks that a writer may leave out: no part of the word that they stand in.
//!
//! They are the combining marks without a primary weight in the Default Unicode
//! Collation Element Table of Unicode 13, and their like in newer versions: by
//! [it](https://www.unicode.org/reports/tr10/), words that differ in nothing else are the
//! same to a search. Vowel signs, viramas and medial consonants have such a weight.
//!
//! Kept against the table, since a word is another one without them:
//! - anusvara, candrabindu and visarga, with what they are called elsewhere (bindi, tippi,
//!   nikhahit, niggahita, nikahit, reahmuk, cecak, layar, wignyan): each is a sound. The
//!   Thai and Lao vowel am is made of one;
//! - the Gurmukhi addak, which doubles a consonant;
//! - the Myanmar tones and the Khmer register shifters and robat: nobody leaves them out,
//!   and they tell most syllables apart that are alike otherwise. The tone marks of Thai
//!   and Lao, which are left out in hasty typing, are as the table has them;
//! - the voicing marks of kana: か is not が;
//! - the marks of Pahawh Hmong, Zanabazar and Mende, which are vowels, consonants and
//!   numbers, and those of musical notation and of signing, which stand on no letter.
//!
//! As in `script`, the ranges are written out, so that an update of a table cannot change
//! stored terms.

/// Whether a combining mark in compatibility decomposition is optional in its script.
pub(super) fn is_optional_mark(c: char) -> bool {
    matches!(c,
        // Accents, in any script.
        '\u{300}'..='\u{34E}'
        | '\u{350}'..='\u{362}'
        // Cyrillic numbers and breathings.
        | '\u{483}'..='\u{489}'
        // Hebrew accents and points.
        | '\u{591}'..='\u{5BD}'
        | '\u{5BF}'
        | '\u{5C1}'..='\u{5C2}'
        | '\u{5C4}'..='\u{5C5}'
        | '\u{5C7}'..='\u{5C9}'
        // Arabic: harakat, hamza, madda, signs of recitation.
        | '\u{610}'..='\u{61A}'
        | '\u{64B}'..='\u{65F}'
        | '\u{670}'
        | '\u{6D6}'..='\u{6DC}'
        | '\u{6DF}'..='\u{6E4}'
        | '\u{6E7}'..='\u{6E8}'
        | '\u{6EA}'..='\u{6ED}'
        // Syriac points.
        | '\u{711}'
        | '\u{730}'..='\u{74A}'
        // Tones of N'Ko.
        | '\u{7EB}'..='\u{7F3}'
        | '\u{7FD}'
        // Samaritan and Mandaic points.
        | '\u{818}'..='\u{819}'
        | '\u{81C}'..='\u{823}'
        | '\u{825}'..='\u{827}'
        | '\u{829}'..='\u{82D}'
        | '\u{859}'..='\u{85B}'
        // Arabic again.
        | '\u{897}'..='\u{89F}'
        | '\u{8CA}'..='\u{8E1}'
        | '\u{8E3}'..='\u{8FF}'
        // Nuktas and stress: Devanagari, Bengali, Gurmukhi, Gujarati, Oriya, Telugu, Kannada.
        | '\u{93C}'
        | '\u{951}'..='\u{954}'
        | '\u{9BC}'
        | '\u{9FE}'
        | '\u{A3C}'
        | '\u{ABC}'
        | '\u{AFA}'..='\u{AFF}'
        | '\u{B3C}'
        | '\u{B53}'..='\u{B55}'
        | '\u{C3C}'
        | '\u{CBC}'
        // Thai and Lao: tones, and signs that shorten or silence.
        | '\u{E47}'..='\u{E4C}'
        | '\u{E4E}'
        | '\u{EC8}'..='\u{ECC}'
        | '\u{ECE}'
        // Tibetan emphasis and flags.
        | '\u{F18}'..='\u{F19}'
        | '\u{F35}'
        | '\u{F37}'
        | '\u{F39}'
        | '\u{F86}'..='\u{F87}'
        | '\u{FC6}'
        // Ethiopic length.
        | '\u{135D}'..='\u{135F}'
        // Khmer signs that shorten or silence.
        | '\u{17CB}'
        | '\u{17CD}'..='\u{17D1}'
        | '\u{17D3}'
        | '\u{17DD}'
        // Limbu and Tai Tham.
        | '\u{1939}'..='\u{193B}'
        | '\u{1A75}'..='\u{1A7F}'
        // Accents again.
        | '\u{1AB0}'..='\u{1ABE}'
        | '\u{1AC1}'..='\u{1ACB}'
        | '\u{1ACF}'..='\u{1AF0}'
        // Balinese, Batak and Lepcha nuktas.
        | '\u{1B34}'
        | '\u{1B6B}'..='\u{1B73}'
        | '\u{1BE6}'
        | '\u{1C37}'
        // Vedic tones.
        | '\u{1CD0}'..='\u{1CD2}'
        | '\u{1CD4}'..='\u{1CE8}'
        | '\u{1CED}'
        | '\u{1CF4}'
        | '\u{1CF7}'..='\u{1CF9}'
        // Accents and enclosing marks.
        | '\u{1DC0}'..='\u{1DC9}'
        | '\u{1DCB}'..='\u{1DD1}'
        | '\u{1DF5}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20F0}'
        // Coptic.
        | '\u{2CEF}'..='\u{2CF1}'
        // Tones on ideographs and Hangul.
        | '\u{302A}'..='\u{302F}'
        // Cyrillic again, and Bamum.
        | '\u{A66F}'..='\u{A672}'
        | '\u{A67C}'..='\u{A67D}'
        | '\u{A6F0}'..='\u{A6F1}'
        // Vedic, Kayah Li, Javanese, Tai Viet, Meetei Mayek.
        | '\u{A8E0}'..='\u{A8F1}'
        | '\u{A92B}'..='\u{A92D}'
        | '\u{A9B3}'
        | '\u{AABF}'
        | '\u{AAC1}'
        | '\u{ABEC}'
        // Hebrew, halves of accents.
        | '\u{FB1E}'
        | '\u{FE20}'..='\u{FE2F}'
        // Coptic, Kharoshthi, Manichaean, Rohingya, Garay, Yezidi.
        | '\u{102E0}'
        | '\u{10A0D}'
        | '\u{10A38}'..='\u{10A3A}'
        | '\u{10AE5}'..='\u{10AE6}'
        | '\u{10D24}'..='\u{10D27}'
        | '\u{10D6A}'..='\u{10D6C}'
        | '\u{10EAB}'..='\u{10EAC}'
        // Arabic, Sogdian, Old Uyghur.
        | '\u{10ECB}'..='\u{10ECF}'
        | '\u{10EF0}'..='\u{10EFF}'
        | '\u{10F46}'..='\u{10F50}'
        | '\u{10F82}'..='\u{10F85}'
        // Nuktas of further Indic scripts.
        | '\u{110BA}'
        | '\u{11173}'
        | '\u{111C9}'..='\u{111CC}'
        | '\u{11236}'..='\u{11237}'
        | '\u{1123E}'
        | '\u{112E9}'
        | '\u{1133C}'
        | '\u{11366}'..='\u{11374}'
        | '\u{11446}'
        | '\u{1145E}'
        | '\u{114C3}'
        | '\u{115C0}'
        | '\u{116B7}'
        | '\u{1183A}'
        | '\u{11943}'
        | '\u{11A98}'
        | '\u{11D42}'
        | '\u{11F5A}'
        // Tones of Bassa Vah, Nyiakeng Puachue Hmong and Wancho; Adlam.
        | '\u{16AF0}'..='\u{16AF4}'
        | '\u{1E130}'..='\u{1E136}'
        | '\u{1E2EC}'..='\u{1E2EF}'
        | '\u{1E944}'..='\u{1E94A}')
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;
    use unicode_normalization::char::is_combining_mark;

    use super::*;

    fn without_optional_marks(word: &str) -> String {
        word.nfkd().filter(|c| !is_optional_mark(*c)).collect()
    }

    #[test]
    fn a_word_is_the_same_without_its_optional_marks() {
        for (marked, plain) in [
            ("مُحَمَّد", "محمد"),
            ("أَحْمَد", "احمد"),
            ("قُرْآن", "قران"),
            ("مسؤول", "مسوول"),
            ("رَحْمٰن", "رحمن"),
            ("שָׁלוֹם", "שלום"),
            ("יִשְׂרָאֵל", "ישראל"),
            ("ܫܠܳܡܳܐ", "ܫܠܡܐ"),
            ("सड़क", "सडक"),
            ("ज़रूर", "जरूर"),
            ("বাড়ি", "বাডি"),
            ("ਸ਼ਹਿਰ", "ਸਹਿਰ"),
            ("ಜ಼ೂಮ್", "ಜೂಮ್"),
            ("ไม่", "ไม"),
            ("ศุกร์", "ศุกร"),
            ("ເຈົ້າ", "ເຈົາ"),
            ("ཀ༵", "ཀ"),
            ("ន័យ", "នយ"),
        ] {
            let plain: String = plain.nfkd().collect();
            assert_eq!(without_optional_marks(marked), plain, "{marked}");
        }
    }

    #[test]
    fn marks_that_make_another_word_stay() {
        for word in [
            // Vowel signs and viramas, of every script that has some in daily use.
            "कि",
            "क्ष",
            "কৃ",
            "ਕੀ",
            "કે",
            "କୋ",
            "கை",
            "కౌ",
            "ಕೊ",
            "കേ",
            "කෙ",
            "ދިވެހި",
            "กี",
            "ກຸ",
            "ကို",
            "ကျွန်",
            "ខ្មែរ",
            "བོད",
            "ᠮᠣ",
            "ꦏꦶ",
            // Nasals, aspirations, lengths.
            "हिंदी",
            "चाँद",
            "दुःख",
            "বাংলা",
            "ਪੱਤਾ",
            "ਪੰਜ",
            "ತಂದೆ",
            "മലയാളം",
            "සිංහල",
            "นำ",
            "ລໍາ",
            // Tones and registers.
            "စား",
            "မြန်မာ့",
            "ប៉ា",
            // Kana, and Hangul of parts.
            "ガ",
            "パ",
            "한",
        ] {
            let decomposed: String = word.nfkd().collect();
            assert_eq!(without_optional_marks(word), decomposed, "{word}");
        }
    }

    #[test]
    fn every_optional_mark_is_a_mark_and_falls_into_such() {
        let marks = || ('\0'..=char::MAX).filter(|c| is_optional_mark(*c));
        // What is not assigned yet is neither mark nor letter.
        assert!(marks().all(|c| is_combining_mark(c) || !c.is_alphanumeric()));
        assert!(marks().all(|c| c.nfkd().all(is_optional_mark)));
        assert!(marks().count() > 700);
    }
}
