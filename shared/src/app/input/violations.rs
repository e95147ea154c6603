//! What is wrong with an input: collected until everything was looked at.

use crate::domain::error::{Error, FieldError, Result};
use crate::domain::value::Refusal;

/// More violations than this are not listed; a caller that sends so many
/// mends them in rounds.
pub const MAX_FIELD_ERRORS: usize = 100;

/// Proof that a violation was noted: whoever has one can't be without a
/// violation. Only this module makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noted(());

/// A value that has to be there: it, or the proof that its lack was noted.
pub type Given<T> = std::result::Result<T, Noted>;

/// Collects violations until everything was looked at.
#[derive(Debug, Default)]
pub struct Violations(Vec<FieldError>);

impl Violations {
    /// Notes one.
    pub fn push(&mut self, field: &str, message: impl Into<Refusal>) -> Noted {
        self.add(FieldError::new(field, message))
    }

    /// Notes one of a name that no schema has.
    pub(super) fn push_unknown(&mut self, name: &str, message: &'static str) -> Noted {
        self.add(FieldError::of_unknown(name, message))
    }

    fn add(&mut self, error: FieldError) -> Noted {
        if self.0.len() < MAX_FIELD_ERRORS {
            self.0.push(error);
        }
        Noted(())
    }

    /// Notes those that were found elsewhere.
    pub fn extend(&mut self, other: Self) {
        let room = MAX_FIELD_ERRORS.saturating_sub(self.0.len());
        self.0.extend(other.0.into_iter().take(room));
    }

    /// Keeps what was accepted, notes what was not.
    pub fn take<T>(&mut self, field: &str, parsed: Result<T, impl Into<Refusal>>) -> Given<T> {
        parsed.map_err(|message| self.push(field, message))
    }

    /// Each of them.
    pub(super) fn into_errors(self) -> Vec<FieldError> {
        self.0
    }

    /// What was read, unless something was noted.
    ///
    /// # Errors
    ///
    /// [`Error::ValidationFailed`] with every violation.
    pub fn finish<T>(self, read: Given<T>) -> Result<T> {
        match read {
            Ok(value) if self.0.is_empty() => Ok(value),
            Ok(_) | Err(Noted(())) => Err(Error::ValidationFailed(self.0)),
        }
    }
}
