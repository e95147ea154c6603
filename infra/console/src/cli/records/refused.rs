//! Where refused records go: beside the file, ready to be mended and imported
//! alone.

use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::record::Original;

/// The refused records of a run.
#[derive(Debug)]
pub(super) struct Refused {
    source: PathBuf,
    path: PathBuf,
    file: Option<BufWriter<File>>,
}

impl Refused {
    /// None yet. Those of an earlier run of the same file are kept under another
    /// name, since somebody may have mended them there.
    pub(super) fn of(source: &Path) -> io::Result<Self> {
        let path = with_suffix(source, ".refused.jsonl");
        match std::fs::rename(&path, with_suffix(&path, "~")) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        Ok(Self { source: source.to_owned(), path, file: None })
    }

    /// Keeps a record as it was given.
    pub(super) fn keep(&mut self, original: &Original) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            file => file.insert(BufWriter::new(File::create_new(&self.path)?)),
        };
        match original {
            Original::Text(text) => {
                file.write_all(text)?;
                file.write_all(b"\n")
            }
            Original::Within(range) => {
                let mut source = File::open(&self.source)?;
                source.seek(SeekFrom::Start(range.start))?;
                io::copy(&mut source.take(range.end - range.start), file).map(drop)
            }
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

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
