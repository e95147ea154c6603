//! Named values, read one by one.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use serde_json::Value;

use super::violations::{Given, Noted, Violations};
use crate::app::json::Object;
use crate::domain::error::{FieldError, Result};
use crate::domain::value::Refusal;

/// Named values: the properties of an object or the parameters of a query
/// string.
pub trait Source {
    /// What is said of a value that nobody asked for.
    const UNKNOWN: &'static str;

    /// The text of a value, or why it is none; `None` where it is absent.
    fn text(&self, name: &str) -> Option<Result<Cow<'_, str>, Refusal>>;

    /// The texts of a value that may be given several times, where the source has such.
    fn texts(&self, name: &str) -> Option<Result<Vec<Cow<'_, str>>, Refusal>> {
        Some(self.text(name)?.map(|text| vec![text]))
    }

    /// The same of a time.
    fn time(&self, name: &str) -> Option<Result<Cow<'_, str>, Refusal>> {
        self.text(name)
    }

    /// A whole number within a range, or why it is none; `None` where it is
    /// absent.
    fn number(&self, name: &str, range: &RangeInclusive<usize>) -> Option<Result<usize, Refusal>>;

    /// Whether there is such a value, right or wrong.
    fn has(&self, name: &str) -> bool;

    /// Whether it is `null`, where there can be one.
    fn is_null(&self, _name: &str) -> bool {
        false
    }

    /// The names of all that is given.
    fn names(&self) -> BTreeSet<&str>;
}

impl Source for &Object {
    const UNKNOWN: &'static str = UNKNOWN_PROPERTY;

    fn text(&self, name: &str) -> Option<Result<Cow<'_, str>, Refusal>> {
        Some(match self.get(name)? {
            Value::String(text) => Ok(Cow::Borrowed(text.as_str())),
            _ => Err(NOT_A_STRING.into()),
        })
    }

    fn number(&self, name: &str, range: &RangeInclusive<usize>) -> Option<Result<usize, Refusal>> {
        // To JSON Schema, 20.0 is an integer as 20 is.
        let number = self.get(name)?.as_f64().filter(|number| number.fract() == 0.0);
        let within = |number: &f64| (*range.start() as f64..=*range.end() as f64).contains(number);
        let known = number.filter(within).map(|number| number as usize);
        Some(known.ok_or_else(|| out_of_range(range)))
    }

    fn has(&self, name: &str) -> bool {
        self.contains_key(name)
    }

    fn is_null(&self, name: &str) -> bool {
        self.get(name).is_some_and(Value::is_null)
    }

    fn names(&self) -> BTreeSet<&str> {
        self.keys().map(String::as_str).collect()
    }
}

/// The rule that a property breaks which is to be a text.
pub const NOT_A_STRING: &str = "must be a string";
/// The rule that a property breaks which an object does not have. Its name is
/// the caller's.
pub const UNKNOWN_PROPERTY: &str = "is not a known property";

/// Takes any text: what it means is known later.
pub fn any_text(text: &str) -> Result<String, Refusal> {
    Ok(text.to_owned())
}

/// Reads a whole number that is written in digits.
pub fn parse_digits(text: &str, range: &RangeInclusive<usize>) -> Result<usize, Refusal> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(number) if digits && range.contains(&number) => Ok(number),
        _ => Err(out_of_range(range)),
    }
}

fn out_of_range(range: &RangeInclusive<usize>) -> Refusal {
    format!("must be a whole number from {} to {}", range.start(), range.end()).into()
}

/// How a source has the text of a value.
type TextOf<S> = for<'s> fn(&'s S, &str) -> Option<Result<Cow<'s, str>, Refusal>>;

/// Reads values one by one, then names what is left over.
#[derive(Debug)]
pub struct Reader<S> {
    source: S,
    /// Where the values stand within the input, with a dot behind; empty for
    /// the input itself.
    prefix: String,
    known: Vec<&'static str>,
    violations: Violations,
    /// What is listed behind the violations of the values.
    later: Violations,
}

impl<S: Source> Reader<S> {
    /// A reader that has read nothing yet.
    #[must_use]
    pub fn new(source: S) -> Self {
        Self {
            source,
            prefix: String::new(),
            known: Vec::new(),
            violations: Violations::default(),
            later: Violations::default(),
        }
    }

    /// The same for values within an input: violations name the way to them.
    #[must_use]
    pub fn within(self, path: &str) -> Self {
        Self { prefix: format!("{path}."), ..self }
    }

    /// The same with violations of what stands beside the values.
    #[must_use]
    pub fn beside(self, violations: Violations) -> Self {
        Self { later: violations, ..self }
    }

    /// Notes a violation of a value.
    pub fn refuse(&mut self, name: &str, message: impl Into<Refusal>) -> Noted {
        self.violations.push(&format!("{}{name}", self.prefix), message)
    }

    /// Notes what was found elsewhere.
    pub fn note(&mut self, violations: Violations) {
        self.violations.extend(violations);
    }

    /// Keeps what was accepted of a value, notes what was not.
    pub fn take<T>(&mut self, name: &str, parsed: Result<T, impl Into<Refusal>>) -> Given<T> {
        parsed.map_err(|message| self.refuse(name, message))
    }

    /// Whether a value is given, right or wrong.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.source.has(name)
    }

    /// A text that must be there.
    pub fn required<T, E: Into<Refusal>>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Given<T> {
        match self.read(name, S::text, parse) {
            Some(given) => given,
            None => Err(self.refuse(name, "is required")),
        }
    }

    /// A text that may be absent. `null` is not absent.
    pub fn optional<T, E: Into<Refusal>>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        self.read(name, S::text, parse)?.ok()
    }

    /// A text that may be absent, or `null`, which says the same.
    pub fn nullable<T, E: Into<Refusal>>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        if self.source.is_null(name) {
            self.known.push(name);
            return None;
        }
        self.optional(name, parse)
    }

    /// A time that may be absent.
    pub fn time<T, E: Into<Refusal>>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        self.read(name, S::time, parse)?.ok()
    }

    /// Texts of one name, as often as a source may give it; none where it is absent or
    /// refused.
    pub fn repeatable<T: Ord>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, &'static str>,
        max: usize,
    ) -> BTreeSet<T> {
        self.known.push(name);
        let Some(texts) = self.source.texts(name) else { return BTreeSet::new() };
        let parsed = texts.and_then(|texts| {
            if texts.len() > max {
                return Err(format!("must not be given more than {max} times").into());
            }
            texts.iter().map(|text| parse(text).map_err(Refusal::from)).collect()
        });
        self.take(name, parsed).unwrap_or_default()
    }

    /// A whole number that may be absent.
    pub fn number(&mut self, name: &'static str, range: RangeInclusive<usize>) -> Option<usize> {
        self.known.push(name);
        let number = self.source.number(name, &range)?;
        self.take(name, number).ok()
    }

    /// Notes the missing one of two values that only come together.
    pub fn expect_together(&mut self, one: &str, other: &str) {
        for (given, missing) in [(one, other), (other, one)] {
            if self.has(given) && !self.has(missing) {
                self.refuse(missing, format!("is required with {given}"));
            }
        }
    }

    /// Notes a value that comes without the one that it says more about.
    pub fn expect_only_with(&mut self, dependent: &str, needed: &str) {
        if self.has(dependent) && !self.has(needed) {
            self.refuse(dependent, format!("is only taken with {needed}"));
        }
    }

    /// What was found wrong, every value that was not asked for included.
    #[must_use]
    pub fn into_violations(mut self) -> Violations {
        for name in self.source.names() {
            if !self.known.contains(&name) {
                self.violations.push_unknown(&format!("{}{name}", self.prefix), S::UNKNOWN);
            }
        }
        self.violations.extend(self.later);
        self.violations
    }

    /// What was found wrong with the values that were asked for.
    #[must_use]
    pub fn into_noted(self) -> Violations {
        self.violations
    }

    /// What was read, unless something was noted or not asked for.
    ///
    /// # Errors
    ///
    /// [`Error::ValidationFailed`](crate::domain::error::Error::ValidationFailed) with
    /// every violation.
    pub fn finish<T>(self, read: Given<T>) -> Result<T> {
        self.into_violations().finish(read)
    }

    /// Reads a text that the source has in the way of `text_of`.
    fn read<T, E: Into<Refusal>>(
        &mut self,
        name: &'static str,
        text_of: TextOf<S>,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Given<T>> {
        self.known.push(name);
        let text = text_of(&self.source, name)?;
        let parsed = text.and_then(|text| parse(&text).map_err(Into::into));
        Some(self.take(name, parsed))
    }
}

/// What only objects have.
impl<'a> Reader<&'a Object> {
    /// A reader of an object within this one, whose violations name the way to
    /// it.
    #[must_use]
    pub fn nested<'b>(&self, object: &'b Object, path: &str) -> Reader<&'b Object> {
        Reader::new(object).within(&format!("{}{path}", self.prefix))
    }

    /// Notes what a reader of an object within this one found.
    pub fn close(&mut self, nested: Reader<&Object>) {
        self.note(nested.into_violations());
    }

    /// A property of any form.
    pub fn any(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.push(name);
        self.source.get(name)
    }

    /// A property of any form that must be there.
    pub fn value(&mut self, name: &'static str) -> Given<Value> {
        self.any(name).cloned().ok_or_else(|| self.refuse(name, "is required"))
    }

    /// A property that may be absent, and otherwise must be `true` or `false`.
    pub fn boolean(&mut self, name: &'static str) -> Option<bool> {
        let value = self.any(name)?;
        if value.as_bool().is_none() {
            self.refuse(name, "must be true or false");
        }
        value.as_bool()
    }

    /// An object within this one that must be there.
    pub fn object<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Reader<&'a Object>) -> Given<T>,
    ) -> Given<T> {
        match self.optional_object(name, read) {
            Some(given) => given,
            None => Err(self.refuse(name, "is required")),
        }
    }

    /// An object within this one that may be absent.
    pub fn optional_object<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Reader<&'a Object>) -> Given<T>,
    ) -> Option<Given<T>> {
        Some(match self.any(name)? {
            Value::Object(object) => {
                let mut nested = self.nested(object, name);
                let value = read(&mut nested);
                self.close(nested);
                value
            }
            _ => Err(self.refuse(name, "must be an object")),
        })
    }

    /// A property that may be absent, and otherwise must be a list of at most
    /// `max` elements. Empty where it was refused.
    pub fn list(&mut self, name: &'static str, max: usize) -> &'a [Value] {
        match self.any(name) {
            None => &[],
            Some(Value::Array(items)) if items.len() <= max => items,
            Some(Value::Array(_)) => {
                self.refuse(name, format!("must have at most {max} elements"));
                &[]
            }
            Some(_) => {
                self.refuse(name, "must be a list");
                &[]
            }
        }
    }
}

impl Reader<&Object> {
    /// Reads the elements of a list, which are objects. What is wrong with one
    /// is noted under the name of the list, with its place and what it is called.
    pub fn elements<T>(
        &mut self,
        name: &str,
        items: &[Value],
        called: &str,
        read: impl Fn(&mut Reader<&Object>) -> T,
    ) -> Vec<T> {
        let none = Object::new();
        let element = |(index, item): (usize, &Value)| {
            let object = item.as_object();
            let mut element = Reader::new(object.unwrap_or(&none));
            let value = read(&mut element);
            if object.is_none() {
                self.refuse(name, format!("{called} {index}: must be an object"));
            } else {
                for violation in element.into_violations().into_errors() {
                    let FieldError { field, message, .. } = violation;
                    self.refuse(name, format!("{called} {index}: {field} {message}"));
                }
            }
            value
        };
        items.iter().enumerate().map(element).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::input::violations::MAX_FIELD_ERRORS;
    use crate::domain::error::Error;

    #[test]
    fn the_list_of_violations_is_bounded() {
        let object: Object = (0..1000).map(|n| (format!("p{n}"), Value::Null)).collect();
        let Err(Error::ValidationFailed(errors)) = Reader::new(&object).finish(Ok(())) else {
            panic!("unknown properties were taken");
        };
        assert_eq!(errors.len(), MAX_FIELD_ERRORS);
    }
}
