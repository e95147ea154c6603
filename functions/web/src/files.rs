//! The files of the pages, which `build.rs` has put in here.

use std::fmt;

use crate::accept_encoding::Encoding;

/// The name of the page at `/`.
pub(crate) const INDEX: &str = "index.html";
/// The name of the page at `/docs`.
pub(crate) const DOCS: &str = "docs.html";

/// A file in all its forms.
pub(crate) struct File {
    pub(crate) name: &'static str,
    pub(crate) media_type: &'static str,
    /// Of what it says, in whatever form.
    hash: &'static str,
    identity: &'static [u8],
    /// Where it is shorter; and so with the next.
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("File").field(&self.name).finish()
    }
}

include!(concat!(env!("OUT_DIR"), "/files.rs"));

impl File {
    /// The file of that name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        FILES.iter().find(|file| file.name == name)
    }

    /// Whether it is a page, and not what pages use.
    pub(crate) fn is_page(&self) -> bool {
        [INDEX, DOCS].contains(&self.name)
    }

    /// Its bytes in a form that it has.
    pub(crate) fn bytes(&self, encoding: Encoding) -> Option<&'static [u8]> {
        match encoding {
            Encoding::Brotli => self.brotli,
            Encoding::Gzip => self.gzip,
            Encoding::Identity => Some(self.identity),
        }
    }

    /// The name of that form, for caches: no two forms share one.
    pub(crate) fn etag(&self, encoding: Encoding) -> String {
        match encoding.name() {
            Some(name) => format!("\"{}-{name}\"", self.hash),
            None => format!("\"{}\"", self.hash),
        }
    }
}
