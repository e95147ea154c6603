//! Viewer tokens: what a service gives to one of its users, so that the user's browser
//! may read some activities for a while.
//!
//! A token is signed with the [key pair](super::viewer_key) of the service's key, and is
//! checked with the read of the credential that any key takes. It ends with its key.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::domain::activity_filters::{ActivityFilters, WrittenFilters};
use crate::domain::clock::Timestamp;
use crate::domain::credential::{ApiKey, Credential};
use crate::domain::principal::{ActorId, KeyId, TenantId};
use crate::domain::viewer_key::ViewerKey;

/// The longest token, in bytes.
const MAX_BYTES: usize = 4096;
const PREFIX: &str = "alv_";

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewerClaims {
    /// Who views.
    pub user: ActorId,
    /// When it ends.
    pub expires_at: Timestamp,
    /// What is shown. Everything else is as absent.
    pub filters: ActivityFilters,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenClaims {
    user_id: ActorId,
    expires_at: Timestamp,
    filters: WrittenFilters,
}

impl ViewerClaims {
    /// Makes the token that says this, with the key of a service.
    #[must_use]
    pub fn sign(&self, key: &ApiKey) -> String {
        let claims = serde_json::to_vec(&WrittenClaims::from(self));
        let claims = URL_SAFE_NO_PAD.encode(claims.expect("claims have a JSON form"));
        let signed = format!("{PREFIX}{}.{}.{claims}", key.tenant_id, key.key_id);
        let signature = URL_SAFE_NO_PAD.encode(key.viewer_signer().sign(&signed));
        format!("{signed}.{signature}")
    }
}

impl From<&ViewerClaims> for WrittenClaims {
    fn from(claims: &ViewerClaims) -> Self {
        Self {
            user_id: claims.user.clone(),
            expires_at: claims.expires_at,
            filters: WrittenFilters::from(&claims.filters),
        }
    }
}

impl From<WrittenClaims> for ViewerClaims {
    fn from(written: WrittenClaims) -> Self {
        Self {
            user: written.user_id,
            expires_at: written.expires_at,
            filters: written.filters.into(),
        }
    }
}

/// A token as a caller presents it:
/// `alv_<tenant>.<key id>.<claims>.<signature>`, the last two in base 64 for URLs.
///
/// It has no `Display`, and its `Debug` shows no more than whose it claims to be.
#[derive(Clone)]
pub struct ViewerToken {
    /// The tenant that it claims.
    pub tenant_id: TenantId,
    /// The credential that it claims.
    pub key_id: KeyId,
    claims: ViewerClaims,
    signed: String,
    signature: Vec<u8>,
}

impl ViewerToken {
    /// Splits a presented token. `None` when it does not have the form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_BYTES {
            return None;
        }
        let (signed, signature) = text.rsplit_once('.')?;
        let mut parts = signed.strip_prefix(PREFIX)?.split('.');
        let (tenant, key_id, claims) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let claims = URL_SAFE_NO_PAD.decode(claims).ok()?;
        Some(Self {
            tenant_id: TenantId::parse(tenant).ok()?,
            key_id: KeyId::parse(key_id).ok()?,
            claims: serde_json::from_slice::<WrittenClaims>(&claims).ok()?.into(),
            signed: signed.to_owned(),
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
        })
    }

    /// The credential and what the token says, where the credential's own key signed it,
    /// whatever became of the credential since.
    #[must_use]
    pub fn prove(&self, credential: Option<Credential>) -> Option<(Credential, &ViewerClaims)> {
        let known = credential.as_ref().and_then(|credential| credential.viewer_key);
        let verified = known.unwrap_or(ViewerKey::NONE).verifies(&self.signed, &self.signature);
        let is_its_own = |credential: &Credential| {
            credential.tenant_id == self.tenant_id && credential.key_id == self.key_id
        };
        let credential = credential
            .filter(|known| verified && known.viewer_key.is_some() && is_its_own(known))?;
        Some((credential, &self.claims))
    }
}

impl fmt::Debug for ViewerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}.{}.<claims>.<signature>", self.tenant_id, self.key_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::activity_type::Category;
    use crate::domain::clock::SystemEnvironment;
    use crate::domain::principal::{Actor, Scope, Scopes};

    fn issue(tenant: &str) -> (Credential, ApiKey) {
        let tenant = TenantId::parse(tenant).unwrap();
        let actor = Actor::parse("service:portal").unwrap();
        let scopes = Scopes::from([Scope::ActivityRead]);
        Credential::issue(&SystemEnvironment, tenant, actor, scopes).unwrap()
    }

    fn claims() -> ViewerClaims {
        ViewerClaims {
            user: ActorId::parse("ann").unwrap(),
            expires_at: Timestamp::from_millis(3_600_000).unwrap(),
            filters: ActivityFilters {
                categories: [Category::Call].into(),
                ..ActivityFilters::default()
            },
        }
    }

    fn sign(key: &ApiKey) -> String {
        claims().sign(key)
    }

    #[test]
    fn a_token_proves_the_credential_whose_key_signed_it_and_no_other() {
        let (credential, key) = issue("acme");
        let token = ViewerToken::parse(&sign(&key)).unwrap();
        let proven = token.prove(Some(credential.clone())).unwrap();
        assert_eq!(proven, (credential.clone(), &claims()));
        assert_eq!(token.prove(None), None);
        assert_eq!(token.prove(Some(issue("acme").0)), None);
        let without = Credential { viewer_key: None, ..credential.clone() };
        assert_eq!(token.prove(Some(without)), None);
        // Signed with the right key, for a credential that is another one.
        let other = issue("other").0;
        let relabelled = ApiKey::parse(&key.reveal().replace("_acme", "_other")).unwrap();
        let token = ViewerToken::parse(&sign(&relabelled)).unwrap();
        assert_eq!(token.prove(Some(credential)), None);
        assert_eq!(token.prove(Some(other)), None);
    }

    #[test]
    fn a_token_of_which_any_character_is_another_proves_nothing() {
        let (credential, key) = issue("acme");
        let text = sign(&key);
        for index in 0..text.len() {
            for other in ['A', 'z', '0', '-', '.', ' '] {
                let mut forged = text.clone();
                if forged[index..].starts_with(other) {
                    continue;
                }
                forged.replace_range(index..=index, &other.to_string());
                let proven = ViewerToken::parse(&forged)
                    .is_some_and(|token| token.prove(Some(credential.clone())).is_some());
                assert!(!proven, "{index} {other:?}");
            }
        }
    }

    #[test]
    fn what_does_not_have_the_form_of_a_token_is_none() {
        let (_, key) = issue("acme");
        let text = sign(&key);
        let (signed, signature) = text.rsplit_once('.').unwrap();
        let (head, body) = signed.rsplit_once('.').unwrap();
        let not_json = URL_SAFE_NO_PAD.encode("{");
        let more = URL_SAFE_NO_PAD.encode(
            r#"{"user_id":"ann","expires_at":"1970-01-01T01:00:00.000Z","filters":{},"scopes":[]}"#,
        );
        for text in [
            "",
            "alv_",
            &key.reveal(),
            signed,
            &format!("{text}.x"),
            &format!("{text}="),
            &text.replace("alv_", "alk_"),
            &format!("{head}.{not_json}.{signature}"),
            &format!("{head}.{more}.{signature}"),
            &format!("{head}..{signature}"),
            &format!("{head}.{body}{}.{signature}", "A".repeat(MAX_BYTES)),
        ] {
            assert!(ViewerToken::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_token_is_not_printed() {
        let (_, key) = issue("acme");
        let printed = format!("{:?}", ViewerToken::parse(&sign(&key)).unwrap());
        assert_eq!(printed, format!("alv_acme.{}.<claims>.<signature>", key.key_id));
    }

    #[test]
    fn the_longest_claims_make_a_token_that_is_taken() {
        use crate::domain::activity::RelatedResourceId;
        use crate::domain::named_actor::NamedActor;
        use crate::domain::record_type::BuiltInRecordType;
        let longest = "\"".repeat(255);
        let filters = ActivityFilters {
            categories: [Category::AgentAction].into(),
            actor: NamedActor::parse(&format!("service:{longest}")).ok(),
            actor_type: None,
            source: None,
            related_resource: RelatedResourceId::parse(&longest)
                .ok()
                .map(|id| (BuiltInRecordType::SupportTicket, id)),
            occurred_after: Some(Timestamp::MIN),
            occurred_before: Some(Timestamp::MAX),
        };
        let claims = ViewerClaims { user: ActorId::parse(&longest).unwrap(), filters, ..claims() };
        let (credential, key) = issue(&"a".repeat(64));
        let text = claims.sign(&key);
        let token = ViewerToken::parse(&text).unwrap();
        assert_eq!(token.prove(Some(credential)).unwrap().1, &claims);
    }
}
