//! The decimal digits of all scripts.
//!
//! As in `script`, what Unicode 18 says is written out, so that an update of a table
//! cannot change stored terms.

/// The zeros, in order: all characters of [general category](https://www.unicode.org/reports/tr44/#GC_Values_Table)
/// `Nd` with the value 0. Behind each stand the other nine of its script.
const ZEROS: [char; 77] = [
    '\u{30}',
    '\u{660}',
    '\u{6F0}',
    '\u{7C0}',
    '\u{966}',
    '\u{9E6}',
    '\u{A66}',
    '\u{AE6}',
    '\u{B66}',
    '\u{BE6}',
    '\u{C66}',
    '\u{CE6}',
    '\u{D66}',
    '\u{DE6}',
    '\u{E50}',
    '\u{ED0}',
    '\u{F20}',
    '\u{1040}',
    '\u{1090}',
    '\u{17E0}',
    '\u{1810}',
    '\u{1946}',
    '\u{19D0}',
    '\u{1A80}',
    '\u{1A90}',
    '\u{1B50}',
    '\u{1BB0}',
    '\u{1C40}',
    '\u{1C50}',
    '\u{A620}',
    '\u{A8D0}',
    '\u{A900}',
    '\u{A9D0}',
    '\u{A9F0}',
    '\u{AA50}',
    '\u{ABF0}',
    '\u{FF10}',
    '\u{104A0}',
    '\u{10D30}',
    '\u{10D40}',
    '\u{11066}',
    '\u{110F0}',
    '\u{11136}',
    '\u{111D0}',
    '\u{112F0}',
    '\u{11450}',
    '\u{114D0}',
    '\u{11650}',
    '\u{116C0}',
    '\u{116D0}',
    '\u{116DA}',
    '\u{11730}',
    '\u{118E0}',
    '\u{11950}',
    '\u{11BF0}',
    '\u{11C50}',
    '\u{11D50}',
    '\u{11DA0}',
    '\u{11DE0}',
    '\u{11F50}',
    '\u{16130}',
    '\u{16A60}',
    '\u{16AC0}',
    '\u{16B50}',
    '\u{16D70}',
    '\u{1CCF0}',
    '\u{1D7CE}',
    '\u{1D7D8}',
    '\u{1D7E2}',
    '\u{1D7EC}',
    '\u{1D7F6}',
    '\u{1E140}',
    '\u{1E2F0}',
    '\u{1E4F0}',
    '\u{1E5F1}',
    '\u{1E950}',
    '\u{1FBF0}',
];

/// The ASCII digit of the same value; `None` for what is no decimal digit.
pub(super) fn decimal_digit(c: char) -> Option<char> {
    let zero = ZEROS.partition_point(|zero| *zero <= c).checked_sub(1).map(|at| ZEROS[at])?;
    char::from_digit(u32::from(c) - u32::from(zero), 10)
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    #[test]
    fn digits_of_all_scripts_are_those_of_ascii() {
        for digits in [
            "0123456789",
            "٠١٢٣٤٥٦٧٨٩",
            "۰۱۲۳۴۵۶۷۸۹",
            "०१२३४५६७८९",
            "০১২৩৪৫৬৭৮৯",
            "௦௧௨௩௪௫௬௭௮௯",
            "๐๑๒๓๔๕๖๗๘๙",
            "໐໑໒໓໔໕໖໗໘໙",
            "၀၁၂၃၄၅၆၇၈၉",
            "០១២៣៤៥៦៧៨៩",
            "༠༡༢༣༤༥༦༧༨༩",
            "０１２３４５６７８９",
            "𞥐𞥑𞥒𞥓𞥔𞥕𞥖𞥗𞥘𞥙",
        ] {
            let ascii: String = digits.chars().filter_map(decimal_digit).collect();
            assert_eq!(ascii, "0123456789");
        }
    }

    #[test]
    fn what_is_no_decimal_digit_is_none() {
        // Their like: letters, superscripts, fractions, Roman and Chinese numbers.
        for c in "/:aZé²½Ⅳ一〇①௰፩༪𐒞".chars() {
            assert_eq!(decimal_digit(c), None, "{c}");
        }
        assert_eq!(decimal_digit('\0'), None);
        assert_eq!(decimal_digit(char::MAX), None);
    }

    #[test]
    fn the_table_is_in_order_and_agrees_with_the_decompositions() {
        assert!(ZEROS.is_sorted());
        let digits = ('\0'..=char::MAX).filter(|c| decimal_digit(*c).is_some());
        assert_eq!(digits.clone().count(), 10 * ZEROS.len());
        for c in digits {
            let decomposed: Vec<char> = c.nfkd().collect();
            assert!(decomposed == [c] || Some(decomposed[0]) == decimal_digit(c), "{c}");
        }
    }
}
