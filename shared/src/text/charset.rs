//! Character sets of messages.
//!
//! UTF-8, which nearly all messages are in, and the single-byte sets of the
//! [Encoding Standard](https://encoding.spec.whatwg.org/#legacy-single-byte-encodings)
//! that mail is still written in. Left out on purpose: those of Chinese, Japanese and Korean,
//! whose tables are heavier than all else that reads a message together.

/// The sets by name, each with what its last 128 or 96 bytes stand for; those before are
/// ASCII, or nothing. U+FFFD is no character.
const SETS: &[(&str, &str)] = &[
    (
        "windows-1250",
        "€\u{FFFD}‚\u{FFFD}„…†‡\u{FFFD}‰Š‹ŚŤŽŹ\u{FFFD}‘’“”•–—\u{FFFD}™š›śťžź\u{A0}ˇ˘Ł¤Ą¦§\
         ¨©Ş«¬\u{AD}®Ż°±˛ł´µ¶·¸ąş»Ľ˝ľżŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢßŕáâăäĺćçčéęëěíîď\
         đńňóôőö÷řůúűüýţ˙",
    ),
    (
        "windows-1251",
        "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{FFFD}™љ›њќћџ\u{A0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{AD}®Ї°±Ііґµ¶·ё№є»јЅѕї\
         АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя",
    ),
    (
        "windows-1252",
        "€\u{FFFD}‚ƒ„…†‡ˆ‰Š‹Œ\u{FFFD}Ž\u{FFFD}\u{FFFD}‘’“”•–—˜™š›œ\u{FFFD}žŸ\u{A0}¡¢£¤¥¦§\
         ¨©ª«¬\u{AD}®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîï\
         ðñòóôõö÷øùúûüýþÿ",
    ),
    (
        "windows-1253",
        "€\u{FFFD}‚ƒ„…†‡\u{FFFD}‰\u{FFFD}‹\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}‘’“”•–—\
         \u{FFFD}™\u{FFFD}›\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{A0}΅Ά£¤¥¦§¨©\u{FFFD}«¬\u{AD}®―\
         °±²³΄µ¶·ΈΉΊ»Ό½ΎΏΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡ\u{FFFD}ΣΤΥΦΧΨΩΪΫάέήίΰαβγδεζηθικλμνξοπρςστυφχ\
         ψωϊϋόύώ\u{FFFD}",
    ),
    (
        "windows-1254",
        "€\u{FFFD}‚ƒ„…†‡ˆ‰Š‹Œ\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}‘’“”•–—˜™š›œ\u{FFFD}\u{FFFD}Ÿ\
         \u{A0}¡¢£¤¥¦§¨©ª«¬\u{AD}®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏĞÑÒÓÔÕÖ×ØÙÚÛÜİŞßàáâãäåæç\
         èéêëìíîïğñòóôõö÷øùúûüışÿ",
    ),
    (
        "windows-1255",
        "€\u{FFFD}‚ƒ„…†‡ˆ‰\u{FFFD}‹\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}‘’“”•–—\
         ˜™\u{FFFD}›\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{A0}¡¢£₪¥¦§¨©×«¬\u{AD}®¯°±²³´µ¶·\
         ¸¹÷»¼½¾¿\u{5B0}\u{5B1}\u{5B2}\u{5B3}\u{5B4}\u{5B5}\u{5B6}\u{5B7}\
         \u{5B8}\u{5B9}\u{FFFD}\u{5BB}\u{5BC}\u{5BD}\u{5BE}\u{5BF}\
         \u{5C0}\u{5C1}\u{5C2}\u{5C3}\u{5F0}\u{5F1}\u{5F2}\u{5F3}\
         \u{5F4}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\
         \u{5D0}\u{5D1}\u{5D2}\u{5D3}\u{5D4}\u{5D5}\u{5D6}\u{5D7}\
         \u{5D8}\u{5D9}\u{5DA}\u{5DB}\u{5DC}\u{5DD}\u{5DE}\u{5DF}\
         \u{5E0}\u{5E1}\u{5E2}\u{5E3}\u{5E4}\u{5E5}\u{5E6}\u{5E7}\
         \u{5E8}\u{5E9}\u{5EA}\u{FFFD}\u{FFFD}\u{200E}\u{200F}\u{FFFD}",
    ),
    (
        "windows-1256",
        "€\u{67E}‚ƒ„…†‡ˆ‰\u{679}‹Œ\u{686}\u{698}\u{688}\u{6AF}‘’“”•–—\
         \u{6A9}™\u{691}›œ\u{200C}\u{200D}\u{6BA}\u{A0}،¢£¤¥¦§¨©\u{6BE}«¬\u{AD}®¯°±²³´µ¶·\
         ¸¹\u{61B}»¼½¾\u{61F}\u{6C1}\u{621}\u{622}\u{623}\u{624}\u{625}\u{626}\u{627}\
         \u{628}\u{629}\u{62A}\u{62B}\u{62C}\u{62D}\u{62E}\u{62F}\
         \u{630}\u{631}\u{632}\u{633}\u{634}\u{635}\u{636}×\
         \u{637}\u{638}\u{639}\u{63A}\u{640}\u{641}\u{642}\u{643}\
         à\u{644}â\u{645}\u{646}\u{647}\u{648}çèéêë\u{649}\u{64A}îï\
         \u{64B}\u{64C}\u{64D}\u{64E}ô\u{64F}\u{650}÷\u{651}ù\u{652}ûü\u{200E}\u{200F}\u{6D2}",
    ),
    (
        "windows-1257",
        "€\u{FFFD}‚\u{FFFD}„…†‡\u{FFFD}‰\u{FFFD}‹\u{FFFD}¨ˇ¸\u{FFFD}‘’“”•–—\
         \u{FFFD}™\u{FFFD}›\u{FFFD}¯˛\u{FFFD}\u{A0}\u{FFFD}¢£¤\u{FFFD}¦§Ø©Ŗ«¬\u{AD}®Æ°±²³´µ¶·\
         ø¹ŗ»¼½¾æĄĮĀĆÄÅĘĒČÉŹĖĢĶĪĻŠŃŅÓŌÕÖ×ŲŁŚŪÜŻŽßąįāćäåęēčéźėģķīļšńņóōõö÷ųłśūüżž˙",
    ),
    (
        "windows-874",
        "€\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}…\u{FFFD}\u{FFFD}\
         \u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}‘’“”•–—\
         \u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{A0}กขฃคฅฆง\
         จฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรฤลฦวศษสหฬอฮฯะ\u{E31}าำ\u{E34}\u{E35}\u{E36}\u{E37}\
         \u{E38}\u{E39}\u{E3A}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}฿เแโใไๅๆ\u{E47}\
         \u{E48}\u{E49}\u{E4A}\u{E4B}\u{E4C}\u{E4D}\u{E4E}๏๐๑๒๓๔๕๖๗\
         ๘๙๚๛\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}",
    ),
    (
        "koi8-r",
        "─│┌┐└┘├┤┬┴┼▀▄█▌▐░▒▓⌠■∙√≈≤≥\u{A0}⌡°²·÷═║╒ё╓╔╕╖╗╘╙╚╛╜╝╞╟╠╡Ё╢╣╤╥╦╧╨╩╪╫╬©юабцдефг\
         хийклмнопярстужвьызшэщчъЮАБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЫЗШЭЩЧЪ",
    ),
    (
        "koi8-u",
        "─│┌┐└┘├┤┬┴┼▀▄█▌▐░▒▓⌠■∙√≈≤≥\u{A0}⌡°²·÷═║╒ёє╔ії╗╘╙╚╛ґ╝╞╟╠╡ЁЄ╣ІЇ╦╧╨╩╪Ґ╬©юабцдефг\
         хийклмнопярстужвьызшэщчъЮАБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЫЗШЭЩЧЪ",
    ),
    (
        "iso-8859-2",
        "\u{A0}Ą˘Ł¤ĽŚ§¨ŠŞŤŹ\u{AD}ŽŻ°ą˛ł´ľśˇ¸šşťź˝žżŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢßŕáâăäĺćç\
         čéęëěíîďđńňóôőö÷řůúűüýţ˙",
    ),
    (
        "iso-8859-5",
        "\u{A0}ЁЂЃЄЅІЇЈЉЊЋЌ\u{AD}ЎЏАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцч\
         шщъыьэюя№ёђѓєѕіїјљњћќ§ўџ",
    ),
    (
        "iso-8859-7",
        "\u{A0}‘’£€₯¦§¨©ͺ«¬\u{AD}\u{FFFD}―°±²³΄΅Ά·ΈΉΊ»Ό½ΎΏΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡ\u{FFFD}ΣΤΥΦΧ\
         ΨΩΪΫάέήίΰαβγδεζηθικλμνξοπρςστυφχψωϊϋόύώ\u{FFFD}",
    ),
    (
        "iso-8859-15",
        "\u{A0}¡¢£€¥Š§š©ª«¬\u{AD}®¯°±²³Žµ¶·ž¹º»ŒœŸ¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæç\
         èéêëìíîïðñòóôõö÷øùúûüýþÿ",
    ),
];

/// The text that is written so. `None` if the set is not known, or if that is no text in
/// it. The last character may be cut off.
pub(super) fn decode(charset: &str, bytes: Vec<u8>) -> Option<String> {
    let name = charset.trim().to_ascii_lowercase();
    let text = match name.strip_prefix("x-").unwrap_or(&name) {
        "utf-8" | "utf8" | "us-ascii" | "ascii" => decode_utf8(bytes)?,
        name => decode_single_bytes(set(name)?, &bytes)?,
    };
    let is_text = |c: char| !c.is_control() || c.is_ascii_whitespace();
    text.chars().all(is_text).then_some(text)
}

fn decode_utf8(bytes: Vec<u8>) -> Option<String> {
    String::from_utf8(bytes)
        .or_else(|error| {
            let (cut, valid) = (error.utf8_error().error_len(), error.utf8_error().valid_up_to());
            let mut bytes = error.into_bytes();
            bytes.truncate(valid);
            if cut.is_none() { String::from_utf8(bytes).map_err(drop) } else { Err(()) }
        })
        .ok()
}

/// The set that a name stands for in mail, by the labels of the standard.
fn set(name: &str) -> Option<&'static str> {
    let known = match name {
        "iso-8859-1" | "iso8859-1" | "latin1" | "cp1252" => "windows-1252",
        "iso-8859-9" | "iso8859-9" | "latin5" | "cp1254" => "windows-1254",
        // Their letters are at the same places.
        "iso-8859-8" | "iso-8859-8-i" | "iso8859-8" | "cp1255" => "windows-1255",
        "iso-8859-11" | "tis-620" | "cp874" => "windows-874",
        "iso8859-2" | "latin2" => "iso-8859-2",
        "iso8859-5" => "iso-8859-5",
        "iso8859-7" => "iso-8859-7",
        "iso8859-15" | "latin-9" => "iso-8859-15",
        "cp1250" => "windows-1250",
        "cp1251" => "windows-1251",
        "cp1253" => "windows-1253",
        "cp1256" => "windows-1256",
        "cp1257" => "windows-1257",
        "koi8" => "koi8-r",
        _ => name,
    };
    SETS.iter().find(|(name, _)| *name == known).map(|(_, characters)| *characters)
}

fn decode_single_bytes(set: &str, bytes: &[u8]) -> Option<String> {
    let characters: Vec<char> = set.chars().collect();
    let first = 256 - characters.len();
    let character = |byte: &u8| match usize::from(*byte).checked_sub(first) {
        Some(at) => Some(characters[at]).filter(|c| *c != char::REPLACEMENT_CHARACTER),
        None => byte.is_ascii().then_some(char::from(*byte)),
    };
    bytes.iter().map(character).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_set_has_its_letters() {
        for (charset, bytes, text) in [
            ("utf-8", b"M\xC3\xBCller".as_slice(), "Müller"),
            ("UTF8", "東京".as_bytes(), "東京"),
            ("us-ascii", b"plain\r\n\ttext", "plain\r\n\ttext"),
            ("iso-8859-1", b"M\xFCller \x80 5", "Müller € 5"),
            ("Windows-1252", b"\x93Caf\xE9\x94", "“Café”"),
            ("iso-8859-15", b"\xA4 5", "€ 5"),
            ("iso-8859-2", b"\xA3\xF3d\xBC", "Łódź"),
            ("windows-1250", b"P\xF8\xEDli\x9A", "Příliš"),
            ("windows-1251", b"\xCF\xF0\xE8\xE2\xE5\xF2", "Привет"),
            ("koi8-r", b"\xF0\xD2\xC9\xD7\xC5\xD4", "Привет"),
            ("koi8-u", b"\xD7\xA6\xCE", "він"),
            ("iso-8859-5", b"\xBF\xE0\xD8\xD2\xD5\xE2", "Привет"),
            ("windows-1253", b"\xC3\xE5\xE9\xDC", "Γειά"),
            ("iso-8859-7", b"\xC3\xE5\xE9\xDC", "Γειά"),
            ("iso-8859-9", b"\xDD\xFEle", "İşle"),
            ("iso-8859-8-i", b"\xF9\xEC\xE5\xED", "שלום"),
            ("windows-1256", b"\xE3\xD1\xCD\xC8\xC7", "مرحبا"),
            ("windows-1257", b"\xE8eks", "čeks"),
            ("tis-620", b"\xA1\xD2", "กา"),
        ] {
            assert_eq!(decode(charset, bytes.to_vec()).as_deref(), Some(text), "{charset}");
        }
    }

    #[test]
    fn what_is_no_text_in_a_set_is_none() {
        for (charset, bytes) in [
            ("utf-8", b"M\xFCller".as_slice()),
            ("utf-8", b"\0"),
            ("us-ascii", b"\x1B[0m"),
            ("windows-1252", b"\x81"),
            ("iso-8859-2", b"\x80"),
            ("x-unknown", b"a"),
            ("", b"a"),
            ("iso-2022-jp", b"a"),
        ] {
            assert_eq!(decode(charset, bytes.to_vec()), None, "{charset} {bytes:?}");
        }
    }

    #[test]
    fn a_character_that_is_cut_off_is_left_out() {
        assert_eq!(decode("utf-8", b"M\xC3".to_vec()).as_deref(), Some("M"));
        assert_eq!(decode("utf-8", b"\xF0\x9F\x98".to_vec()).as_deref(), Some(""));
        assert_eq!(decode("utf-8", b"\xC3 M".to_vec()), None);
    }

    #[test]
    fn every_set_has_96_or_128_characters() {
        for (name, characters) in SETS {
            assert!([96, 128].contains(&characters.chars().count()), "{name}");
        }
    }
}
