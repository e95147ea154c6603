//! Which layout the table has: one item says it, and a build that knows another one does
//! nothing with the table, instead of finding it empty.
//!
//! What is right is remembered, since nothing changes it; what is wrong is looked for
//! again, because an operator mends it. A table that a template made has no such item
//! yet: the first command of the console that writes puts it (`operator::layout`), since
//! a command may look whether the table is empty.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::failure::CorruptItem;
use super::item::{Item, ItemReader, ItemWriter};
use super::keys;
use crate::domain::error::Error;

/// The layout that this build reads and writes. Number 1 had an item for each word of an
/// activity, and none that says the layout.
pub const LAYOUT: i64 = 2;
const VERSION: &str = "version";

/// A table that this build is not for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", describe(*.found))]
pub struct OtherLayout {
    /// What the table says of itself, if anything.
    pub found: Option<i64>,
}

/// What an operator does about it.
const REMEDY: &str = "export its activities with the build that wrote it and import them with \
                      this one, or use a new table";

fn describe(found: Option<i64>) -> String {
    match found {
        Some(version) => format!(
            "the table has layout {version}, and this build reads and writes layout {LAYOUT}: \
             {REMEDY}"
        ),
        None => format!(
            "the table says no layout, and this build reads and writes layout {LAYOUT}: where it \
             is empty, the first command that writes begins it, as `activity-log keys create` \
             does; else it has layout 1: {REMEDY}"
        ),
    }
}

impl From<OtherLayout> for Error {
    /// Nothing was done, and it can be done once the table or the build is the right one.
    fn from(other: OtherLayout) -> Self {
        Self::Unavailable(Box::new(other))
    }
}

/// Whether the table was seen to have this build's layout.
#[derive(Clone, Debug, Default)]
pub(super) struct SeenLayout(Arc<AtomicBool>);

impl SeenLayout {
    pub(super) fn is_right(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Remembers a layout that is right.
    pub(super) fn judge(&self, found: Option<i64>) -> Result<(), OtherLayout> {
        if found != Some(LAYOUT) {
            return Err(OtherLayout { found });
        }
        self.0.store(true, Ordering::Relaxed);
        Ok(())
    }
}

/// The item that says this build's layout.
pub(super) fn item() -> Item {
    ItemWriter::new(keys::layout()).number(VERSION, LAYOUT).finish()
}

/// The version that an item says.
pub(super) fn version_of(item: Option<&Item>) -> Result<Option<i64>, CorruptItem> {
    item.map(|item| ItemReader::new(item).number(VERSION)).transpose()
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;

    use super::*;

    #[test]
    fn only_this_layout_is_remembered() {
        let seen = SeenLayout::default();
        for found in [None, Some(1), Some(3)] {
            assert_eq!(seen.judge(found), Err(OtherLayout { found }));
            assert!(!seen.is_right());
        }
        assert_eq!(seen.judge(Some(2)), Ok(()));
        assert!(seen.clone().is_right(), "by all clones of a store");
    }

    #[test]
    fn the_item_says_the_version_and_a_damaged_one_is_corrupt() {
        let mut item = item();
        assert_eq!(version_of(Some(&item)).unwrap(), Some(2));
        assert_eq!(version_of(None).unwrap(), None);
        item.insert(VERSION.to_owned(), AttributeValue::S("2".to_owned()));
        assert!(version_of(Some(&item)).is_err());
    }

    #[test]
    fn the_sentence_says_both_layouts_and_what_to_do() {
        for (found, has) in [(Some(3), "has layout 3,"), (None, "says no layout,")] {
            let sentence = OtherLayout { found }.to_string();
            assert!(sentence.contains(has), "{sentence}");
            for part in ["reads and writes layout 2", "import them", "a new table"] {
                assert!(sentence.contains(part), "{sentence}");
            }
        }
    }
}
