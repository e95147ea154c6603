//! What is exported of a log, read over the API with a key of the tenant's: nobody needs the
//! operator for it.

use std::collections::BTreeMap;

use activity_log_core::trail::entry::Entry;
use activity_log_core::trail::hash::TreeHash;
use activity_log_core::trail::note::SignedNote;
use activity_log_core::trail::tile::TileName;
use http::StatusCode;
use serde::Deserialize;
use uuid::Uuid;

use super::directory::ExportedLeaf;
use crate::cli::error::CliError;
use crate::http_client::{HttpAnswer, HttpClient};

/// How often a call is made again where the API asks for it.
const ATTEMPTS: u32 = 6;

/// A log behind an API.
pub(super) struct ApiSource {
    client: HttpClient,
    /// The notes that were read, by their sizes, and where the next ones begin.
    notes: BTreeMap<u64, String>,
    cursor: Option<String>,
    all_notes_read: bool,
}

#[derive(Deserialize)]
struct NotesPage {
    checkpoints: Vec<String>,
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
struct DisclosuresLine {
    id: Uuid,
    #[serde(default)]
    disclosures: Vec<String>,
}

impl ApiSource {
    /// The log of the tenant whose key it is.
    pub(super) fn new(url: &str, key: &str) -> Result<Self, CliError> {
        let client = HttpClient::of(url)?.with_key(key);
        Ok(Self { client, notes: BTreeMap::new(), cursor: None, all_notes_read: false })
    }

    /// The newest note, with the size of its tree.
    pub(super) async fn newest_note(&self) -> Result<Option<(u64, String)>, CliError> {
        let answer = self.ask("/v1/audit-log/checkpoint").await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let note = text_of("/v1/audit-log/checkpoint", &whole(answer)?)?;
        Ok(Some((size_of(&note)?, note)))
    }

    /// The notes of the trees that end within some leaves.
    pub(super) async fn notes(&mut self, name: TileName) -> Result<Vec<(u64, String)>, CliError> {
        let last = |notes: &BTreeMap<u64, String>| notes.keys().next_back().copied();
        while !self.all_notes_read && last(&self.notes).is_none_or(|last| last < name.end()) {
            let cursor = self.cursor.as_ref().map(|cursor| format!("&cursor={cursor}"));
            let path = format!("/v1/audit-log/checkpoints?limit=100{}", cursor.unwrap_or_default());
            let page: NotesPage = json_of(&path, &whole(self.ask(&path).await?)?)?;
            for note in page.checkpoints {
                self.notes.insert(size_of(&note)?, note);
            }
            self.all_notes_read = page.next_cursor.is_none();
            self.cursor = page.next_cursor;
        }
        let later = self.notes.split_off(&(name.end() + 1));
        let ended = std::mem::replace(&mut self.notes, later);
        Ok(ended.into_iter().collect())
    }

    /// The leaves of a bundle, with the records of their activities where these are wanted.
    pub(super) async fn leaves(
        &self,
        name: TileName,
        with_records: bool,
    ) -> Result<Vec<ExportedLeaf>, CliError> {
        let path = name.path();
        let of = async |kind: &str| {
            let path = format!("/v1/audit-log/{kind}/{path}");
            Ok::<_, CliError>((whole(self.ask(&path).await?)?, path))
        };
        let (bundle, bundle_path) = of("tile/entries").await?;
        let (lines, lines_path) = of("disclosures").await?;
        let entries = entries_of(&bundle.body).ok_or_else(|| unreadable(&bundle_path))?;
        let lines: Vec<DisclosuresLine> = text_of(&lines_path, &lines)?
            .lines()
            .map(|line| serde_json::from_str(line).map_err(|_| unreadable(&lines_path)))
            .collect::<Result<_, _>>()?;
        let width = usize::from(name.width);
        if [entries.len(), lines.len()] != [width; 2] {
            return Err(unreadable(&bundle_path));
        }
        let mut records = if with_records { self.records(&path).await? } else { Vec::new() };
        let mut records = records.drain(..);
        let leaf = |(entry, line): (Vec<u8>, DisclosuresLine)| {
            let record = if is_of_a_logged_activity(&entry) { records.next() } else { None };
            ExportedLeaf {
                event_id: line.id,
                event: (!entry.is_empty()).then_some((entry, line.disclosures)),
                record,
            }
        };
        Ok(entries.into_iter().zip(lines).map(leaf).collect())
    }

    /// The hashes of a tile.
    pub(super) async fn tile(&self, level: u8, name: TileName) -> Result<Vec<TreeHash>, CliError> {
        let path = format!("/v1/audit-log/tile/{level}/{}", name.path());
        let answer = whole(self.ask(&path).await?)?;
        let hashes = TreeHash::all_from_bytes(&answer.body);
        hashes
            .filter(|hashes| hashes.len() == usize::from(name.width))
            .ok_or_else(|| unreadable(&path))
    }

    async fn records(&self, tile: &str) -> Result<Vec<Vec<u8>>, CliError> {
        let first = format!("/v1/audit-log/records/{tile}");
        let (mut path, mut skipped) = (first.clone(), 0);
        let mut records = Vec::new();
        loop {
            let answer = whole(self.ask(&path).await?)?;
            records.extend(text_of(&path, &answer)?.lines().map(|line| line.as_bytes().to_vec()));
            // Long ones come in several answers, each of which says from which leaf on the
            // next one is.
            match answer.headers.get(http::header::LINK) {
                None => return Ok(records),
                Some(link) => {
                    let next = link.to_str().ok().and_then(skip_of);
                    skipped =
                        next.filter(|next| *next > skipped).ok_or_else(|| unreadable(&path))?;
                    path = format!("{first}?skip={skipped}");
                }
            }
        }
    }

    /// An answer to a call that is made again while the API asks for patience.
    async fn ask(&self, path: &str) -> Result<HttpAnswer, CliError> {
        let mut wait = std::time::Duration::from_secs(1);
        for _ in 1..ATTEMPTS {
            let answer = self.client.get(path).await?;
            if !matches!(
                answer.status,
                StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
            ) {
                return Ok(answer);
            }
            tokio::time::sleep(wait).await;
            wait *= 2;
        }
        Ok(self.client.get(path).await?)
    }
}

fn unreadable(path: &str) -> CliError {
    CliError::ApiAnswer { path: path.to_owned(), problem: "it can't be read".to_owned() }
}

/// How many leaves the next answer is behind, as a header `Link` says.
fn skip_of(link: &str) -> Option<u64> {
    let (_, rest) = link.split_once("skip=")?;
    rest.split(|char: char| !char.is_ascii_digit()).next()?.parse().ok()
}

/// An answer that is a success, or what the API says instead.
fn whole(answer: HttpAnswer) -> Result<HttpAnswer, CliError> {
    #[derive(Deserialize)]
    struct Refusal {
        error: Problem,
    }
    #[derive(Deserialize)]
    struct Problem {
        message: String,
    }
    if answer.status.is_success() {
        return Ok(answer);
    }
    let said = serde_json::from_slice::<Refusal>(&answer.body).map(|refusal| refusal.error.message);
    Err(CliError::ApiAnswer {
        path: answer.status.to_string(),
        problem: said.unwrap_or_else(|_| "it says nothing".to_owned()),
    })
}

fn text_of(path: &str, answer: &HttpAnswer) -> Result<String, CliError> {
    answer.text().map(str::to_owned).ok_or_else(|| unreadable(path))
}

fn json_of<T: serde::de::DeserializeOwned>(path: &str, answer: &HttpAnswer) -> Result<T, CliError> {
    serde_json::from_slice(&answer.body).map_err(|_| unreadable(path))
}

fn size_of(note: &str) -> Result<u64, CliError> {
    let checkpoint = SignedNote::parse(note).and_then(|note| note.checkpoint());
    checkpoint.map(|checkpoint| checkpoint.size).map_err(|_| unreadable("a checkpoint"))
}

/// The entries of a bundle; `None` where it is cut off.
fn entries_of(mut bundle: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut entries = Vec::new();
    while !bundle.is_empty() {
        let (length, rest) = bundle.split_first_chunk::<2>()?;
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry.to_vec());
        bundle = rest;
    }
    Some(entries)
}

fn is_of_a_logged_activity(entry: &[u8]) -> bool {
    Entry::parse(entry).is_ok_and(|entry| {
        entry.action == "activity.logged"
            && entry.status == "succeeded"
            && entry.resource_id.is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_answer_is_where_the_link_says() {
        let link = "</stage/v1/audit-log/records/x001/002.p/7?skip=31>; rel=\"next\"";
        assert_eq!(skip_of(link), Some(31));
        for other in ["", "<x>; rel=\"next\"", "<x?skip=>", "<x?skip=y>"] {
            assert_eq!(skip_of(other), None, "{other}");
        }
    }

    #[test]
    fn a_bundle_is_read_to_its_end_and_not_beyond() {
        assert_eq!(entries_of(&[]), Some(vec![]));
        assert_eq!(
            entries_of(&[0, 1, 7, 0, 0, 0, 2, 8, 9]),
            Some(vec![vec![7], vec![], vec![8, 9]])
        );
        for cut in [&[0][..], &[0, 1], &[0, 2, 7], &[0, 1, 7, 0]] {
            assert_eq!(entries_of(cut), None);
        }
    }
}
