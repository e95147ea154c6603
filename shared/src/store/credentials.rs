//! Credentials: read by functions; issued, listed and revoked by operators.

use std::time::Duration;

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{ConditionCheck, Delete, Put, TransactWriteItem};
use tokio::time::Instant;

use super::calls::{IF_ABSENT, Store, pages};
use super::failure::{is_failed_condition, to_error};
use super::item::Item;
use super::items::tombstone::ENDED_AT;
use super::{items, keys};
use crate::domain::clock::Timestamp;
use crate::domain::error::{Error, Result};
use crate::domain::principal::{Credential, KeyId, KeyName, TenantId};
use crate::platform::backoff::Backoff;

/// What is to be done where the tenant of a new credential was removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemovedTenant {
    /// Nothing: there is no credential.
    Refuse,
    /// The tenant is one again, with all that its removal kept.
    Reopen,
}

/// Why a credential was not added.
#[derive(Debug, thiserror::Error)]
pub enum PutCredentialError {
    /// The tenant was removed, or is being removed.
    #[error("the tenant is removed")]
    TenantRemoved,
    /// The tenant is to be reopened, and its removal has not ended.
    #[error("the removal of the tenant has not ended")]
    RemovalNotEnded,
    #[error(transparent)]
    Failed(#[from] Error),
}

/// How long two who write the same tombstone wait for each other.
const CONFLICT_DEADLINE: Duration = Duration::from_secs(10);
/// The reason of a write whose condition does not hold.
const FAILED: &str = "ConditionalCheckFailed";
/// The reason of a write that met another one.
const CONFLICT: &str = "TransactionConflict";

impl Store {
    /// Opens a connection, so that the first request does not wait for it.
    pub async fn warm_up(&self) -> Result<()> {
        let tenant = TenantId::parse("warm-up").expect("the id is valid");
        let key_id = KeyId::parse("0").expect("the id is valid");
        self.credential(&tenant, &key_id).await.map(|_| ())
    }

    /// A credential, revoked or not.
    pub async fn credential(
        &self,
        tenant: &TenantId,
        key_id: &KeyId,
    ) -> Result<Option<Credential>> {
        let item = self.get(keys::credential(tenant, key_id)).await?;
        Ok(item.as_ref().map(|item| items::credential::read(tenant, item)).transpose()?)
    }

    /// Adds a credential, in one transaction with the look for a tombstone of its
    /// tenant: a removal that began before it refuses it, and one that begins
    /// behind it revokes it. One that exists is never written over.
    pub async fn put_credential(
        &self,
        credential: &Credential,
        removed: RemovedTenant,
    ) -> Result<(), PutCredentialError> {
        self.put_named_credential(credential, None, removed).await
    }

    /// The same with a name for operators.
    pub async fn put_named_credential(
        &self,
        credential: &Credential,
        name: Option<&KeyName>,
        removed: RemovedTenant,
    ) -> Result<(), PutCredentialError> {
        let item = items::credential::write(credential, name);
        let writes =
            self.put_with_tombstone(&credential.tenant_id, item, removed).map_err(Error::from)?;
        let mut backoff = Backoff::until(Instant::now() + CONFLICT_DEADLINE);
        loop {
            let call = self.client.transact_write_items();
            let answer = call.set_transact_items(Some(writes.to_vec())).send().await;
            let Err(error) = answer else { return Ok(()) };
            let cancelled = match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    cancelled.cancellation_reasons()
                }
                _ => return Err(to_error("TransactWriteItems", &error).into()),
            };
            if cancelled.first().and_then(|of_tombstone| of_tombstone.code()) == Some(FAILED) {
                return Err(match removed {
                    RemovedTenant::Refuse => PutCredentialError::TenantRemoved,
                    RemovedTenant::Reopen => PutCredentialError::RemovalNotEnded,
                });
            }
            let conflict = cancelled.iter().any(|reason| reason.code() == Some(CONFLICT));
            if !conflict || !backoff.wait().await {
                return Err(to_error("TransactWriteItems", &error).into());
            }
        }
    }

    /// What decides about the tombstone, and the credential.
    fn put_with_tombstone(
        &self,
        tenant: &TenantId,
        credential: Item,
        removed: RemovedTenant,
    ) -> Result<[TransactWriteItem; 2], BuildError> {
        let tombstone = keys::tombstone(tenant).into_item();
        let decide = TransactWriteItem::builder();
        let decide = match removed {
            RemovedTenant::Refuse => decide.condition_check(
                ConditionCheck::builder()
                    .table_name(&self.table_name)
                    .set_key(Some(tombstone))
                    .condition_expression(IF_ABSENT)
                    .build()?,
            ),
            RemovedTenant::Reopen => decide.delete(
                Delete::builder()
                    .table_name(&self.table_name)
                    .set_key(Some(tombstone))
                    .condition_expression(format!("{IF_ABSENT} OR attribute_exists({ENDED_AT})"))
                    .build()?,
            ),
        };
        let put = Put::builder()
            .table_name(&self.table_name)
            .set_item(Some(credential))
            .condition_expression(IF_ABSENT)
            .build()?;
        Ok([decide.build(), TransactWriteItem::builder().put(put).build()])
    }

    /// A tenant's credentials with their names, by key id.
    pub async fn credentials(
        &self,
        tenant: &TenantId,
    ) -> Result<Vec<(Credential, Option<KeyName>)>> {
        let page = |start| self.partition_page(keys::credentials(tenant), None, start);
        let items = pages(page).await?;
        let read = |item| {
            Ok((items::credential::read(tenant, item)?, items::credential::read_name(item)?))
        };
        items.iter().map(read).collect()
    }

    /// Revokes a credential; a revoked one keeps its first time. Tells that time.
    ///
    /// # Errors
    ///
    /// [`Error::ResourceNotFound`] when there is no such credential.
    pub async fn revoke_credential(
        &self,
        tenant: &TenantId,
        key_id: &KeyId,
        now: Timestamp,
    ) -> Result<Timestamp> {
        let update = "SET revoked_at = if_not_exists(revoked_at, :now)";
        let answer = self
            .note_time(keys::credential(tenant, key_id), update, now)
            .condition_expression("attribute_exists(pk)")
            .send()
            .await;
        match answer {
            Ok(answer) => {
                Ok(items::credential::read_revoked_at(&answer.attributes.unwrap_or_default())?)
            }
            Err(error) if is_failed_condition(&error) => Err(Error::ResourceNotFound),
            Err(error) => Err(to_error("UpdateItem", &error)),
        }
    }
}
