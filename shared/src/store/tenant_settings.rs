//! The settings of a tenant, and their copies in its credentials.

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, TransactWriteItem};
use tokio::time::Instant;

use super::audited_write::{AUDITED_DEADLINE, AuditedWrite, not_new};
use super::calls::{IF_ABSENT, Store};
use super::failure::{is_failed_condition, to_error};
use super::items::tenant_settings::{AUDIT_READS, read, write};
use super::keys;
use crate::domain::audit::AuditEvent;
use crate::domain::error::{Error, Result};
use crate::domain::principal::{KeyId, TenantId};
use crate::domain::tenant_settings::TenantSettings;

impl Store {
    /// What a tenant has set.
    pub async fn tenant_settings(&self, tenant: &TenantId) -> Result<TenantSettings> {
        let item = self.get(keys::tenant_settings(tenant)).await?;
        Ok(item.as_ref().map(read).transpose()?.unwrap_or_default())
    }

    /// Changes the settings, with the event that tells of it, and then the copies in the
    /// credentials that there are. A credential that is added meanwhile has the new ones:
    /// it is added with a check of those that it was made with.
    pub async fn put_tenant_settings(
        &self,
        tenant: &TenantId,
        settings: TenantSettings,
        event: &AuditEvent,
    ) -> Result<()> {
        let put = self.put(write(tenant, settings))?;
        match self.write_audited(vec![put], event, Instant::now() + AUDITED_DEADLINE).await? {
            AuditedWrite::Done => {}
            AuditedWrite::EventExists | AuditedWrite::Refused(_) => return Err(not_new()),
        }
        for credential in self.credentials(tenant).await? {
            self.copy_settings(tenant, &credential.key_id, settings).await?;
        }
        Ok(())
    }

    async fn copy_settings(
        &self,
        tenant: &TenantId,
        key_id: &KeyId,
        settings: TenantSettings,
    ) -> Result<()> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table_name)
            .set_key(Some(keys::credential(tenant, key_id).into_item()))
            .condition_expression("attribute_exists(pk)");
        let update = match settings.audit_reads {
            Some(reads) => update
                .update_expression(format!("SET {AUDIT_READS} = :reads"))
                .expression_attribute_values(":reads", AttributeValue::S(reads.to_string())),
            None => update.update_expression(format!("REMOVE {AUDIT_READS}")),
        };
        match update.send().await {
            Ok(_) => Ok(()),
            // It was removed meanwhile, with its tenant.
            Err(error) if is_failed_condition(&error) => Ok(()),
            Err(error) => Err(to_error("UpdateItem", &error)),
        }
    }

    /// A check that the settings are still those that were read.
    pub(super) fn check_settings(
        &self,
        tenant: &TenantId,
        settings: TenantSettings,
    ) -> Result<TransactWriteItem, Error> {
        let check = ConditionCheck::builder()
            .table_name(&self.table_name)
            .set_key(Some(keys::tenant_settings(tenant).into_item()));
        let check = match settings.audit_reads {
            Some(reads) => check
                .condition_expression(format!("{AUDIT_READS} = :reads"))
                .expression_attribute_values(":reads", AttributeValue::S(reads.to_string())),
            None => check.condition_expression(format!(
                "{IF_ABSENT} OR attribute_not_exists({AUDIT_READS})"
            )),
        };
        Ok(TransactWriteItem::builder().condition_check(check.build()?).build())
    }
}
