//! Why a query is refused: the closed list of what looks like an operator and is none.

use super::MAX_QUERY_WORDS;

/// The letters that the beginning of a word has at least, folded. A Hangul syllable
/// is two or three letters, and counts as two.
pub const MIN_BEGINNING_LETTERS: usize = 3;

/// Why a query was refused. The texts are fit for a caller and hold nothing of
/// the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// There is no letter and no digit in the query.
    #[error("must contain a word to search for: at least one letter or digit")]
    NoSearchableWord,
    /// There are more than [`MAX_QUERY_WORDS`] words in the query.
    #[error("must not have more than {MAX_QUERY_WORDS} words")]
    TooManyWords,
    /// Words are excluded, and nothing says what to find. Whether another filter says
    /// it, the caller knows, so [`TextQuery::parse`](super::TextQuery::parse) does not
    /// refuse it.
    #[error(
        "must have a word or a phrase that is to be found, or stand beside another filter: it only \
         excludes"
    )]
    OnlyExclusions,
    /// There is a word of other query languages.
    #[error(
        "must not have AND or NOT in capitals as a word of its own: all words must match anyway, \
         and -word is without a word. In small letters or in double quotes it is a word"
    )]
    Operator,
    /// `OR` is at an end, or beside another one.
    #[error(
        "must have a word or a phrase on both sides of OR, as in invoice OR bill. In small letters \
         or in double quotes it is a word"
    )]
    MisplacedOr,
    /// What `OR` stands beside is excluded.
    #[error(
        "must not have an excluded word or phrase beside OR: -word stands on its own, and holds for \
         the whole query"
    )]
    ExcludedAlternative,
    /// `OR` or `-` stands beside a group.
    #[error(
        "must not have several words in parentheses beside OR or behind -: there are no groups. OR \
         binds tighter than a space, so a b OR c is a with one of b and c; each word that is \
         excluded has a - of its own"
    )]
    Group,
    /// `-` stands where it excludes nothing.
    #[error(
        "must have - only in front of a word or of a phrase in double quotes, behind a space: \
         -globex or -\"globex inc\". In double quotes it is punctuation"
    )]
    MisplacedExclusion,
    /// `*` stands elsewhere than at the end of a word.
    #[error(
        "must have * only at the end of a word, which finds what begins with it, as in pric*. In \
         double quotes it is punctuation"
    )]
    MisplacedWildcard,
    /// The beginning of a word is too short.
    #[error("must have at least {MIN_BEGINNING_LETTERS} letters or digits of a word in front of *")]
    ShortBeginning,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_there_is() {
        for (refusal, text) in [
            (
                QueryError::NoSearchableWord,
                "must contain a word to search for: at least one letter or digit",
            ),
            (QueryError::TooManyWords, "must not have more than 16 words"),
            (
                QueryError::OnlyExclusions,
                "must have a word or a phrase that is to be found, or stand beside another filter: \
                 it only excludes",
            ),
            (
                QueryError::Operator,
                "must not have AND or NOT in capitals as a word of its own: all words must match \
                 anyway, and -word is without a word. In small letters or in double quotes it is a \
                 word",
            ),
            (
                QueryError::MisplacedOr,
                "must have a word or a phrase on both sides of OR, as in invoice OR bill. In small \
                 letters or in double quotes it is a word",
            ),
            (
                QueryError::ExcludedAlternative,
                "must not have an excluded word or phrase beside OR: -word stands on its own, and \
                 holds for the whole query",
            ),
            (
                QueryError::Group,
                "must not have several words in parentheses beside OR or behind -: there are no \
                 groups. OR binds tighter than a space, so a b OR c is a with one of b and c; each \
                 word that is excluded has a - of its own",
            ),
            (
                QueryError::MisplacedExclusion,
                "must have - only in front of a word or of a phrase in double quotes, behind a \
                 space: -globex or -\"globex inc\". In double quotes it is punctuation",
            ),
            (
                QueryError::MisplacedWildcard,
                "must have * only at the end of a word, which finds what begins with it, as in \
                 pric*. In double quotes it is punctuation",
            ),
            (
                QueryError::ShortBeginning,
                "must have at least 3 letters or digits of a word in front of *",
            ),
        ] {
            assert_eq!(refusal.to_string(), text);
        }
    }
}
