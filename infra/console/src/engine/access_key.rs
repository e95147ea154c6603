//! The pair of access key and secret that opens the engine to DynamoDB clients.

use activity_log_core::domain::clock::Environment;

/// DynamoDB Local and some clients take letters and digits alone.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Of 32 letters each: 160 and 200 random bits.
const ID_LENGTH: usize = 32;
const SECRET_LENGTH: usize = 40;

/// An access key, as DynamoDB clients are configured with one.
///
/// Signatures are not checked, so that it is the id that nobody may guess.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessKey {
    /// `AWS_ACCESS_KEY_ID`.
    pub id: String,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret: String,
}

/// It is a secret.
impl std::fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccessKey")
    }
}

impl AccessKey {
    /// A new pair.
    pub fn issue(environment: &dyn Environment) -> Self {
        let random = |length: usize| {
            let mut bytes = vec![0; length];
            environment.fill_random(&mut bytes);
            // 256 is a multiple of 32, so that every letter is as likely.
            let letters = bytes.iter().map(|byte| ALPHABET[usize::from(byte % 32)]);
            letters.map(char::from).collect()
        };
        Self { id: random(ID_LENGTH), secret: random(SECRET_LENGTH) }
    }

    /// Whether two texts can be a pair that was issued.
    pub(crate) fn read(id: &str, secret: &str) -> Option<Self> {
        let of = |text: &str, length| {
            text.len() == length && text.bytes().all(|byte| ALPHABET.contains(&byte))
        };
        let issued = of(id, ID_LENGTH) && of(secret, SECRET_LENGTH);
        issued.then(|| Self { id: id.to_owned(), secret: secret.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use activity_log_core::domain::clock::SystemEnvironment;

    use super::*;

    #[test]
    fn a_pair_is_of_letters_and_digits_and_reads_back() {
        let (one, two) =
            (AccessKey::issue(&SystemEnvironment), AccessKey::issue(&SystemEnvironment));
        assert_ne!(one, two);
        assert_eq!(AccessKey::read(&one.id, &one.secret), Some(one.clone()));
        assert_eq!(AccessKey::read(&one.id, ""), None);
        assert_eq!(AccessKey::read(&one.secret, &one.id), None);
        assert!(!format!("{one:?}").contains(&one.id));
    }
}
