//! The keys that were given, and whose logs they verify. No key of the export is ever
//! looked at.

use activity_log_core::trail::note::VerifierKey;

/// Why some keys make no sense together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// There is none.
    #[error("a key of the log is needed")]
    None,
    /// One is a witness's.
    #[error("{0} is the key of a witness, and not of a log")]
    OfAWitness(String),
    /// One is a log's.
    #[error("{0} is the key of a log, and not of a witness")]
    OfALog(String),
    /// They are of several logs.
    #[error("{0} and {1} are keys of logs that have nothing to do with each other")]
    OfOthers(String, String),
}

/// Keys of one log, and of its earlier generations.
#[derive(Clone, Debug)]
pub struct LogKeys {
    keys: Vec<VerifierKey>,
    /// The newest generation that there is a key of.
    origin: String,
}

impl LogKeys {
    /// Keys that belong together: of one log while one key follows another, and of its
    /// generations.
    ///
    /// # Errors
    ///
    /// [`KeysError`].
    pub fn new(keys: Vec<VerifierKey>) -> Result<Self, KeysError> {
        if let Some(key) = keys.iter().find(|key| key.is_of_a_witness()) {
            return Err(KeysError::OfAWitness(key.name().to_owned()));
        }
        let shortest = keys.iter().map(VerifierKey::name).min_by_key(|name| name.len());
        let first = shortest.ok_or(KeysError::None)?.to_owned();
        // All are generations of the first one, or of what it is a generation of.
        let is_of = |base: &str| {
            keys.iter().all(|key| key.name() == base || generation(key.name(), base).is_some())
        };
        let base = match first.rsplit_once('/') {
            _ if is_of(&first) => first.as_str(),
            Some((base, _)) if is_of(base) => base,
            _ => {
                let other = keys.iter().find(|key| key.name() != first);
                let other = other.map_or_else(String::new, |key| key.name().to_owned());
                return Err(KeysError::OfOthers(first, other));
            }
        };
        let newest = keys
            .iter()
            .map(VerifierKey::name)
            .max_by_key(|name| generation(name, base).unwrap_or(1))
            .unwrap_or(base);
        let origin = newest.to_owned();
        Ok(Self { keys, origin })
    }

    /// The log that the export has to be of.
    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// The keys of a log.
    pub(super) fn of(&self, origin: &str) -> Vec<VerifierKey> {
        self.keys.iter().filter(|key| key.name() == origin).cloned().collect()
    }
}

/// The number of a generation from the second on, by its name and that of the first.
fn generation(name: &str, first: &str) -> Option<u16> {
    let number = name.strip_prefix(first)?.strip_prefix('/')?;
    number.parse().ok().filter(|n: &u16| *n >= 2 && n.to_string() == number)
}

/// The tenant and the generation that an origin says, where it is of that tenant.
pub(super) fn generation_of(origin: &str, tenant: &str) -> Option<u16> {
    if origin.strip_suffix(tenant).is_some_and(|name| name.ends_with('/')) {
        return Some(1);
    }
    let (first, _) = origin.rsplit_once('/')?;
    let is_of_the_tenant = first.strip_suffix(tenant).is_some_and(|name| name.ends_with('/'));
    generation(origin, first).filter(|_| is_of_the_tenant)
}

/// The name of the log before, by the name of one and its generation.
pub(super) fn previous_origin(origin: &str, number: u16) -> Option<String> {
    let (first, _) = origin.rsplit_once('/').filter(|_| number >= 2)?;
    Some(if number == 2 { first.to_owned() } else { format!("{first}/{}", number - 1) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> VerifierKey {
        VerifierKey::of_log(name, [7; 32])
    }

    fn origin_of(names: &[&str]) -> Result<String, KeysError> {
        LogKeys::new(names.iter().map(|name| key(name)).collect()).map(|keys| keys.origin)
    }

    #[test]
    fn keys_are_of_one_log_and_its_generations() {
        for (names, origin) in [
            (&["log/acme"][..], "log/acme"),
            (&["log/acme", "log/acme"], "log/acme"),
            (&["log/acme", "log/acme/2"], "log/acme/2"),
            (&["log/acme/3", "log/acme", "log/acme/2"], "log/acme/3"),
            (&["log/acme/2", "log/acme/10"], "log/acme/10"),
            (&["log/acme/2"], "log/acme/2"),
        ] {
            assert_eq!(origin_of(names).as_deref(), Ok(origin), "{names:?}");
        }
        for names in [
            &["log/acme", "log/globex"][..],
            &["log/acme", "log/acme/1"],
            &["log/acme", "log/acme/02"],
            &["log/acme", "log/acme/two"],
            &["log/acme", "log/acme/2/3"],
            &["a", "b"],
        ] {
            assert!(matches!(origin_of(names), Err(KeysError::OfOthers(..))), "{names:?}");
        }
        assert_eq!(origin_of(&[]), Err(KeysError::None));
    }

    #[test]
    fn an_origin_is_of_a_tenant_and_a_generation() {
        for (origin, tenant, number) in [
            ("log/acme", "acme", Some(1)),
            ("log/x/acme/2", "acme", Some(2)),
            ("log/acme/2", "2", Some(1)),
            ("log/2/2", "2", Some(1)),
            ("log/acme", "me", None),
            ("log/acme/2", "me", None),
            ("log/acme/1", "acme", None),
            ("log/acme/02", "acme", None),
            ("log/globex", "acme", None),
        ] {
            assert_eq!(generation_of(origin, tenant), number, "{origin} {tenant}");
        }
        assert_eq!(previous_origin("log/acme/2", 2).as_deref(), Some("log/acme"));
        assert_eq!(previous_origin("log/acme/3", 3).as_deref(), Some("log/acme/2"));
        assert_eq!(previous_origin("log/acme", 1), None);
    }
}
