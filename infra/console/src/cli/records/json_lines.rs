//! The lines of a file, one by one: numbered, bounded, and none of them kept.

use std::io::{self, BufRead, Read};

use activity_log_core::Error;
use activity_log_core::app::json::{parse_object_of_line, without_byte_order_mark};

use super::record::{Next, Original, Record};

/// The longest line, in bytes, as long as the longest body of a request.
pub(super) const MAX_LINE_BYTES: usize = activity_log_core::http::request_body::MAX_BYTES;

/// Reads lines, and knows how many of them and how many bytes it has read.
#[derive(Debug)]
pub(super) struct JsonLines<R> {
    input: R,
    number: u64,
    bytes: u64,
}

impl<R: BufRead> JsonLines<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, number: 0, bytes: 0 }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn next(&mut self) -> io::Result<Next> {
        let begin = self.bytes;
        let mut text = Vec::new();
        let limit = MAX_LINE_BYTES as u64 + 1;
        let read = (&mut self.input).take(limit).read_until(b'\n', &mut text)? as u64;
        if read == 0 {
            return Ok(Next::End);
        }
        self.number += 1;
        self.bytes += read;
        if read == limit && text.last() != Some(&b'\n') {
            self.bytes += self.input.skip_until(b'\n')? as u64;
            let original = Original::Within(begin..self.bytes);
            let object = Err(Error::PayloadTooLarge);
            return Ok(Next::Record(Record { number: self.number, object, original }));
        }
        let line = if self.number == 1 { without_byte_order_mark(&text) } else { &text };
        if line.trim_ascii().is_empty() {
            return Ok(Next::Blank);
        }
        let object = parse_object_of_line(line.trim_ascii_end(), self.number);
        let original = Original::Text(line.trim_ascii().to_vec());
        Ok(Next::Record(Record { number: self.number, object, original }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &[u8]) -> (Vec<Record>, u64) {
        let mut reader = JsonLines::new(text);
        let mut records = Vec::new();
        loop {
            match reader.next().unwrap() {
                Next::Record(record) => records.push(record),
                Next::Blank => {}
                Next::End => return (records, reader.bytes()),
            }
        }
    }

    #[test]
    fn lines_are_numbered_bounded_and_may_be_empty() {
        let long = "x".repeat(MAX_LINE_BYTES + 10);
        let text = format!("{{\"a\":1}}\n\n{long}\nnot json\n{{}}");
        let (lines, bytes) = records(text.as_bytes());
        let numbers: Vec<u64> = lines.iter().map(|line| line.number).collect();
        assert_eq!(numbers, [1, 3, 4, 5]);
        assert_eq!(bytes, text.len() as u64);
        assert!(matches!(lines[1].object, Err(Error::PayloadTooLarge)));
        let long = 9..9 + long.len() as u64 + 1;
        assert!(matches!(&lines[1].original, Original::Within(range) if *range == long));
        assert!(matches!(lines[2].object, Err(Error::MalformedRequest(_))));
        assert!(matches!(&lines[2].original, Original::Text(text) if text == b"not json"));
        assert!(lines[3].object.is_ok());
    }

    #[test]
    fn a_byte_order_mark_and_the_ends_of_lines_are_no_part_of_a_record() {
        let (lines, _) = records(b"\xef\xbb\xbf{\"a\":1}\r\n  {\"a\":2}  \r\n\r\n");
        let texts: Vec<_> = lines
            .iter()
            .map(|line| match &line.original {
                Original::Text(text) => text.as_slice(),
                Original::Within(_) => b"",
            })
            .collect();
        assert_eq!(texts, [&b"{\"a\":1}"[..], b"{\"a\":2}"]);
        assert!(lines.iter().all(|line| line.object.is_ok()));
    }
}
