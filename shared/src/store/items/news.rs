//! What a registry knows of one thing, as attributes of its entry: the newest news.

use crate::domain::clock::Timestamp;
use crate::domain::registry::{DisplayName, Presence};
use crate::store::failure::CorruptItem;
use crate::store::item::{ItemReader, ItemWriter};

/// The attribute by which the newest news wins.
const CHANGED_AT: &str = "changed_at";
/// The condition of an entry's write, with the time of the news as its only value.
pub(in crate::store) const IF_NEWER: &str = "attribute_not_exists(pk) OR changed_at < :changed_at";

pub(in crate::store) fn write(
    item: ItemWriter,
    display_name: Option<&DisplayName>,
    changed_at: Timestamp,
    presence: Presence,
) -> ItemWriter {
    item.text_if_some("display_name", display_name.map(DisplayName::as_str))
        .text(CHANGED_AT, changed_at)
        .text_if_some("deleted", (presence == Presence::Deleted).then_some("true"))
}

pub(in crate::store) fn read(
    reader: &ItemReader<'_>,
) -> Result<(Option<DisplayName>, Timestamp, Presence), CorruptItem> {
    let presence = match reader.text_if_some("deleted")? {
        None => Presence::Present,
        Some("true") => Presence::Deleted,
        Some(_) => return Err(reader.corrupt("deleted is not valid")),
    };
    let display_name = reader.parsed_if_some("display_name", DisplayName::parse)?;
    Ok((display_name, reader.timestamp(CHANGED_AT)?, presence))
}
