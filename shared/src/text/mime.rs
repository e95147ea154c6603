//! Messages as their reader sees them.
//!
//! Somebody who pastes the source of a mail pastes quoted-printable, base64 and encoded
//! words, which nobody can search for. A text is walked line by line. Where a header of
//! MIME begins, what it says of the part below it is believed as far as the part is written
//! so: text is decoded, HTML is read as such, and other base64 is left out. Of the header
//! all is seen that tells a reader something, names of files included. Whatever stands
//! before, between and behind is seen as it is, with its encoded words decoded.
//!
//! Guarantees: a text in which nothing of this stands without doubt is not changed, and
//! costs two looks for a character; nothing but base64, and headers that describe how a
//! part is written, is left out; each line is read a bounded number of times.
//!
//! Left out on purpose: a header alone is no message, nor is base64 without a header. A
//! certificate, a picture in a `data:` URL and the headers of an HTTP request stay.

use std::borrow::Cow;
use std::ops::Range;

use super::charset::decode;
use super::html;
use super::transfer::{base64, encoded_words, is_base64, quoted_printable};

/// Fields without which a header is not known for one of MIME.
const TELLING: &[&str] = &["content-transfer-encoding", "content-type", "mime-version"];
/// Beginnings of the names of fields that tell a reader nothing.
const UNSEEN: &[&str] = &["arc-", "content-", "dkim-", "domainkey-", "mime-version"];
/// The longest name of a field.
const MAX_NAME_BYTES: usize = 64;
/// The longest boundary; the standard has 70.
const MAX_BOUNDARY_BYTES: usize = 200;
/// How deep parts may stand in parts. Deeper ones are read as text.
const MAX_DEPTH: usize = 16;

/// What a reader sees of a text, or of the beginning of one. `None` if that is the text.
pub(crate) fn visible_text(text: &str) -> Option<String> {
    if !may_be_mime(text) {
        return None;
    }
    Walk::over(text).or_else(|| quoted_printable_alone(text))
}

/// A quick look that most texts end with.
fn may_be_mime(text: &str) -> bool {
    let bytes = text.as_bytes();
    let begins_escape = |(at, _)| match &bytes[at + 1..] {
        [b'?', ..] => true,
        // Of a character that is not ASCII.
        [high, low, ..] => matches!(high, b'8'..=b'9' | b'A'..=b'F') && low.is_ascii_hexdigit(),
        _ => false,
    };
    let ends_telling_name = |(at, _)| {
        TELLING.iter().any(|name| {
            let start = usize::checked_sub(at, name.len());
            start.is_some_and(|start| bytes[start..at].eq_ignore_ascii_case(name.as_bytes()))
        })
    };
    text.match_indices('=').any(begins_escape) || text.match_indices(':').any(ends_telling_name)
}

/// A text without any header that is quoted-printable from its beginning to its end, and
/// has a character in it that can't have come about by chance.
fn quoted_printable_alone(text: &str) -> Option<String> {
    if !text.is_ascii() {
        return None;
    }
    decode("utf-8", quoted_printable(text)?).filter(|decoded| !decoded.is_ascii())
}

/// The header of a message or part.
struct Header<'t> {
    /// Names with values, which may have several lines.
    fields: Vec<(&'t str, &'t str)>,
    /// Where the line behind it begins.
    end: usize,
}

impl<'t> Header<'t> {
    /// The header that begins here: lines of fields up to an empty line or the end. Or where
    /// the line begins that is none of them.
    fn at(text: &'t str, start: usize) -> Result<Self, usize> {
        let mut fields: Vec<(&str, Range<usize>)> = Vec::new();
        let mut end = start;
        while let Some(line) = line_at(text, end) {
            let line_end = end + line.len();
            if line.trim_ascii().is_empty() {
                end = line_end;
                break;
            }
            match (field_name(line), fields.last_mut()) {
                (None, Some((_, value))) if goes_on(&text[value.clone()], line) => {
                    value.end = line_end;
                }
                // The beginning of a field in a beginning of a text.
                (None, Some(_)) if !line.ends_with('\n') => break,
                (Some(name), _) => fields.push((name, end + name.len() + ":".len()..line_end)),
                (None, _) => return Err(end),
            }
            end = line_end;
        }
        let fields: Vec<_> =
            fields.into_iter().map(|(name, value)| (name, text[value].trim_ascii())).collect();
        if fields.is_empty() { Err(end) } else { Ok(Self { fields, end }) }
    }

    fn field(&self, name: &str) -> Option<&'t str> {
        let is_it = |(its, _): &&(&str, &str)| its.eq_ignore_ascii_case(name);
        self.fields.iter().find(is_it).map(|(_, value)| *value)
    }

    /// Whether nothing else looks so. One field alone may be what somebody writes about.
    fn is_of_mime(&self) -> bool {
        let says_how = self.encoding().is_some()
            || self.field("mime-version").is_some_and(|version| version.starts_with("1.0"))
            || self.boundary().is_some();
        says_how && self.fields.len() > 1
    }

    fn encoding(&self) -> Option<Encoding> {
        match self.field("content-transfer-encoding")?.to_ascii_lowercase().as_str() {
            "quoted-printable" => Some(Encoding::QuotedPrintable),
            "base64" => Some(Encoding::Base64),
            "7bit" | "8bit" | "binary" => Some(Encoding::None),
            _ => None,
        }
    }

    fn has_type(&self, beginning: &str) -> bool {
        let value = self.field("content-type").unwrap_or("text/plain");
        let start = value.as_bytes().get(..beginning.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(beginning.as_bytes()))
    }

    /// What parts the parts of this one. A form is none: it is sent over HTTP.
    fn boundary(&self) -> Option<&'t str> {
        let boundary = parameter(self.field("content-type")?, "boundary")?;
        let is_multipart = self.has_type("multipart/") && !self.has_type("multipart/form-data");
        (is_multipart && (1..=MAX_BOUNDARY_BYTES).contains(&boundary.len())).then_some(boundary)
    }

    /// The text that the bytes of its part are.
    fn decode(&self, bytes: Vec<u8>) -> Option<String> {
        let value = self.field("content-type");
        decode(value.and_then(|value| parameter(value, "charset")).unwrap_or("utf-8"), bytes)
    }

    fn file_name(&self) -> Option<Cow<'t, str>> {
        let names = [("content-disposition", "filename"), ("content-type", "name")];
        names.into_iter().find_map(|(field, name)| file_name(self.field(field)?, name))
    }

    /// What a reader sees of it.
    fn push_seen(&self, seen: &mut String) {
        for (name, value) in &self.fields {
            let begins = |start: &&str| {
                let its = name.as_bytes().get(..start.len());
                its.is_some_and(|its| its.eq_ignore_ascii_case(start.as_bytes()))
            };
            if !UNSEEN.iter().any(begins) {
                seen.extend([*name, ": ", &encoded_words(value), "\n"]);
            }
        }
        if let Some(name) = self.file_name() {
            seen.extend([&*name, "\n"]);
        }
    }
}

/// How the bytes of a part are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    None,
    QuotedPrintable,
    Base64,
}

/// One walk over a text.
struct Walk<'t> {
    text: &'t str,
    /// Where the next line begins.
    at: usize,
    /// No header of MIME begins before this.
    tried: usize,
    /// From where on nothing has been added to what is seen.
    unseen: usize,
    seen: String,
    /// What parts the parts in which the next line stands, the innermost last.
    boundaries: Vec<&'t str>,
    /// Whether anything is seen in another way than it is written.
    differs: bool,
}

impl<'t> Walk<'t> {
    /// What is seen, if that is not the text.
    fn over(text: &'t str) -> Option<String> {
        let (seen, boundaries) = (String::with_capacity(text.len()), Vec::new());
        let mut walk = Self { text, at: 0, tried: 0, unseen: 0, seen, boundaries, differs: false };
        while let Some(line) = line_at(text, walk.at) {
            if walk.take_boundary(line) {
                if let Ok(header) = Header::at(text, walk.at) {
                    walk.take_part(&header);
                }
            } else if let Some(header) = walk.header(line) {
                walk.take_part(&header);
            } else {
                walk.at += line.len();
            }
        }
        walk.see_text();
        walk.differs.then_some(walk.seen)
    }

    /// The header of a message that begins with this line, or with the next one, where this
    /// one parts parts of a message whose own header is not there.
    fn header(&mut self, line: &'t str) -> Option<Header<'t>> {
        if self.at < self.tried {
            return None;
        }
        let boundary = line.strip_prefix("--").map(str::trim_ascii_end);
        let start = self.at + boundary.map_or(0, |_| line.len());
        let header = Header::at(self.text, start);
        self.tried = header.as_ref().map_or_else(|something_else| *something_else, |it| it.end);
        let header = header.ok()?;
        let Some(boundary) = boundary else { return Some(header).filter(Header::is_of_mime) };
        let fits = (1..=MAX_BOUNDARY_BYTES).contains(&boundary.len());
        let begins_part = fits && header.encoding().is_some() && self.boundaries.len() < MAX_DEPTH;
        begins_part.then(|| {
            self.see_text();
            self.boundaries.push(boundary);
            header
        })
    }

    /// Goes on behind a line, if it parts parts.
    fn take_boundary(&mut self, line: &str) -> bool {
        let Some((depth, is_last)) = self.parted(line) else { return false };
        self.see_text();
        self.boundaries.truncate(if is_last { depth } else { depth + 1 });
        self.at += line.len();
        self.unseen = self.at;
        true
    }

    /// Which parts a line parts, and whether it ends them.
    fn parted(&self, line: &str) -> Option<(usize, bool)> {
        let boundary = line.strip_prefix("--")?.trim_ascii_end();
        let is_last = |its: &str| boundary.strip_suffix("--") == Some(its);
        let depth = self.boundaries.iter().rposition(|its| *its == boundary || is_last(its))?;
        Some((depth, is_last(self.boundaries[depth])))
    }

    /// Adds what has been walked over to what is seen.
    fn see_text(&mut self) {
        let text = encoded_words(&self.text[self.unseen..self.at]);
        self.differs |= matches!(text, Cow::Owned(_));
        self.seen.push_str(&text);
        self.unseen = self.at;
    }

    /// Goes on behind a header, or behind the part below it where that is not read line by
    /// line.
    fn take_part(&mut self, header: &Header<'t>) {
        self.see_text();
        header.push_seen(&mut self.seen);
        self.seen.push('\n');
        self.differs = true;
        self.at = header.end;
        self.unseen = header.end;
        if let Some(boundary) = header.boundary() {
            if self.boundaries.len() < MAX_DEPTH {
                self.boundaries.push(boundary);
            }
            return;
        }
        let is_html = header.has_type("text/html");
        let (end, decoded) = match header.encoding() {
            Some(Encoding::Base64) => {
                let end = base64_end(self.text, self.at);
                let text = header.has_type("text/").then(|| base64(&self.text[self.at..end]));
                // What is no text is left out.
                (
                    end,
                    Some(text.flatten().and_then(|bytes| header.decode(bytes)).unwrap_or_default()),
                )
            }
            Some(Encoding::QuotedPrintable) => {
                let end = self.part_end();
                let bytes = quoted_printable(&self.text[self.at..end]);
                (end, bytes.and_then(|bytes| header.decode(bytes)))
            }
            _ if is_html => (self.part_end(), None),
            _ => return,
        };
        let part = decoded.as_deref().unwrap_or(&self.text[self.at..end]);
        if is_html {
            self.seen.push_str(&html::visible_text(part));
        } else {
            self.seen.push_str(part);
        }
        self.seen.push('\n');
        self.at = end;
        self.unseen = end;
    }

    /// Where the part ends in which the next line stands.
    fn part_end(&self) -> usize {
        let mut end = self.at;
        while let Some(line) = line_at(self.text, end)
            && self.parted(line).is_none()
        {
            end += line.len();
        }
        end
    }
}

/// The line that begins here, with its end.
fn line_at(text: &str, start: usize) -> Option<&str> {
    text[start..].split_inclusive('\n').next()
}

/// Where base64 that begins here ends: with a line that is shorter than its first one, or
/// padded, or before one that is something else.
fn base64_end(text: &str, start: usize) -> usize {
    let (mut end, mut first) = (start, None);
    while let Some(line) = line_at(text, end) {
        let digits = line.trim_ascii();
        if digits.is_empty() && first.is_none() {
            end += line.len();
            continue;
        }
        let len = *first.get_or_insert(digits.len());
        if !is_base64(digits) || digits.len() > len {
            break;
        }
        end += line.len();
        if digits.len() < len || digits.ends_with('=') {
            break;
        }
    }
    end
}

fn field_name(line: &str) -> Option<&str> {
    let (name, _) = line.split_once(':')?;
    let is_name = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    let fits = (1..=MAX_NAME_BYTES).contains(&name.len()) && name.bytes().all(is_name);
    fits.then_some(name)
}

/// Whether a value goes on in a line. It does in one that begins with a space, and behind a
/// semicolon in one that has lost it.
fn goes_on(value: &str, line: &str) -> bool {
    line.starts_with([' ', '\t']) || value.trim_ascii_end().ends_with(';')
}

/// A parameter of a value, as in `text/plain; charset=utf-8`.
fn parameter<'t>(value: &'t str, name: &str) -> Option<&'t str> {
    let mut is_quoted = false;
    let parameters = value.split(move |c| {
        is_quoted ^= c == '"';
        c == ';' && !is_quoted
    });
    parameters.skip(1).find_map(|parameter| {
        let (its, value) = parameter.split_once('=')?;
        let value = value.trim_ascii();
        let unquoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        its.trim_ascii().eq_ignore_ascii_case(name).then(|| unquoted.unwrap_or(value))
    })
}

/// The name of a file: as it is, in encoded words, or by
/// [RFC 2231](https://www.rfc-editor.org/rfc/rfc2231) with a character set.
fn file_name<'t>(value: &'t str, name: &str) -> Option<Cow<'t, str>> {
    if let Some(plain) = parameter(value, name) {
        return Some(encoded_words(plain));
    }
    let extended = parameter(value, &format!("{name}*"))?;
    let (charset, rest) = extended.split_once('\'')?;
    let (_language, escaped) = rest.split_once('\'')?;
    decode(charset, percent_encoding::percent_decode_str(escaped).collect()).map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::any_text;
    use super::*;

    /// What is seen, with one space for white space.
    fn words(text: &str) -> String {
        let seen = visible_text(text).unwrap_or_else(|| panic!("seen as it is: {text}"));
        seen.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    const MESSAGE: &str = "\
Return-Path: <m@example.com>
DKIM-Signature: v=1; a=rsa-sha256; d=example.com;
\tb=dzdVyOfAKCdLXdJOc9G2q8LoXSlEniSbav+yuU4zGeeruD00lszZ
From: =?utf-8?Q?J=C3=BCrgen_M=C3=BCller?= <m@example.com>
To: sales@example.com
Subject: =?UTF-8?B?QW5nZWJvdCBmw7xyIE3DvG5j?= =?UTF-8?B?aGVu?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=\"outer\"

This is a multi-part message in MIME format.
--outer
Content-Type: multipart/alternative;
 boundary=inner

--inner
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Sehr geehrte Damen und Herren, wir m=C3=B6chten das Ger=C3=A4t zur=
=C3=BCckgeben.
--inner
Content-Type: text/html; charset=\"iso-8859-1\"
Content-Transfer-Encoding: quoted-printable

<p style=3D\"color:red\">Wir m=F6chten r<b>eklamieren</b> &amp; warten.</p>
--inner--

--outer
Content-Type: image/png; name=\"logo.png\"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename*=utf-8''B%C3%BCro.png

iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk
YPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==

--outer
Content-Type: text/plain; charset=windows-1251
Content-Transfer-Encoding: base64

z/Do4uXy
--outer--
Tom says: call him back.
";

    #[test]
    fn of_a_message_its_reader_sees_headers_texts_and_names_of_files() {
        let seen = "Return-Path: <m@example.com> From: Jürgen Müller <m@example.com> \
            To: sales@example.com Subject: Angebot für München \
            This is a multi-part message in MIME format. \
            Sehr geehrte Damen und Herren, wir möchten das Gerät zurückgeben. \
            Wir möchten reklamieren & warten. Büro.png Привет Tom says: call him back.";
        assert_eq!(words(MESSAGE), seen);
        assert_eq!(words(&MESSAGE.replace('\n', "\r\n")), seen);
        // Lines lose their first space in some pastes, and something stands before them.
        assert_eq!(words(&MESSAGE.replace("\n ", "\n")), seen);
        assert_eq!(words(&format!("The source:\n\n{MESSAGE}")), format!("The source: {seen}"));
        assert_eq!(words(&format!("See below.\n{MESSAGE}")), format!("See below. {seen}"));
        let envelope = format!("From m@example.com Mon Nov 23 10:00:00 2026\n{MESSAGE}");
        assert!(words(&envelope).ends_with(seen));
    }

    #[test]
    fn every_beginning_of_a_message_is_read_as_far_as_it_goes() {
        let seen = words(MESSAGE);
        let known = MESSAGE.find("MIME-Version: 1.0").unwrap() + "MIME-Version: 1.0".len();
        for (len, _) in MESSAGE.char_indices().filter(|(len, _)| *len >= known) {
            let beginning = words(&MESSAGE[..len]);
            for word in beginning.rsplit_once(' ').unwrap().0.split(' ') {
                // The name of the picture that counts stands behind this one.
                let is_cut = word == "logo.png" || word.contains(['=', '<', '>', '-']);
                assert!(seen.contains(word) || is_cut, "{word} of {len}");
            }
            assert!(!beginning.contains("iVBOR") && !beginning.contains("color"), "{len}");
        }
    }

    #[test]
    fn a_part_is_read_as_it_is_written() {
        let part = |header: &str, body: &str| words(&format!("{header}\n\n{body}"));
        let plain = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: ";
        for (encoding, body, seen) in [
            ("quoted-printable", "M=C3=BCller =3D\n x", "Müller = x"),
            ("Quoted-Printable", "M=C3=BCller", "Müller"),
            // What is not written so stays, as does what is not in the character set.
            ("quoted-printable", "a = b, M=C3=BCller", "a = b, M=C3=BCller"),
            ("quoted-printable", "M=FCller", "M=FCller"),
            ("base64", "TcO8\nbGxl\ncg==", "Müller"),
            ("base64", "\n\nTcO8bGxlcg==\nBest regards\n", "Müller Best regards"),
            ("base64", "TcO8bGxl\ncg\nRegards", "Müller Regards"),
            ("base64", "Please see above.", "Please see above."),
            ("base64", "AAECAwQFBgc=", ""),
            ("base64", "/////w==", ""),
            ("7bit", "a = b =C3=BC", "a = b =C3=BC"),
            ("x-uuencode", "", "Content-Type: text/plain; charset=utf-8"),
        ] {
            let text = format!("{plain}{encoding}\n\n{body}");
            match encoding {
                "x-uuencode" => assert_eq!(visible_text(&text), None),
                _ => assert_eq!(words(&text), seen, "{encoding} {body}"),
            }
        }
        for (header, body, seen) in [
            ("MIME-Version: 1.0\nContent-Type: text/html", "<p>a</p>b&auml;", "a bä"),
            ("MIME-Version: 1.0\nSubject: x", "<p>a</p>", "Subject: x <p>a</p>"),
            ("mime-version: 1.0\ncontent-transfer-encoding: base64", "SGFsbG8=", "Hallo"),
            (
                "Content-Type: application/pdf; name=\"=?utf-8?Q?B=C3=BCro.pdf?=\"\n\
                 Content-Transfer-Encoding: base64",
                "JVBERi0xLjQ=\n\nSee the file.",
                "Büro.pdf See the file.",
            ),
            (
                "Content-Type: application/json\nContent-Transfer-Encoding: 8bit",
                "{\"a\": 1}",
                "{\"a\": 1}",
            ),
            (
                "Content-Type: message/rfc822\nMIME-Version: 1.0",
                "Subject: inner\nContent-Transfer-Encoding: quoted-printable\n\nM=C3=BCller",
                "Subject: inner Müller",
            ),
            (
                "Content-Type: text/html; charset=gb2312\nContent-Transfer-Encoding: base64",
                "1tC5+g==",
                "",
            ),
        ] {
            assert_eq!(part(header, body), seen, "{header}");
        }
    }

    #[test]
    fn parts_without_the_header_of_their_message_are_read() {
        let text = "--b1_x\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n\
            SGFsbG8=\n\n--b1_x\nContent-Type: text/html\n\n<p>a<br>b</p>\n--b1_x--\nend";
        assert_eq!(words(text), "Hallo a b end");
        assert_eq!(words("Gr=C3=BC=C3=9Fe aus K=C3=B6ln, =\nbis bald"), "Grüße aus Köln, bis bald");
        assert_eq!(words("Re: =?utf-8?Q?M=C3=BCller?= = x"), "Re: Müller = x");
    }

    #[test]
    fn what_is_no_message_is_not_changed() {
        for text in [
            "",
            "Jane asked for pricing details: 3 = 2 + 1",
            "https://example.com/?a=20&b=C3=20 and x=C3",
            "https://example.com/?q=%C3%BC&p=A4",
            "a=C3=BC but also a = b",
            "Grüße aus K=C3=B6ln",
            "The header says\n\nContent-Type: text/html\n\nand nothing else.",
            "Content-Type: text/plain",
            "Content-Transfer-Encoding: base64\n\nplease",
            "MIME-Version: 1.0",
            "Set Content-Type: multipart/mixed; boundary=x, and\nContent-Transfer-Encoding: base64\nin it",
            "POST /v1 HTTP/1.1\nHost: example.com\nContent-Type: application/json\n\n{\"a\": 1}",
            "Host: example.com\nContent-Type: application/json\nAccept: */*\n\n{\"a\": 1}",
            "Host: example.com\nContent-Type: multipart/form-data; boundary=x\n\n--x\n\
             Content-Disposition: form-data; name=\"a\"\n\nb\n--x--",
            "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ=\n-----END CERTIFICATE-----",
            "-----BEGIN PGP MESSAGE-----\nVersion: 2\n\nhQEMA=C3\n-----END PGP MESSAGE-----",
            "-----Original Message-----\nFrom: Jane\nSubject: Content-Type: ?\n\nHi =C3",
            "--\nJane\nContent-Type: x\n",
            "-- a\nb: c\n\nMIME-Version: 1.0",
            "data:image/png;base64,iVBORw0KGgo=C3",
        ] {
            assert_eq!(visible_text(text), None, "{text}");
        }
    }

    #[test]
    fn deep_and_long_messages_are_read_in_one_go() {
        let nested = |depth: usize| {
            let header = |at| {
                format!(
                    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b{at}\n\n--b{at}\n"
                )
            };
            (0..depth).map(header).collect::<String>() + "Content-Type: text/html\n\n<p>x"
        };
        assert_eq!(words(&nested(MAX_DEPTH)), "x");
        assert!(words(&nested(MAX_DEPTH + 1)).contains("--b16"));
        for unit in [
            "a: b\n",
            "a: b;\nc\n",
            "a: b\n\n",
            "--x\n",
            "--x\na: b\n",
            "=?a?q?",
            "=?utf-8?Q?a?= ",
            "=C3=BC",
            "MIME-Version: 1.0\na: b\n\n",
            "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n",
            "Content-Type: text/html\nMIME-Version: 1.0\n\n--b\n",
            "--b\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\nAAAA\n",
            "Content-Transfer-Encoding: base64\na: b\n\nAAAA\nAAAA\n",
        ] {
            let text = unit.repeat(65_536 / unit.len());
            let seen = visible_text(&text).unwrap_or_default();
            assert!(seen.len() <= 2 * text.len(), "{unit}");
        }
    }

    fn any_message() -> impl Strategy<Value = String> {
        let line = prop_oneof![
            prop::sample::select(MESSAGE.lines().collect::<Vec<_>>()).prop_map(str::to_owned),
            Just(String::new()),
            any_text(),
        ];
        prop::collection::vec(line, 0..20).prop_map(|lines| lines.join("\n"))
    }

    proptest! {
        #[test]
        fn any_mixture_of_lines_is_read_somehow(text in any_message()) {
            let _ = visible_text(&text);
        }

        #[test]
        fn a_text_without_a_look_of_a_message_is_not_changed(text in any_text()) {
            if !text.contains(['=', ':']) {
                prop_assert_eq!(visible_text(&text), None);
            }
        }
    }
}
