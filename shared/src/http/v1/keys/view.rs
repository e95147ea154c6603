//! A key as callers read it: never its secret, nor the hash of it.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use crate::app::get_key::KeyDetails;
use crate::domain::address_range::AddressRange;
use crate::domain::clock::Timestamp;
use crate::domain::credential::{KeyName, MAX_ADDRESS_RANGES, MAX_USERS};
use crate::domain::principal::{ActorId, KeyId, Scopes};
use crate::http::view::ActorView;

/// A key. Optional fields that have no value are left out.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Key")]
pub struct KeyView<'a> {
    /// Its id, as the audit trail names it: the part of the key between its two dots.
    key_id: &'a KeyId,
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    name: Option<&'a str>,
    /// Who it stands for.
    actor: ActorView<'a>,
    /// What it may do.
    scopes: &'a Scopes,
    /// The users whom it may name with `X-USER-ID`. Absent, where it may name anybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<ActorId>", length(max = MAX_USERS))]
    users: Option<&'a BTreeSet<ActorId>>,
    /// Where it is taken from. Absent, where it is taken from everywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<AddressRange>", length(max = MAX_ADDRESS_RANGES))]
    address_ranges: Option<&'a BTreeSet<AddressRange>>,
    /// When it was made, in UTC.
    created_at: Timestamp,
    /// When it ends, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Timestamp")]
    expires_at: Option<Timestamp>,
    /// The beginning of the hour in which it was used last, in UTC. Absent, where it was
    /// not used within 400 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Timestamp")]
    last_used_at: Option<Timestamp>,
    /// When it was revoked, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Timestamp")]
    revoked_at: Option<Timestamp>,
    /// The key that was made in its place, where it was rotated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "KeyId")]
    replaced_by: Option<&'a KeyId>,
}

impl<'a> KeyView<'a> {
    /// What is shown of a key.
    #[must_use]
    pub fn of(details: &'a KeyDetails) -> Self {
        let KeyDetails { credential, last_used_at } = details;
        let grant = &credential.grant;
        Self {
            key_id: &credential.key_id,
            name: grant.name.as_ref().map(KeyName::as_str),
            actor: ActorView::unnamed(&grant.actor),
            scopes: &grant.scopes,
            users: grant.users.as_ref(),
            address_ranges: Some(&grant.address_ranges).filter(|ranges| !ranges.is_empty()),
            created_at: credential.created_at,
            expires_at: grant.expires_at,
            last_used_at: *last_used_at,
            revoked_at: credential.revoked_at,
            replaced_by: credential.replaced_by.as_ref(),
        }
    }
}
