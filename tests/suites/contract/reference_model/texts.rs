//! The words that texts are made of, and what a query asks of them.
//!
//! What counts as the same word is written down here by hand, in [`LEXICON`].

use std::fmt;

/// A word, or a run of a script without spaces, and the ways to write it.
#[derive(Debug)]
pub(super) struct Entry {
    /// Words of one class find each other; a run has none.
    pub(super) class: &'static str,
    /// What a phrase compares: one unit of a word, each character of a run
    /// with the marks above and below it.
    pub(super) units: &'static [&'static str],
    pub(super) ways: &'static [&'static str],
}

const fn word(
    class: &'static str,
    units: &'static [&'static str],
    ways: &'static [&'static str],
) -> Entry {
    Entry { class, units, ways }
}

const fn run(units: &'static [&'static str], ways: &'static [&'static str]) -> Entry {
    Entry { class: "", units, ways }
}

/// The first words are the common ones.
pub(super) static LEXICON: [Entry; 30] = [
    word("the", &["the"], &["the", "The"]),
    word("price", &["price"], &["price", "Price", "PRICE"]),
    word("price", &["prices"], &["prices"]),
    word("meet", &["meeting"], &["meeting", "Meeting"]),
    word("cafe", &["cafe"], &["cafe", "café", "CAFÉ", "Cafe\u{301}"]),
    run(&["値", "下", "げ"], &["値下げ"]),
    word("price", &["pricing"], &["pricing", "Pricing"]),
    word("meet", &["meetings"], &["meetings"]),
    word("renew", &["renewal"], &["renewal", "Ｒｅｎｅｗａｌ"]),
    word("renew", &["renewed"], &["renewed", "RENEWED"]),
    word("100", &["100"], &["100", "１００"]),
    word("q3", &["q3"], &["q3", "Q3", "Ｑ３"]),
    word("naive", &["naive"], &["naive", "naïve", "NAÏVE"]),
    word("strasse", &["strasse"], &["strasse", "Straße", "STRASSE"]),
    word("цены", &["цены"], &["цены", "ЦЕНЫ"]),
    word("елка", &["елка"], &["елка", "ёлка", "Ёлка"]),
    word("αθηνα", &["αθηνα"], &["αθηνα", "Αθήνα", "ΑΘΗΝΑ"]),
    word("회의", &["회의"], &["회의", "\u{1112}\u{116c}\u{110b}\u{1174}"]),
    word("हिन्दी", &["हिन्दी"], &["हिन्दी"]),
    word("שלום", &["שלום"], &["שלום"]),
    word("اجتماع", &["اجتماع"], &["اجتماع"]),
    run(&["東", "京"], &["東京"]),
    run(&["東", "京", "都"], &["東京都"]),
    run(&["京", "都"], &["京都"]),
    run(&["下", "げ", "値", "下"], &["下げ値下"]),
    run(&["デ", "ー", "タ"], &["データ", "ﾃﾞｰﾀ"]),
    run(&["价", "格"], &["价格"]),
    run(&["ป", "ร", "ะ", "ชุ", "ม"], &["ประชุม"]),
    run(&["ชุ", "ม", "กั", "บ"], &["ชุมกับ"]),
    word("the", &["the"], &["THE"]),
];

/// Entries that often stand side by side, so that phrases are found.
pub(super) const PAIRS: [&[usize]; 5] = [&[1, 3], &[3, 1], &[4, 5], &[5, 4], &[11, 8, 10]];

/// What stands between entries. All of it separates.
pub(super) const SEPARATORS: [&str; 9] = [" ", ", ", "-", " — ", "_", ". ", "/", "\n", "…"];

/// An entry, in one of its ways.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub(super) entry: &'static Entry,
    pub(super) way: usize,
}

impl Item {
    pub(super) fn written(self) -> &'static str {
        self.entry.ways[self.way % self.entry.ways.len()]
    }
}

/// A unit of a text, in order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) unit: &'static str,
    pub(super) class: &'static str,
    /// Whether it follows the one before in the same run.
    pub(super) joined: bool,
}

pub(super) fn tokens(items: &[Item]) -> impl Iterator<Item = Token> + '_ {
    items.iter().flat_map(|item| {
        let Entry { class, units, .. } = item.entry;
        units.iter().enumerate().map(|(n, unit)| Token { unit, class, joined: n > 0 })
    })
}

/// Items with separators behind them.
#[derive(Clone, Default)]
pub(super) struct Text(pub(super) Vec<(Item, &'static str)>);

impl Text {
    pub(super) fn tokens(&self) -> Vec<Token> {
        let items: Vec<Item> = self.0.iter().map(|(item, _)| *item).collect();
        tokens(&items).collect()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(item, separator)| write!(f, "{}{separator}", item.written()))
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

#[derive(Clone, Debug)]
pub(super) enum Body {
    Absent,
    Short(Text),
    /// Over 4 KB, so that it is an item of its own: two texts and, between
    /// them, one word again and again.
    Long(Text, Text),
}

impl Body {
    pub(super) const FILLER: Token = Token { unit: "filler", class: "filler", joined: false };

    pub(super) fn written(&self) -> Option<String> {
        match self {
            Self::Absent => None,
            Self::Short(text) => Some(text.to_string()),
            Self::Long(before, after) => Some(format!("{before}{}{after}", "filler ".repeat(700))),
        }
    }

    pub(super) fn tokens(&self) -> Vec<Token> {
        match self {
            Self::Absent => Vec::new(),
            Self::Short(text) => text.tokens(),
            Self::Long(before, after) => {
                let mut all = before.tokens();
                all.push(Self::FILLER);
                all.extend(after.tokens());
                all
            }
        }
    }
}

#[derive(Clone)]
pub(super) enum Part {
    Word(Item),
    /// So many of the first letters of a word, in capitals or not.
    Beginning(&'static Entry, usize, bool),
    /// Some units of a run that follow each other, with an asterisk or not.
    Units(&'static Entry, usize, usize, bool),
    Phrase(Vec<Item>, &'static str, (char, char)),
}

impl Part {
    pub(super) fn is_in(&self, texts: &[Vec<Token>]) -> bool {
        match self {
            Self::Word(item) => texts.iter().flatten().any(|token| token.class == item.entry.class),
            Self::Beginning(entry, letters, _) => {
                let beginning = beginning(entry, *letters);
                let begins = |text: &str| text.starts_with(&beginning);
                let is_word = |token: &&Token| !token.class.is_empty();
                let mut words = texts.iter().flatten().filter(is_word);
                words.any(|token| begins(token.unit) || begins(token.class))
            }
            Self::Units(entry, from, to, _) => {
                let asked: Vec<Token> = entry.units[*from..*to]
                    .iter()
                    .enumerate()
                    .map(|(n, unit)| Token { unit, class: "", joined: n > 0 })
                    .collect();
                texts.iter().any(|text| follows(text, &asked))
            }
            Self::Phrase(items, ..) => {
                let asked: Vec<Token> = tokens(items).collect();
                texts.iter().any(|text| follows(text, &asked))
            }
        }
    }
}

impl Part {
    /// What it asks for, however it is written.
    fn asked(&self) -> String {
        let units = |items: &[Item]| {
            let unit =
                |token: Token| format!("{}{}", if token.joined { "" } else { " " }, token.unit);
            tokens(items).map(unit).collect::<String>()
        };
        match self {
            Self::Word(item) => units(&[*item]),
            Self::Beginning(entry, letters, _) => format!(" {}*", beginning(entry, *letters)),
            Self::Units(entry, from, to, _) => format!(" {}", entry.units[*from..*to].concat()),
            Self::Phrase(items, ..) => format!("\"{}\"", units(items)),
        }
    }
}

fn beginning(entry: &Entry, letters: usize) -> String {
    entry.units[0].chars().take(letters).collect()
}

/// What a query asks for, all of it side by side.
#[derive(Clone)]
pub(super) enum Clause {
    /// One of these.
    Any(Vec<Part>),
    Without(Part),
}

impl Clause {
    pub(super) fn holds_of(&self, texts: &[Vec<Token>]) -> bool {
        match self {
            Self::Any(parts) => parts.iter().any(|part| part.is_in(texts)),
            Self::Without(part) => !part.is_in(texts),
        }
    }

    /// What it asks for, however it is written; nothing, where it excludes.
    pub(super) fn asked(&self) -> Option<String> {
        match self {
            Self::Any(parts) => Some(parts.iter().map(Part::asked).collect::<Vec<_>>().join("|")),
            Self::Without(_) => None,
        }
    }

    /// How many words it counts as.
    pub(super) fn words(&self) -> usize {
        let of_part = |part: &Part| match part {
            Part::Phrase(items, ..) => items.len(),
            _ => 1,
        };
        match self {
            Self::Any(parts) => parts.iter().map(of_part).sum(),
            Self::Without(part) => of_part(part),
        }
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any(parts) => {
                let parts: Vec<String> = parts.iter().map(Part::to_string).collect();
                f.write_str(&parts.join(" OR "))
            }
            Self::Without(part) => write!(f, "-{part}"),
        }
    }
}

impl fmt::Debug for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Whether the tokens stand in a text, one after the other.
fn follows(text: &[Token], asked: &[Token]) -> bool {
    text.windows(asked.len()).any(|window| {
        let mut pairs = window.iter().zip(asked);
        pairs.all(|(have, ask)| have.unit == ask.unit && (have.joined || !ask.joined))
    })
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(item) => f.write_str(item.written()),
            Self::Beginning(entry, letters, false) => {
                write!(f, "{}*", beginning(entry, *letters))
            }
            Self::Beginning(entry, letters, true) => {
                write!(f, "{}*", beginning(entry, *letters).to_uppercase())
            }
            Self::Units(entry, from, to, has_asterisk) => {
                let asterisk = if *has_asterisk { "*" } else { "" };
                write!(f, "{}{asterisk}", entry.units[*from..*to].concat())
            }
            Self::Phrase(items, separator, (open, close)) => {
                let words: Vec<&str> = items.iter().map(|item| item.written()).collect();
                write!(f, "{open}{}{close}", words.join(separator))
            }
        }
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
