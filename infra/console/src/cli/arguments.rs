//! The values that several commands take.

use std::net::{Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::time::Duration;

use activity_log_core::domain::principal::{Actor, TenantId};
use activity_log_core::domain::registry::DisplayName;
use http::Uri;
use http::uri::Scheme;

pub(super) fn tenant(text: &str) -> Result<TenantId, String> {
    TenantId::parse(text).map_err(|error| error.to_string())
}

pub(super) fn actor(text: &str) -> Result<Actor, String> {
    Actor::parse(text).map_err(|error| error.to_string())
}

/// A length of time: a whole number of seconds, minutes, hours, days or weeks.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    const RULE: &str = "must be a whole number and a unit: s, m, h, d or w, as in 90d";
    let unit = text.chars().next_back().ok_or(RULE)?;
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        'w' => 7 * 24 * 60 * 60,
        _ => return Err(RULE.to_owned()),
    };
    let digits = &text[..text.len() - unit.len_utf8()];
    let number = digits.parse::<u32>().ok().filter(|_| !digits.starts_with('+'));
    Ok(Duration::from_secs(seconds * u64::from(number.ok_or(RULE)?)))
}

pub(super) fn display_name(text: &str) -> Result<DisplayName, String> {
    DisplayName::parse(text).map_err(|error| error.to_string())
}

/// An address with a port, a name with one, or a port of this machine alone.
/// `localhost` is not looked up, so that it is this machine whatever is configured.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(port) = text.parse::<u16>() {
        return Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    }
    if let Some((host, port)) = text.rsplit_once(':')
        && host.eq_ignore_ascii_case("localhost")
        && let Ok(port) = port.parse::<u16>()
    {
        return Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    }
    if text.contains("//") {
        return Err("must be a port or ADDRESS:PORT, without http:// before it".to_owned());
    }
    if text.split_once(':').is_none_or(|(address, _)| address.is_empty()) {
        return Err("must be a port or ADDRESS:PORT, such as 8080 or 127.0.0.1:8080".to_owned());
    }
    let mut addresses = text.to_socket_addrs().map_err(|error| {
        format!("must be a port or ADDRESS:PORT, such as 8080 or 127.0.0.1:8080 ({error})")
    })?;
    addresses.next().ok_or_else(|| "has no address".to_owned())
}

/// Holds that a table can have such a name, or such an ARN in another account.
pub(super) fn check_table_name(text: &str) -> Result<(), String> {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    let is_name = (3..=255).contains(&text.len()) && text.bytes().all(known);
    let is_arn = text.starts_with("arn:")
        && text.len() <= 1_024
        && text.bytes().all(|byte| known(byte) || b":/".contains(&byte));
    match is_name || is_arn {
        true => Ok(()),
        false => {
            Err("must have 3 to 255 of A-Z a-z 0-9 _ . -, or be the ARN of a table".to_owned())
        }
    }
}

/// The address of an engine.
pub(super) fn url(text: &str) -> Result<String, String> {
    let uri = text.parse::<Uri>().ok();
    let known = uri.is_some_and(|uri| {
        let scheme = uri.scheme();
        (scheme == Some(&Scheme::HTTP) || scheme == Some(&Scheme::HTTPS)) && uri.host().is_some()
    });
    match known {
        true => Ok(text.to_owned()),
        false => Err("must be an http or https address, such as http://127.0.0.1:8000".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_be_a_port_or_a_name() {
        for (text, expected) in [
            ("127.0.0.1:0", "127.0.0.1:0"),
            ("8080", "127.0.0.1:8080"),
            ("localhost:8080", "127.0.0.1:8080"),
            ("LocalHost:0", "127.0.0.1:0"),
            ("[::1]:8080", "[::1]:8080"),
            ("0.0.0.0:8080", "0.0.0.0:8080"),
        ] {
            assert_eq!(address(text).unwrap().to_string(), expected, "{text}");
        }
        for text in [
            "",
            "70000",
            "127.0.0.1",
            "127.0.0.1:x",
            "127.0.0.1:70000",
            ":",
            "-1",
            "localhost",
            "localhost:x",
            "http://127.0.0.1:8080",
        ] {
            let refused = address(text).unwrap_err();
            assert!(refused.starts_with("must be a port or ADDRESS:PORT"), "{text}: {refused}");
        }
    }

    #[test]
    fn a_length_of_time_has_a_unit() {
        let day = 24 * 60 * 60;
        for (text, seconds) in
            [("0s", 0), ("90m", 5_400), ("24h", day), ("90d", 90 * day), ("2w", 14 * day)]
        {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "d", "90", "90 d", "-1d", "+1d", "1.5h", "1y", "1D", "99999999999d", "9é"]
        {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_table_has_a_name_or_an_arn() {
        let arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/activity-log";
        for text in ["activity-log", "a.b_C-9", &"x".repeat(255), arn] {
            assert_eq!(check_table_name(text), Ok(()), "{text}");
        }
        for text in ["", "ab", "a b c", "tabelle-ö", "a/b", &"x".repeat(256), "arn:aws table"] {
            assert!(check_table_name(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_engine_has_an_address_with_a_scheme_and_a_host() {
        for text in ["http://127.0.0.1:8000", "https://dynamodb.example", "http://[::1]:8000/"] {
            assert_eq!(url(text).unwrap(), text);
        }
        for text in ["", "8000", "127.0.0.1:8000", "localhost:8000", "ftp://a", "http://", "a b"] {
            assert!(url(text).is_err(), "{text}");
        }
    }
}
