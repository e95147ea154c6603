//! Credentials: read by all functions, and by those who manage keys; added, rotated and
//! revoked by the function `keys` and by operators.

use std::time::Duration;

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update,
};
use tokio::time::Instant;

use super::audited_write::{AuditedWrite, RefusedWrites};
use super::calls::{IF_ABSENT, Store, pages};
use super::failure::{CONDITION_FAILED, TRANSACTION_CONFLICT, is_failed_condition, to_error};
use super::items::credential::{ENDS_AT, REPLACED_BY, REVOKED_AT};
use super::items::manifest;
use super::items::tombstone::{ENDED_AT, read_shards};
use super::layout::OtherLayout;
use super::measured::Measured as _;
use super::{items, keys};
use crate::domain::audit::AuditEvent;
use crate::domain::clock::Timestamp;
use crate::domain::credential::Credential;
use crate::domain::error::{Error, Result};
use crate::domain::idempotency::TakenKey;
use crate::domain::principal::{KeyId, TenantId};
use crate::domain::tenant_settings::TenantSettings;
use crate::index::manifest::Manifest;
use crate::index::store::Version;
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

/// A credential that is to be added, and what becomes true with it.
#[derive(Clone, Debug)]
pub struct NewCredential<'a> {
    pub credential: &'a Credential,
    pub removed: RemovedTenant,
    /// The credential in whose place it is made.
    pub replaced: Option<Replaced>,
    /// The caller's key and what it is to remember.
    pub idempotency: Option<TakenKey>,
    /// The time that decides whether an older record of the key has expired.
    pub now: Timestamp,
}

/// A credential that another one replaces.
#[derive(Clone, Debug)]
pub struct Replaced {
    pub key_id: KeyId,
    /// When it ends.
    pub ends_at: Timestamp,
}

/// How adding a credential ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Added {
    /// It was done.
    Added,
    /// Another write has the idempotency key.
    KeyTaken(TakenKey),
    /// The one that it was to replace is revoked, replaced already, or gone.
    NotReplaced,
}

/// Some credentials of a tenant, by the ids of their keys.
#[derive(Clone, Debug)]
pub struct CredentialPage {
    pub credentials: Vec<Credential>,
    /// Whether there may be more behind the last one.
    pub more: bool,
}

fn closed(removed: RemovedTenant) -> PutCredentialError {
    match removed {
        RemovedTenant::Refuse => PutCredentialError::TenantRemoved,
        RemovedTenant::Reopen => PutCredentialError::RemovalNotEnded,
    }
}

/// How long two who write the same item wait for each other.
const CONFLICT_DEADLINE: Duration = Duration::from_secs(10);

/// What adds a credential. Each write is named by its place.
struct Addition {
    writes: Vec<TransactWriteItem>,
    /// Where the update of the replaced one is, where there is one.
    replaced: Option<usize>,
    /// Where the idempotency record is, where there is one.
    idempotency: Option<usize>,
}

/// Where the look for a tombstone is.
const TOMBSTONE: usize = 0;
/// Where the credential is.
const CREDENTIAL: usize = 1;

/// What became of a revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// The credential is revoked now.
    Now,
    /// It was revoked before, or is gone.
    NotNow,
}

impl Store {
    /// Opens a connection, so that the first request does not wait for it.
    pub async fn warm_up(&self) -> Result<()> {
        let tenant = TenantId::parse("warm-up").expect("the id is valid");
        let key_id = KeyId::parse("0").expect("the id is valid");
        self.credential(&tenant, &key_id).await.map(|_| ())
    }

    /// A credential, revoked or not.
    ///
    /// # Errors
    ///
    /// A table of another layout. One that says none has no credential that could be
    /// found: who is unknown is told that, also where a deployment is not begun yet.
    pub async fn credential(
        &self,
        tenant: &TenantId,
        key_id: &KeyId,
    ) -> Result<Option<Credential>> {
        let (item, layout) = self.get_first(keys::credential(tenant, key_id)).await?;
        match layout {
            Err(OtherLayout { found: None }) if item.is_none() => return Ok(None),
            layout => layout?,
        }
        Ok(item.as_ref().map(|item| items::credential::read(tenant, item)).transpose()?)
    }

    /// Adds a credential without an event in the trail: for who sets a table up to try or
    /// to measure something. It is added in one transaction with the look for a
    /// tombstone, as all are.
    pub async fn put_credential(
        &self,
        credential: &Credential,
        removed: RemovedTenant,
    ) -> Result<(), PutCredentialError> {
        let now = credential.created_at;
        let audit_reads = self.tenant_settings(&credential.tenant_id).await?.audit_reads;
        let credential = &Credential { audit_reads, ..credential.clone() };
        let new = NewCredential { credential, removed, replaced: None, idempotency: None, now };
        let writes = self.addition(&new).await?.writes;
        let mut backoff = Backoff::until(Instant::now() + CONFLICT_DEADLINE);
        loop {
            let call = self.client.transact_write_items();
            let answer = call.set_transact_items(Some(writes.clone())).measured().await;
            let Err(error) = answer else { return Ok(()) };
            let cancelled = match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    cancelled.cancellation_reasons()
                }
                _ => return Err(to_error("TransactWriteItems", &error).into()),
            };
            if cancelled.get(TOMBSTONE).and_then(|reason| reason.code()) == Some(CONDITION_FAILED) {
                return Err(closed(removed));
            }
            let conflict =
                cancelled.iter().any(|reason| reason.code() == Some(TRANSACTION_CONFLICT));
            if !conflict || !backoff.wait().await {
                return Err(to_error("TransactWriteItems", &error).into());
            }
        }
    }

    /// Adds a credential, in one transaction with its event and with the look for a
    /// tombstone of its tenant: a removal that began before it refuses it, and one that
    /// begins behind it revokes it. One that exists is never written over.
    pub async fn add_credential(
        &self,
        new: &NewCredential<'_>,
        event: &AuditEvent,
        deadline: Instant,
    ) -> Result<Added, PutCredentialError> {
        let addition = self.addition(new).await?;
        match self.write_audited(addition.writes.clone(), event, deadline).await? {
            AuditedWrite::Done => Ok(Added::Added),
            AuditedWrite::Refused(refused) => self.read_refusal(new, &addition, &refused).await,
            AuditedWrite::EventExists => {
                Err(Error::Internal("the event of a new credential exists".into()).into())
            }
        }
    }

    /// Why a credential was not added.
    async fn read_refusal(
        &self,
        new: &NewCredential<'_>,
        addition: &Addition,
        refused: &RefusedWrites,
    ) -> Result<Added, PutCredentialError> {
        if refused.is_refused(TOMBSTONE) {
            return Err(closed(new.removed));
        }
        if let Some(taken) = &new.idempotency {
            let tenant = &new.credential.tenant_id;
            let record = match addition.idempotency.and_then(|write| refused.item(write)) {
                Some(item) => Some(items::idempotency_record::read(item).map_err(Error::from)?),
                // Somebody with the same key may have replaced the same credential.
                None => self.idempotency_record(tenant, &taken.key).await?,
            };
            if let Some(record) = record.filter(|record| record.is_live(new.now)) {
                return Ok(Added::KeyTaken(TakenKey { key: taken.key.clone(), record }));
            }
        }
        if addition.replaced.is_some_and(|write| refused.is_refused(write)) {
            return Ok(Added::NotReplaced);
        }
        let exists = refused.is_refused(CREDENTIAL);
        let cause =
            if exists { "a new credential exists" } else { "a record that it is made by changed" };
        Err(Error::Unavailable(cause.into()).into())
    }

    async fn addition(&self, new: &NewCredential<'_>) -> Result<Addition> {
        let tenant = &new.credential.tenant_id;
        let part = TransactWriteItem::builder;
        let mut writes = vec![
            self.decide_about_tombstone(tenant, new.removed)?,
            self.put_new(items::credential::write(new.credential))?,
            self.check_settings(
                tenant,
                TenantSettings { audit_reads: new.credential.audit_reads },
            )?,
        ];
        let mut add = |write| {
            writes.push(write);
            writes.len() - 1
        };
        let replaced = match &new.replaced {
            Some(replaced) => {
                let update = self.replace(tenant, replaced, &new.credential.key_id)?;
                Some(add(part().update(update).build()))
            }
            None => None,
        };
        let idempotency = match &new.idempotency {
            Some(taken) => {
                let put = self.put_idempotency_record(tenant, taken, new.now)?;
                Some(add(part().put(put).build()))
            }
            None => None,
        };
        if new.removed == RemovedTenant::Reopen
            && let Some(put) = self.put_shards(tenant, &new.credential.key_id).await?
        {
            add(part().put(put).build());
        }
        Ok(Addition { writes, replaced, idempotency })
    }

    /// Revokes a credential that is there and not revoked, in one transaction with its
    /// event.
    pub async fn revoke_audited(
        &self,
        tenant: &TenantId,
        key_id: &KeyId,
        event: &AuditEvent,
        deadline: Instant,
    ) -> Result<Revoked> {
        let update = Update::builder()
            .table_name(&self.table_name)
            .set_key(Some(keys::credential(tenant, key_id).into_item()))
            .update_expression(format!("SET {REVOKED_AT} = :now"))
            .condition_expression(format!(
                "attribute_exists(pk) AND attribute_not_exists({REVOKED_AT})"
            ))
            .expression_attribute_values(":now", AttributeValue::S(event.occurred_at.to_string()))
            .build()?;
        let update = TransactWriteItem::builder().update(update).build();
        match self.write_audited(vec![update], event, deadline).await? {
            AuditedWrite::Done => Ok(Revoked::Now),
            AuditedWrite::Refused(_) => Ok(Revoked::NotNow),
            AuditedWrite::EventExists => {
                Err(Error::Internal("the event of a revocation exists".into()))
            }
        }
    }

    fn decide_about_tombstone(
        &self,
        tenant: &TenantId,
        removed: RemovedTenant,
    ) -> Result<TransactWriteItem, BuildError> {
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
        Ok(decide.build())
    }

    /// Puts a manifest with as many shards as the tail of a removed tenant had, where there is
    /// none with as many.
    async fn put_shards(&self, tenant: &TenantId, key_id: &KeyId) -> Result<Option<Put>> {
        let Some(tombstone) = self.get(keys::tombstone(tenant)).await? else { return Ok(None) };
        let shards = read_shards(&tombstone)?;
        if shards == 1 {
            return Ok(None);
        }
        let current = self.get(keys::manifest(tenant)).await?;
        let current = current.as_ref().map(manifest::read).transpose()?;
        if current.as_ref().is_some_and(|current| current.manifest.shards >= shards) {
            return Ok(None);
        }
        let before = current.as_ref().map(|current| current.version);
        let manifest = current.map(|current| Manifest::clone(&current.manifest));
        let manifest = Manifest { shards, ..manifest.unwrap_or_default() };
        // The id of a key is there once.
        let (_, item) = manifest::write(tenant, key_id.as_str().as_bytes(), &manifest);
        let put = Put::builder().table_name(&self.table_name).set_item(Some(item));
        let put = match before {
            None => put.condition_expression(IF_ABSENT),
            Some(Version(before)) => put
                .condition_expression(format!("{} = :before", manifest::VERSION))
                .expression_attribute_values(
                    ":before",
                    AttributeValue::B(Blob::new(before.as_bytes())),
                ),
        };
        Ok(Some(put.build()?))
    }

    /// Gives a credential its end and its successor, where it has none.
    fn replace(
        &self,
        tenant: &TenantId,
        replaced: &Replaced,
        successor: &KeyId,
    ) -> Result<Update, BuildError> {
        Update::builder()
            .table_name(&self.table_name)
            .set_key(Some(keys::credential(tenant, &replaced.key_id).into_item()))
            .update_expression(format!("SET {REPLACED_BY} = :successor, {ENDS_AT} = :ends_at"))
            .condition_expression(format!(
                "attribute_exists(pk) AND attribute_not_exists({REVOKED_AT}) \
                 AND attribute_not_exists({REPLACED_BY})"
            ))
            .expression_attribute_values(":successor", AttributeValue::S(successor.to_string()))
            .expression_attribute_values(
                ":ends_at",
                AttributeValue::S(replaced.ends_at.to_string()),
            )
            .build()
    }

    /// All credentials of a tenant, by the ids of their keys.
    pub async fn credentials(&self, tenant: &TenantId) -> Result<Vec<Credential>> {
        let page = |start| self.partition_page(keys::credentials(tenant), None, start);
        let items = pages(page).await?;
        items.iter().map(|item| Ok(items::credential::read(tenant, item)?)).collect()
    }

    /// The credentials of a tenant whose key ids come after `after`, at most `limit`.
    pub async fn credential_page(
        &self,
        tenant: &TenantId,
        after: Option<&KeyId>,
        limit: usize,
    ) -> Result<CredentialPage> {
        // Before every id: none has a character as low.
        let start = after.map_or(" ", KeyId::as_str).to_owned();
        let (items, more) = self.items_after(keys::credentials(tenant), start, limit).await?;
        let credentials: Result<Vec<Credential>, _> =
            items.iter().map(|item| items::credential::read(tenant, item)).collect();
        Ok(CredentialPage { credentials: credentials?, more })
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
        let update = format!("SET {REVOKED_AT} = if_not_exists({REVOKED_AT}, :now)");
        let answer = self
            .note_time(keys::credential(tenant, key_id), &update, now)
            .condition_expression("attribute_exists(pk)")
            .measured()
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
