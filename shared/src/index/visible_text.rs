//! Which words of an activity it is found by: those that a reader sees.

use std::borrow::Cow;

use crate::domain::searched_text::SearchedText;
use crate::text::{html, mime};

/// What a reader sees of a text.
pub fn visible_text(text: SearchedText<'_>) -> Cow<'_, str> {
    match text {
        SearchedText::Html(text) => Cow::Owned(html::visible_text(text)),
        SearchedText::PlainOrHtml(text) if html::is_document(text) => {
            Cow::Owned(html::visible_text(text))
        }
        SearchedText::Plain(text) | SearchedText::PlainOrHtml(text) => visible_message(text),
    }
}

/// What a reader sees of a text, of which only the beginning was read: an element that has
/// not ended in it is taken to end behind it, and so is a message.
pub fn visible_beginning(beginning: &str) -> Cow<'_, str> {
    match html::may_begin_document(beginning) {
        true => Cow::Owned(html::visible_text(beginning)),
        false => visible_message(beginning),
    }
}

fn visible_message(text: &str) -> Cow<'_, str> {
    mime::visible_text(text).map_or(Cow::Borrowed(text), Cow::Owned)
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

    #[test]
    fn a_message_that_was_pasted_is_read_wherever_no_html_is() {
        let (subject, seen) = ("=?utf-8?Q?M=C3=BCller?=", "Müller");
        assert_eq!(visible_text(SearchedText::Plain(subject)), seen);
        assert_eq!(visible_text(SearchedText::PlainOrHtml(subject)), seen);
        assert_eq!(visible_beginning(subject), seen);
        assert_eq!(visible_text(SearchedText::Html(subject)), subject);
        for text in ["", "a = b: c", "Grüße"] {
            assert!(matches!(visible_text(SearchedText::Plain(text)), Cow::Borrowed(_)));
            assert!(matches!(visible_beginning(text), Cow::Borrowed(_)));
        }
    }
}
