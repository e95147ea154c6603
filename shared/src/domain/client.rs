//! Where a request came from, as far as the gateway and the caller say.

use std::net::IpAddr;

/// The caller's end of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// Its address, as the gateway saw it.
    pub address: Option<IpAddr>,
    /// What it calls itself.
    pub user_agent: Option<String>,
}
