//! How the texts of an activity are written.

/// A text whose words are searched: those that its reader sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchedText<'a> {
    /// It is what it is.
    Plain(&'a str),
    /// It is HTML if it begins with a tag of a document.
    PlainOrHtml(&'a str),
    /// It is HTML.
    Html(&'a str),
}
