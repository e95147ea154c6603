//! The parts of an event that can be taken back: the entry has their digests, and who may
//! see them is given them beside it. They are disclosures of SD-JWT
//! ([RFC 9901, section 4.2](https://www.rfc-editor.org/rfc/rfc9901#section-4.2)): base 64 of
//! the JSON `[salt, name, value]`, whose SHA-256 is the digest.
//!
//! | name | value |
//! | --- | --- |
//! | `actor` | who acted: `id`, `type` |
//! | `authenticated_as` | whom the credential stands for: `credential_id`, `id`, `type` |
//! | `on_behalf_of` | the user for whom an agent acted: `id`, `type` |
//! | `client` | the caller's end: `address`, `user_agent` |
//! | `subject` | the person, record or key that the event is about: `id`, `replaced_by` |
//! | `content` | what was written: `input_hash`, `record_hash` |

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::domain::audit::AuditEvent;
use crate::domain::principal::Attribution;
use crate::domain::salt::{Salt, Salts};
use crate::trail::TrailError;

/// A disclosure, as it is handed out.
#[derive(Clone, PartialEq, Eq)]
pub struct Disclosure(String);

/// It has what can be taken back, so no log has it.
impl fmt::Debug for Disclosure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Disclosure(..)")
    }
}

impl Disclosure {
    fn new(name: &str, salt: Option<Salt>, value: &impl Serialize) -> Result<Self, TrailError> {
        let salt = salt.ok_or(TrailError::MissingSalt)?;
        let text = serde_json_canonicalizer::to_string(&(salt.to_string(), name, value))?;
        Ok(Self(URL_SAFE_NO_PAD.encode(text)))
    }

    /// The text that is handed out.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its digest.
    #[must_use]
    pub fn digest(&self) -> String {
        digest_of(&self.0)
    }
}

/// The digest of a disclosure's text: SHA-256, as base 64 for addresses.
#[must_use]
pub fn digest_of(disclosure: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(disclosure))
}

/// What a disclosure says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosed {
    /// Which part of the event it is.
    pub name: String,
    /// Its value.
    pub value: Value,
}

impl Disclosed {
    /// Reads what a disclosure says; `None` where it is none in the one form that it has.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let json = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (salt, name, value): (String, String, Value) = serde_json::from_slice(&json).ok()?;
        let again = serde_json_canonicalizer::to_vec(&(salt, &name, &value)).ok()?;
        (again == json).then_some(Self { name, value })
    }
}

/// The disclosures of those whom an event or an activity names.
pub(super) fn of_persons(
    by: &Attribution,
    salts: &Salts,
    credential: &str,
) -> Result<Vec<Disclosure>, TrailError> {
    let service = &by.authenticated_as;
    let authenticated_as = json!({
        "credential_id": credential, "id": service.id, "type": service.actor_type,
    });
    let mut persons = vec![
        Disclosure::new("actor", salts.actor, &by.actor)?,
        Disclosure::new("authenticated_as", salts.authenticated_as, &authenticated_as)?,
    ];
    if let Some(user) = &by.on_behalf_of {
        persons.push(Disclosure::new("on_behalf_of", salts.on_behalf_of, user)?);
    }
    Ok(persons)
}

/// All disclosures of an event.
///
/// # Errors
///
/// [`TrailError::MissingSalt`] where one of them can't be made any more.
pub fn disclosures(event: &AuditEvent) -> Result<Vec<Disclosure>, TrailError> {
    let salts = &event.salts;
    let mut all = of_persons(&event.by, salts, event.credential_id.as_str())?;
    let mut add = |name, salt, value: &Value| {
        if value.as_object().is_some_and(|members| !members.is_empty()) {
            all.push(Disclosure::new(name, salt, value)?);
        }
        Ok::<_, TrailError>(())
    };
    add(
        "client",
        salts.client,
        &members([
            ("address", event.client.address.map(|address| address.to_string())),
            ("user_agent", event.client.user_agent.clone()),
        ]),
    )?;
    if let Some(id) = event.subject_id() {
        let replaced_by = event.data.replaced_by().map(str::to_owned);
        let subject = members([("id", Some(id.to_owned())), ("replaced_by", replaced_by)]);
        add("subject", salts.subject, &subject)?;
    }
    add(
        "content",
        salts.content,
        &members([
            ("input_hash", event.input_hash.as_ref().map(ToString::to_string)),
            ("record_hash", event.record_hash.as_ref().map(ToString::to_string)),
        ]),
    )?;
    Ok(all)
}

fn members<const N: usize>(members: [(&str, Option<String>); N]) -> Value {
    let members = members.into_iter().filter_map(|(name, value)| Some((name, value?)));
    members.map(|(name, value)| (name.to_owned(), Value::from(value))).collect()
}
