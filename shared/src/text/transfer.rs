//! How the bytes of messages are written in ASCII: quoted-printable and base64
//! ([RFC 2045](https://www.rfc-editor.org/rfc/rfc2045#section-6)), and encoded words
//! ([RFC 2047](https://www.rfc-editor.org/rfc/rfc2047)).
//!
//! What is not written so in full is not decoded, since it may be something else; but for
//! its end, which may have been cut off.

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::charset::decode;

/// Padding is taken away before, and what is cut off may have bits left.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// The longest name of a character set.
const MAX_CHARSET_BYTES: usize = 40;
/// The longest content of an encoded word. The standard has 75 for all of it, and programs
/// write more.
const MAX_WORD_BYTES: usize = 1000;

/// The bytes that a text in quoted-printable stands for. `None` if a `=` in it begins no
/// escape; one at its end may be cut off.
pub(super) fn quoted_printable(text: &str) -> Option<Vec<u8>> {
    let is_hex = |b: &u8| b.is_ascii_hexdigit();
    let cut = match text.as_bytes() {
        [.., b'=', digit] if is_hex(digit) => 2,
        [.., b'='] => 1,
        _ => 0,
    };
    unescape(&text[..text.len() - cut])
}

fn unescape(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escaped)) = rest.split_once('=') {
        bytes.extend_from_slice(before.as_bytes());
        rest = match escaped.as_bytes() {
            [high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                bytes.push(16 * hex_value(*high) + hex_value(*low));
                &escaped[2..]
            }
            // A line that goes on in the next one.
            _ => {
                let behind = escaped.trim_start_matches([' ', '\t']);
                let behind = behind.strip_prefix('\r').unwrap_or(behind);
                behind.strip_prefix('\n')?
            }
        };
    }
    bytes.extend_from_slice(rest.as_bytes());
    Some(bytes)
}

fn hex_value(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'A'..=b'F' => digit - b'A' + 10,
        _ => digit.wrapping_sub(b'a') + 10,
    }
}

/// Whether all of a line is base64.
pub(super) fn is_base64(line: &str) -> bool {
    let digits = line.trim_end_matches('=');
    let is_digit = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    !digits.is_empty() && line.len() - digits.len() <= 2 && digits.bytes().all(is_digit)
}

/// The bytes that a text in base64 stands for, white space in it left out.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let mut digits: String = text.split_ascii_whitespace().collect();
    digits.truncate(digits.trim_end_matches('=').len());
    // A lone digit is no byte.
    if digits.len() % 4 == 1 {
        digits.pop();
    }
    BASE64.decode(digits).ok()
}

/// A text with its encoded words as they read, such as `=?utf-8?Q?M=C3=BCller?=`. Those
/// that follow each other are one, as a character may be divided between them.
pub(super) fn encoded_words(text: &str) -> Cow<'_, str> {
    let mut read = String::new();
    let (mut copied, mut at) = (0, 0);
    while let Some(found) = text[at..].find("=?") {
        let start = at + found;
        let Some(mut word) = EncodedWord::at(text, start) else {
            at = start + "=?".len();
            continue;
        };
        while let Some(next) = word.next(text) {
            word.bytes.extend(next.bytes);
            word.end = next.end;
        }
        at = word.end;
        if let Some(decoded) = decode(word.charset, word.bytes) {
            read.push_str(&text[copied..start]);
            read.push_str(&decoded);
            copied = at;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    read.push_str(&text[copied..]);
    Cow::Owned(read)
}

struct EncodedWord<'t> {
    charset: &'t str,
    bytes: Vec<u8>,
    end: usize,
}

impl<'t> EncodedWord<'t> {
    /// The word that begins here.
    fn at(text: &'t str, start: usize) -> Option<Self> {
        let (charset, at) = up_to_mark(text, start + "=?".len(), MAX_CHARSET_BYTES)?;
        let (encoding, at) = up_to_mark(text, at, 1)?;
        let (content, at) = up_to_mark(text, at, MAX_WORD_BYTES)?;
        let end = text[at..].starts_with('=').then_some(at + "=".len())?;
        let bytes = match encoding {
            "q" | "Q" => unescape(&content.replace('_', " "))?,
            "b" | "B" if is_base64(content) => base64(content)?,
            _ => return None,
        };
        // A language may stand behind the name.
        let charset = charset.split('*').next()?;
        Some(Self { charset, bytes, end })
    }

    /// The word behind this one, if it is in the same character set.
    fn next(&self, text: &'t str) -> Option<Self> {
        let rest = &text[self.end..];
        let start = text.len() - rest.trim_ascii_start().len();
        let next = text[start..].starts_with("=?").then(|| Self::at(text, start))??;
        next.charset.eq_ignore_ascii_case(self.charset).then_some(next)
    }
}

/// What stands between here and the next question mark, and where it goes on behind that:
/// visible ASCII, and not too much.
fn up_to_mark(text: &str, start: usize, max: usize) -> Option<(&str, usize)> {
    let bytes = text.as_bytes()[start..].iter().take(max + 1);
    let len = bytes.clone().position(|b| *b == b'?' || !b.is_ascii_graphic())?;
    let is_mark = text.as_bytes()[start + len] == b'?';
    (is_mark && len > 0).then(|| (&text[start..start + len], start + len + 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quoted_printable_is_decoded_if_all_of_it_is() {
        for (text, bytes) in [
            ("", Some("")),
            ("plain", Some("plain")),
            ("Gr=C3=BC=c3=9fe", Some("Grüße")),
            ("a=3Db =3D=3D", Some("a=b ==")),
            ("one =\r\nline=\n, an=  \nother", Some("one line, another")),
            // Cut off.
            ("M=C3=BC=", Some("Mü")),
            ("M=C3=BC=C", Some("Mü")),
            ("a=b", Some("a")),
            // Something else.
            ("a = b", None),
            ("a=XY", None),
            ("a=\r", None),
            ("a==", None),
            ("a=é", None),
            ("x=1.", None),
            ("=1é", None),
        ] {
            assert_eq!(quoted_printable(text), bytes.map(|b| b.as_bytes().to_vec()), "{text:?}");
        }
    }

    #[test]
    fn base64_is_decoded_with_its_end_cut_off() {
        for (text, bytes) in [
            ("", ""),
            ("SGFsbG8=", "Hallo"),
            ("SGFs\r\nbG8=\n", "Hallo"),
            ("SGFsbG8", "Hallo"),
            ("SGFsb", "Hal"),
            ("SGFsbG", "Hall"),
        ] {
            assert_eq!(base64(text).as_deref(), Some(bytes.as_bytes()), "{text:?}");
        }
        assert_eq!(base64("no!"), None);
        for line in ["", "=", "a b", "a-b", "a===", "a=b", "-----BEGIN"] {
            assert!(!is_base64(line), "{line}");
        }
        assert!(is_base64("SGFsbG8="));
    }

    #[test]
    fn encoded_words_are_read() {
        for (text, read) in [
            ("=?utf-8?Q?M=C3=BCller?=", "Müller"),
            ("=?UTF-8?b?TcO8bGxlcg==?=", "Müller"),
            ("=?iso-8859-1?q?M=FCller_GmbH?= <m@example.com>", "Müller GmbH <m@example.com>"),
            ("Re: =?utf-8*de?Q?Gr=C3=BC=C3=9Fe?=!", "Re: Grüße!"),
            // A character is divided, and white space between words is none.
            ("=?utf-8?Q?M=C3?= =?utf-8?Q?=BCller?=", "Müller"),
            ("=?utf-8?Q?a?=\r\n =?UTF-8?B?Yg==?= c", "ab c"),
            ("=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"),
            ("=?utf-8?Q?a?= =?koi8-r?Q?=C1?=", "a а"),
            ("=?utf-8?Q?a?= =?", "a =?"),
        ] {
            assert_eq!(encoded_words(text), read, "{text}");
        }
    }

    #[test]
    fn what_is_no_encoded_word_stays() {
        for text in [
            "",
            "=?",
            "=??=",
            "a =? b",
            "x =?y?= z",
            "is a=?b?c=d?=e",
            "=?utf-8?Q?open",
            "=?utf-8?Q?two words?=",
            "=?utf-8?X?a?=",
            "=?utf-8?Q?a=b?=",
            "=?utf-8?B?a.b?=",
            "=?utf-8?Q?=FF?=",
            "=?no-such-set?Q?a?=",
            "=?utf-8?Q??=",
            "=?ütf-8?Q?a?=",
            "=?utf-8?Q?é?=",
        ] {
            assert!(matches!(encoded_words(text), Cow::Borrowed(it) if it == text), "{text}");
        }
        let longest = format!("=?utf-8?Q?{}?=", "a".repeat(MAX_WORD_BYTES));
        assert_eq!(encoded_words(&longest), "a".repeat(MAX_WORD_BYTES));
        let longer = format!("=?utf-8?Q?{}?=", "a".repeat(MAX_WORD_BYTES + 1));
        assert_eq!(encoded_words(&longer), longer);
    }

    proptest! {
        #[test]
        fn any_text_is_read_somehow(text in "([=?_ a-fA-F0-9\r\né]|=\\?utf-8\\?[QB]\\?|\\?=){0,60}") {
            let _ = (quoted_printable(&text), base64(&text), encoded_words(&text));
        }

        #[test]
        fn bytes_in_base64_are_the_same_again(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let text = base64::prelude::BASE64_STANDARD.encode(&bytes);
            prop_assert_eq!(super::base64(&text), Some(bytes));
        }
    }
}
