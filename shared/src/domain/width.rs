//! Nothing that a key makes is wider than itself.

use std::collections::BTreeSet;

use crate::domain::credential::{Credential, Grant};
use crate::domain::error::FieldError;
use crate::domain::principal::{Actor, ActorId, ActorType, Attribution};

/// What a call that makes a key is made with.
#[derive(Clone, Copy, Debug)]
pub struct Width<'a> {
    /// Who makes it.
    pub by: &'a Attribution,
    /// The key that proves it.
    pub credential: &'a Credential,
}

const ACTOR: &str = "actor";
const USERS: &str = "users";

impl Width<'_> {
    /// All in which a new key would be wider.
    #[must_use]
    pub fn violations(self, wanted: &Grant) -> Vec<FieldError> {
        let checks = [
            self.scopes(wanted),
            self.expiry(wanted),
            self.address_ranges(wanted),
            self.actor(wanted),
            self.users(wanted),
        ];
        checks.into_iter().flatten().collect()
    }

    fn scopes(self, wanted: &Grant) -> Option<FieldError> {
        let lacking = wanted.scopes.difference(&self.credential.grant.scopes);
        let lacking: Vec<&str> = lacking.map(|scope| scope.as_str()).collect();
        let message =
            || format!("must be scopes of your own key, which lacks {}", lacking.join(" "));
        (!lacking.is_empty()).then(|| FieldError::new("scopes", message()))
    }

    fn expiry(self, wanted: &Grant) -> Option<FieldError> {
        let own = self.credential.grant.expires_at?;
        let within = wanted.expires_at.is_some_and(|expires_at| expires_at <= own);
        let message = || format!("is required, and must not be later than your own key's: {own}");
        (!within).then(|| FieldError::new("expires_at", message()))
    }

    fn address_ranges(self, wanted: &Grant) -> Option<FieldError> {
        let own = &self.credential.grant.address_ranges;
        if own.is_empty() {
            return None;
        }
        let within = wanted
            .address_ranges
            .iter()
            .all(|range| own.iter().any(|wider| range.is_within(*wider)));
        const MESSAGE: &str = "are required, and each must lie in one of your own key's";
        (wanted.address_ranges.is_empty() || !within)
            .then(|| FieldError::new("address_ranges", MESSAGE))
    }

    /// Whom it may stand for.
    fn actor(self, wanted: &Grant) -> Option<FieldError> {
        let message = match (self.by.actor.actor_type, wanted.actor.actor_type) {
            (ActorType::Service, ActorType::User)
                if !self.credential.grant.may_name(&wanted.actor.id) =>
            {
                "must be a user whom your own key may name"
            }
            (ActorType::User, ActorType::User) if wanted.actor != self.by.actor => {
                "must be the user that makes it, or a service or an agent"
            }
            (ActorType::Agent, ActorType::User | ActorType::Service) => {
                "must be an agent, since an agent makes it"
            }
            _ => return None,
        };
        Some(FieldError::new(ACTOR, message))
    }

    /// Whom it may name. A user's key names nobody but its user.
    fn users(self, wanted: &Grant) -> Option<FieldError> {
        if wanted.actor.actor_type == ActorType::User {
            return None;
        }
        let named = wanted.users.as_ref();
        let message = match &self.by.actor {
            Actor { actor_type: ActorType::User, id } => {
                let just_it = named.is_some_and(|users| users.iter().eq([id]));
                (!just_it).then_some("is required, with just the user that makes the key")
            }
            _ => {
                let within = |own: &BTreeSet<ActorId>| named.is_some_and(|new| new.is_subset(own));
                let own = self.credential.grant.users.as_ref();
                (!own.is_none_or(within))
                    .then_some("is required, with none but users whom your own key may name")
            }
        };
        message.map(|message| FieldError::new(USERS, message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::address_range::AddressRange;
    use crate::domain::clock::{SystemEnvironment, Timestamp};
    use crate::domain::principal::{Scope, TenantId};

    fn actor(text: &str) -> Actor {
        Actor::parse(text).unwrap()
    }

    fn grant(text: &str) -> Grant {
        let scopes = [Scope::ActivityRead, Scope::KeysManage];
        Grant::plain(actor(text), scopes.into())
    }

    fn users(ids: &[&str]) -> Option<BTreeSet<ActorId>> {
        Some(ids.iter().map(|id| ActorId::parse(id).unwrap()).collect())
    }

    fn ranges(texts: &[&str]) -> BTreeSet<AddressRange> {
        texts.iter().map(|text| AddressRange::parse(text).unwrap()).collect()
    }

    /// The fields in which a key would be too wide that is made with another one, for
    /// the user that is named.
    fn too_wide(own: Grant, named: Option<&str>, wanted: &Grant) -> Vec<String> {
        let tenant = TenantId::parse("acme").unwrap();
        let (credential, _) = Credential::grant(&SystemEnvironment, tenant, own).unwrap();
        let named = named.map(|id| ActorId::parse(id).unwrap());
        let by = credential.admit(Timestamp::MIN, "192.0.2.1".parse().ok(), named).unwrap();
        let width = Width { by: &by, credential: &credential };
        width.violations(wanted).into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn a_key_makes_equals_and_narrower_ones() {
        let own = Grant {
            expires_at: Timestamp::from_millis(2_000),
            address_ranges: ranges(&["192.0.2.0/24", "2001:db8::/32"]),
            users: users(&["ann", "jo"]),
            ..grant("service:crm")
        };
        let narrower = Grant {
            scopes: [Scope::ActivityRead].into(),
            expires_at: Timestamp::from_millis(1_999),
            address_ranges: ranges(&["192.0.2.128/25"]),
            users: users(&["jo"]),
            ..grant("agent:bot")
        };
        for wanted in [&own, &narrower, &Grant { users: users(&[]), ..narrower.clone() }] {
            assert_eq!(too_wide(own.clone(), None, wanted), [""; 0]);
        }
    }

    #[test]
    fn all_in_which_a_key_is_too_wide_is_told_at_once() {
        let own = Grant {
            expires_at: Timestamp::from_millis(2_000),
            address_ranges: ranges(&["192.0.2.0/24"]),
            users: users(&["jo"]),
            ..grant("service:crm")
        };
        let mut wider = grant("service:crm");
        wider.scopes.insert(Scope::AuditRead);
        assert_eq!(
            too_wide(own, None, &wider),
            ["scopes", "expires_at", "address_ranges", "users"],
            "limits that it does not have are wider than any"
        );
    }

    #[test]
    fn each_limit_is_held() {
        let cases: [(Grant, Grant, &[&str]); 9] = [
            (grant("service:crm"), grant("service:crm"), &[]),
            (
                grant("service:crm"),
                Grant { scopes: Scope::ALL.iter().copied().collect(), ..grant("service:crm") },
                &["scopes"],
            ),
            (
                Grant { expires_at: Timestamp::from_millis(5), ..grant("service:crm") },
                Grant { expires_at: Timestamp::from_millis(6), ..grant("service:crm") },
                &["expires_at"],
            ),
            (
                Grant { expires_at: Timestamp::from_millis(5), ..grant("service:crm") },
                Grant { expires_at: Timestamp::from_millis(5), ..grant("service:crm") },
                &[],
            ),
            (
                Grant { address_ranges: ranges(&["192.0.2.0/24"]), ..grant("service:crm") },
                Grant { address_ranges: ranges(&["192.0.2.1", "10.0.0.1"]), ..grant("user:jo") },
                &["address_ranges"],
            ),
            (
                Grant {
                    address_ranges: ranges(&["192.0.2.0/25", "192.0.2.128/25"]),
                    ..grant("service:crm")
                },
                Grant { address_ranges: ranges(&["192.0.2.0/24"]), ..grant("user:jo") },
                &["address_ranges"],
            ),
            (
                Grant { users: users(&["jo"]), ..grant("service:crm") },
                Grant { users: users(&["jo", "ann"]), ..grant("service:crm") },
                &["users"],
            ),
            (Grant { users: users(&["jo"]), ..grant("service:crm") }, grant("user:jo"), &[]),
            (
                Grant { users: users(&["jo"]), ..grant("service:crm") },
                grant("user:ann"),
                &["actor"],
            ),
        ];
        for (own, wanted, expected) in cases {
            assert_eq!(too_wide(own.clone(), None, &wanted), expected, "{own:?} {wanted:?}");
        }
    }

    /// Whose key makes it, for which user, whose key is made, with which list of users;
    /// and the fields in which it is too wide.
    type Case = (&'static str, Option<&'static str>, &'static str, Users, &'static [&'static str]);
    type Users = Option<BTreeSet<ActorId>>;

    #[test]
    fn whom_a_new_key_may_stand_for_is_told_by_who_makes_it() {
        let just = |ids: &[&str]| users(ids);
        let cases: [Case; 18] = [
            ("service:crm", None, "service:other", None, &[]),
            ("service:crm", None, "agent:bot", None, &[]),
            ("service:crm", None, "user:ann", None, &[]),
            // For a user.
            ("service:crm", Some("ann"), "user:ann", None, &[]),
            ("service:crm", Some("ann"), "user:jo", None, &["actor"]),
            ("service:crm", Some("ann"), "service:crm", None, &["users"]),
            ("service:crm", Some("ann"), "service:crm", just(&["ann"]), &[]),
            ("service:crm", Some("ann"), "agent:bot", just(&["ann", "jo"]), &["users"]),
            ("service:crm", Some("ann"), "agent:bot", just(&[]), &["users"]),
            // With its own key.
            ("user:ann", None, "user:ann", None, &[]),
            ("user:ann", Some("ann"), "user:jo", None, &["actor"]),
            ("user:ann", None, "agent:bot", just(&["ann"]), &[]),
            ("user:ann", None, "agent:bot", None, &["users"]),
            ("user:ann", None, "service:ann", just(&["jo"]), &["users"]),
            // An agent makes agents, also where it has a user.
            ("agent:bot", None, "agent:other", None, &[]),
            ("agent:bot", Some("ann"), "agent:other", just(&["jo"]), &[]),
            ("agent:bot", Some("ann"), "user:ann", None, &["actor"]),
            ("agent:bot", None, "service:crm", None, &["actor"]),
        ];
        for (own, named, wanted, users, expected) in cases {
            let wanted = Grant { users, ..grant(wanted) };
            assert_eq!(
                too_wide(grant(own), named, &wanted),
                expected,
                "{own} {named:?} {wanted:?}"
            );
        }
        let limited = Grant { users: just(&["ann"]), ..grant("agent:bot") };
        for (users, expected) in [(just(&["ann"]), &[][..]), (just(&["jo"]), &["users"])] {
            let wanted = Grant { users, ..grant("agent:other") };
            assert_eq!(too_wide(limited.clone(), None, &wanted), expected);
        }
    }
}
