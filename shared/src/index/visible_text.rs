//! Which words of an activity it is found by: those that a reader sees.

use std::borrow::Cow;

use crate::domain::searched_text::SearchedText;
use crate::text::html;

/// What a reader sees of a text.
pub fn visible_text(text: SearchedText<'_>) -> Cow<'_, str> {
    match text {
        SearchedText::Html(text) => Cow::Owned(html::visible_text(text)),
        SearchedText::PlainOrHtml(text) if html::is_document(text) => {
            Cow::Owned(html::visible_text(text))
        }
        SearchedText::Plain(text) | SearchedText::PlainOrHtml(text) => Cow::Borrowed(text),
    }
}

/// What a reader sees of a text, of which only the beginning was read: an element that has
/// not ended in it is taken to end behind it.
pub fn visible_beginning(beginning: &str) -> Cow<'_, str> {
    match html::may_begin_document(beginning) {
        true => Cow::Owned(html::visible_text(beginning)),
        false => Cow::Borrowed(beginning),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_read_as_such_where_it_is_known_to_be_or_begins_like_a_document() {
        let (html, text) = ("<p>a&amp;b</p>", "a <p>b</p>");
        assert_eq!(visible_text(SearchedText::Plain(html)), html);
        assert_eq!(visible_text(SearchedText::PlainOrHtml(html)), "\na&b\n");
        assert_eq!(visible_text(SearchedText::PlainOrHtml(text)), text);
        assert_eq!(visible_text(SearchedText::Html(text)), "a \nb\n");
    }
}
