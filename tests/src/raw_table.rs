//! A table past the store: what is in it to the byte, and what no write of this
//! build makes.

use std::collections::{BTreeMap, HashMap};

use activity_log_core::index::entry::Entry;
use activity_log_core::store::client::connect_local;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::engine::Engine;
use crate::stack::Stack;

/// An item as DynamoDB has it.
pub type Item = HashMap<String, AttributeValue>;

/// All items by `(pk, sk)`.
pub type Items = BTreeMap<(String, String), Item>;

/// The bytes that DynamoDB counts for an item of texts, bytes and positive numbers.
///
/// # Panics
///
/// When it has anything else.
#[must_use]
pub fn size_bytes(item: &Item) -> usize {
    let sizes = item.iter().map(|(name, value)| {
        name.len()
            + match value {
                AttributeValue::S(text) => text.len(),
                AttributeValue::B(bytes) => bytes.as_ref().len(),
                AttributeValue::N(digits) => digits.trim_end_matches('0').len().div_ceil(2) + 1,
                other => panic!("an item holds {other:?}"),
            }
    });
    sizes.sum()
}

/// A table, and a client that speaks to its engine.
#[derive(Debug)]
pub struct RawTable<'a> {
    client: Client,
    name: &'a str,
}

impl<'a> RawTable<'a> {
    /// The table of a stack on the engine of this run.
    pub async fn of(stack: &'a Stack) -> Self {
        Self::through(&connect_local(&Engine::start().await.endpoint), stack)
    }

    /// The table of a stack on an engine that a client speaks to.
    #[must_use]
    pub fn through(client: &Client, stack: &'a Stack) -> Self {
        Self { client: client.clone(), name: stack.ctx.store.table_name() }
    }

    /// Everything in it but what says its layout, which is of no tenant.
    ///
    /// # Panics
    ///
    /// When it can't be scanned.
    pub async fn items(&self) -> Items {
        let scan = self.client.scan().table_name(self.name).consistent_read(true);
        let items = scan.into_paginator().items().send();
        let items: Result<Vec<Item>, _> = items.collect().await;
        let items = items.expect("the table is scanned").into_iter();
        let items = items.map(|item| (key_of(&item), item));
        items.filter(|((pk, _), _)| pk != LAYOUT).collect()
    }

    /// Has the table say that it has a layout, or none.
    ///
    /// # Panics
    ///
    /// When it is not written.
    pub async fn say_layout(&self, version: Option<i64>) {
        let key = ["pk", "sk"].map(|name| (name.to_owned(), text(LAYOUT)));
        let item = Item::from(key);
        match version {
            None => self.delete(&item).await,
            Some(version) => {
                self.put(with(&item, "version", AttributeValue::N(version.to_string()))).await;
            }
        }
    }

    /// What was not in it before.
    pub async fn items_since(&self, before: &Items) -> Items {
        let mut items = self.items().await;
        items.retain(|key, _| !before.contains_key(key));
        items
    }

    /// Writes an item, over one that has its key.
    ///
    /// # Panics
    ///
    /// When it is not written.
    pub async fn put(&self, item: Item) {
        let put = self.client.put_item().table_name(self.name).set_item(Some(item));
        put.send().await.expect("the item is written");
    }

    /// Removes an item.
    ///
    /// # Panics
    ///
    /// When it is not removed.
    pub async fn delete(&self, item: &Item) {
        let key = ["pk", "sk"].map(|name| (name.to_owned(), item[name].clone()));
        let delete = self.client.delete_item().table_name(self.name);
        delete.set_key(Some(key.into())).send().await.expect("the item is removed");
    }

    /// Makes an item unreadable: nothing is left of it but its key.
    pub async fn corrupt(&self, pk: &str, sk: &str) {
        let key = [("pk", pk), ("sk", sk)].map(|(name, value)| (name.to_owned(), text(value)));
        self.put(key.into()).await;
    }

    /// Leaves the table as a build with another version of the text analyzer
    /// would have, as far as the words are the same. Tells how many entries of
    /// the tail that concerned.
    pub async fn file_under_version(&self, version: u32) -> usize {
        let mut moved = 0;
        for ((pk, _), item) in self.items().await {
            if pk.contains("#TAIL") {
                let bytes = item["b"].as_b().expect("an entry is binary").as_ref();
                let mut entry = Entry::decode(bytes).expect("it is an entry");
                if entry.activity.is_some() {
                    entry.analyzer = version;
                    let entry = AttributeValue::B(entry.encode().into());
                    self.put(with(&item, "b", entry)).await;
                    moved += 1;
                }
            }
        }
        moved
    }
}

/// An item with another value of an attribute.
#[must_use]
pub fn with(item: &Item, name: &str, value: AttributeValue) -> Item {
    let mut changed = item.clone();
    changed.insert(name.to_owned(), value);
    changed
}

/// A value that is text.
#[must_use]
pub fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// The key of the item that says the layout of the table.
const LAYOUT: &str = "LAYOUT";

fn key_of(item: &Item) -> (String, String) {
    let part = |name: &str| item[name].as_s().expect("a key is text").clone();
    (part("pk"), part("sk"))
}
