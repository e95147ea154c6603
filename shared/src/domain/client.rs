//! Who a request came from, as the network tells it: an address and what the caller
//! calls its program. The second proves nothing, so nothing is decided by it.

use std::net::IpAddr;

/// Longer ones say nothing more, and an audit event keeps it.
const MAX_USER_AGENT_CHARS: usize = 256;

/// The other end of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// The address that the gateway, or this process, took the connection from.
    pub address: Option<IpAddr>,
    /// What the caller calls its program: no control characters, up to 256
    /// characters, and never empty.
    pub user_agent: Option<String>,
}

impl Client {
    /// A client, of which as much is kept as an audit event takes. A user agent is
    /// what the caller likes, so none is refused.
    #[must_use]
    pub fn new(address: Option<IpAddr>, user_agent: Option<&str>) -> Self {
        let user_agent = user_agent.map(|text| {
            let visible = text.chars().filter(|character| !character.is_control());
            visible.take(MAX_USER_AGENT_CHARS).collect::<String>()
        });
        Self {
            // A listener of both families sees callers of one as mapped into the other.
            address: address.map(|address| address.to_canonical()),
            user_agent: user_agent.filter(|text| !text.trim().is_empty()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user_agent(text: &str) -> Option<String> {
        Client::new(None, Some(text)).user_agent
    }

    #[test]
    fn a_user_agent_has_no_control_characters_and_is_cut() {
        assert_eq!(user_agent("curl/8.5.0").as_deref(), Some("curl/8.5.0"));
        assert_eq!(user_agent("a\tb\u{7f}c\u{85}d").as_deref(), Some("abcd"));
        for nothing in ["", " ", "\t\u{7f}"] {
            assert_eq!(user_agent(nothing), None);
        }
        let longest = "ü".repeat(256);
        assert_eq!(user_agent(&longest).as_deref(), Some(longest.as_str()));
        assert_eq!(user_agent(&format!("\t{longest}x")), Some(longest));
    }

    #[test]
    fn an_address_has_one_form() {
        let address = |text: &str| Client::new(text.parse().ok(), None).address;
        assert_eq!(address("::ffff:192.0.2.1"), address("192.0.2.1"));
        assert_eq!(address("2001:DB8::1").unwrap().to_string(), "2001:db8::1");
    }
}
