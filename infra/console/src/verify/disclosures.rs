//! What is disclosed of an event, held against the digests in its entry.

use activity_log_core::trail::disclosure::{Disclosed, digest_of};
use activity_log_core::trail::entry::Entry;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::code::Code;
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

/// A part of an event.
struct Part {
    name: String,
    digest: String,
    members: Vec<(String, String)>,
}

/// All parts that are disclosed of an event, and whether those are all.
#[derive(Default)]
pub(super) struct Parts {
    parts: Vec<Part>,
    /// How many digests of the entry have none.
    missing: usize,
}

impl Parts {
    /// Reads the disclosures of a leaf. Each has to be one of its own, once.
    pub(super) fn read(index: u64, entry: &Entry, texts: &[&str], report: &mut Report) -> Self {
        let finding = |code| Finding::new(code).index(index).id(&entry.id);
        let mut all = Self::default();
        let mut is_used = vec![false; entry.digests.len()];
        for text in texts {
            let digest = digest_of(text);
            let Ok(place) = entry.digests.binary_search(&digest) else {
                report.add(finding(Code::DisclosureForeign).found(digest));
                continue;
            };
            if std::mem::replace(&mut is_used[place], true) {
                report.add(finding(Code::DisclosureTwice).found(digest));
                continue;
            }
            let Some(read) = read(text) else {
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

    fn part(&self, name: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.name == name)
    }

    /// A member of a part.
    pub(super) fn member(&self, part: &str, name: &str) -> Option<&str> {
        let members = &self.part(part)?.members;
        members.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
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
        let of_persons = self.parts.iter().filter(|part| OF_PERSONS.contains(&part.name.as_str()));
        let mut digests: Vec<&str> = of_persons.map(|part| part.digest.as_str()).collect();
        digests.sort_unstable();
        digests
    }
}

enum Members {
    /// All that is written today.
    Texts(Vec<(String, String)>),
    Other,
}

struct ReadDisclosure {
    name: String,
    members: Members,
}

fn check_members(read: &ReadDisclosure, finding: &dyn Fn(Code) -> Finding, report: &mut Report) {
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
        if !known.contains(&member.as_str()) {
            report.add(finding(Code::DisclosureUnknown).found(format_args!("{name}.{member}")));
        } else if *name == "content" && !is_hash(value) {
            report.add(finding(Code::DisclosureMalformed).found(format_args!("{name}.{member}")));
        }
    }
}

fn read(text: &str) -> Option<ReadDisclosure> {
    let json = URL_SAFE_NO_PAD.decode(text).ok()?;
    if let Some(read) = std::str::from_utf8(&json).ok().and_then(read_plain) {
        return Some(read);
    }
    let Disclosed { name, value } = Disclosed::parse(text)?;
    Some(ReadDisclosure { name, members: members_of(value) })
}

fn members_of(value: Value) -> Members {
    let Value::Object(members) = value else { return Members::Other };
    let texts = members.into_iter().map(|(name, value)| match value {
        Value::String(text) => Some((name, text)),
        _ => None,
    });
    texts.collect::<Option<Vec<_>>>().map_or(Members::Other, Members::Texts)
}

/// Reads `["<salt>","<name>",{"<member>":"<text>",...}]` where no text in it is escaped:
/// that is nearly every disclosure, and all that is canonical of it is the order of names.
fn read_plain(json: &str) -> Option<ReadDisclosure> {
    if json.bytes().any(|byte| byte == b'\\' || byte < b' ') {
        return None;
    }
    let mut texts = Texts(json);
    texts.skip("[")?;
    texts.next()?;
    texts.skip(",")?;
    let name = texts.next()?.to_owned();
    texts.skip(",{")?;
    let mut members: Vec<(String, String)> = Vec::new();
    loop {
        let member = texts.next()?;
        let is_behind = members.last().is_none_or(|(last, _)| last.as_str() < member);
        if !member.is_ascii() || !is_behind {
            return None;
        }
        texts.skip(":")?;
        members.push((member.to_owned(), texts.next()?.to_owned()));
        if texts.skip(",").is_none() {
            break;
        }
    }
    texts.skip("}]")?;
    texts.0.is_empty().then_some(ReadDisclosure { name, members: Members::Texts(members) })
}

/// Texts of JSON without escapes, and what stands between them.
struct Texts<'a>(&'a str);

impl<'a> Texts<'a> {
    fn skip(&mut self, sign: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(sign)?;
        Some(())
    }

    fn next(&mut self) -> Option<&'a str> {
        let (text, rest) = self.0.strip_prefix('"')?.split_once('"')?;
        self.0 = rest;
        Some(text)
    }
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
                Members::Texts(members) => (read.name, Some(members)),
                Members::Other => (read.name, None),
            });
            let quick = read_plain(json).map(|read| match read.members {
                Members::Texts(members) => (read.name, Some(members)),
                Members::Other => (read.name, None),
            });
            assert!(quick.is_none() || quick == slow, "{json}: {quick:?} {slow:?}");
            let both = read(&text).map(|read| read.name);
            assert_eq!(both, slow.map(|(name, _)| name), "{json}");
        }
        assert!(read_plain(json[0]).is_some() && read_plain(json[1]).is_some());
    }
}
