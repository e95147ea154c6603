//! What the SDK reports, as the public error and a cause for the log.

use std::error::Error as StdError;
use std::fmt;

use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::RequestId;

use crate::domain::error::{Error, chain};

/// A failed call to the table. It prints the service's code, message and
/// request id, which `SdkError` leaves to its sources.
#[derive(Debug)]
struct CallFailure {
    operation: &'static str,
    class: Class,
    detail: String,
}

impl fmt::Display for CallFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} failed: {}", self.operation, self.detail)
    }
}

impl StdError for CallFailure {}

/// The call that an error comes from, where it comes from one, and what was
/// answered: a code of the service and its message, or why there was no answer.
pub(super) fn failed_call(error: &Error) -> Option<(&'static str, &str)> {
    let (Error::RateLimited(cause) | Error::Unavailable(cause) | Error::Internal(cause)) = error
    else {
        return None;
    };
    let failure = cause.downcast_ref::<CallFailure>()?;
    Some((failure.operation, &failure.detail))
}

/// What a failed call means for the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// The table asks for less.
    Throttled,
    /// It may work the next time, and it is not known whether it worked.
    Transient,
    /// It was not done, and can't be before somebody has mended the engine.
    Down,
    /// It will not work the next time either.
    Permanent,
}

impl Class {
    /// Whether the same call is worth another attempt within one request.
    pub(super) fn is_passing(self) -> bool {
        matches!(self, Self::Throttled | Self::Transient)
    }
}

/// What an engine answers that can't use its storage. AWS has no such code.
pub const STORAGE_UNAVAILABLE: &str = "StorageUnavailable";

pub(super) fn classify<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> Class {
    match error {
        SdkError::ServiceError(service) => match service.err().code() {
            Some(
                "ProvisionedThroughputExceededException"
                | "ThrottlingException"
                | "RequestLimitExceeded",
            ) => Class::Throttled,
            Some(
                "InternalServerError"
                | "ServiceUnavailable"
                | "TransactionConflictException"
                | "TransactionInProgressException",
            ) => Class::Transient,
            Some(STORAGE_UNAVAILABLE) => Class::Down,
            _ => Class::Permanent,
        },
        SdkError::ConstructionFailure(_) => Class::Permanent,
        // A lost connection, a time-out, an answer that can't be read.
        _ => Class::Transient,
    }
}

/// The public error of a failed call.
pub(super) fn to_error<E, R>(operation: &'static str, error: &SdkError<E, R>) -> Error
where
    E: ProvideErrorMetadata + StdError + 'static,
    R: fmt::Debug,
    SdkError<E, R>: RequestId + StdError,
{
    let detail = match error {
        SdkError::ServiceError(service) => {
            let meta = service.err().meta();
            format!(
                "{}: {} (request id {})",
                meta.code().unwrap_or("unknown"),
                meta.message().unwrap_or("no message"),
                error.request_id().unwrap_or("unknown"),
            )
        }
        _ => chain(error),
    };
    let class = classify(error);
    let cause = Box::new(CallFailure { operation, class, detail });
    match class {
        Class::Throttled => Error::RateLimited(cause),
        Class::Transient | Class::Down => Error::Unavailable(cause),
        Class::Permanent => Error::Internal(cause),
    }
}

/// Why a part of a transaction was cancelled: its condition does not hold.
pub(super) const CONDITION_FAILED: &str = "ConditionalCheckFailed";
/// Why a part of a transaction was cancelled: another one was under way.
pub(super) const TRANSACTION_CONFLICT: &str = "TransactionConflict";

/// Whether the same call is worth another attempt within one request. It is not
/// where the engine has said that it can't do it.
pub fn is_passing(error: &Error) -> bool {
    match error {
        Error::RateLimited(_) => true,
        Error::Unavailable(cause) => {
            cause.downcast_ref::<CallFailure>().is_none_or(|failure| failure.class.is_passing())
        }
        _ => false,
    }
}

/// Whether a call was refused because of its condition.
pub(super) fn is_failed_condition<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
    code == Some("ConditionalCheckFailedException")
}

/// Whether a call was refused because a transaction was under way at its item.
pub(super) fn is_conflict<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
    code == Some("TransactionConflictException")
}

/// A request that lacks a part is a mistake of the store.
impl From<BuildError> for Error {
    fn from(error: BuildError) -> Self {
        Self::Internal(Box::new(error))
    }
}

/// An item that can't be read back.
#[derive(Debug, thiserror::Error)]
#[error("the item pk={pk:?} sk={sk:?} is corrupt: {problem}")]
pub(super) struct CorruptItem {
    pub(super) pk: String,
    pub(super) sk: String,
    pub(super) problem: String,
}

impl From<CorruptItem> for Error {
    fn from(corrupt: CorruptItem) -> Self {
        Self::Internal(Box::new(corrupt))
    }
}

/// Whether a failure is one item's, and would be the same in every attempt.
#[must_use]
pub fn is_corrupt_item(error: &Error) -> bool {
    matches!(error, Error::Internal(cause) if cause.is::<CorruptItem>())
}

/// An item that is larger than DynamoDB takes.
#[derive(Debug, thiserror::Error)]
#[error("an item of {bytes} bytes is larger than the table takes")]
pub struct ItemTooLarge {
    pub(super) bytes: usize,
}

impl From<ItemTooLarge> for Error {
    fn from(too_large: ItemTooLarge) -> Self {
        Self::Internal(Box::new(too_large))
    }
}

/// A limit of time that passed.
#[derive(Debug, thiserror::Error)]
#[error("{0} did not succeed before the deadline")]
pub(super) struct DeadlinePassed(pub(super) &'static str);

impl From<DeadlinePassed> for Error {
    fn from(passed: DeadlinePassed) -> Self {
        Self::Unavailable(Box::new(passed))
    }
}
