//! The pages for browsers, as a browser asks for them, and the files that they are made
//! of.

use std::path::Path;

use http::Method;

use crate::client::Answer;
use crate::stack::Stack;

/// The paths of the pages.
pub const PAGES: [&str; 2] = ["/", "/docs"];

/// A file that pages use, as it is checked in.
#[derive(Debug)]
pub struct Asset {
    /// Its name, as it is asked for.
    pub name: String,
    /// `br` where it is checked in like this, `identity` otherwise.
    pub encoding: &'static str,
    pub bytes: Vec<u8>,
}

/// The files that are no pages.
///
/// # Panics
///
/// When they can't be read.
#[must_use]
pub fn assets() -> Vec<Asset> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../functions/web/assets");
    let files = std::fs::read_dir(folder).expect("the folder is there");
    let files = files.map(|entry| {
        let path = entry.expect("it can be read").path();
        let name = path.file_name().expect("it has one").to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).expect("it can be read");
        match name.strip_suffix(".br") {
            Some(name) => Asset { name: name.to_owned(), encoding: "br", bytes },
            None => Asset { name, encoding: "identity", bytes },
        }
    });
    files.filter(|asset| !asset.name.ends_with(".html")).collect()
}

/// The text of a page, uncompressed.
pub async fn page(stack: &Stack, path: &str) -> String {
    text_of(&stack.anonymous(Method::GET, path).send().await.expect(200))
}

/// The body of an answer as text.
///
/// # Panics
///
/// When it is none.
#[must_use]
pub fn text_of(answer: &Answer) -> String {
    String::from_utf8(answer.body.to_vec()).expect("it is text")
}

/// The path of the folder that has the files of the pages.
///
/// # Panics
///
/// When the page at `/` uses none.
pub async fn folder_of_assets(stack: &Stack) -> String {
    let page = page(stack, "/").await;
    let path = addresses_in(&page).into_iter().find(|address| address.starts_with("assets/"));
    let path = path.expect("it uses files");
    format!("/{}", path.rsplit_once('/').expect("they are in a folder").0)
}

/// The addresses in the attributes `href` and `src` of a page.
#[must_use]
pub fn addresses_in(page: &str) -> Vec<String> {
    let mut quoted = Vec::new();
    for attribute in [" href=\"", " src=\""] {
        let parts = page.split(attribute).skip(1);
        quoted.extend(parts.filter_map(|part| part.split('"').next()).map(str::to_owned));
    }
    quoted
}
