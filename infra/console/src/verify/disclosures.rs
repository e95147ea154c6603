//! What is disclosed of an event, held against the digests in its entry.

use std::borrow::Cow;
use std::ops::Range;

use activity_log_core::trail::disclosure::{Disclosed, digest_of};
use activity_log_core::trail::entry::Entry;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::code::Code;
use super::plain::Plain;
use super::report::{Finding, Report};

/// What an activity and its log event have of persons, by the names of disclosures.
const OF_PERSONS: [&str; 3] = ["actor", "authenticated_as", "on_behalf_of"];

/// The known disclosures: their members, and how many of these, from the first on, have to
/// be there.
const KNOWN: [(&str, &[&str], usize); 6] = [
    ("actor", &["id", "type"], 2),
    ("authenticated_as", &["credential_id", "id", "type"], 3),
    ("on_behalf_of", &["id", "type"], 2),
    ("client", &["address", "user_agent"], 0),
    ("subject", &["id", "replaced_by"], 1),
    ("content", &["input_hash", "record_hash"], 0),
];

/// A member of a disclosure: its name, and its text.
type Member<'a> = (Cow<'a, str>, Cow<'a, str>);

/// A part of an event.
struct Part<'a> {
    name: Cow<'a, str>,
    digest: String,
    members: Vec<Member<'a>>,
}

/// All parts that are disclosed of an event, and whether those are all.
#[derive(Default)]
pub(super) struct Parts<'a> {
    parts: Vec<Part<'a>>,
    /// How many digests of the entry have none.
    missing: usize,
}

impl<'a> Parts<'a> {
    /// Reads the disclosures of a leaf. Each has to be one of its own, once. What their
    /// base 64 stands for is in `decoded`.
    pub(super) fn read(
        index: u64,
        entry: &Entry<'_>,
        texts: &[&str],
        decoded: &'a mut Decoded,
        report: &mut Report,
    ) -> Self {
        let finding = |code| Finding::new(code).index(index).id(&entry.id);
        let mut all = Self { parts: Vec::with_capacity(texts.len()), missing: 0 };
        let mut is_used = vec![false; entry.digests.len()];
        for (text, json) in texts.iter().zip(decoded.decode(texts)) {
            let digest = digest_of(text);
            let place = entry.digests.binary_search_by(|known| known.as_ref().cmp(&digest));
            let Ok(place) = place else {
                report.add(finding(Code::DisclosureForeign).found(digest));
                continue;
            };
            if std::mem::replace(&mut is_used[place], true) {
                report.add(finding(Code::DisclosureTwice).found(digest));
                continue;
            }
            let Some(read) = json.and_then(|json| read(text, json)) else {
                report.add(finding(Code::DisclosureMalformed).found(digest));
                continue;
            };
            if all.parts.iter().any(|part| part.name == read.name) {
                let found = format_args!("{} again", read.name);
                report.add(finding(Code::DisclosureTwice).found(found));
            }
            report.checked.disclosures += 1;
            check_members(&read, &finding, report);
            if let Members::Texts(members) = read.members {
                all.parts.push(Part { name: read.name, digest, members });
            }
        }
        all.missing = is_used.iter().filter(|used| !**used).count();
        for name in ["actor", "authenticated_as"] {
            // Nobody acts without them, and nothing takes them back.
            if all.missing == 0 && all.part(name).is_none() {
                let expected = format_args!("a disclosure of {name}");
                report.add(finding(Code::DisclosureMissing).expected(expected));
            }
        }
        all
    }

    fn part(&self, name: &str) -> Option<&Part<'a>> {
        self.parts.iter().find(|part| part.name == name)
    }

    /// A member of a part.
    pub(super) fn member(&self, part: &str, name: &str) -> Option<&str> {
        let members = &self.part(part)?.members;
        members.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_ref())
    }

    pub(super) fn has(&self, part: &str) -> bool {
        self.part(part).is_some()
    }

    /// How many digests of the entry have no disclosure.
    pub(super) fn missing(&self) -> usize {
        self.missing
    }

    /// The digests of those of persons, sorted.
    pub(super) fn digests_of_persons(&self) -> Vec<&str> {
        let of_persons = self.parts.iter().filter(|part| OF_PERSONS.contains(&part.name.as_ref()));
        let mut digests: Vec<&str> = of_persons.map(|part| part.digest.as_str()).collect();
        digests.sort_unstable();
        digests
    }
}

/// What the base 64 of the disclosures of an event stands for. One is used for all events.
#[derive(Default)]
pub(super) struct Decoded {
    bytes: Vec<u8>,
    /// Where each is; `None` where it is no base 64.
    places: Vec<Option<Range<usize>>>,
}

impl Decoded {
    /// Decodes disclosures in the place of those before.
    fn decode(&mut self, texts: &[&str]) -> impl Iterator<Item = Option<&[u8]>> {
        self.bytes.clear();
        self.places.clear();
        for text in texts {
            let start = self.bytes.len();
            let decoded = URL_SAFE_NO_PAD.decode_vec(text, &mut self.bytes);
            self.places.push(decoded.is_ok().then_some(start..self.bytes.len()));
        }
        let Self { bytes, places } = self;
        places.iter().map(|place| bytes.get(place.clone()?))
    }
}

enum Members<'a> {
    /// All that is written today.
    Texts(Vec<Member<'a>>),
    Other,
}

struct ReadDisclosure<'a> {
    name: Cow<'a, str>,
    members: Members<'a>,
}

fn check_members(
    read: &ReadDisclosure<'_>,
    finding: &dyn Fn(Code) -> Finding,
    report: &mut Report,
) {
    let Some((name, known, needed)) = KNOWN.iter().find(|(name, ..)| *name == read.name) else {
        report.add(finding(Code::DisclosureNotKnown).found(&read.name));
        return;
    };
    let Members::Texts(members) = &read.members else {
        report.add(finding(Code::DisclosureUnknown).found(name));
        return;
    };
    let has = |name: &str| members.iter().any(|(known, _)| known == name);
    if members.is_empty() || !known[..*needed].iter().all(|name| has(name)) {
        report.add(finding(Code::DisclosureMalformed).found(format_args!("{name} without all")));
    }
    let is_hash = |text: &str| {
        text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    for (member, value) in members {
        if !known.contains(&member.as_ref()) {
            report.add(finding(Code::DisclosureUnknown).found(format_args!("{name}.{member}")));
        } else if *name == "content" && !is_hash(value) {
            report.add(finding(Code::DisclosureMalformed).found(format_args!("{name}.{member}")));
        }
    }
}

/// Reads a disclosure, of which `json` is what its base 64 stands for.
fn read<'a>(text: &str, json: &'a [u8]) -> Option<ReadDisclosure<'a>> {
    if let Some(read) = read_plain(json) {
        return Some(read);
    }
    let Disclosed { name, value } = Disclosed::parse(text)?;
    Some(ReadDisclosure { name: name.into(), members: members_of(value) })
}

fn members_of(value: Value) -> Members<'static> {
    let Value::Object(members) = value else { return Members::Other };
    let texts = members.into_iter().map(|(name, value)| match value {
        Value::String(text) => Some((name.into(), text.into())),
        _ => None,
    });
    texts.collect::<Option<Vec<_>>>().map_or(Members::Other, Members::Texts)
}

/// Reads `["<salt>","<name>",{"<member>":"<text>",...}]` where no text in it is escaped. All
/// that is canonical of it then is the order of names.
fn read_plain(json: &[u8]) -> Option<ReadDisclosure<'_>> {
    let mut json = Plain::new(json)?;
    json.skip("[")?;
    json.text()?;
    json.skip(",")?;
    let name = json.text()?;
    json.skip(",{")?;
    let mut members: Vec<Member<'_>> = Vec::with_capacity(3);
    loop {
        let member = json.text()?;
        let is_behind = members.last().is_none_or(|(last, _)| last.as_ref() < member);
        if !member.is_ascii() || !is_behind {
            return None;
        }
        json.skip(":")?;
        members.push((member.into(), json.text()?.into()));
        if json.skip(",").is_none() {
            break;
        }
    }
    json.skip("}]")?;
    let members = Members::Texts(members);
    json.is_at_the_end().then_some(ReadDisclosure { name: name.into(), members })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_reader_reads_what_the_other_one_does_and_nothing_else() {
        let json = [
            r#"["s","actor",{"id":"a","type":"agent"}]"#,
            r#"["s","actor",{"id":"jäne😀","type":"user"}]"#,
            r#"["s","actor",{"id":"a\"b","type":"user"}]"#,
            r#"["s","actor",{"type":"user","id":"a"}]"#,
            r#"["s","actor",{"id":"a","id":"b"}]"#,
            r#"["s","actor",{"id":"a"}] "#,
            r#"["s", "actor",{"id":"a"}]"#,
            r#"["s","actor",{}]"#,
            r#"["s","actor",{"id":1}]"#,
            r#"["s","actor",{"id":"a",}]"#,
            r#"["s","actor","x"]"#,
            r#"["s",{"id":"a"}]"#,
            r#"["s","actor",{"id":"a"}"#,
            r#"["s","actor",{"é":"a","É":"b"}]"#,
            "[\"s\",\"actor\",{\"id\":\"a\u{1}\"}]",
            "[\"s\",\"actor\",{\"id\":\"a\u{7f}\"}]",
        ];
        for json in json {
            let text = URL_SAFE_NO_PAD.encode(json);
            let slow = Disclosed::parse(&text).map(|read| match members_of(read.value) {
                Members::Texts(members) => (read.name.into(), Some(members)),
                Members::Other => (read.name.into(), None),
            });
            let quick = read_plain(json.as_bytes()).map(|read| match read.members {
                Members::Texts(members) => (read.name, Some(members)),
                Members::Other => (read.name, None),
            });
            assert!(quick.is_none() || quick == slow, "{json}: {quick:?} {slow:?}");
            let both = read(&text, json.as_bytes()).map(|read| read.name);
            assert_eq!(both, slow.map(|(name, _)| name), "{json}");
        }
        assert!(json[..2].iter().all(|json| read_plain(json.as_bytes()).is_some()));
    }
}
