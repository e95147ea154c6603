//! A row of a search: an activity, and the part of its body that is shown.
//!
//! Guarantees: the part is one of what is searched, so of HTML it is what a reader sees.
//! It is the part around the best place of those where the words of the query stand, as
//! far as the body was read for the row; else it is the beginning. Nothing is read for it.

use std::borrow::Cow;
use std::ops::Range;

use crate::domain::activity::{Activity, Body, BodyText};
use crate::domain::actor_names::Attributed;
use crate::domain::principal::Attribution;
use crate::index::visible_text::{visible_beginning, visible_text};
use crate::text::{Snippet, TextQuery, snippet};

/// An activity that was found.
#[derive(Clone, Debug)]
pub struct FoundActivity {
    /// The activity. It has the beginning of its body, or all of it.
    pub activity: Activity,
    /// What is shown of the body, where there is something to be seen.
    pub snippet: Option<Snippet>,
}

impl FoundActivity {
    /// The row of an activity that a query has found, or a search without one.
    #[must_use]
    pub fn new(activity: Activity, query: Option<&TextQuery>) -> Self {
        let snippet = snippet_of(&activity.body, query);
        Self { activity, snippet }
    }

    /// The row of an activity of whose body it is known what is shown, and where in it, in
    /// characters, the words of the query stand.
    #[must_use]
    pub fn showing(activity: Activity, text: &str, place: Range<usize>) -> Self {
        let snippet = Snippet { text: text.to_owned(), matches: vec![place] };
        Self { activity, snippet: Some(snippet) }
    }
}

impl Attributed for FoundActivity {
    fn attributions(&self) -> impl Iterator<Item = &Attribution> {
        self.activity.attributions()
    }
}

fn snippet_of(body: &BodyText, query: Option<&TextQuery>) -> Option<Snippet> {
    let (visible, is_whole) = match body {
        BodyText::Absent => return None,
        BodyText::Whole(body) => (visible_text(body.searched_text()), true),
        BodyText::Beginning(beginning) => (visible_beginning(beginning), false),
    };
    let shown = match visible {
        Cow::Borrowed(plain) => Cow::Borrowed(plain),
        // The white space of HTML is its author's layout, and not the reader's.
        Cow::Owned(seen) => Cow::Owned(seen.split_whitespace().collect::<Vec<_>>().join(" ")),
    };
    let mut places = query.map(|query| query.places(&shown)).unwrap_or_default();
    // The last word of a beginning may go on behind it.
    places.retain(|place| is_whole || place.end < shown.len());
    let snippet = snippet(&shown, &places, Body::SNIPPET_CHARS);
    (!snippet.text.is_empty()).then_some(snippet)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(body: &str) -> BodyText {
        BodyText::Whole(Body::parse(body).unwrap())
    }

    fn beginning(text: &str) -> BodyText {
        BodyText::Beginning(text.to_owned())
    }

    /// The snippet with what is marked in brackets.
    fn marked(body: &BodyText, query: &str) -> Option<String> {
        let Snippet { text, matches } = snippet_of(body, TextQuery::parse(query).ok().as_ref())?;
        let mut marked = String::new();
        for (at, c) in text.chars().chain([' ']).enumerate() {
            marked.extend(matches.iter().filter(|place| place.end == at).map(|_| ']'));
            marked.extend(matches.iter().filter(|place| place.start == at).map(|_| '['));
            marked.push(c);
        }
        marked.pop();
        Some(marked)
    }

    #[test]
    fn it_is_the_part_with_the_words_or_else_the_beginning() {
        let far = format!("{}the price is 9", "more ".repeat(100));
        for body in [whole(&far), beginning(&far)] {
            let snippet = marked(&body, "prices").unwrap();
            assert!(snippet.ends_with("more the [price] is 9"), "{snippet}");
            for other in ["absent", "more*", "-more price*", ""] {
                let snippet = marked(&body, other).unwrap();
                assert_eq!(snippet.starts_with("more more"), other != "more*", "{snippet}");
            }
            assert!(marked(&body, "absent").unwrap().ends_with("more more"));
        }
        for body in [BodyText::Absent, whole(""), beginning("")] {
            assert_eq!(marked(&body, "price"), None);
        }
    }

    #[test]
    fn a_word_that_may_go_on_behind_what_was_read_is_no_place() {
        for query in ["cat", "cat*", "\"a cat\""] {
            assert!(marked(&whole("a cat"), query).unwrap().contains('['), "{query}");
            assert_eq!(marked(&beginning("a cat"), query).unwrap(), "a cat", "{query}");
        }
        assert_eq!(marked(&beginning("a cat in a cat"), "cat").unwrap(), "a [cat] in a cat");
    }

    #[test]
    fn of_html_it_is_what_a_reader_sees() {
        let html = "<div>\n  <p>Herr M&uuml;ller</p>\n\n  <p>wants a re<em>fund</em></p></div>";
        let seen = "Herr [Müller] wants a refund";
        assert_eq!(marked(&whole(html), "muller").unwrap(), seen);
        // Where it ends is not known of a beginning.
        let cut = html.strip_suffix("</div>").unwrap();
        assert_eq!(marked(&beginning(cut), "muller").unwrap(), seen);
        assert_eq!(marked(&whole(cut), "muller").unwrap(), cut);
        assert_eq!(marked(&whole("<p><img src=\"x\"></p>"), "x"), None);
        assert_eq!(marked(&whole("if a <b and\n c> d"), "c").unwrap(), "if a <b and\n [c]> d");
    }

    #[test]
    fn of_a_mail_that_was_pasted_it_is_what_a_reader_sees() {
        let mail = "Subject: =?utf-8?Q?R=C3=BCckgabe?=\nMIME-Version: 1.0\n\
            Content-Transfer-Encoding: quoted-printable\n\nHerr M=C3=BCller wants a re=\nfund =";
        let seen = "Subject: Rückgabe Herr [Müller] wants a refund";
        assert_eq!(marked(&whole(mail), "muller").unwrap(), seen);
        assert_eq!(marked(&beginning(mail), "muller").unwrap(), seen);
        assert_eq!(marked(&whole("a = b: c"), "b").unwrap(), "a = [b]: c");
    }
}
