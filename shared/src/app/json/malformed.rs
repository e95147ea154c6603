//! Why a text is no JSON: of what kind the mistake is, and where it stands. Nothing
//! of the text is quoted.

use std::str::Utf8Error;

use crate::domain::error::Error;

/// Tells mistakes of a text that begins at a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Malformed {
    pub(super) first_line: u64,
}

impl Malformed {
    /// Bytes that are no UTF-8.
    pub(super) fn not_utf8(self, bytes: &[u8], error: &Utf8Error) -> Error {
        let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        let last = valid.rsplit('\n').next().unwrap_or_default();
        let (lines_before, column) = (valid.matches('\n').count(), last.chars().count() + 1);
        self.at(lines_before, column, "bytes that are not UTF-8")
    }

    /// What the parser refused.
    pub(super) fn not_json(self, text: &str, error: &serde_json::Error) -> Error {
        let what = if text.trim_ascii().is_empty() { "it is empty" } else { kind(error) };
        let lines_before = error.line().saturating_sub(1);
        let line = text.split('\n').nth(lines_before).unwrap_or_default();
        // The parser counts bytes, a reader counts characters.
        let column = line.char_indices().take_while(|(at, _)| *at < error.column()).count();
        self.at(lines_before, column.max(1), what)
    }

    fn at(self, lines_before: usize, column: usize, what: &str) -> Error {
        let line = self.first_line + lines_before as u64;
        let text = format!("The input is not valid JSON: {what}, at line {line}, column {column}.");
        Error::MalformedRequest(text.into())
    }
}

/// The parser has no kinds but in its words, which are told by a test.
fn kind(error: &serde_json::Error) -> &'static str {
    if error.is_data() {
        return "a duplicate name in an object";
    }
    let place = format!(" at line {} column {}", error.line(), error.column());
    let text = error.to_string();
    match text.strip_suffix(&place).unwrap_or(&text) {
        "EOF while parsing a list" => "a list that does not end",
        "EOF while parsing an object" => "an object that does not end",
        "EOF while parsing a string" => "a string that does not end",
        "EOF while parsing a value" => "an end in the place of a value",
        "expected `:`" => "a name without a colon behind it",
        "expected `,` or `]`" => "no comma between two elements of a list",
        "expected `,` or `}`" => "no comma between two properties",
        "expected value" | "expected ident" => "something that is no value",
        "invalid escape" => "an escape in a string that there is not",
        "invalid number" => "a number that is not written as one",
        "number out of range" => "a number out of range",
        "control character (\\u0000-\\u001F) found while parsing a string" => {
            "a raw control character in a string, such as a line break"
        }
        "key must be a string" => "a name that is not in double quotes",
        "lone leading surrogate in hex escape" | "unexpected end of hex escape" => {
            "half a surrogate pair in a string"
        }
        "trailing comma" => "a trailing comma",
        "trailing characters" => "more behind its end",
        "recursion limit exceeded" => "nesting deeper than 127 levels",
        _ => "a mistake of syntax",
    }
}

#[cfg(test)]
mod tests {
    use crate::app::json::parse;

    /// The limit of `serde_json`.
    const MAX_DEPTH: usize = 127;

    #[test]
    fn what_is_wrong_is_told_by_its_kind_and_its_place() {
        let deep = "[".repeat(MAX_DEPTH + 1);
        for (text, what, line, column) in [
            ("", "it is empty", 1, 1),
            (" \n ", "it is empty", 2, 1),
            ("[1,\n2", "a list that does not end", 2, 1),
            ("{\"a\":1", "an object that does not end", 1, 6),
            ("{\"a", "a string that does not end", 1, 3),
            ("{\"a\":", "an end in the place of a value", 1, 5),
            ("{\"a\" 1}", "a name without a colon behind it", 1, 6),
            ("[1 2]", "no comma between two elements of a list", 1, 4),
            ("{\"a\":1 \"b\":2}", "no comma between two properties", 1, 8),
            ("{\"a\":NaN}", "something that is no value", 1, 6),
            ("{\"a\":'b'}", "something that is no value", 1, 6),
            ("[tru]", "something that is no value", 1, 5),
            ("[\"\\x\"]", "an escape in a string that there is not", 1, 4),
            ("[\"\\u12\"]", "an escape in a string that there is not", 1, 8),
            ("[01]", "a number that is not written as one", 1, 3),
            ("[1e400]", "a number out of range", 1, 6),
            ("[-1e999999]", "a number out of range", 1, 10),
            (
                "{\"a\":\n\"b\nc\"}",
                "a raw control character in a string, such as a line break",
                3,
                1,
            ),
            ("{a:1}", "a name that is not in double quotes", 1, 2),
            ("{'a':1}", "a name that is not in double quotes", 1, 2),
            ("{1:1}", "a name that is not in double quotes", 1, 2),
            ("[\"cut \\ud83d\"]", "half a surrogate pair in a string", 1, 13),
            ("[\"\\ud83d\\ud83d\"]", "half a surrogate pair in a string", 1, 14),
            ("[\"\\ude00 cut\"]", "half a surrogate pair in a string", 1, 8),
            ("{\"a\":1,}", "a trailing comma", 1, 8),
            ("[1,]", "a trailing comma", 1, 4),
            ("{} {}", "more behind its end", 1, 4),
            ("{}\n\u{feff}", "more behind its end", 2, 1),
            (&deep, "nesting deeper than 127 levels", 1, 128),
            ("{\"a\":1,\n \"a\":2}", "a duplicate name in an object", 2, 4),
            ("{\"b\":{\"é\":1,\"\\u00e9\":2}}", "a duplicate name in an object", 1, 20),
            // The place is counted in characters.
            ("[\"é€😀\" 1]", "no comma between two elements of a list", 1, 8),
        ] {
            let error = parse(text.as_bytes()).unwrap_err();
            let expected =
                format!("The input is not valid JSON: {what}, at line {line}, column {column}.");
            assert_eq!(error.public_message(), expected, "{text}");
        }
        let fits = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
        assert!(parse(fits.as_bytes()).is_ok());
    }

    #[test]
    fn bytes_that_are_no_text_are_told_by_their_place() {
        for (bytes, line, column) in [
            (&b"\xff"[..], 1, 1),
            (b"{\"a\":\"\xc3\"}", 1, 7),
            (b"{\n\"\xc3\xa9\xe2\x82\"}", 2, 3),
            (b"\xff\xfe{\x00}\x00", 1, 1),
        ] {
            let error = parse(bytes).unwrap_err();
            let expected = format!(
                "The input is not valid JSON: bytes that are not UTF-8, at line {line}, column {column}."
            );
            assert_eq!(error.public_message(), expected, "{bytes:?}");
        }
    }

    #[test]
    fn nothing_of_the_text_is_quoted() {
        for text in [
            "{\"s3cret\":s3cret}",
            "{\"s3cret\":1,\"s3cret\":2}",
            "[\"s3cret\\x\"]",
            "s3cret",
            "{\"a\":\"s3cret\" \"s3cret\"}",
            "[1e400s3cret]",
        ] {
            let error = parse(text.as_bytes()).unwrap_err();
            assert!(!error.public_message().contains("s3cret"), "{text} {error}");
        }
    }
}
