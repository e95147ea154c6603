//! What a client of AWS lacks before its first call.
//!
//! A function finds out by that call, and its log says so. An operator at a terminal
//! is told what to set, so this is for the console alone.

use std::error::Error as StdError;

use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;

use super::aws::{SdkConfig, Service};
use crate::domain::error::chain;

/// What is lacking.
#[derive(Debug)]
pub enum Lack {
    /// Nothing says the region.
    Region,
    /// What says it names none.
    RegionName(String),
    /// There are no credentials, wherever they were looked for, such as in the profile
    /// that the environment names.
    Credentials { profile: Option<String> },
    /// There are some, and they can't be had.
    CredentialsUnusable(String),
}

/// Looks whether a client has what it needs to make a call.
///
/// # Errors
///
/// What it lacks first.
pub async fn check(config: &SdkConfig) -> Result<(), Lack> {
    let region = config.region().ok_or(Lack::Region)?.as_ref();
    let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if region.is_empty() || !region.bytes().all(known) {
        return Err(Lack::RegionName(region.to_owned()));
    }
    let none = || Lack::Credentials {
        profile: std::env::var("AWS_PROFILE").ok().filter(|name| !name.is_empty()),
    };
    let provider = config.credentials_provider().ok_or_else(none)?;
    match provider.provide_credentials().await {
        Ok(_) => Ok(()),
        Err(CredentialsError::CredentialsNotLoaded(_)) => Err(none()),
        // An instance is asked last, whether this is one or not.
        Err(error) if chain(&error).contains("IMDS") => Err(none()),
        Err(error) => Err(Lack::CredentialsUnusable(innermost(&error))),
    }
}

/// The variable that says where a service is, with its value.
#[must_use]
pub fn endpoint_in_env(service: Service) -> Option<(&'static str, String)> {
    service.endpoint_variables().into_iter().find_map(|name| {
        let url = std::env::var(name).ok().filter(|url| !url.is_empty())?;
        Some((name, url))
    })
}

/// What an error comes from, which is what there is to be done about.
#[must_use]
pub fn innermost(error: &dyn StdError) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
