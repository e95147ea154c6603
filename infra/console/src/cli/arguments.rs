//! The values that several commands take.

use std::net::{SocketAddr, ToSocketAddrs};

use activity_log_core::domain::principal::{Actor, TenantId};

pub(super) fn tenant(text: &str) -> Result<TenantId, String> {
    TenantId::parse(text).map_err(|error| error.to_string())
}

pub(super) fn actor(text: &str) -> Result<Actor, String> {
    Actor::parse(text).map_err(|error| error.to_string())
}

/// An address with a port, a name with one, or a port of this machine alone.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(port) = text.parse::<u16>() {
        return Ok(SocketAddr::from(([127, 0, 0, 1], port)));
    }
    let mut addresses = text
        .to_socket_addrs()
        .map_err(|error| format!("must be ADDRESS:PORT, such as 127.0.0.1:8080 ({error})"))?;
    addresses.next().ok_or_else(|| "has no address".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_be_a_port_or_a_name() {
        for (text, expected) in [
            ("127.0.0.1:0", "127.0.0.1:0"),
            ("8080", "127.0.0.1:8080"),
            ("[::1]:8080", "[::1]:8080"),
        ] {
            assert_eq!(address(text).unwrap().to_string(), expected, "{text}");
        }
        assert!(address("localhost:8080").unwrap().ip().is_loopback());
        for text in ["", "70000", "127.0.0.1", "127.0.0.1:x", ":"] {
            assert!(address(text).is_err(), "{text}");
        }
    }
}
