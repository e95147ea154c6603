//! Credentials: read by functions; issued, listed and revoked by operators.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};

use super::calls::{IF_ABSENT, Store, pages};
use super::failure::{is_failed_condition, to_error};
use super::{items, keys};
use crate::domain::clock::Timestamp;
use crate::domain::error::{Error, Result};
use crate::domain::principal::{Credential, KeyId, TenantId};

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

    /// Adds a credential. One that exists is never written over.
    pub async fn put_credential(&self, credential: &Credential) -> Result<()> {
        self.client
            .put_item()
            .table_name(&self.table_name)
            .set_item(Some(items::credential::write(credential)))
            .condition_expression(IF_ABSENT)
            .send()
            .await
            .map_err(|error| to_error("PutItem", &error))?;
        Ok(())
    }

    /// A tenant's credentials, by key id.
    pub async fn credentials(&self, tenant: &TenantId) -> Result<Vec<Credential>> {
        let page = |start| self.partition_page(keys::credentials(tenant), None, start);
        let items = pages(page).await?;
        Ok(items
            .iter()
            .map(|item| items::credential::read(tenant, item))
            .collect::<Result<_, _>>()?)
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
        let answer = self
            .client
            .update_item()
            .table_name(&self.table_name)
            .set_key(Some(keys::credential(tenant, key_id).into_item()))
            .update_expression("SET revoked_at = if_not_exists(revoked_at, :now)")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":now", AttributeValue::S(now.to_string()))
            .return_values(ReturnValue::AllNew)
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
