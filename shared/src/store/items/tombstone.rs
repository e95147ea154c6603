//! The tombstone of a tenant: since when it is removed, and since when nothing is
//! left of it but what was to be kept.

use crate::domain::clock::Timestamp;
use crate::index::manifest::MAX_SHARDS;
use crate::store::failure::CorruptItem;
use crate::store::item::{Item, ItemReader};

/// When the removal began: from then on the tenant gets no new keys.
pub(in crate::store) const BEGAN_AT: &str = "began_at";
/// When it ended, where it did.
pub(in crate::store) const ENDED_AT: &str = "ended_at";

/// How many shards the tail of the tenant had, where its index went with it.
pub(in crate::store) const SHARDS: &str = "shards";

pub(in crate::store) fn read_began_at(item: &Item) -> Result<Timestamp, CorruptItem> {
    ItemReader::new(item).timestamp(BEGAN_AT)
}

/// The shards that a tail of the tenant must have once more; 1 where nothing says otherwise.
pub(in crate::store) fn read_shards(item: &Item) -> Result<u8, CorruptItem> {
    let reader = ItemReader::new(item);
    let Some(shards) = reader.number_if_some(SHARDS)? else { return Ok(1) };
    let shards = u8::try_from(shards).ok().filter(|shards| (1..=MAX_SHARDS).contains(shards));
    shards.ok_or_else(|| reader.corrupt("no number of shards"))
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;

    use super::*;

    #[test]
    fn a_number_of_shards_reads_back_and_any_other_is_corrupt() {
        let item = |shards: &str| {
            Item::from([
                ("pk".to_owned(), AttributeValue::S("T#acme#REMOVED".to_owned())),
                (SHARDS.to_owned(), AttributeValue::N(shards.to_owned())),
            ])
        };
        assert_eq!(read_shards(&Item::new()).unwrap(), 1, "nothing says more");
        for shards in [1, 4, MAX_SHARDS] {
            assert_eq!(read_shards(&item(&shards.to_string())).unwrap(), shards);
        }
        for shards in ["0", "17", "256", "-1", "4.5"] {
            assert!(read_shards(&item(shards)).is_err(), "{shards}");
        }
    }
}
