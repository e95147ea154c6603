//! Canonical JSON without an escape, which nearly all entries and disclosures are: it is
//! looked at where it stands, and nothing is copied. What is not read here is read by the
//! common crate, which decides what is canonical.

use std::borrow::Cow;
use std::collections::BTreeMap;

use activity_log_core::trail::entry::{ENTRY_VERSION, Entry, EntryError};
use memchr::memchr;

/// JSON that is read from its beginning on.
pub(super) struct Plain<'a>(&'a str);

impl<'a> Plain<'a> {
    /// `None` where a text in it may be escaped, or has to be.
    pub(super) fn new(json: &'a [u8]) -> Option<Self> {
        // All bytes are looked at, since a loop without an end in it is done by many at once.
        let is_other = |byte: &u8| *byte == b'\\' || *byte < b' ';
        if json.iter().fold(false, |other, byte| other | is_other(byte)) {
            return None;
        }
        std::str::from_utf8(json).ok().map(Self)
    }

    /// Passes over what has to follow.
    pub(super) fn skip(&mut self, sign: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(sign)?;
        Some(())
    }

    /// Reads a text.
    pub(super) fn text(&mut self) -> Option<&'a str> {
        let rest = self.0.strip_prefix('"')?;
        let end = memchr(b'"', rest.as_bytes())?;
        let (text, rest) = rest.split_at_checked(end)?;
        self.0 = rest.get(1..)?;
        Some(text)
    }

    /// Reads a text behind what has to stand before it.
    fn text_behind(&mut self, sign: &str) -> Option<&'a str> {
        self.skip(sign)?;
        self.text()
    }

    pub(super) fn is_at_the_end(&self) -> bool {
        self.0.is_empty()
    }
}

/// Reads an entry, in the one form that it has.
pub(super) fn entry(bytes: &[u8]) -> Result<Entry<'_>, EntryError> {
    plain_entry(bytes).map_or_else(|| Entry::parse(bytes), Ok)
}

/// Reads an entry that has no `data`.
fn plain_entry(bytes: &[u8]) -> Option<Entry<'_>> {
    let mut json = Plain::new(bytes)?;
    json.skip(r#"{"_sd":["#)?;
    let mut digests = Vec::with_capacity(6);
    digests.push(Cow::from(json.text()?));
    while json.skip(",").is_some() {
        digests.push(json.text()?.into());
    }
    json.skip("]")?;
    // A member that is there and has no text leaves a rest that no other member begins with.
    let entry = Entry {
        digests,
        action: json.text_behind(r#","action":"#)?.into(),
        api_route: json.text_behind(r#","api_route":"#).map(Cow::from),
        command: json.text_behind(r#","command":"#).map(Cow::from),
        data: BTreeMap::new(),
        error_code: json.text_behind(r#","error_code":"#).map(Cow::from),
        id: json.text_behind(r#","id":"#)?.into(),
        occurred_at: json.text_behind(r#","occurred_at":"#)?.into(),
        request_id: json.text_behind(r#","request_id":"#)?.into(),
        resource_id: json.text_behind(r#","resource_id":"#).map(Cow::from),
        resource_type: json.text_behind(r#","resource_type":"#)?.into(),
        sealed_at: json.text_behind(r#","sealed_at":"#)?.into(),
        source: json.text_behind(r#","source":"#)?.into(),
        status: json.text_behind(r#","status":"#)?.into(),
        tenant_id: json.text_behind(r#","tenant_id":"#)?.into(),
        tool_name: json.text_behind(r#","tool_name":"#).map(Cow::from),
        version: ENTRY_VERSION,
        written_at: {
            json.skip(&format!(r#","v":{ENTRY_VERSION}"#))?;
            json.text_behind(r#","written_at":"#).map(Cow::from)
        },
    };
    json.skip("}")?;
    json.is_at_the_end().then_some(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All members of an entry but its `data`.
    const MEMBERS: [&str; 17] = [
        r#""_sd":["a","b"]"#,
        r#""action":"activity.logged""#,
        r#""api_route":"/v1/activities""#,
        r#""command":"x""#,
        r#""error_code":"y""#,
        r#""id":"01""#,
        r#""occurred_at":"t""#,
        r#""request_id":"jäne""#,
        r#""resource_id":"r""#,
        r#""resource_type":"activity""#,
        r#""sealed_at":"s""#,
        r#""source":"api""#,
        r#""status":"succeeded""#,
        r#""tenant_id":"acme""#,
        r#""tool_name":"z""#,
        r#""v":1"#,
        r#""written_at":"w""#,
    ];
    /// Which of them may be missing.
    const OPTIONAL: [usize; 6] = [2, 3, 4, 8, 14, 16];

    fn object(members: &[&str]) -> String {
        format!("{{{}}}", members.join(","))
    }

    fn is_read_alike(json: &str) -> bool {
        let (quick, slow) = (plain_entry(json.as_bytes()), Entry::parse(json.as_bytes()));
        assert!(quick.is_none() || quick.as_ref() == slow.as_ref().ok(), "{json}");
        assert_eq!(entry(json.as_bytes()), slow, "{json}");
        quick.is_some()
    }

    #[test]
    fn the_quick_reader_reads_what_the_other_one_does_and_nothing_else() {
        let whole = object(&MEMBERS);
        assert!(is_read_alike(&whole));
        // Without each member, with it in every other place, and with it twice.
        for (n, member) in MEMBERS.into_iter().enumerate() {
            let mut others = MEMBERS.to_vec();
            others.remove(n);
            assert_eq!(is_read_alike(&object(&others)), OPTIONAL.contains(&n), "{member}");
            for place in 0..=others.len() {
                let mut moved = others.clone();
                moved.insert(place, member);
                assert_eq!(is_read_alike(&object(&moved)), place == n, "{member}");
                let mut twice = MEMBERS.to_vec();
                twice.insert(place, member);
                assert!(!is_read_alike(&object(&twice)), "{member}");
            }
        }
        // Every byte taken out, doubled, and replaced by signs of JSON and of no text.
        for at in (0..whole.len()).filter(|at| whole.is_char_boundary(*at)) {
            let (before, behind) = whole.split_at(at);
            let mut rest = behind.chars();
            let sign = rest.next().unwrap();
            let rest = rest.as_str();
            is_read_alike(&format!("{before}{rest}"));
            is_read_alike(&format!("{before}{sign}{behind}"));
            for other in
                ['"', '\\', ',', ':', '[', ']', '{', '}', ' ', '\n', '\u{1}', '\u{7f}', '0', 'é']
            {
                is_read_alike(&format!("{before}{other}{rest}"));
            }
        }
        for (is, other) in [
            (r#"["a","b"]"#, "[]"),
            (r#"["a","b"]"#, r#"["a",1]"#),
            (r#""x""#, "null"),
            (r#""x""#, "1"),
            (r#""v":1"#, r#""v":2"#),
            (r#""v":1"#, r#""v":1.0"#),
            (r#""v":1"#, r#""v":"1""#),
            (r#""x""#, r#""x","data":{}"#),
            (r#""x""#, r#""x","data":{"a":1}"#),
            (r#""x""#, r#""x","data":{"a": 1}"#),
            (r#""x""#, r#""\u0078""#),
            (r#""x""#, r#""\"""#),
        ] {
            assert!(whole.contains(is));
            assert!(!is_read_alike(&whole.replace(is, other)));
        }
        assert!(plain_entry(b"\xff").is_none() && entry(b"\xff").is_err());
    }
}
