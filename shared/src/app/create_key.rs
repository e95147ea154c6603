//! Creating a key.

use super::audited::WritePermit;
use super::context::Context;
use super::make_key::{MadeKey, Maker, Order, check_grant, make_key, replay_key};
use super::write_activity::find_taken_key;
use crate::domain::credential::Grant;
use crate::domain::error::Error;
use crate::domain::idempotency::{IdempotencyKey, InputHash};
use crate::store::PutCredentialError;

/// The key that is to be created.
#[derive(Clone, Debug)]
pub struct CreateKey {
    pub grant: Grant,
    /// What makes a retry safe.
    pub idempotency_key: Option<IdempotencyKey>,
    /// The input that it was read from.
    pub input_hash: InputHash,
}

/// Creates a key, or tells of the one that the idempotency key already made.
pub async fn create_key(
    ctx: &Context,
    permit: WritePermit<'_>,
    maker: Maker,
    input: CreateKey,
) -> Result<MadeKey, PutCredentialError> {
    let call = permit.call();
    let now = ctx.environment.now().map_err(Error::from)?;
    let (credential, taken) = tokio::join!(
        maker.credential(ctx, call),
        find_taken_key(ctx, call, input.idempotency_key.as_ref()),
    );
    check_grant(call, credential?.as_ref(), &input.grant)?;
    if let Some(taken) = taken? {
        return Ok(replay_key(ctx, call, &input.input_hash, taken).await?);
    }
    let order = Order {
        grant: input.grant,
        replaced: None,
        idempotency_key: input.idempotency_key,
        input_hash: input.input_hash,
    };
    let made = make_key(ctx, call, maker, order, now).await?;
    made.ok_or_else(|| Error::Internal("a new key replaces none".into()).into())
}
