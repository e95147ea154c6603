//! The rows of a CSV file as objects, one by one. A column is a property, and an
//! empty cell is an absent one.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use activity_log_core::Error;
use activity_log_core::app::json::Object;
use csv::{ByteRecord, ReaderBuilder, Terminator};
use serde_json::Value;

use super::csv_quotes::Quotes;
use super::format::NotRecords;
use super::json_lines::MAX_LINE_BYTES;
use super::record::{Next, Original, Record};
use crate::cli::error::CliError;

/// Properties that tell what is wrong with a row beside what could be read of it.
/// No record may have them, so such a row is refused until it is mended, where it
/// is kept too.
const CELLS_WITHOUT_COLUMN: &str = "cells_without_column";
/// The columns for which a row has no cells. It may have been cut by the end of a
/// line that is in no quotes, and half of it would be taken for the whole.
const COLUMNS_WITHOUT_CELL: &str = "columns_without_cell";
/// Read as ISO 8859-1, which has a character for every byte.
const CELLS_NOT_UTF_8: &str = "cells_not_utf_8";
const MISPLACED_QUOTE: &str = "misplaced_quote";

/// Reads rows, and knows how many bytes it has read.
pub(super) struct CsvRows<R> {
    reader: csv::Reader<Bounded<R>>,
    read: Rc<RefCell<Read>>,
    columns: Vec<String>,
}

impl<R: io::Read> CsvRows<R> {
    /// A reader behind the header.
    ///
    /// # Errors
    ///
    /// A header with a name that is not known, or twice.
    pub(super) fn new(input: R, delimiter: u8, known: &[&str]) -> Result<Self, CliError> {
        let quotes = Quotes::new(delimiter);
        let read = Rc::new(RefCell::new(Read { bytes: 0, in_row: 0, last: 0, quotes }));
        let input = Bounded { input, read: Rc::clone(&read) };
        // The `\r` of other systems is taken off by hand: the reader would count it
        // as a line of its own.
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .terminator(Terminator::Any(b'\n'))
            .flexible(true)
            .from_reader(input);
        let header = reader.byte_headers().map_err(unreadable(1))?;
        let mut columns: Vec<String> = Vec::new();
        for name in header {
            let name = str::from_utf8(name).map_err(|_| NotRecords::HeaderNotUtf8)?.trim();
            if !known.contains(&name) {
                return Err(NotRecords::UnknownColumn(name.to_owned(), known.join(" ")).into());
            }
            if columns.iter().any(|column| column == name) {
                return Err(NotRecords::ColumnTwice(name.to_owned()).into());
            }
            columns.push(name.to_owned());
        }
        Ok(Self { reader, read, columns })
    }

    pub(super) fn bytes(&self) -> u64 {
        self.reader.position().byte()
    }

    pub(super) fn next(&mut self) -> Result<Next, CliError> {
        let mut row = ByteRecord::new();
        self.read.borrow_mut().in_row = 0;
        let begin = self.reader.position().line();
        if !self.reader.read_byte_record(&mut row).map_err(unreadable(begin))? {
            return Ok(Next::End);
        }
        let number = self.first_line_of(&row);
        let misplaced_quote = self.read.borrow_mut().quotes.take_misplaced(self.bytes());
        let cells = cells_of(&row);
        if cells.iter().all(|cell| cell.is_empty()) {
            return Ok(Next::Blank);
        }
        let mut object = self.object_of(&cells);
        if misplaced_quote {
            object.insert(MISPLACED_QUOTE.to_owned(), Value::Bool(true));
        }
        let original = Original::Text(Value::Object(object.clone()).to_string().into_bytes());
        let object = match row.as_slice().len() {
            ..=MAX_LINE_BYTES => Ok(object),
            _ => Err(Error::PayloadTooLarge),
        };
        Ok(Next::Record(Record { number, object, original }))
    }

    /// The line on which a row begins, when it has just been read: blank lines
    /// before it are not told.
    fn first_line_of(&self, row: &ByteRecord) -> u64 {
        let within = row.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
        let read = self.read.borrow();
        let in_cell = read.quotes.end_is_in_cell();
        let unended = read.bytes == self.bytes() && (in_cell || read.last != b'\n');
        let end = u64::from(!unended);
        self.reader.position().line() - within - end
    }

    fn object_of(&self, cells: &[&[u8]]) -> Object {
        let mut object = Object::new();
        let mut not_utf_8 = Object::new();
        for (column, cell) in self.columns.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            let object = if str::from_utf8(cell).is_ok() { &mut object } else { &mut not_utf_8 };
            object.insert(column.clone(), text_of(cell));
        }
        let (columns, cells_count) = (self.columns.len(), cells.len());
        let without_column = cells.get(columns..).unwrap_or_default();
        let without_cell = self.columns.get(cells_count..).unwrap_or_default();
        if without_column.iter().any(|cell| !cell.is_empty()) {
            let others = without_column.iter().map(|cell| text_of(cell)).collect();
            object.insert(CELLS_WITHOUT_COLUMN.to_owned(), Value::Array(others));
        }
        if !without_cell.is_empty() {
            object.insert(COLUMNS_WITHOUT_CELL.to_owned(), without_cell.into());
        }
        if !not_utf_8.is_empty() {
            object.insert(CELLS_NOT_UTF_8.to_owned(), Value::Object(not_utf_8));
        }
        object
    }
}

fn cells_of(row: &ByteRecord) -> Vec<&[u8]> {
    let mut cells: Vec<&[u8]> = row.iter().collect();
    if let Some(last) = cells.last_mut() {
        *last = last.strip_suffix(b"\r").unwrap_or(last);
    }
    cells
}

fn text_of(cell: &[u8]) -> Value {
    let each_byte = || cell.iter().map(|byte| char::from(*byte)).collect();
    Value::String(str::from_utf8(cell).map_or_else(|_| each_byte(), str::to_owned))
}

fn unreadable(line: u64) -> impl FnOnce(csv::Error) -> CliError {
    move |error| CliError::io(format_args!("cut off at line {line}"))(error.into())
}

/// Why reading ends.
#[derive(Debug, thiserror::Error)]
#[error("a row is longer than 1 MiB: a quote may be missing")]
struct TooLong;

/// What was read of a file so far.
#[derive(Debug)]
struct Read {
    bytes: u64,
    /// Since the last row.
    in_row: usize,
    last: u8,
    quotes: Quotes,
}

/// Bounds a row: a quote that is missing would make one of the rest of the file.
struct Bounded<R> {
    input: R,
    read: Rc<RefCell<Read>>,
}

impl<R: io::Read> io::Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut read = self.read.borrow_mut();
        // Beside the row, what the reader has in its buffer of the next ones.
        if read.in_row > 2 * MAX_LINE_BYTES {
            return Err(io::Error::other(TooLong));
        }
        let bytes = self.input.read(buffer)?;
        read.quotes.follow(&buffer[..bytes]);
        read.bytes += bytes as u64;
        read.in_row += bytes;
        read.last = buffer[..bytes].last().copied().unwrap_or(read.last);
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const KNOWN: [&str; 3] = ["type", "summary", "body"];

    fn rows(text: &[u8]) -> Result<Vec<(u64, Value)>, CliError> {
        let mut reader = CsvRows::new(text, b',', &KNOWN)?;
        let mut rows = Vec::new();
        loop {
            match reader.next()? {
                Next::Record(record) => {
                    rows.push((record.number, Value::Object(record.object.unwrap())));
                }
                Next::Blank => {}
                Next::End => return Ok(rows),
            }
        }
    }

    #[test]
    fn a_row_is_an_object_and_an_empty_cell_is_absent() {
        let text =
            b"\xef\xbb\xbftype,summary,body\r\nnote,\"a, \"\"b\"\"\r\nc\",\r\n\r\n\ncall,x,y\r\n,,\r\nnote,z,";
        let expected = vec![
            (2, json!({"type": "note", "summary": "a, \"b\"\r\nc"})),
            (6, json!({"type": "call", "summary": "x", "body": "y"})),
            (8, json!({"type": "note", "summary": "z"})),
        ];
        assert_eq!(rows(text).unwrap(), expected);
    }

    #[test]
    fn a_row_that_is_not_whole_is_told_from_one_that_is() {
        for (row, expected) in [
            (&b"note"[..], json!({"type": "note", COLUMNS_WITHOUT_CELL: ["summary", "body"]})),
            (
                b"note,M\xfcller,ok",
                json!({"type": "note", "body": "ok", CELLS_NOT_UTF_8: {"summary": "M\u{fc}ller"}}),
            ),
            // Each of them is half of a character.
            (
                b"note,\xc3,\xa4",
                json!({"type": "note", CELLS_NOT_UTF_8: {"summary": "\u{c3}", "body": "\u{a4}"}}),
            ),
            (
                b"note,a,\"b\nnote,c,d\n",
                json!({"type": "note", "summary": "a", "body": "b\nnote,c,d\n", MISPLACED_QUOTE: true}),
            ),
            (
                b"note,\"a\"b,c",
                json!({"type": "note", "summary": "ab", "body": "c", MISPLACED_QUOTE: true}),
            ),
        ] {
            let found = rows(&[b"type,summary,body\n", row].concat()).unwrap();
            assert_eq!(found, [(2, expected)], "{}", String::from_utf8_lossy(row));
        }
    }

    #[test]
    fn a_long_row_is_refused_and_kept_and_the_next_is_read() {
        let long = "x".repeat(MAX_LINE_BYTES);
        let text = format!("type,summary\nnote,{long}\nnote,a\n");
        let mut reader = CsvRows::new(text.as_bytes(), b',', &KNOWN).unwrap();
        let Next::Record(record) = reader.next().unwrap() else { panic!("it is a record") };
        assert!(matches!(record.object, Err(Error::PayloadTooLarge)));
        let kept = json!({"type": "note", "summary": long}).to_string();
        assert!(matches!(record.original, Original::Text(text) if text == kept.as_bytes()));
        assert!(matches!(reader.next().unwrap(), Next::Record(Record { object: Ok(_), .. })));
    }

    #[test]
    fn cells_without_a_column_are_kept() {
        let found = rows(b"type,summary\nnote,a,b,c\nnote,a,,\n").unwrap();
        let expected = json!({"type": "note", "summary": "a", CELLS_WITHOUT_COLUMN: ["b", "c"]});
        assert_eq!(found[0].1, expected);
        assert_eq!(found[1].1, json!({"type": "note", "summary": "a"}), "nothing is in them");
    }

    #[test]
    fn a_header_is_told_once() {
        for (text, message) in [
            (&b"type,subject\n"[..], "\"subject\""),
            (b"type,type\n", "twice"),
            (b"type,\n", "\"\""),
            (b"type,\xff\n", "UTF-8"),
        ] {
            let error = rows(text).unwrap_err();
            let error = activity_log_core::domain::error::chain(&error).to_string();
            assert!(error.contains(message), "{error}");
        }
    }

    #[test]
    fn a_row_without_an_end_is_cut_off() {
        let mut text = b"type,summary\nnote,\"".to_vec();
        text.resize(8 * MAX_LINE_BYTES, b'x');
        let error = rows(&text).unwrap_err();
        let chain = activity_log_core::domain::error::chain(&error);
        let said = chain.to_string();
        assert!(said.contains("line 2") && said.contains("longer than 1 MiB"), "{said}");
    }
}
