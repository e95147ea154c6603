//! Listing the keys of a tenant.
//!
//! By their ids, which are random: so a page is one read by key, and whatever is made
//! meanwhile, no key is listed twice, and none is skipped that was there when the
//! listing began. No index of their times is needed for that, which every new key would
//! have to pay for.

use futures_util::stream::{StreamExt, TryStreamExt, iter};

use super::context::Context;
use super::get_key::KeyDetails;
use super::listing::Page;
use super::permit::Permit;
use crate::domain::error::{Error, Result};
use crate::domain::principal::{KeyId, TenantId};
use crate::index::cursor::{self, Binding};

/// Last uses that are read side by side.
const READS_IN_FLIGHT: usize = 25;

/// Which keys to list.
#[derive(Clone, Debug)]
pub struct KeyListing {
    /// Keys of the page.
    pub limit: usize,
    /// The key behind which it begins.
    pub after: Option<KeyId>,
}

fn binding(tenant: &TenantId) -> Binding {
    Binding::new("keys", tenant)
}

/// The key that a cursor stands behind; `None` when it is not one of this listing.
#[must_use]
pub fn position(tenant: &TenantId, cursor: &str) -> Option<KeyId> {
    KeyId::parse(&cursor::decode_name(cursor, &binding(tenant))?).ok()
}

/// The cursor that continues after a key.
#[must_use]
pub fn cursor_after(row: &KeyDetails) -> String {
    let credential = &row.credential;
    cursor::encode_name(credential.key_id.as_str(), &binding(&credential.tenant_id))
}

/// A page of the keys of a tenant, those that have ended included.
pub async fn list_keys(
    ctx: &Context,
    permit: Permit<'_>,
    listing: &KeyListing,
) -> Result<Page<KeyDetails>> {
    let tenant = permit.tenant_id();
    let KeyListing { limit, after } = listing;
    let page = ctx.store.credential_page(tenant, after.as_ref(), *limit).await?;
    let rows = iter(page.credentials)
        .map(|credential| async move {
            let last_used_at = ctx.store.last_key_use(tenant, &credential.key_id).await?;
            Ok::<_, Error>(KeyDetails { credential, last_used_at })
        })
        .buffered(READS_IN_FLIGHT);
    let rows: Vec<KeyDetails> = rows.try_collect().await?;
    let next_cursor = rows.last().filter(|_| page.more).map(cursor_after);
    Ok(Page { rows, next_cursor })
}
