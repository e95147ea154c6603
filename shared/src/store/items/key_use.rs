//! A use of a key, to the hour. It is inserted once and never changed; DynamoDB
//! removes it some time after `expires_at`.

use std::time::Duration;

use super::idempotency_record::EXPIRES_AT;
use crate::domain::clock::{Rounding, Timestamp};
use crate::domain::principal::{KeyId, TenantId};
use crate::store::failure::CorruptItem;
use crate::store::item::{Item, ItemReader, ItemWriter, SK};
use crate::store::keys;

/// How long a use is known.
const RETENTION: Duration = Duration::from_secs(400 * 24 * 60 * 60);

pub(in crate::store) fn write(tenant: &TenantId, key_id: &KeyId, hour: Timestamp) -> Item {
    ItemWriter::new(keys::key_use(tenant, key_id, hour))
        .number(EXPIRES_AT, hour.plus(RETENTION).as_seconds())
        .finish()
}

/// The beginning of the hour.
pub(in crate::store) fn read(item: &Item) -> Result<Timestamp, CorruptItem> {
    let hour = |text: &str| Timestamp::parse(&format!("{text}:00Z"), Rounding::Down).ok_or(());
    ItemReader::new(item).parsed(SK, hour)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::HOUR;

    #[test]
    fn a_use_reads_back_to_the_hour() {
        let tenant = TenantId::parse("acme").unwrap();
        let key_id = KeyId::parse("0123").unwrap();
        let time = Timestamp::parse("2026-11-28T16:59:59.999Z", Rounding::Down).unwrap();
        let item = write(&tenant, &key_id, time.start_of(HOUR));
        assert_eq!(item["pk"].as_s().unwrap(), "T#acme#USED#0123");
        assert_eq!(item["sk"].as_s().unwrap(), "2026-11-28T16");
        assert_eq!(item[EXPIRES_AT].as_n().unwrap(), "1830441600");
        assert_eq!(read(&item).unwrap().to_string(), "2026-11-28T16:00:00.000Z");
    }
}
