//! English words that are written as one, with a hyphen or as two.
//!
//! `followup`, `follow-up` and `follow up` meet in the first of them. It is also the term
//! that two words beside each other may be filed under. That `website` were found by
//! `site`, and `inbox` by `box`, is not wanted: a part is not filed for the whole.
//!
//! A list, kept by hand, of what people write in either way; names of products that are
//! two words are in it. Left out on purpose: pairs of which the one says something else
//! (`everyday`, `maybe`, `overtime`, `into`), and what nobody writes apart (`outlook`).

/// A word with its parts, which are slices of its plural.
struct Compound {
    plural: &'static str,
    first_len: usize,
}

impl Compound {
    fn whole(&self) -> &'static str {
        &self.plural[..self.plural.len() - "s".len()]
    }

    fn first(&self) -> &'static str {
        &self.plural[..self.first_len]
    }

    fn second(&self) -> &'static str {
        &self.whole()[self.first_len..]
    }

    fn plural_second(&self) -> &'static str {
        &self.plural[self.first_len..]
    }
}

macro_rules! compounds {
    ($($first:literal $second:literal),* $(,)?) => {
        &[$(Compound { plural: concat!($first, $second, "s"), first_len: $first.len() }),*]
    };
}

/// The words, in the order of their whole.
const COMPOUNDS: &[Compound] = compounds![
    "add" "on",
    "anti" "virus",
    "auto" "complete",
    "auto" "fill",
    "auto" "pay",
    "auto" "renew",
    "auto" "renewal",
    "back" "end",
    "back" "log",
    "back" "office",
    "back" "order",
    "back" "up",
    "bar" "code",
    "bench" "mark",
    "black" "list",
    "blue" "tooth",
    "book" "keeper",
    "book" "keeping",
    "brain" "storm",
    "break" "down",
    "break" "through",
    "bug" "fix",
    "build" "up",
    "business" "man",
    "buy" "back",
    "buy" "out",
    "call" "back",
    "card" "holder",
    "case" "load",
    "cash" "back",
    "cash" "flow",
    "catch" "up",
    "charge" "back",
    "check" "box",
    "check" "in",
    "check" "list",
    "check" "out",
    "check" "point",
    "check" "up",
    "child" "care",
    "class" "room",
    "clean" "up",
    "code" "base",
    "co" "founder",
    "co" "operate",
    "co" "operation",
    "co" "operative",
    "co" "ordinate",
    "co" "ordination",
    "co" "ordinator",
    "co" "worker",
    "cut" "off",
    "dash" "board",
    "data" "base",
    "data" "center",
    "data" "centre",
    "data" "set",
    "day" "care",
    "down" "grade",
    "down" "load",
    "down" "time",
    "drop" "box",
    "drop" "down",
    "drop" "off",
    "drop" "ship",
    "e" "book",
    "e" "commerce",
    "e" "invoice",
    "e" "invoicing",
    "e" "learning",
    "e" "mail",
    "end" "point",
    "e" "shop",
    "e" "signature",
    "face" "book",
    "fall" "back",
    "feed" "back",
    "file" "name",
    "file" "system",
    "fire" "wall",
    "follow" "up",
    "foot" "note",
    "foot" "print",
    "front" "end",
    "full" "time",
    "git" "hub",
    "hand" "book",
    "hand" "off",
    "hand" "out",
    "hand" "over",
    "hand" "written",
    "head" "count",
    "head" "hunter",
    "head" "quarters",
    "head" "set",
    "health" "care",
    "help" "desk",
    "help" "line",
    "hi" "fi",
    "home" "owner",
    "home" "page",
    "host" "name",
    "hot" "fix",
    "hot" "line",
    "hub" "spot",
    "in" "box",
    "in" "house",
    "java" "script",
    "kick" "off",
    "land" "line",
    "land" "lord",
    "lap" "top",
    "lay" "off",
    "lay" "out",
    "life" "cycle",
    "life" "style",
    "life" "time",
    "linked" "in",
    "lock" "down",
    "log" "in",
    "log" "off",
    "log" "on",
    "log" "out",
    "look" "up",
    "mail" "box",
    "mark" "up",
    "meet" "up",
    "meta" "data",
    "micro" "service",
    "mind" "set",
    "mock" "up",
    "multi" "tenant",
    "name" "space",
    "news" "letter",
    "nick" "name",
    "non" "compliance",
    "non" "payment",
    "non" "profit",
    "off" "board",
    "off" "boarding",
    "off" "line",
    "off" "shore",
    "off" "site",
    "on" "board",
    "on" "boarding",
    "on" "going",
    "on" "line",
    "on" "site",
    "open" "source",
    "opt" "in",
    "opt" "out",
    "over" "due",
    "over" "paid",
    "over" "payment",
    "part" "time",
    "pass" "code",
    "pay" "back",
    "pay" "check",
    "pay" "day",
    "pay" "off",
    "pay" "out",
    "pay" "roll",
    "pay" "slip",
    "per" "cent",
    "pick" "up",
    "play" "book",
    "plug" "in",
    "policy" "holder",
    "pop" "up",
    "post" "code",
    "post" "paid",
    "pre" "approval",
    "pre" "approved",
    "pre" "order",
    "pre" "paid",
    "pre" "pay",
    "pre" "payment",
    "pre" "sales",
    "print" "out",
    "proof" "read",
    "quick" "books",
    "re" "activate",
    "re" "activation",
    "real" "time",
    "re" "book",
    "re" "brand",
    "re" "build",
    "re" "issue",
    "re" "launch",
    "re" "open",
    "re" "order",
    "re" "schedule",
    "re" "scheduled",
    "re" "sell",
    "re" "seller",
    "re" "start",
    "re" "use",
    "road" "map",
    "roll" "back",
    "roll" "out",
    "run" "time",
    "sales" "force",
    "sales" "man",
    "sales" "people",
    "sales" "person",
    "set" "up",
    "share" "holder",
    "share" "point",
    "short" "list",
    "show" "room",
    "shut" "down",
    "sign" "in",
    "sign" "off",
    "sign" "on",
    "sign" "out",
    "sign" "up",
    "slow" "down",
    "smart" "phone",
    "spin" "off",
    "spread" "sheet",
    "stake" "holder",
    "stand" "alone",
    "stand" "up",
    "start" "up",
    "store" "front",
    "sub" "contract",
    "sub" "contractor",
    "sub" "domain",
    "sub" "task",
    "sub" "total",
    "take" "over",
    "tax" "payer",
    "team" "mate",
    "team" "work",
    "time" "frame",
    "time" "line",
    "time" "out",
    "time" "sheet",
    "time" "stamp",
    "time" "table",
    "time" "zone",
    "tool" "box",
    "tool" "kit",
    "top" "up",
    "touch" "point",
    "touch" "screen",
    "trade" "mark",
    "trade" "off",
    "trouble" "shoot",
    "trouble" "shooting",
    "turn" "around",
    "turn" "over",
    "up" "load",
    "up" "sell",
    "up" "time",
    "user" "name",
    "video" "conference",
    "voice" "mail",
    "wait" "list",
    "walk" "through",
    "ware" "house",
    "warm" "up",
    "web" "cam",
    "web" "hook",
    "web" "page",
    "web" "server",
    "web" "shop",
    "web" "site",
    "week" "end",
    "white" "board",
    "white" "list",
    "white" "paper",
    "whole" "sale",
    "wi" "fi",
    "wish" "list",
    "work" "around",
    "work" "book",
    "work" "flow",
    "work" "force",
    "work" "load",
    "work" "place",
    "work" "sheet",
    "work" "shop",
    "work" "space",
    "work" "station",
    "wrap" "up",
    "write" "off",
    "write" "up",
    "you" "tube",
    "zip" "code",
];

/// The parts of a word in lower case that is also written as two, in its singular or
/// plural.
pub(super) fn closed_compound(word: &str) -> Option<(&'static str, &'static str)> {
    let find = |whole: &str| {
        COMPOUNDS.binary_search_by(|it| it.whole().cmp(whole)).ok().map(|at| &COMPOUNDS[at])
    };
    if let Some(compound) = find(word) {
        return Some((compound.first(), compound.second()));
    }
    find(word.strip_suffix('s')?).map(|compound| (compound.first(), compound.plural_second()))
}

/// Of each letter, how long the first parts are that begin with it: a bit for each length.
/// Most words of a text are none of them, and are told so by this.
const FIRST_LENGTHS: [u16; 26] = {
    let mut lengths = [0; 26];
    let mut at = 0;
    while at < COMPOUNDS.len() {
        let first = COMPOUNDS[at].plural.as_bytes()[0];
        lengths[(first - b'a') as usize] |= 1 << COMPOUNDS[at].first_len;
        at += 1;
    }
    lengths
};

fn may_be_first(word: &str) -> bool {
    let letter = word.bytes().next().and_then(|first| first.checked_sub(b'a'));
    let lengths = letter.and_then(|letter| FIRST_LENGTHS.get(usize::from(letter)));
    let bit = u32::try_from(word.len()).ok().and_then(|len| 1_u16.checked_shl(len));
    lengths.zip(bit).is_some_and(|(lengths, bit)| lengths & bit != 0)
}

/// Of each letter, how many words stand in front of those that begin with it.
const COUNTS: [usize; 27] = {
    let mut counts = [0; 27];
    let mut at = 0;
    while at < COMPOUNDS.len() {
        let mut letter = (COMPOUNDS[at].plural.as_bytes()[0] - b'a') as usize + 1;
        while letter < counts.len() {
            counts[letter] = at + 1;
            letter += 1;
        }
        at += 1;
    }
    counts
};

/// The word that two words beside each other are also written as.
pub(super) fn compound_of(first: &str, second: &str) -> Option<&'static str> {
    if !may_be_first(first) {
        return None;
    }
    let letter = usize::from(first.bytes().next()? - b'a');
    let same_letter = &COMPOUNDS[COUNTS[letter]..COUNTS[letter + 1]];
    let mut with_first =
        same_letter.iter().filter(|it| it.first_len == first.len() && it.first() == first);
    let found = with_first.find(|it| it.second() == second || it.plural_second() == second)?;
    Some(if found.second() == second { found.whole() } else { found.plural })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_and_its_parts_find_each_other() {
        for (whole, first, second) in [
            ("followup", "follow", "up"),
            ("followups", "follow", "ups"),
            ("email", "e", "mail"),
            ("emails", "e", "mails"),
            ("wifi", "wi", "fi"),
            ("login", "log", "in"),
            ("checkout", "check", "out"),
            ("website", "web", "site"),
            ("voicemails", "voice", "mails"),
            ("newsletter", "news", "letter"),
            ("healthcare", "health", "care"),
            ("timezones", "time", "zones"),
            ("headquarters", "head", "quarters"),
            ("presales", "pre", "sales"),
            ("linkedin", "linked", "in"),
        ] {
            assert_eq!(closed_compound(whole), Some((first, second)));
            assert_eq!(compound_of(first, second), Some(whole));
        }
    }

    #[test]
    fn other_words_and_pairs_have_nothing() {
        for word in ["", "s", "e", "up", "follow", "followu", "followupss", "webinar", "outlook"] {
            assert_eq!(closed_compound(word), None, "{word}");
        }
        for (first, second) in [
            ("", ""),
            ("", "email"),
            ("email", ""),
            ("em", "ail"),
            ("up", "follow"),
            ("to", "day"),
            ("may", "be"),
            ("over", "time"),
            ("follows", "up"),
        ] {
            assert_eq!(compound_of(first, second), None, "{first} {second}");
        }
    }

    #[test]
    fn the_list_is_in_order_and_each_way_leads_back() {
        assert!(COMPOUNDS.len() > 250);
        assert!(COMPOUNDS.is_sorted_by(|one, other| one.whole() < other.whole()));
        for compound in COMPOUNDS {
            let (whole, first, second) = (compound.whole(), compound.first(), compound.second());
            assert_eq!(compound_of(first, second), Some(whole));
            assert_eq!(closed_compound(whole), Some((first, second)));
            assert!(whole.bytes().all(|b| b.is_ascii_lowercase()));
        }
    }
}
