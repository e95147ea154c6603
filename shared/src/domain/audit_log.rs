//! The name of the logs that the trails of tenants are sealed in.

use std::fmt;

use crate::domain::principal::TenantId;

/// What the names of a deployment's logs begin with. It should be nobody else's, such as
/// `audit.example.com/production`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogName(String);

impl LogName {
    /// What a name has to be.
    pub const RULE: &str = "1 to 128 of A-Z a-z 0-9 . _ / -, with no slash at an end";
    const MAX_BYTES: usize = 128;

    /// Reads a name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"._/-".contains(&byte);
        let is_name = (1..=Self::MAX_BYTES).contains(&text.len())
            && text.bytes().all(known)
            && !text.starts_with('/')
            && !text.ends_with('/');
        is_name.then(|| Self(text.to_owned()))
    }
}

impl Default for LogName {
    fn default() -> Self {
        Self("activity-log.local".to_owned())
    }
}

impl fmt::Display for LogName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which log of a tenant: the first one, or one that follows a restore of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(u16);

impl Generation {
    /// The first one.
    pub const FIRST: Self = Self(1);
    /// What a number has to be.
    pub const RULE: &str = "a whole number from 1 to 999";
    const MAX: u16 = 999;

    /// The generation of a number, from 1 on.
    #[must_use]
    pub fn new(number: u16) -> Option<Self> {
        (1..=Self::MAX).contains(&number).then_some(Self(number))
    }

    /// Its number.
    #[must_use]
    pub fn number(self) -> u16 {
        self.0
    }

    /// The one behind it.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::new(self.0 + 1)
    }

    /// The one before it.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        Self::new(self.0 - 1)
    }
}

/// The logs of a deployment, as it goes on with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLog {
    /// What their names begin with.
    pub name: LogName,
    /// Which log of each tenant is gone on with.
    pub generation: Generation,
}

impl Default for AuditLog {
    fn default() -> Self {
        Self { name: LogName::default(), generation: Generation::FIRST }
    }
}

impl AuditLog {
    /// The log of the generation before.
    #[must_use]
    pub fn previous(&self) -> Option<Self> {
        let generation = self.generation.previous()?;
        Some(Self { name: self.name.clone(), generation })
    }

    /// The name of a tenant's log, which is the origin of its checkpoints and the name of
    /// its keys: `<name>/<tenant>`, and `/<generation>` behind it from the second on.
    #[must_use]
    pub fn origin(&self, tenant: &TenantId) -> String {
        match self.generation {
            Generation::FIRST => format!("{}/{tenant}", self.name),
            Generation(number) => format!("{}/{tenant}/{number}", self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_neither_spaces_nor_what_divides_keys() {
        for name in ["audit.example.com/production", "a", "A-1_2", &"a".repeat(128)] {
            assert_eq!(LogName::parse(name).unwrap().to_string(), name);
        }
        for text in ["", "/a", "a/", "a b", "a+b", "a\n", "\u{e4}", &"a".repeat(129)] {
            assert_eq!(LogName::parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_origin_names_tenant_and_from_the_second_on_generation() {
        let tenant = TenantId::parse("acme").unwrap();
        let mut log = AuditLog::default();
        assert_eq!(log.origin(&tenant), "activity-log.local/acme");
        assert_eq!(log.previous(), None);
        log.generation = Generation::new(2).unwrap();
        assert_eq!(log.origin(&tenant), "activity-log.local/acme/2");
        assert_eq!(log.previous(), Some(AuditLog::default()));
        assert_eq!((Generation::new(0), Generation::new(1_000)), (None, None));
        assert_eq!((Generation(1).next(), Generation(999).next()), (Some(Generation(2)), None));
    }
}
