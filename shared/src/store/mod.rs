//! The one module that knows DynamoDB.
//!
//! One table, partition key `pk` and sort key `sk`, no secondary index. Every
//! key begins with the tenant (`keys`). All reads are strongly consistent.
//! What is read back is parsed, and an item that can't be is an error that
//! names its key.
//!
//! Writes are staged, then committed (`write`): postings and long bodies
//! mean nothing until the head that they name exists, so only that head, the
//! audit event and the idempotency record share a transaction.

mod activity_types;
pub mod client;
mod failure;
mod items;
mod keys;
mod read;
mod registry;
pub mod reindex;
pub mod remove_tenant;
mod scan;
pub mod stream;
pub mod sweep;
pub mod table;
mod write;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;

pub(crate) use crate::platform::backoff::Backoff;
pub use keys::ItemKind;
pub use read::{ActivityPostings, AuditPostings, Parts};
pub use registry::Registered;
pub use write::{Commit, Outcome, Staging};

/// An item as DynamoDB has it.
pub(crate) type Item = std::collections::HashMap<String, AttributeValue>;

/// The table.
#[derive(Clone, Debug)]
pub struct Store {
    client: Client,
    table_name: String,
}

impl Store {
    /// A store on a table that exists.
    #[must_use]
    pub fn new(client: Client, table_name: &str) -> Self {
        Self { client, table_name: table_name.to_owned() }
    }

    /// The table's name.
    #[must_use]
    pub fn table_name(&self) -> &str {
        &self.table_name
    }

    /// Opens a connection, so that the first request does not wait for it.
    ///
    /// # Errors
    ///
    /// What the table answers.
    pub async fn warm_up(&self) -> crate::domain::error::Result<()> {
        let tenant = crate::domain::principal::TenantId::parse("warm-up").expect("the id is valid");
        let key_id = crate::domain::principal::KeyId::parse("0").expect("the id is valid");
        self.credential(&tenant, &key_id).await.map(|_| ())
    }
}
