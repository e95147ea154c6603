//! The demo tenant, which a first try finds something in.
//!
//! It has some resources, and unless that is not wanted a week of activities. Its own
//! key comes last, so that a tenant which has that key has all of it. Where there is a
//! key of anybody else already, it is no new tenant, and gets no week.

mod call;
mod error;
mod quiet;
mod script;
mod week;

use activity_log_core::Context;
use activity_log_core::domain::activity::{RelatedResource, RelatedResourceId};
use activity_log_core::domain::credential::{ApiKey, Grant, KeyName};
use activity_log_core::domain::principal::{Actor, Scope, TenantId};
use activity_log_core::domain::record_type::BuiltInRecordType;
use activity_log_core::domain::registry::DisplayName;
use activity_log_core::store::PutCredentialError;
use tracing::instrument::WithSubscriber;

pub use self::error::DemoError;
use self::quiet::Warnings;
use self::week::put_resource;

/// Its id.
pub const TENANT: &str = "demo";
const KEY_NAME: &str = "Demo";
/// What its activities can be attached to, whether there are any or not.
const RESOURCES: [(BuiltInRecordType, &str, &str); 3] = [
    (BuiltInRecordType::Contact, "con_123", "Jane Doe"),
    (BuiltInRecordType::Company, "com_123", "Acme Corporation"),
    (BuiltInRecordType::Deal, "deal_123", "Acme renewal"),
];

/// What a new demo tenant has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// A week of activities.
    Week,
    /// No activities.
    Nothing,
}

/// Makes the tenant where it is new, and a key with every scope in any case.
///
/// # Errors
///
/// A tenant that was removed, and a table that does not do what is asked.
pub async fn make(ctx: &Context, content: Content) -> Result<ApiKey, DemoError> {
    let tenant = TenantId::parse(TENANT).expect("the id is valid");
    if ctx.store.is_removed(&tenant).await? {
        return Err(PutCredentialError::TenantRemoved.into());
    }
    for (resource_type, id, name) in RESOURCES {
        let id = RelatedResourceId::parse(id).expect("the id is valid");
        let resource = RelatedResource { resource_type: resource_type.into(), id };
        let name = DisplayName::parse(name).expect("the name is valid");
        // Each is news once, and not at every start.
        if ctx.store.related_resource(&tenant, &resource).await?.is_none() {
            put_resource(ctx, &tenant, resource, name).await?;
        }
    }
    if content == Content::Week && is_new(ctx, &tenant).await? {
        let week = week::log(&ctx.store, &tenant, ctx.environment.now()?);
        let activities = week.with_subscriber(Warnings::of_default()).await?;
        tracing::info!("the tenant {TENANT} begins with a week of {activities} activities");
    }
    let actor = Actor::parse("service:demo").expect("the actor is valid");
    let scopes = Scope::ALL.iter().copied().collect();
    let name = KeyName::parse(KEY_NAME).expect("the name is valid");
    let grant = Grant { name: Some(name), ..Grant::plain(actor, scopes) };
    week::issue_key(ctx, &tenant, grant).await
}

/// Whether nobody has a key but those who are about to have one for their week.
async fn is_new(ctx: &Context, tenant: &TenantId) -> Result<bool, DemoError> {
    let credentials = ctx.store.credentials(tenant).await?;
    let actors = script::actors();
    Ok(credentials.iter().all(|credential| actors.contains(&credential.grant.actor)))
}
