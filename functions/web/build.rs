//! Puts the files of `assets` into the function: each as it is and compressed, with what
//! its answers say of it.
//!
//! `pages` is where the files are made, and what is made is checked in, so that a build
//! needs no other tools. What is checked in as `.br` is compressed already.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// What stands in a page for the folder of all files that are no pages. It is relative,
/// so that a page works behind whatever a deployment puts in front of the routes.
const PLACEHOLDER: &str = "{{assets}}";
/// A page of 16 MB would be a mistake.
const MAX_BYTES: u64 = 16 * 1024 * 1024;
/// As many digits of a hash as two versions will never share.
const HASH_DIGITS: usize = 20;
const BROTLI_BUFFER_BYTES: usize = 64 * 1024;
/// The best of the format, and a window that every decoder has.
const BROTLI_QUALITY: u32 = 11;
const BROTLI_WINDOW: u32 = 22;

struct File {
    name: String,
    identity: Vec<u8>,
    /// Where it was checked in like this.
    brotli: Option<Vec<u8>>,
}

impl File {
    fn is_page(&self) -> bool {
        self.name.ends_with(".html")
    }
}

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=assets");
    let mut files = read(Path::new("assets"))?;
    let version = version(&files);
    let folder = format!("assets/{version}");
    for page in files.iter_mut().filter(|file| file.is_page()) {
        let text =
            String::from_utf8(std::mem::take(&mut page.identity)).map_err(io::Error::other)?;
        page.identity = text.replace(PLACEHOLDER, &folder).into_bytes();
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let mut table = format!(
        "/// The hash of all files that are no pages, which is a part of their addresses.\n\
         pub(crate) const VERSION: &str = {version:?};\n\
         pub(crate) static FILES: &[File] = &[\n"
    );
    for file in files {
        write_file(&out, &file, &mut table)?;
    }
    table += "];\n";
    fs::write(out.join("files.rs"), table)
}

/// The files, sorted by name.
fn read(folder: &Path) -> io::Result<Vec<File>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let bytes = fs::read(&path)?;
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| io::Error::other(format!("{path:?} is no name")))?;
        files.push(match name.strip_suffix(".br") {
            None => File { name: name.to_owned(), identity: bytes, brotli: None },
            Some(name) => File {
                name: name.to_owned(),
                identity: decompress_brotli(&bytes)?,
                brotli: Some(bytes),
            },
        });
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
}

fn version(files: &[File]) -> String {
    let mut hash = Sha256::new();
    for file in files.iter().filter(|file| !file.is_page()) {
        for part in [file.name.as_bytes(), &file.identity] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    hex::encode(hash.finalize())[..HASH_DIGITS].to_owned()
}

/// Writes the forms of a file, and its row in the table.
fn write_file(out: &Path, file: &File, table: &mut String) -> io::Result<()> {
    let File { name, identity, brotli } = file;
    let hash = &hex::encode(Sha256::digest(identity))[..HASH_DIGITS];
    let brotli = match brotli {
        Some(brotli) => brotli.clone(),
        None => compress_brotli(identity)?,
    };
    let gzip = compress_gzip(identity)?;
    if decompress_brotli(&brotli)? != *identity || decompress_gzip(&gzip)? != *identity {
        return Err(io::Error::other(format!("assets/{name} is another one when compressed")));
    }
    let embed = |ending: &str, bytes: &[u8]| -> io::Result<String> {
        let path = out.join(format!("{name}{ending}"));
        fs::write(&path, bytes)?;
        Ok(format!("include_bytes!({path:?})"))
    };
    let plain = embed("", identity)?;
    // What compression makes longer is sent as it is.
    let compressed = |ending: &str, bytes: &[u8]| -> io::Result<String> {
        if bytes.len() < identity.len() {
            Ok(format!("Some({})", embed(ending, bytes)?))
        } else {
            Ok("None".to_owned())
        }
    };
    let brotli = compressed(".br", &brotli)?;
    let gzip = compressed(".gz", &gzip)?;
    let media_type = media_type(name)?;
    writeln!(
        table,
        "    File {{ name: {name:?}, media_type: {media_type:?}, hash: {hash:?}, \
         identity: {plain}, brotli: {brotli}, gzip: {gzip} }},"
    )
    .map_err(io::Error::other)
}

fn media_type(name: &str) -> io::Result<&'static str> {
    match name.rsplit('.').next() {
        Some("html") => Ok("text/html; charset=utf-8"),
        Some("js") => Ok("text/javascript; charset=utf-8"),
        Some("css") => Ok("text/css; charset=utf-8"),
        Some("txt") => Ok("text/plain; charset=utf-8"),
        Some("svg") => Ok("image/svg+xml; charset=utf-8"),
        _ => Err(io::Error::other(format!("assets/{name} has no media type"))),
    }
}

fn compress_brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(
        &mut compressed,
        BROTLI_BUFFER_BYTES,
        BROTLI_QUALITY,
        BROTLI_WINDOW,
    );
    writer.write_all(bytes)?;
    writer.flush()?;
    drop(writer);
    Ok(compressed)
}

fn compress_gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    // It notes no name and no time, so the same files make the same function.
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    writer.write_all(bytes)?;
    writer.finish()
}

fn decompress_brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    read_whole(brotli::Decompressor::new(bytes, BROTLI_BUFFER_BYTES))
}

fn decompress_gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    read_whole(GzDecoder::new(bytes))
}

fn read_whole(reader: impl io::Read) -> io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    if reader.take(MAX_BYTES).read_to_end(&mut plain)? as u64 == MAX_BYTES {
        return Err(io::Error::other("a file of assets is too long"));
    }
    Ok(plain)
}
