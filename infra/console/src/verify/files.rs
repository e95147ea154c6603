//! Files of an export, which somebody else has made: only regular files are opened, and
//! nothing is read beyond a bound.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::code::Code;
use super::report::Finding;

/// The export, or one of the earlier generations in it.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// What stands before the names of files in findings.
    prefix: String,
}

/// Why a file can't be had.
#[derive(Debug)]
pub(super) enum FileError {
    Missing,
    /// A link, a folder, a pipe.
    NotAFile,
    TooLong,
    Failed(io::Error),
}

impl FileError {
    /// Whether it may be as it should be, and nobody can tell.
    pub(super) fn tells_nothing(&self) -> bool {
        matches!(self, Self::NotAFile | Self::Failed(_))
    }

    /// What is found where the file has to be there.
    pub(super) fn finding(&self) -> Finding {
        match self {
            Self::Missing => Finding::new(Code::FileMissing),
            Self::NotAFile => Finding::new(Code::FileNotRead).found("something that is no file"),
            Self::TooLong => Finding::new(Code::FileMalformed).found("more than it can have"),
            Self::Failed(error) => Finding::new(Code::FileNotRead).found(error),
        }
    }
}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            _ => Self::Failed(error),
        }
    }
}

/// Opens a file that is one: what is no file could keep a reader waiting for ever.
fn open(path: &Path, follow_links: bool) -> Result<File, FileError> {
    let metadata = if follow_links { path.metadata() } else { path.symlink_metadata() }?;
    if !metadata.is_file() {
        return Err(FileError::NotAFile);
    }
    Ok(File::open(path)?)
}

/// Reads a file that the caller named, up to a length.
pub(super) fn read_named(path: &Path, max_bytes: usize) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    read_all(open(path, true)?, max_bytes, &mut bytes)?;
    Ok(bytes)
}

/// Opens a file that the caller named.
pub(super) fn open_named(path: &Path) -> Result<BufReader<File>, FileError> {
    Ok(BufReader::with_capacity(BUFFER_BYTES, open(path, true)?))
}

fn read_all(file: File, max_bytes: usize, bytes: &mut Vec<u8>) -> Result<(), FileError> {
    bytes.clear();
    let read = file.take(max_bytes as u64 + 1).read_to_end(bytes)?;
    if read > max_bytes { Err(FileError::TooLong) } else { Ok(()) }
}

const BUFFER_BYTES: usize = 256 * 1024;

impl Folder {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), prefix: String::new() }
    }

    /// A folder in it.
    pub(super) fn within(&self, name: &str) -> Self {
        Self { path: self.path.join(name), prefix: format!("{}{name}/", self.prefix) }
    }

    /// A file's name, as findings have it.
    pub(super) fn name(&self, file: &str) -> String {
        format!("{}{file}", self.prefix)
    }

    /// Whether there is such a folder. A link to one is none.
    pub(super) fn is_there(&self) -> bool {
        self.path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir())
    }

    /// Whether there is nothing of a name.
    pub(super) fn lacks(&self, name: &str) -> bool {
        let metadata = self.path.join(name).symlink_metadata();
        metadata.is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
    }

    /// Reads all of a file.
    pub(super) fn read(
        &self,
        file: &str,
        max_bytes: usize,
        bytes: &mut Vec<u8>,
    ) -> Result<(), FileError> {
        read_all(open(&self.path.join(file), false)?, max_bytes, bytes)
    }

    /// Reads a file line by line.
    pub(super) fn lines(&self, file: &str) -> Result<Lines<BufReader<File>>, FileError> {
        let file = open(&self.path.join(file), false)?;
        Ok(Lines::new(BufReader::with_capacity(BUFFER_BYTES, file)))
    }

    /// What is in the folder: names, and whether each is a folder. Names that are no UTF-8
    /// are shown with what can be read of them. Stops where `visit` says so.
    pub(super) fn list(&self, mut visit: impl FnMut(&str, Kind) -> bool) -> Result<(), FileError> {
        for entry in std::fs::read_dir(&self.path)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            let kind = match kind {
                kind if kind.is_dir() => Kind::Folder,
                kind if kind.is_file() => Kind::File,
                _ => Kind::Other,
            };
            if !visit(&entry.file_name().to_string_lossy(), kind) {
                break;
            }
        }
        Ok(())
    }
}

/// What is in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    /// A link or a pipe.
    Other,
}

/// Lines, each with its end, none longer than a bound.
pub(super) struct Lines<R> {
    input: R,
    line: Vec<u8>,
    number: u64,
}

/// Why there is no line.
#[derive(Debug)]
pub(super) enum LineError {
    TooLong,
    /// The file ends within a line.
    Cut,
    Failed(io::Error),
}

impl LineError {
    pub(super) fn finding(&self, line: u64) -> Finding {
        match self {
            Self::TooLong => {
                Finding::new(Code::FileMalformed).found(format_args!("line {line} is too long"))
            }
            Self::Cut => {
                Finding::new(Code::FileMalformed).found(format_args!("line {line} has no end"))
            }
            Self::Failed(error) => Finding::new(Code::FileNotRead).found(error),
        }
    }
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, line: Vec::new(), number: 0 }
    }

    /// How many lines were read.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The next line without its end; `None` behind the last.
    pub(super) fn next(&mut self, max_bytes: usize) -> Option<Result<&[u8], LineError>> {
        let mut line = std::mem::take(&mut self.line);
        let read = self.read(max_bytes, &mut line);
        self.line = line;
        read.map(|read| read.map(|()| self.line.as_slice()))
    }

    /// The same, into a buffer.
    pub(super) fn read(
        &mut self,
        max_bytes: usize,
        line: &mut Vec<u8>,
    ) -> Option<Result<(), LineError>> {
        line.clear();
        let mut bounded = (&mut self.input).take(max_bytes as u64 + 1);
        match bounded.read_until(b'\n', line) {
            Ok(0) => return None,
            Ok(_) => self.number += 1,
            Err(error) => return Some(Err(LineError::Failed(error))),
        }
        Some(if line.pop_if(|last| *last == b'\n').is_some() {
            Ok(())
        } else if line.len() > max_bytes {
            Err(LineError::TooLong)
        } else {
            Err(LineError::Cut)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_an_end_and_a_bound() {
        let mut lines = Lines::new(&b"ab\n\nabcd\n"[..]);
        assert_eq!(lines.next(3).unwrap().unwrap(), b"ab");
        assert_eq!(lines.next(3).unwrap().unwrap(), b"");
        assert!(matches!(lines.next(3), Some(Err(LineError::TooLong))));
        let mut lines = Lines::new(&b"ab\ncd"[..]);
        assert!(lines.next(9).unwrap().is_ok());
        assert!(matches!(lines.next(9), Some(Err(LineError::Cut))));
        assert!(lines.next(9).is_none());
        assert_eq!(lines.number(), 2);
    }

    #[test]
    fn only_files_are_read_and_up_to_a_bound() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::new(dir.path());
        std::fs::write(dir.path().join("file"), "12345").unwrap();
        std::fs::create_dir(dir.path().join("folder")).unwrap();
        std::os::unix::fs::symlink("file", dir.path().join("link")).unwrap();
        let mut bytes = Vec::new();
        assert!(folder.read("file", 5, &mut bytes).is_ok());
        assert_eq!(bytes, b"12345");
        assert!(matches!(folder.read("file", 4, &mut bytes), Err(FileError::TooLong)));
        assert!(matches!(folder.read("link", 5, &mut bytes), Err(FileError::NotAFile)));
        assert!(matches!(folder.read("folder", 5, &mut bytes), Err(FileError::NotAFile)));
        assert!(matches!(folder.read("nothing", 5, &mut bytes), Err(FileError::Missing)));
        assert!(folder.lines("link").is_err() && folder.lines("file").is_ok());
    }
}
