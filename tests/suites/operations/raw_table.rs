//! A table past the store: what is in it to the byte, and what no write of this
//! build makes.

use std::collections::BTreeMap;

use activity_log_tests::stack::Stack;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::contract::{Item, all_items, raw_client};

/// All items by `(pk, sk)`.
pub(crate) type Items = BTreeMap<(String, String), Item>;

/// The table of a stack.
pub(crate) struct RawTable<'a> {
    client: Client,
    stack: &'a Stack,
}

impl<'a> RawTable<'a> {
    pub(crate) async fn of(stack: &'a Stack) -> Self {
        Self { client: raw_client().await, stack }
    }

    fn name(&self) -> &str {
        self.stack.ctx.store.table_name()
    }

    /// Everything in it.
    pub(crate) async fn items(&self) -> Items {
        let items = all_items(self.stack).await;
        items.into_iter().map(|item| (key_of(&item), item)).collect()
    }

    /// Writes an item, over one that has its key.
    pub(crate) async fn put(&self, item: Item) {
        let put = self.client.put_item().table_name(self.name()).set_item(Some(item));
        put.send().await.expect("the item is written");
    }

    pub(crate) async fn delete(&self, item: &Item) {
        let key = ["pk", "sk"].map(|name| (name.to_owned(), item[name].clone()));
        let delete = self.client.delete_item().table_name(self.name());
        delete.set_key(Some(key.into())).send().await.expect("the item is removed");
    }

    /// Leaves the table as a build with another version of the text analyzer
    /// would have, as far as the words are the same. Tells how many entries of
    /// lists that concerned.
    pub(crate) async fn file_under_version(&self, version: u32) -> usize {
        let mut moved = 0;
        for ((pk, sk), item) in self.items().await {
            if let Some((tenant, word)) = pk.split_once("#IX#w1=") {
                let list = text(&format!("{tenant}#IX#w{version}={word}"));
                self.put(with(&item, "pk", list)).await;
                self.delete(&item).await;
                moved += 1;
            } else if sk == "HEAD" {
                self.put(with(&item, "analyzer", AttributeValue::N(version.to_string()))).await;
            }
        }
        moved
    }
}

/// An item with another value of an attribute.
pub(crate) fn with(item: &Item, name: &str, value: AttributeValue) -> Item {
    let mut changed = item.clone();
    changed.insert(name.to_owned(), value);
    changed
}

pub(crate) fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn key_of(item: &Item) -> (String, String) {
    let part = |name: &str| item[name].as_s().expect("a key is text").clone();
    (part("pk"), part("sk"))
}
