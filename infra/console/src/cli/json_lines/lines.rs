//! The lines of a file, one by one: numbered, bounded, and none of them kept.

use std::io::{self, BufRead, Read};

use activity_log_core::Error;
use activity_log_core::app::json::{Object, parse_object};

/// The longest line, in bytes, as long as the longest body of a request.
const MAX_LINE_BYTES: usize = activity_log_core::http::request_body::MAX_BYTES;

/// What became of a line that was not refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum LineOutcome {
    /// It was new.
    Applied,
    /// It had been done before, or something newer had.
    Unchanged,
}

/// A line with its number, from 1.
#[derive(Debug)]
pub(in crate::cli) struct Line {
    pub(in crate::cli) number: usize,
    /// The object, or why the line is none.
    pub(in crate::cli) object: Result<Object, Error>,
}

/// What comes next in a file.
#[derive(Debug)]
pub(super) enum Next {
    Line(Line),
    Blank,
    End,
}

/// Reads lines, and knows how many of them and how many bytes it has read.
#[derive(Debug)]
pub(super) struct LineReader<R> {
    input: R,
    pub(super) number: usize,
    pub(super) bytes: u64,
}

impl<R: BufRead> LineReader<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, number: 0, bytes: 0 }
    }

    pub(super) fn next(&mut self) -> io::Result<Next> {
        let mut text = Vec::new();
        let limit = MAX_LINE_BYTES as u64 + 1;
        let read = (&mut self.input).take(limit).read_until(b'\n', &mut text)? as u64;
        if read == 0 {
            return Ok(Next::End);
        }
        self.number += 1;
        self.bytes += read;
        let object = if read == limit && text.last() != Some(&b'\n') {
            self.bytes += self.input.skip_until(b'\n')? as u64;
            Err(Error::PayloadTooLarge)
        } else if text.iter().all(u8::is_ascii_whitespace) {
            return Ok(Next::Blank);
        } else {
            parse_object(&text)
        };
        Ok(Next::Line(Line { number: self.number, object }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_bounded_and_may_be_empty() {
        let long = "x".repeat(MAX_LINE_BYTES + 10);
        let text = format!("{{\"a\":1}}\n\n{long}\nnot json\n{{}}");
        let mut reader = LineReader::new(text.as_bytes());
        let mut lines = Vec::new();
        loop {
            match reader.next().unwrap() {
                Next::Line(line) => lines.push(line),
                Next::Blank => {}
                Next::End => break,
            }
        }
        let numbers: Vec<usize> = lines.iter().map(|line| line.number).collect();
        assert_eq!(numbers, [1, 3, 4, 5]);
        assert_eq!(reader.bytes, text.len() as u64);
        assert!(matches!(lines[1].object, Err(Error::PayloadTooLarge)));
        assert!(matches!(lines[2].object, Err(Error::MalformedRequest(_))));
        assert!(lines[3].object.is_ok());
    }
}
