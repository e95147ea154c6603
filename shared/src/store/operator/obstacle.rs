//! What stands between an operator and the table, told from what a call reports.
//!
//! Callers of the functions read that the service is unavailable, and the log says
//! why. Who runs a command can do something about it.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::{KeyType, TableDescription, TableStatus};

use crate::domain::error::{Error, chain};
use crate::platform::aws_check::innermost;
use crate::store::calls::Store;
use crate::store::failure::failed_call;
use crate::store::item::{PK, SK};
use crate::store::layout::OtherLayout;

/// What stands in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// There is no table of that name.
    TableMissing,
    /// There is one, with keys of something else.
    OtherKeys,
    /// It has the layout of another build.
    OtherLayout(OtherLayout),
    /// The table is being made or removed, or is not to be used: its status.
    NotActive(String),
    /// The credentials may not make this call; what was answered.
    Denied { operation: &'static str, answer: String },
    /// They were valid for a while.
    CredentialsExpired,
    /// Nobody has such credentials; what was answered.
    CredentialsRefused(String),
    /// The call is dated so that it is taken for an old one.
    ClockOff,
    /// Nothing answers there, and why.
    NotReached(String),
    /// What answers is no DynamoDB, and what it says.
    NotDynamoDb(String),
}

/// What AWS answers to credentials that it does not know, or that don't belong
/// together.
const CREDENTIALS_REFUSED: [&str; 8] = [
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "InvalidAccessKeyId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "IncompleteSignatureException",
    "IncompleteSignature",
    "MissingAuthenticationTokenException",
];
const CREDENTIALS_EXPIRED: [&str; 3] = ["ExpiredTokenException", "ExpiredToken", "RequestExpired"];
const DENIED: [&str; 2] = ["AccessDeniedException", "AccessDenied"];

impl Obstacle {
    /// What an error of the store comes from, if that is one.
    #[must_use]
    pub fn of(error: &Error) -> Option<Self> {
        if let Error::Unavailable(cause) = error
            && let Some(other) = cause.downcast_ref::<OtherLayout>()
        {
            return Some(Self::OtherLayout(*other));
        }
        let (operation, answer) = failed_call(error)?;
        let (code, message) = answer.split_once(": ")?;
        Self::of_answer(operation, code, message)
    }

    fn of_answer(operation: &'static str, code: &str, message: &str) -> Option<Self> {
        let among = |codes: &[&str]| codes.contains(&code);
        // What the clock is to be blamed for has the code of a wrong secret.
        if message.starts_with("Signature expired") || message.starts_with("Signature not yet") {
            return Some(Self::ClockOff);
        }
        if among(&CREDENTIALS_REFUSED) {
            return Some(Self::CredentialsRefused(message.to_owned()));
        }
        if among(&CREDENTIALS_EXPIRED) {
            return Some(Self::CredentialsExpired);
        }
        if among(&DENIED) {
            return Some(Self::Denied { operation, answer: message.to_owned() });
        }
        match code {
            "ResourceNotFoundException" => Some(Self::TableMissing),
            "ValidationException" if message.contains("key element does not match the schema") => {
                Some(Self::OtherKeys)
            }
            _ => None,
        }
    }
}

/// Looks once whether there is a way to the table. Who may not describe it may
/// still be allowed to do what comes next.
///
/// # Errors
///
/// What stands in the way.
pub async fn look(store: &Store) -> Result<(), Obstacle> {
    let answer = store.client.describe_table().table_name(&store.table_name).send().await;
    let error = match answer {
        Ok(answer) => return answer.table.as_ref().map_or(Ok(()), check),
        Err(error) => error,
    };
    Err(match &error {
        SdkError::ServiceError(service) => {
            let meta = service.err().meta();
            let message = meta.message().unwrap_or_default();
            let Some(code) = meta.code() else {
                return Err(Obstacle::NotDynamoDb(format!("status {}", service.raw().status())));
            };
            match Obstacle::of_answer("DescribeTable", code, message) {
                Some(Obstacle::Denied { .. }) | None => return Ok(()),
                Some(obstacle) => obstacle,
            }
        }
        SdkError::ResponseError(_) => Obstacle::NotDynamoDb(innermost(&error)),
        SdkError::TimeoutError(_) => Obstacle::NotReached("no answer in time".to_owned()),
        SdkError::ConstructionFailure(_) => Obstacle::NotReached(chain(&error)),
        _ => Obstacle::NotReached(innermost(&error)),
    })
}

fn check(table: &TableDescription) -> Result<(), Obstacle> {
    let names: Vec<(&str, &KeyType)> =
        table.key_schema().iter().map(|key| (key.attribute_name(), key.key_type())).collect();
    if !names.is_empty() && names != [(PK, &KeyType::Hash), (SK, &KeyType::Range)] {
        return Err(Obstacle::OtherKeys);
    }
    match table.table_status() {
        None | Some(TableStatus::Active | TableStatus::Updating) => Ok(()),
        Some(status) => Err(Obstacle::NotActive(status.as_str().to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_answered_tells_what_stands_in_the_way() {
        let of = |code, message| Obstacle::of_answer("Scan", code, message);
        let refused = |message: &str| Some(Obstacle::CredentialsRefused(message.to_owned()));
        for (code, message, expected) in [
            ("ResourceNotFoundException", "", Some(Obstacle::TableMissing)),
            ("UnrecognizedClientException", "invalid", refused("invalid")),
            ("InvalidSignatureException", "does not match", refused("does not match")),
            ("InvalidSignatureException", "Signature expired: x", Some(Obstacle::ClockOff)),
            ("ExpiredTokenException", "", Some(Obstacle::CredentialsExpired)),
            ("ValidationException", "One or more parameter values", None),
            (
                "ValidationException",
                "The provided key element does not match the schema",
                Some(Obstacle::OtherKeys),
            ),
            (
                "AccessDeniedException",
                "no",
                Some(Obstacle::Denied { operation: "Scan", answer: "no".to_owned() }),
            ),
            ("InternalServerError", "", None),
            ("dispatch failure", "io error", None),
        ] {
            assert_eq!(of(code, message), expected, "{code} {message}");
        }
    }
}
