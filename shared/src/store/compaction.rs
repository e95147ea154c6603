//! What a run of the compactor reads and writes: the other side of the index that
//! [`super::segments`] reads for searches.

use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use tokio::time::{Duration, Instant};
use uuid::Uuid;

use super::failure::{is_failed_condition, to_error};
use super::item::{Item, Key, size_bytes};
use super::items::manifest::{self, VERSION};
use super::items::tail_entry::{self, BYTES};
use super::keys;
use super::measured::Measured as _;
use super::segments::{TenantIndex, read_part};
use crate::domain::clock::Timestamp;
use crate::domain::error::{Result, chain};
use crate::index::manifest::{Manifest, TailKey};
use crate::index::segment::merge::Parts;
use crate::index::segment::{Part, PartName, SegmentId};
use crate::index::store::{AbsentPart, IndexStore, TailPage, Version};

/// How long the writes or deletions of one step may take.
const WRITE_DEADLINE: Duration = Duration::from_secs(30);
/// The attributes of the hint that a run is at work.
const OWNER: &str = "owner";
const UNTIL: &str = "until";
/// About how many entries of the tail one call reads.
const PAGE_BYTES: usize = 1024 * 1024;
/// The least entries that one call asks for: a call for fewer costs as much.
const LEAST_ENTRIES: usize = 64;

/// What is put in the table for a part.
struct WrittenPart {
    key: Key,
    bytes: Vec<u8>,
}

impl WrittenPart {
    fn item(&self) -> Item {
        let mut item = self.key.clone().into_item();
        item.insert(BYTES.to_owned(), AttributeValue::B(Blob::new(self.bytes.clone())));
        item
    }
}

impl Parts for TenantIndex<'_> {
    async fn read(&self, names: &[PartName]) -> Result<Vec<Vec<u8>>> {
        let wanted = names.iter().map(|name| keys::part(self.tenant, *name)).collect();
        let items = self.store.batch_get(wanted, None).await?;
        let mut found = std::collections::HashMap::with_capacity(items.len());
        for item in &items {
            let (name, bytes) = read_part(item)?;
            found.insert(name, bytes);
        }
        let part = |name: &PartName| match found.get(name) {
            Some(bytes) => Ok(bytes.to_vec()),
            None => Err(AbsentPart(*name).into()),
        };
        names.iter().map(part).collect()
    }

    async fn write(&self, segment: SegmentId, parts: Vec<(Part, Vec<u8>)>) -> Result<()> {
        let written: Vec<WrittenPart> = parts
            .into_iter()
            .map(|(part, bytes)| {
                let key = keys::part(self.tenant, PartName { segment, part });
                WrittenPart { key, bytes }
            })
            .collect();
        let deadline = Instant::now() + WRITE_DEADLINE;
        self.store.batch_put(&written, WrittenPart::item, deadline).await
    }
}

impl IndexStore for TenantIndex<'_> {
    async fn manifest(&self) -> Result<Option<(Version, Manifest)>> {
        let item = self.store.get(keys::manifest(self.tenant)).await?;
        let current = item.as_ref().map(manifest::read_current).transpose()?;
        self.store.memory.keep_manifest(self.tenant, current.as_ref());
        Ok(current.map(|current| (current.version, Manifest::clone(&current.manifest))))
    }

    async fn put_manifest(
        &self,
        expected: Option<Version>,
        new: &Manifest,
    ) -> Result<Option<Version>> {
        let before = expected.map_or(Uuid::nil(), |Version(before)| before);
        let (version, item) = manifest::write(self.tenant, before.as_bytes(), new);
        let put =
            self.store.client.put_item().table_name(&self.store.table_name).set_item(Some(item));
        let put = match expected {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(Version(expected)) => put
                .condition_expression(format!("{VERSION} = :expected"))
                .expression_attribute_values(
                    ":expected",
                    AttributeValue::B(Blob::new(expected.as_bytes())),
                ),
        };
        match put.measured().await {
            Ok(_) => Ok(Some(version)),
            Err(error) if is_failed_condition(&error) => Ok(None),
            Err(error) => Err(to_error("PutItem", &error)),
        }
    }

    async fn tail(&self, shard: u8, after: Option<TailKey>, max_bytes: usize) -> Result<TailPage> {
        let mut page = TailPage::default();
        let mut start = after.map(|key| keys::tail_entry(self.tenant, key).into_item());
        loop {
            start = self.add_to_page(shard, start, max_bytes, &mut page).await?;
            // What was looked at last may have no key of an entry, from which only this
            // loop can go on.
            let Some(last) = &start else { return Ok(page) };
            if let Ok(position) = tail_entry::read_position(last) {
                page.next = Some(TailKey { shard, position });
                return Ok(page);
            }
        }
    }

    async fn delete_tail(&self, keys: &[TailKey]) -> Result<()> {
        let keys: Vec<Item> =
            keys.iter().map(|key| keys::tail_entry(self.tenant, *key).into_item()).collect();
        self.store.batch_delete(&keys, Instant::now() + WRITE_DEADLINE).await
    }

    async fn delete_parts(&self, names: &[PartName]) -> Result<()> {
        let keys: Vec<Item> =
            names.iter().map(|name| keys::part(self.tenant, *name).into_item()).collect();
        self.store.batch_delete(&keys, Instant::now() + WRITE_DEADLINE).await
    }

    async fn begin(&self, owner: Uuid, now: Timestamp, until: Timestamp) -> Result<bool> {
        let put = self
            .put_hint(owner, until)
            .condition_expression("attribute_not_exists(pk) OR #owner = :owner OR #until <= :now")
            .expression_attribute_names("#until", UNTIL)
            .expression_attribute_values(":now", AttributeValue::S(now.to_string()));
        match put.measured().await {
            Ok(_) => Ok(true),
            Err(error) if is_failed_condition(&error) => Ok(false),
            Err(error) => Err(to_error("PutItem", &error)),
        }
    }

    /// A hint that has ended stands for none. It is not deleted, so that whoever may run the
    /// compactor needs no right to delete what stands beside the manifest.
    async fn end(&self, owner: Uuid) -> Result<()> {
        let put = self.put_hint(owner, Timestamp::MIN).condition_expression("#owner = :owner");
        match put.measured().await {
            Ok(_) => Ok(()),
            // Somebody else is busy by now.
            Err(error) if is_failed_condition(&error) => Ok(()),
            Err(error) => Err(to_error("PutItem", &error)),
        }
    }
}

impl TenantIndex<'_> {
    /// Reads some items of a shard, and behind which key there may be more.
    async fn add_to_page(
        &self,
        shard: u8,
        start: Option<Item>,
        max_bytes: usize,
        page: &mut TailPage,
    ) -> Result<Option<Item>> {
        // A page of DynamoDB has a megabyte. A smaller one is asked for by a number of
        // entries, since there is no limit of bytes.
        let limit = (max_bytes < PAGE_BYTES).then(|| (max_bytes / 512).max(LEAST_ENTRIES));
        let answer = self
            .store
            .client
            .query()
            .table_name(&self.store.table_name)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(keys::tail(self.tenant, shard)))
            .consistent_read(true)
            .set_exclusive_start_key(start)
            .set_limit(limit.map(|limit| i32::try_from(limit).unwrap_or(i32::MAX)))
            .measured()
            .await
            .map_err(|error| to_error("Query", &error))?;
        for item in answer.items.unwrap_or_default() {
            page.bytes += size_bytes(&item);
            let position = match tail_entry::read_position(&item) {
                Ok(position) => position,
                Err(corrupt) => {
                    if page.unnamed == 0 {
                        let error = chain(&corrupt);
                        tracing::error!(error, "an item of the tail is left out, as all like it");
                    }
                    page.unnamed += 1;
                    continue;
                }
            };
            let key = TailKey { shard, position };
            match tail_entry::read(&item) {
                Ok((_, entry)) => page.entries.push((key, entry)),
                Err(_) => page.unreadable.push(key),
            }
        }
        Ok(answer.last_evaluated_key)
    }

    /// A put of the hint that a run is at work, for a condition on its owner.
    fn put_hint(&self, owner: Uuid, until: Timestamp) -> PutItemFluentBuilder {
        let mut item = keys::busy(self.tenant).into_item();
        item.insert(OWNER.to_owned(), AttributeValue::S(owner.to_string()));
        item.insert(UNTIL.to_owned(), AttributeValue::S(until.to_string()));
        self.store
            .client
            .put_item()
            .table_name(&self.store.table_name)
            .set_item(Some(item))
            .expression_attribute_names("#owner", OWNER)
            .expression_attribute_values(":owner", AttributeValue::S(owner.to_string()))
    }
}
