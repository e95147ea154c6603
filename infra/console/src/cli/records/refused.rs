//! Where refused records go: beside the file, ready to be mended and imported
//! alone.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::record::Original;

/// How much of a record that is too long to be kept is copied at once.
const COPIED_BYTES: usize = 64 * 1024;

/// The refused records of a run.
#[derive(Debug)]
pub(super) struct Refused {
    /// The file as it was opened: another may have its name by now.
    source: File,
    path: PathBuf,
    file: Option<BufWriter<File>>,
}

impl Refused {
    /// None yet. Those of an earlier run of the same file are kept under another
    /// name, since somebody may have mended them there.
    pub(super) fn of(path: &Path, source: File) -> io::Result<Self> {
        let path = with_suffix(path, ".refused.jsonl");
        if path.try_exists()? {
            std::fs::rename(&path, free_name(&path)?)?;
        }
        Ok(Self { source, path, file: None })
    }

    /// Keeps a record as it was given.
    pub(super) fn keep(&mut self, original: &Original) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            file => file.insert(BufWriter::new(create(&self.path)?)),
        };
        match original {
            Original::Text(text) => {
                file.write_all(text)?;
                file.write_all(b"\n")
            }
            Original::Within(range) => copy(&self.source, range.clone(), file),
        }
    }

    /// Makes sure that what was kept is there, whatever comes.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), BufWriter::flush)
    }

    /// The file, where there is one.
    pub(super) fn path(&self) -> Option<&Path> {
        self.file.as_ref().map(|_| self.path.as_path())
    }
}

/// Records are for the eyes of who imports them, whoever can read the folder.
fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// The first name with a number that nothing has.
fn free_name(path: &Path) -> io::Result<PathBuf> {
    let mut number = 1_u64;
    loop {
        let name = with_suffix(path, &format!(".~{number}~"));
        if !name.try_exists()? {
            return Ok(name);
        }
        number += 1;
    }
}

/// Copies a part of a file without moving the place at which others read it.
fn copy(source: &File, range: Range<u64>, to: &mut impl Write) -> io::Result<()> {
    let mut buffer = vec![0; COPIED_BYTES];
    for begin in range.clone().step_by(COPIED_BYTES) {
        let bytes = buffer.len().min(usize::try_from(range.end - begin).unwrap_or(usize::MAX));
        source.read_exact_at(&mut buffer[..bytes], begin)?;
        to.write_all(&buffer[..bytes])?;
    }
    Ok(())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
