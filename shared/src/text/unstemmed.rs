//! English words that Snowball takes for forms of others: `customer` is not `custom`.
//!
//! A list, kept by hand, of words that the log of a business often has, and whose stem is
//! that of a word which says something else.
//!
//! Left out on purpose: forms that are related in what they say (`payment`, `manager`).

use super::lexicon::{Lexicon, count};

/// The words and their plurals, in order, with their terms.
const PAIRS: &str = "\
    accountant=accountant accountants=accountant apartment=apartment \
    apartments=apartment assistant=assistant assistants=assistant authorities=authority \
    authority=authority business=business businesses=business consultant=consultant \
    consultants=consultant customer=customer customers=customer department=department \
    departments=department direction=direction directions=direction executive=executive \
    executives=executive experiment=experiment experiments=experiment hardly=hardly \
    hospital=hospital hospitals=hospital importance=importance important=important \
    information=information internal=internal international=international likely=likely \
    objection=objection objections=objection objective=objective objectives=objective \
    operator=operator operators=operator paste=paste personal=personal \
    presentation=presentation presentations=presentation production=production \
    several=several terminal=terminal terminals=terminal universities=university \
    university=university";

static UNSTEMMED: Lexicon<{ count(PAIRS) }> = Lexicon::new(PAIRS);

/// The term of such a word, or of its plural.
pub(super) fn unstemmed(word: &str) -> Option<&'static str> {
    UNSTEMMED.get(word)
}

#[cfg(test)]
mod tests {
    use super::super::term::word_term;
    use super::*;

    #[test]
    fn the_words_are_in_order_and_have_terms_of_their_own() {
        assert!(UNSTEMMED.pairs().is_sorted());
        for (word, term) in UNSTEMMED.pairs() {
            assert_eq!(word_term(word), term);
            assert_eq!(unstemmed(term), Some(term));
        }
    }

    #[test]
    fn a_word_and_its_plural_are_one_and_what_is_alike_is_another() {
        for (plural, word) in [
            ("customers", "customer"),
            ("businesses", "business"),
            ("universities", "university"),
            ("authorities", "authority"),
            ("operators", "operator"),
        ] {
            assert_eq!(word_term(plural), word);
        }
        for (one, other) in [
            ("customer", "custom"),
            ("business", "busy"),
            ("operator", "operation"),
            ("several", "severe"),
            ("accountant", "accounting"),
            ("university", "universe"),
            ("important", "import"),
            ("personal", "person"),
        ] {
            assert_ne!(word_term(one), word_term(other));
        }
        for word in ["s", "ies", "ses", "price", "prices"] {
            assert_eq!(unstemmed(word), None);
        }
    }
}
