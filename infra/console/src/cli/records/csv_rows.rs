//! The rows of a CSV file as objects, one by one. A column is a property, and an
//! empty cell is an absent one.

use std::cell::Cell;
use std::io;
use std::rc::Rc;

use activity_log_core::Error;
use activity_log_core::app::json::Object;
use csv::{ByteRecord, ReaderBuilder, Terminator};
use serde_json::Value;

use super::format::NotRecords;
use super::json_lines::MAX_LINE_BYTES;
use super::record::{Next, Original, Record};
use crate::cli::error::CliError;

/// The property that keeps the cells of a row that have no column. It makes sure
/// that such a row is refused until it is mended.
const CELLS_WITHOUT_COLUMN: &str = "cells_without_column";

/// Reads rows, and knows how many bytes it has read.
pub(super) struct CsvRows<R> {
    reader: csv::Reader<Bounded<R>>,
    read: Rc<Cell<Read>>,
    columns: Vec<String>,
}

impl<R: io::Read> CsvRows<R> {
    /// A reader behind the header.
    ///
    /// # Errors
    ///
    /// A header with a name that is not known, or twice.
    pub(super) fn new(input: R, delimiter: u8, known: &[&str]) -> Result<Self, CliError> {
        let read = Rc::default();
        let input = Bounded { input, read: Rc::clone(&read) };
        // The `\r` of other systems is taken off by hand: the reader would count it
        // as a line of its own.
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .terminator(Terminator::Any(b'\n'))
            .flexible(true)
            .from_reader(input);
        let header = reader.byte_headers().map_err(unreadable)?;
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
        self.read.set(Read { in_row: 0, ..self.read.get() });
        if !self.reader.read_byte_record(&mut row).map_err(unreadable)? {
            return Ok(Next::End);
        }
        let number = self.first_line_of(&row);
        if row.as_slice().len() > MAX_LINE_BYTES {
            return Err(unreadable(io::Error::other(TooLong).into()));
        }
        if row.iter().eq([b"\r"]) {
            return Ok(Next::Blank);
        }
        let object = self.object_of(&row);
        let original = Original::Text(Value::Object(object.clone()).to_string().into_bytes());
        let whole = str::from_utf8(row.as_slice()).is_ok();
        let object = if whole {
            Ok(object)
        } else {
            Err(Error::MalformedRequest("The row is not valid UTF-8."))
        };
        Ok(Next::Record(Record { number, object, original }))
    }

    /// The line on which a row begins, when it has just been read: blank lines
    /// before it are not told.
    fn first_line_of(&self, row: &ByteRecord) -> u64 {
        let within = row.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
        let read = self.read.get();
        let unended = read.bytes == self.bytes() && read.last != b'\n';
        let end = u64::from(!unended);
        self.reader.position().line() - within - end
    }

    fn object_of(&self, row: &ByteRecord) -> Object {
        let text = |cell: &[u8]| String::from_utf8_lossy(cell).into_owned();
        let last = row.len() - 1;
        let cells: Vec<&[u8]> = row
            .iter()
            .enumerate()
            .map(
                |(n, cell)| if n == last { cell.strip_suffix(b"\r").unwrap_or(cell) } else { cell },
            )
            .collect();
        let named = self.columns.iter().zip(cells.iter().copied());
        let mut object: Object = named
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(column, cell)| (column.clone(), Value::String(text(cell))))
            .collect();
        let others: Vec<Value> =
            cells.iter().skip(self.columns.len()).map(|cell| Value::String(text(cell))).collect();
        if others.iter().any(|cell| cell != "") {
            object.insert(CELLS_WITHOUT_COLUMN.to_owned(), Value::Array(others));
        }
        object
    }
}

fn unreadable(error: csv::Error) -> CliError {
    CliError::io("the file can't be read as CSV")(error.into())
}

/// Why reading ends.
#[derive(Debug, thiserror::Error)]
#[error("a row is longer than 1 MiB: a quote may be missing")]
struct TooLong;

/// What was read of a file so far.
#[derive(Clone, Copy, Debug, Default)]
struct Read {
    bytes: u64,
    /// Since the last row.
    in_row: usize,
    last: u8,
}

/// Bounds a row: a quote that is missing would make one of the rest of the file.
struct Bounded<R> {
    input: R,
    read: Rc<Cell<Read>>,
}

impl<R: io::Read> io::Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Read { bytes, in_row, last } = self.read.get();
        // Beside the row, what the reader has in its buffer of the next ones.
        if in_row > 2 * MAX_LINE_BYTES {
            return Err(io::Error::other(TooLong));
        }
        let read = self.input.read(buffer)?;
        self.read.set(Read {
            bytes: bytes + read as u64,
            in_row: in_row + read,
            last: buffer[..read].last().copied().unwrap_or(last),
        });
        Ok(read)
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
            b"\xef\xbb\xbftype,summary,body\r\nnote,\"a, \"\"b\"\"\r\nc\",\r\n\r\n\ncall,x,y\r\nnote";
        let expected = vec![
            (2, json!({"type": "note", "summary": "a, \"b\"\r\nc"})),
            (6, json!({"type": "call", "summary": "x", "body": "y"})),
            (7, json!({"type": "note"})),
        ];
        assert_eq!(rows(text).unwrap(), expected);
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
        assert!(chain.to_string().contains("longer than 1 MiB"), "{chain}");
    }
}
