//! What a file holds, told from its beginning.
//!
//! A file of another kind would be a million refused lines of one sentence, so
//! it is told once and nothing of it is read.

use activity_log_core::app::json::without_byte_order_mark;
use clap::ValueEnum;
use serde::de::IgnoredAny;
use serde_json::Value;

/// What stands between the cells of a row, in the order in which they are tried.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];
/// How files begin that have to be unpacked or saved by another program: gzip, ZIP
/// and the spreadsheets that are one, Zstandard, XZ, bzip2, 7-Zip, old spreadsheets.
const PACKED: [&[u8]; 7] = [
    b"\x1f\x8b",
    b"PK\x03\x04",
    b"\x28\xb5\x2f\xfd",
    b"\xfd7zXZ\0",
    b"BZh",
    b"7z\xbc\xaf\x27\x1c",
    b"\xd0\xcf\x11\xe0",
];

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Format {
    /// A JSON object a line.
    Jsonl,
    /// A header row, and a row for each record.
    Csv,
}

/// A file that can't be read as the format that it should have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::cli) enum NotRecords {
    #[error("it is empty")]
    Empty,
    #[error("it is UTF-16: save it as UTF-8")]
    Utf16,
    #[error("it is compressed or a spreadsheet: unpack it, or save it as CSV")]
    Compressed,
    #[error("it is a JSON array: write one object a line, as `jq -c '.[]' FILE` does")]
    Array,
    #[error("it is JSON over several lines: write one object a line, as `jq -c . FILE` does")]
    Pretty,
    #[error("it has several objects in a line: write one a line, as `jq -c . FILE` does")]
    SeveralInALine,
    #[error("its lines end in commas: write one object a line and nothing between them")]
    Commas,
    #[error("it is JSON, but no object a line")]
    OtherJson,
    #[error("it is CSV: take it with --format csv")]
    Csv,
    #[error("it is JSON lines: take it with --format jsonl")]
    JsonLines,
    #[error("its first line is no JSON object")]
    Text,
    #[error("it is no text")]
    Binary,
    #[error("its lines end in carriage returns alone: save it with those of Windows or Unix")]
    CarriageReturns,
    #[error("it is no file on a disk, which refused records are read from again: write it to one")]
    NotAFile,
    #[error("its header is not UTF-8")]
    HeaderNotUtf8,
    #[error("its header names {0:?}, which is none of: {1}")]
    UnknownColumn(String, String),
    #[error("its header names {0:?} twice")]
    ColumnTwice(String),
}

/// Checks that a file begins as JSON lines do. `start` is as much of it as has
/// been read, and all of it where `whole`.
pub(super) fn check_json_lines(
    start: &[u8],
    whole: bool,
    columns: &[&str],
) -> Result<(), NotRecords> {
    let First { line, ended, next } = first_line(start, whole)?;
    match line.first() {
        Some(b'{') => check_object(line, ended, next),
        Some(b'[') => Err(NotRecords::Array),
        _ if header_of(line, columns).is_some() => Err(NotRecords::Csv),
        _ if serde_json::from_slice::<Value>(line).is_ok() => Err(NotRecords::OtherJson),
        _ => Err(NotRecords::Text),
    }
}

/// The delimiter of a file that begins as CSV does.
pub(super) fn check_csv(start: &[u8], whole: bool, columns: &[&str]) -> Result<u8, NotRecords> {
    let First { line, .. } = first_line(start, whole)?;
    match line.first() {
        Some(b'{') => Err(NotRecords::JsonLines),
        Some(b'[') => Err(NotRecords::Array),
        // What is wrong with the header is told where it is read.
        _ => Ok(header_of(line, columns).unwrap_or(DELIMITERS[0])),
    }
}

/// Checks a line that begins as an object does. One that is broken is a line to
/// be mended, and the others may be sound: only what is wrong with every line is
/// told of the file.
fn check_object(line: &[u8], ended: bool, next: &[u8]) -> Result<(), NotRecords> {
    let mut values = serde_json::Deserializer::from_slice(line).into_iter::<IgnoredAny>();
    match values.next() {
        // An object that is not ended with its line goes on in the next one, where
        // that is not one of its own.
        Some(Err(error)) if error.is_eof() && ended && !next.is_empty() => {
            let cut = serde_json::from_slice::<IgnoredAny>(next).is_ok();
            if cut { Ok(()) } else { Err(NotRecords::Pretty) }
        }
        Some(Ok(_)) => match line[values.byte_offset()..].trim_ascii_start() {
            b"," => Err(NotRecords::Commas),
            rest if rest.starts_with(b"{") || rest.starts_with(b",{") => {
                Err(NotRecords::SeveralInALine)
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

/// Where a text begins.
struct First<'a> {
    /// The first line that is not blank.
    line: &'a [u8],
    /// Whether its end is there.
    ended: bool,
    /// The one after it that is not blank.
    next: &'a [u8],
}

fn first_line(start: &[u8], whole: bool) -> Result<First<'_>, NotRecords> {
    // They have zeros, as UTF-16 does.
    if PACKED.iter().any(|magic| start.starts_with(magic)) {
        return Err(NotRecords::Compressed);
    }
    if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
        return Err(NotRecords::Utf16);
    }
    let text = without_byte_order_mark(start);
    let mut lines =
        text.split_inclusive(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let line = lines.next().ok_or(NotRecords::Empty)?;
    if line.contains(&0) {
        return Err(if is_every_other_byte_zero(line) {
            NotRecords::Utf16
        } else {
            NotRecords::Binary
        });
    }
    let ended = whole || line.ends_with(b"\n");
    let line = line.trim_ascii();
    if !text.contains(&b'\n') && line.contains(&b'\r') {
        return Err(NotRecords::CarriageReturns);
    }
    Ok(First { line, ended, next: lines.next().unwrap_or_default().trim_ascii() })
}

/// As in UTF-16 without a mark, of a text that begins in ASCII.
fn is_every_other_byte_zero(line: &[u8]) -> bool {
    let mut pairs = line.chunks_exact(2).take(8);
    pairs.len() > 0 && pairs.all(|pair| (pair[0] == 0) != (pair[1] == 0))
}

/// The delimiter that parts a line into the most names of columns, where one
/// parts it into any.
fn header_of(line: &[u8], columns: &[&str]) -> Option<u8> {
    let named = |delimiter: u8| {
        let cells = line.split(move |byte| *byte == delimiter);
        let cells = cells.map(|cell| unquoted(cell.trim_ascii()));
        cells.filter(|cell| columns.iter().any(|column| column.as_bytes() == *cell)).count()
    };
    let best = DELIMITERS.into_iter().rev().max_by_key(|delimiter| named(*delimiter))?;
    (named(best) > 0).then_some(best)
}

fn unquoted(cell: &[u8]) -> &[u8] {
    let inner = cell.strip_prefix(b"\"").and_then(|cell| cell.strip_suffix(b"\""));
    inner.unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [&str; 3] = ["type", "summary", "body"];

    fn checked(text: &[u8]) -> Result<(), NotRecords> {
        check_json_lines(text, true, &COLUMNS)
    }

    #[test]
    fn json_lines_are_told_from_all_else() {
        for text in [
            &b"{}"[..],
            b"\xef\xbb\xbf{\"a\":1}\r\n",
            b"\n\r\n  {\"a\":1}\n",
            b"{\"a\":1,}\n{\"a\":1}\n",
            b"{not json}\n",
            b"{\"a\":\"cut\n{\"a\":1}\n",
            b"{\"a\":\"cut",
            b"{\"a\":1}}\n{\"a\":1}\n",
            b"{\"a\":1}\n{\"a\":\"\0\"}\n",
            b"{\"a\":\r1}\r\n",
        ] {
            assert_eq!(checked(text), Ok(()), "{}", String::from_utf8_lossy(text));
        }
        for (text, expected) in [
            (&b""[..], NotRecords::Empty),
            (b"\xef\xbb\xbf", NotRecords::Empty),
            (b" \n\r\n", NotRecords::Empty),
            (b"\xff\xfe{\0", NotRecords::Utf16),
            (b"\xfe\xff\0{", NotRecords::Utf16),
            (b"{\0\"\0a\0", NotRecords::Utf16),
            (b"\0{\0\"\0a\0\"", NotRecords::Utf16),
            (b"\xff\xfe\n\0\n\0{\0", NotRecords::Utf16),
            (b"\x1f\x8b\x08\0\0\0\0\0\x02\xffrest", NotRecords::Compressed),
            (b"PK\x03\x04\x14\0\0\0\x08\0rest", NotRecords::Compressed),
            (b"\xfd7zXZ\0\0\x04rest", NotRecords::Compressed),
            (b"BZh91AY&SY\0\0", NotRecords::Compressed),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", NotRecords::Compressed),
            (b"SQLite format 3\0\x10\0", NotRecords::Binary),
            (b"\0", NotRecords::Binary),
            (b"{\"a\":\"\0\"}\n", NotRecords::Binary),
            (b"{\"a\":1},\n{\"a\":2}\n", NotRecords::Commas),
            (b"{\"a\":1}{\"a\":2}", NotRecords::SeveralInALine),
            (b"{\"a\":1} {\"a\":2}\n", NotRecords::SeveralInALine),
            (b"{\"a\":1}\r{\"a\":2}\r", NotRecords::CarriageReturns),
            (b"type,summary\rnote,a\r", NotRecords::CarriageReturns),
            (b"{\"items\":[\n{\"a\":1},\n{\"a\":2}]}", NotRecords::Pretty),
            (b"[{\"a\":1}]", NotRecords::Array),
            (b"[\n", NotRecords::Array),
            (b"{\n  \"a\": 1\n}", NotRecords::Pretty),
            (b"{ \"a\": 1,\n\"b\": 2 }", NotRecords::Pretty),
            (b"type,summary\nnote,x", NotRecords::Csv),
            (b"\"type\";\"summary\"\r\nnote;x", NotRecords::Csv),
            (b"summary", NotRecords::Csv),
            (b"\"a text\"", NotRecords::OtherJson),
            (b"12\n", NotRecords::OtherJson),
            (b"null", NotRecords::OtherJson),
            (b"<html>", NotRecords::Text),
            (b"Dear all, hello", NotRecords::Text),
        ] {
            assert_eq!(checked(text), Err(expected), "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn a_first_line_that_is_longer_than_what_was_read_is_no_pretty_json() {
        assert_eq!(check_json_lines(b"{\"a\":\"long", false, &COLUMNS), Ok(()));
    }

    #[test]
    fn the_delimiter_is_the_one_that_parts_the_header() {
        for (text, delimiter) in [
            (&b"type,summary\n"[..], b','),
            (b"\xef\xbb\xbftype;summary;body\r\n", b';'),
            (b"type\tsummary\n", b'\t'),
            (b"summary\n", b','),
            (b"nothing known\n", b','),
        ] {
            assert_eq!(check_csv(text, true, &COLUMNS), Ok(delimiter));
        }
        for (text, expected) in [
            (&b""[..], NotRecords::Empty),
            (b"{\"type\":\"note\"}\n", NotRecords::JsonLines),
            (b"[1]", NotRecords::Array),
            (b"\xff\xfet\0", NotRecords::Utf16),
            (b"PK\x03\x04\x14\0", NotRecords::Compressed),
            (b"type,summary\rnote,a\r", NotRecords::CarriageReturns),
        ] {
            assert_eq!(check_csv(text, true, &COLUMNS), Err(expected));
        }
    }
}
