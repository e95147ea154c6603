//! Ranges of addresses, from which a key is taken.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use crate::domain::value::Refusal;

/// A range of addresses: `192.0.2.0/24`, `2001:db8::/32`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AddressRange(IpNet);

impl AddressRange {
    /// Reads a range in CIDR notation, or a plain address, which is a range of one.
    ///
    /// A range whose address lies within it is refused rather than cut to where it
    /// begins: one of the two is a slip of the pen. IPv4 that is written as IPv6 is
    /// refused as well, since a caller's address is never taken so.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let range = match text.parse::<IpAddr>() {
            Ok(address) => IpNet::from(address),
            Err(_) => text.parse().map_err(|_| NO_RANGE)?,
        };
        if range.trunc() != range {
            return Err(
                format!("has bits beyond its prefix: {} begins there", range.trunc()).into()
            );
        }
        match range {
            IpNet::V6(v6) if v6.addr().to_ipv4_mapped().is_some() => {
                Err("must be written as a range of IPv4 addresses".into())
            }
            _ => Ok(Self(range)),
        }
    }

    /// Whether an address lies in it. IPv4 that came as IPv6 is IPv4.
    #[must_use]
    pub fn has(self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }

    /// Whether all of it lies in another one.
    #[must_use]
    pub fn is_within(self, other: Self) -> bool {
        other.0.contains(&self.0)
    }
}

const NO_RANGE: &str = "must be an address, or a range such as 192.0.2.0/24 or 2001:db8::/32";

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for AddressRange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for AddressRange {
    fn schema_name() -> Cow<'static, str> {
        "AddressRange".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> AddressRange {
        AddressRange::parse(text).unwrap()
    }

    #[test]
    fn a_range_is_in_cidr_notation_and_an_address_is_a_range_of_one() {
        for (text, written) in [
            ("192.0.2.0/24", "192.0.2.0/24"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("192.0.2.7", "192.0.2.7/32"),
            ("192.0.2.7/32", "192.0.2.7/32"),
            ("2001:DB8::/32", "2001:db8::/32"),
            ("2001:db8:0:0::1", "2001:db8::1/128"),
            ("::/0", "::/0"),
        ] {
            assert_eq!(range(text).to_string(), written);
        }
        for text in [
            "",
            "x",
            "192.0.2.0/33",
            "192.0.2.0/",
            "192.0.2/24",
            "192.0.2.0/24 ",
            "192.0.2.0-192.0.2.9",
            "192.0.2.0/255.255.255.0",
            "2001:db8::/129",
            "fe80::1%eth0",
            "192.0.2.7/24",
            "2001:db8::1/32",
            "::ffff:192.0.2.0/120",
            "::ffff:192.0.2.7",
        ] {
            assert!(AddressRange::parse(text).is_err(), "{text}");
        }
        let rule = "has bits beyond its prefix: 192.0.2.0/24 begins there";
        assert_eq!(AddressRange::parse("192.0.2.7/24"), Err(rule.into()));
    }

    #[test]
    fn an_address_lies_in_the_ranges_of_its_own_family() {
        for (text, address, expected) in [
            ("192.0.2.0/24", "192.0.2.0", true),
            ("192.0.2.0/24", "192.0.2.255", true),
            ("192.0.2.0/24", "192.0.3.0", false),
            ("192.0.2.0/24", "::ffff:192.0.2.9", true),
            ("192.0.2.0/24", "2001:db8::1", false),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "192.0.2.1", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::/32", "2001:db9::", false),
        ] {
            assert_eq!(range(text).has(address.parse().unwrap()), expected, "{text} {address}");
        }
    }

    #[test]
    fn a_range_lies_in_itself_and_in_wider_ones() {
        for (one, other, expected) in [
            ("192.0.2.0/24", "192.0.2.0/24", true),
            ("192.0.2.128/25", "192.0.2.0/24", true),
            ("192.0.2.0/23", "192.0.2.0/24", false),
            ("192.0.2.0/24", "0.0.0.0/0", true),
            ("192.0.2.0/24", "::/0", false),
            ("2001:db8::1", "2001:db8::/32", true),
        ] {
            assert_eq!(range(one).is_within(range(other)), expected, "{one} {other}");
        }
    }
}
