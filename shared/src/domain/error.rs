//! The one public error.
//!
//! What a caller may read and why it happened are two things: the public text
//! is [`Error::public_message`], and the cause is [`std::error::Error::source`],
//! which is logged once, at the boundary, with the request id.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::clock::ClockOutOfRange;
use crate::domain::idempotency::IdempotencyKey;
use crate::domain::principal::Scope;
use crate::domain::value::{Refusal, word_enum};

/// The result of everything that can fail with the public [`enum@Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A cause, for the log only.
pub type Cause = Box<dyn StdError + Send + Sync>;

word_enum! {
    /// The codes that callers see, the same in every dialect but for the two
    /// names that the logged-activity dialect has of its own.
    ErrorCode {
        /// Bytes, JSON syntax or duplicate keys.
        MalformedRequest = "malformed_request",
        /// No credential, or one that does not hold.
        Unauthorized = "unauthorized",
        /// The credential lacks the scope.
        MissingRequiredScope = "missing_required_scope",
        /// Nothing there, for this tenant.
        ResourceNotFound = "resource_not_found",
        /// The path is known, the method is not.
        MethodNotAllowed = "method_not_allowed",
        /// The key was used for another input.
        IdempotencyConflict = "idempotency_conflict",
        /// The body is over one of its limits.
        PayloadTooLarge = "payload_too_large",
        /// The body is not plain JSON.
        UnsupportedMediaType = "unsupported_media_type",
        /// The input breaks a rule.
        ValidationFailed = "validation_failed",
        /// Too many requests.
        RateLimited = "rate_limited",
        /// A fault of this service.
        InternalError = "internal_error",
        /// The service could not do it now.
        Unavailable = "unavailable",
    }
}

/// One violated rule of an input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldError {
    /// The property, parameter or header; `$` for the input as a whole.
    pub field: String,
    /// The rule, in words.
    pub message: Refusal,
    /// Whether no schema has this name: it is one of the caller's own.
    #[serde(skip)]
    #[schemars(skip)]
    is_unknown: bool,
}

impl FieldError {
    /// The name is cut, since callers choose the names of unknown properties.
    pub fn new(field: &str, message: impl Into<Refusal>) -> Self {
        const MAX_FIELD_CHARS: usize = 64;
        let field = field.chars().take(MAX_FIELD_CHARS).collect();
        Self { field, message: message.into(), is_unknown: false }
    }

    /// The same of a name that no schema has.
    pub fn of_unknown(field: &str, message: impl Into<Refusal>) -> Self {
        Self { is_unknown: true, ..Self::new(field, message) }
    }

    /// The name where it is one of a schema, and else that of the input as a whole.
    #[must_use]
    pub fn name_of_schema(&self) -> &str {
        if self.is_unknown { "$" } else { &self.field }
    }
}

/// Everything that can go wrong with a call.
#[derive(Debug)]
pub enum Error {
    /// The request can't be read: bytes, JSON syntax, duplicate keys.
    MalformedRequest(Refusal),
    /// Not authenticated. It never says which part was wrong.
    Unauthorized,
    /// The credential lacks a scope.
    MissingRequiredScope(Scope),
    /// Nothing there, for this tenant.
    ResourceNotFound,
    /// What the input names is not there, for this tenant.
    NamedResourceNotFound(FieldError),
    /// No route has this path.
    UnknownPath,
    /// The path is known, the method is not.
    MethodNotAllowed,
    /// The key was used for another input.
    IdempotencyConflict(IdempotencyKey),
    /// The body is longer than it may be.
    PayloadTooLarge,
    /// The body has more values than it may have.
    TooManyValues,
    /// The body is not plain JSON.
    UnsupportedMediaType,
    /// Every rule that the input breaks.
    ValidationFailed(Vec<FieldError>),
    /// There are more requests than can be taken.
    RateLimited(Cause),
    /// What keeps the records could not be reached, or not in time.
    Unavailable(Cause),
    /// A fault of this service, a corrupt record among them.
    Internal(Cause),
}

/// How long a caller should wait after a 429 or a 503.
const RETRY_AFTER: Duration = Duration::from_secs(1);

impl Error {
    /// One violated rule.
    pub fn invalid(field: &str, message: impl Into<Refusal>) -> Self {
        Self::ValidationFailed(vec![FieldError::new(field, message)])
    }

    /// The code that callers see.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::MalformedRequest(_) => ErrorCode::MalformedRequest,
            Self::Unauthorized => ErrorCode::Unauthorized,
            Self::MissingRequiredScope(_) => ErrorCode::MissingRequiredScope,
            Self::ResourceNotFound | Self::NamedResourceNotFound(_) | Self::UnknownPath => {
                ErrorCode::ResourceNotFound
            }
            Self::MethodNotAllowed => ErrorCode::MethodNotAllowed,
            Self::IdempotencyConflict(_) => ErrorCode::IdempotencyConflict,
            Self::PayloadTooLarge | Self::TooManyValues => ErrorCode::PayloadTooLarge,
            Self::UnsupportedMediaType => ErrorCode::UnsupportedMediaType,
            Self::ValidationFailed(_) => ErrorCode::ValidationFailed,
            Self::RateLimited(_) => ErrorCode::RateLimited,
            Self::Unavailable(_) => ErrorCode::Unavailable,
            Self::Internal(_) => ErrorCode::InternalError,
        }
    }

    /// What callers read. Constant for everything that is not their doing.
    #[must_use]
    pub fn public_message(&self) -> &str {
        match self {
            Self::MalformedRequest(message) => message,
            Self::Unauthorized => "A valid credential is required.",
            Self::MissingRequiredScope(_) => {
                "The credential does not include the scope required for this operation."
            }
            Self::ResourceNotFound | Self::NamedResourceNotFound(_) => {
                "The requested resource does not exist in this workspace."
            }
            Self::UnknownPath => {
                "There is no such path. Paths have no slash at the end; GET /openapi.json lists them."
            }
            Self::MethodNotAllowed => "The method is not allowed for this path.",
            Self::IdempotencyConflict(_) => {
                "The idempotency key was already used with a different input."
            }
            Self::PayloadTooLarge => "The request body is larger than 1 MiB.",
            Self::TooManyValues => {
                "The request body has more than 65,536 values and names of properties."
            }
            Self::UnsupportedMediaType => {
                "The request body must be application/json in UTF-8 without a content encoding."
            }
            Self::ValidationFailed(_) => "The request failed validation.",
            Self::RateLimited(_) => "Too many requests. Retry later.",
            Self::Unavailable(_) => "The service is unavailable. Retry later.",
            Self::Internal(_) => "An internal error occurred.",
        }
    }

    /// What is wrong with which properties of the input.
    #[must_use]
    pub fn field_errors(&self) -> Option<&[FieldError]> {
        match self {
            Self::ValidationFailed(errors) => Some(errors),
            Self::NamedResourceNotFound(error) => Some(std::slice::from_ref(error)),
            _ => None,
        }
    }

    /// Whether it is no refusal: it has a cause, which is logged.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        self.source().is_some()
    }

    /// Whether the same call can succeed later.
    #[must_use]
    pub fn retryable(&self) -> bool {
        self.retry_after().is_some()
    }

    /// How long to wait before the same call is worth a try.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited(_) | Self::Unavailable(_) => Some(RETRY_AFTER),
            Self::MalformedRequest(_)
            | Self::Unauthorized
            | Self::MissingRequiredScope(_)
            | Self::ResourceNotFound
            | Self::NamedResourceNotFound(_)
            | Self::UnknownPath
            | Self::MethodNotAllowed
            | Self::IdempotencyConflict(_)
            | Self::PayloadTooLarge
            | Self::TooManyValues
            | Self::UnsupportedMediaType
            | Self::ValidationFailed(_)
            | Self::Internal(_) => None,
        }
    }
}

impl From<ClockOutOfRange> for Error {
    fn from(error: ClockOutOfRange) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code(), self.public_message())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::RateLimited(cause) | Self::Unavailable(cause) | Self::Internal(cause) => {
                Some(cause.as_ref())
            }
            Self::MalformedRequest(_)
            | Self::Unauthorized
            | Self::MissingRequiredScope(_)
            | Self::ResourceNotFound
            | Self::NamedResourceNotFound(_)
            | Self::UnknownPath
            | Self::MethodNotAllowed
            | Self::IdempotencyConflict(_)
            | Self::PayloadTooLarge
            | Self::TooManyValues
            | Self::UnsupportedMediaType
            | Self::ValidationFailed(_) => None,
        }
    }
}

/// An error and everything beneath it in one line, for the log.
pub fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
