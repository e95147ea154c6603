//! Signed notes: those of the export, those that somebody remembered, and what witnesses
//! put under them.

use activity_log_core::trail::note::{
    Checkpoint, MAX_NOTE_BYTES, NoteError, SignedNote, VerifierKey,
};

use super::code::Code;
use super::files::{Folder, Kind};
use super::report::{Finding, Report};

/// The newest note.
pub(super) const CHECKPOINT: &str = "checkpoint";
/// The folder of all notes.
pub(super) const CHECKPOINTS: &str = "checkpoints";

/// A witness whose cosignature has to be there.
#[derive(Clone, Debug)]
pub(super) struct Witness {
    key: VerifierKey,
    /// The log that it has to have cosigned.
    origin: String,
    /// How many cosignatures there are.
    cosigned: u64,
    /// The largest tree that it has cosigned.
    largest: u64,
}

impl Witness {
    pub(super) fn new(key: VerifierKey, origin: &str) -> Self {
        Self { key, origin: origin.to_owned(), cosigned: 0, largest: 0 }
    }
}

/// Those of whom notes are read.
pub(super) struct Notaries<'a> {
    pub(super) origin: &'a str,
    /// The log's keys; none where there are none for an earlier generation, whose notes
    /// prove nothing then.
    pub(super) keys: &'a [VerifierKey],
    pub(super) witnesses: &'a mut [Witness],
}

impl Notaries<'_> {
    /// Reads a note of the log, and holds its signatures. What is wrong is reported; the
    /// tree that it tells of is the answer where there is one.
    pub(super) fn read(
        &mut self,
        bytes: &[u8],
        file: &str,
        report: &mut Report,
    ) -> Option<Checkpoint> {
        let add = |report: &mut Report, error: &NoteError| {
            report.add(Finding::new(code_of(error)).file(file).found(format_args!("it {error}")));
        };
        let text = std::str::from_utf8(bytes).ok();
        let note = text.map_or(Err(NoteError::Malformed("it is no text")), SignedNote::parse);
        let (note, checkpoint) = match note.and_then(|note| Ok((note.checkpoint()?, note))) {
            Ok((checkpoint, note)) => (note, checkpoint),
            Err(error) => {
                add(report, &error);
                return None;
            }
        };
        if checkpoint.origin != self.origin {
            let finding = Finding::new(Code::NoteWrongOrigin).file(file);
            report.add(finding.expected(self.origin).found(&checkpoint.origin));
            return None;
        }
        if !self.keys.is_empty()
            && let Err(error) = note.verify_any(self.keys)
        {
            add(report, &error);
        }
        report.checked.checkpoints += 1;
        for witness in self.witnesses.iter_mut().filter(|witness| note.names(&witness.key)) {
            match note.verify(&witness.key) {
                Ok(()) => {
                    report.checked.cosignatures += 1;
                    if self.origin == witness.origin {
                        witness.cosigned += 1;
                        witness.largest = witness.largest.max(checkpoint.size);
                    }
                }
                Err(error) => add(report, &error),
            }
        }
        Some(checkpoint)
    }

    /// Reads a note that is a file of the export, which has to be there.
    pub(super) fn read_file(
        &mut self,
        folder: &Folder,
        file: &str,
        report: &mut Report,
    ) -> Option<Checkpoint> {
        let mut bytes = Vec::new();
        match folder.read(file, MAX_NOTE_BYTES, &mut bytes) {
            Ok(()) => self.read(&bytes, &folder.name(file), report),
            Err(error) => {
                report.add(error.finding().file(folder.name(file)));
                None
            }
        }
    }
}

/// What witnesses have not cosigned.
pub(super) fn check_witnesses(witnesses: &[Witness], size: u64, report: &mut Report) {
    for witness in witnesses {
        let name = witness.key.name();
        if witness.cosigned == 0 {
            let finding = Finding::new(Code::NotCosigned);
            let origin = &witness.origin;
            report.add(finding.expected(format_args!("a cosignature of {name} for {origin}")));
        } else if witness.largest < size {
            report.not_checked.push(format!(
                "{name} has cosigned {} events of {size}; it knows nothing of those behind them",
                witness.largest
            ));
        }
    }
}

fn code_of(error: &NoteError) -> Code {
    match error {
        NoteError::Malformed(_) | NoteError::NoCheckpoint(_) | NoteError::NoKey(_) => {
            Code::NoteMalformed
        }
        NoteError::NotSigned(_) => Code::NoteNotSigned,
        NoteError::WrongSignature(_) => Code::NoteWrongSignature,
    }
}

/// The sizes of the trees that there are notes of, in order; `None` where the export has
/// none but the newest.
pub(super) fn sizes_of_notes(
    folder: &Folder,
    newest: u64,
    report: &mut Report,
) -> Option<Vec<u64>> {
    let notes = folder.within(CHECKPOINTS);
    if !notes.is_there() {
        report.not_checked.push(format!("there are no earlier checkpoints in {}", notes.name("")));
        return None;
    }
    let mut sizes = Vec::new();
    let listed = notes.list(|name, kind| {
        let size = name.parse().ok().filter(|size: &u64| size.to_string() == name);
        // A link in the place of a note is told where the note is read.
        match size.filter(|_| kind != Kind::Folder) {
            Some(size) if size > newest => report.add(
                Finding::new(Code::NoteNotNewest)
                    .file(notes.name(name))
                    .expected(format_args!("no note of more than {newest} events")),
            ),
            Some(size) => sizes.push(size),
            None => report.add(Finding::new(Code::FileExtra).file(notes.name(name))),
        }
        // There is no more than one note a leaf.
        sizes.len() as u64 <= newest.saturating_add(1)
    });
    if let Err(error) = listed {
        report.add(error.finding().file(notes.name("")));
        return None;
    }
    sizes.sort_unstable();
    Some(sizes)
}
