//! Which names are those of this machine.

use std::net::IpAddr;

/// Whether the host of an address is this machine by its very name: other names can
/// be made to resolve to it. An IPv6 address may have its brackets.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    let name = host.trim_matches(['[', ']']);
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
