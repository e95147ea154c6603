//! Which rows of a CSV file have a quote that does not part cells as it should.
//!
//! A reader of CSV takes any text: after a quote that is not closed, the next
//! rows are the rest of a cell, and nobody would notice that they are missing.

use std::collections::VecDeque;

/// Follows the quotes of a file, byte by byte.
#[derive(Clone, Debug)]
pub(super) struct Quotes {
    delimiter: u8,
    within: Within,
    bytes: u64,
    /// Where they are, in front of what is read.
    misplaced: VecDeque<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Within {
    /// Where a cell begins.
    Start,
    /// A cell without quotes, in which they are text.
    Bare,
    Quoted,
    /// Behind a quote that ends a cell, or is the first of two that are text.
    Closed,
    /// Behind the carriage return after a cell.
    Return,
    /// In quotes at the end of the file.
    Unclosed,
}

impl Quotes {
    pub(super) fn new(delimiter: u8) -> Self {
        Self { delimiter, within: Within::Start, bytes: 0, misplaced: VecDeque::new() }
    }

    /// Follows the next bytes. None of them are the end of the file.
    pub(super) fn follow(&mut self, bytes: &[u8]) {
        if bytes.is_empty() && self.within == Within::Quoted {
            self.misplaced.push_back(self.bytes);
            self.within = Within::Unclosed;
        }
        for byte in bytes {
            self.within = match (self.within, *byte) {
                (Within::Start | Within::Closed, b'"') => Within::Quoted,
                (Within::Quoted, b'"') => Within::Closed,
                (Within::Quoted, _) => Within::Quoted,
                (_, b'\n') => Within::Start,
                (_, byte) if byte == self.delimiter => Within::Start,
                (Within::Closed, b'\r') => Within::Return,
                (Within::Closed | Within::Return, _) => {
                    self.misplaced.push_back(self.bytes);
                    Within::Bare
                }
                (Within::Start | Within::Bare | Within::Unclosed, _) => Within::Bare,
            };
            self.bytes += 1;
        }
    }

    /// Whether the file ended in quotes, so that its last line is a part of a cell.
    pub(super) fn end_is_in_cell(&self) -> bool {
        self.within == Within::Unclosed
    }

    /// Whether one is misplaced in the row that ends here, the last that was read.
    pub(super) fn take_misplaced(&mut self, end: u64) -> bool {
        let before = self.misplaced.len();
        while self.misplaced.front().is_some_and(|place| *place <= end) {
            self.misplaced.pop_front();
        }
        self.misplaced.len() < before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_parts_cells_or_is_misplaced() {
        for (text, misplaced) in [
            (&b"note,\"a, b\"\n"[..], false),
            (b"\"a\",\"b\"\r\n", false),
            (b"\"say \"\"hi\"\"\",\"\"\"\"\n", false),
            (b"\"\",\"\"", false),
            (b"a 5\" pipe,b\"\n", false),
            (b"\"two\r\nlines\",b\r\n", false),
            (b"\"a\"b,c\n", true),
            (b"\"a\"\rb,c\n", true),
            (b"note,\"a\nnote,\"b\"\n", true),
            (b"note,\"a\nnote,b\n", true),
            (b"note,\"", true),
        ] {
            let mut at_once = Quotes::new(b',');
            at_once.follow(text);
            at_once.follow(b"");
            let mut one_by_one = Quotes::new(b',');
            text.chunks(1).for_each(|byte| one_by_one.follow(byte));
            one_by_one.follow(b"");
            for mut quotes in [at_once, one_by_one] {
                let found = quotes.take_misplaced(text.len() as u64);
                assert_eq!(found, misplaced, "{}", String::from_utf8_lossy(text));
                assert!(!quotes.take_misplaced(u64::MAX), "each is told once");
            }
        }
    }

    #[test]
    fn a_misplaced_quote_is_one_of_its_row() {
        let mut quotes = Quotes::new(b';');
        quotes.follow(b"\"a\";b\n\"a\"x;b\n\"a\";b\n");
        assert_eq!([6, 13, 19].map(|end| quotes.take_misplaced(end)), [false, true, false]);
    }
}
