//! The layout of a table, settled by an operator's command: only these may look whether
//! there is anything in it.

use crate::domain::error::{Error, Result};
use crate::store::calls::{IF_ABSENT, Store};
use crate::store::failure::{is_failed_condition, to_error};
use crate::store::item::keys_only;
use crate::store::layout::{OtherLayout, item};

/// What a command does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// It reads, and finds nothing in a table that is not begun.
    Read,
    /// It writes, and begins a table with its layout.
    Write,
}

/// Looks whether a table has the layout of this build. One without any item is begun by
/// who is to write to it.
///
/// # Errors
///
/// [`OtherLayout`] as the cause, where it has another one, or has items and says none.
pub async fn settle(store: &Store, intent: Intent) -> Result<()> {
    let Err(other) = store.look_at_layout().await? else { return Ok(()) };
    if other.found.is_some() {
        return Err(other.into());
    }
    if is_empty(store).await? && (intent == Intent::Read || begin(store).await?) {
        return Ok(());
    }
    // It has items, or somebody else has begun it since it was looked at.
    store.look_at_layout().await?.map_err(refusal)
}

/// What is found where there are items that say nothing is the first layout.
fn refusal(other: OtherLayout) -> Error {
    OtherLayout { found: other.found.or(Some(1)) }.into()
}

async fn is_empty(store: &Store) -> Result<bool> {
    let answer = store
        .client
        .scan()
        .table_name(&store.table_name)
        .projection_expression(keys_only())
        .consistent_read(true)
        .limit(1)
        .send()
        .await
        .map_err(|error| to_error("Scan", &error))?;
    // A page may end before its first item.
    Ok(answer.items().is_empty() && answer.last_evaluated_key().is_none())
}

/// Whether it was this call that put the item.
async fn begin(store: &Store) -> Result<bool> {
    let put = store
        .client
        .put_item()
        .table_name(&store.table_name)
        .set_item(Some(item()))
        .condition_expression(IF_ABSENT)
        .send()
        .await;
    match put {
        Ok(_) => Ok(true),
        Err(error) if is_failed_condition(&error) => Ok(false),
        Err(error) => Err(to_error("PutItem", &error)),
    }
}
