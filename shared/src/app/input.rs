//! Reading a caller's input: no unknown names, and every violation at once.
//!
//! [`input!`](crate::input) declares an input once: its struct, its JSON Schema
//! and its reader come from one list. A [`Reader`] reads named values one by
//! one, whatever they are of (a [`Source`]), so that the properties of an object
//! and the parameters of a query string are held to the same rules.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use super::json::Object;
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
        if self.0.len() < MAX_FIELD_ERRORS {
            self.0.push(FieldError::new(field, message));
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

/// Named values: the properties of an object or the parameters of a query
/// string.
pub trait Source {
    /// What is said of a value that nobody asked for.
    const UNKNOWN: &'static str;

    /// The text of a value, or why it is none; `None` where it is absent.
    fn text(&self, name: &str) -> Option<Result<Cow<'_, str>, Refusal>>;

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
            _ => Err("must be a string".into()),
        })
    }

    fn number(&self, name: &str, range: &RangeInclusive<usize>) -> Option<Result<usize, Refusal>> {
        // To JSON Schema, 20.0 is an integer as 20 is.
        let number = self.get(name)?.as_f64().filter(|number| number.fract() == 0.0);
        let known = number.and_then(|number| range.clone().find(|known| *known as f64 == number));
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
        match self.text(name, parse) {
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
        self.text(name, parse)?.ok()
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

    /// What was found wrong, every value that was not asked for included.
    #[must_use]
    pub fn into_violations(mut self) -> Violations {
        for name in self.source.names() {
            if !self.known.contains(&name) {
                self.violations.push(&format!("{}{name}", self.prefix), S::UNKNOWN);
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
    /// [`Error::ValidationFailed`] with every violation.
    pub fn finish<T>(self, read: Given<T>) -> Result<T> {
        self.into_violations().finish(read)
    }

    fn text<T, E: Into<Refusal>>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Given<T>> {
        self.known.push(name);
        let text = self.source.text(name)?;
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
        match self.any(name) {
            Some(Value::Object(object)) => {
                let mut nested = self.nested(object, name);
                let value = read(&mut nested);
                self.close(nested);
                value
            }
            Some(_) => Err(self.refuse(name, "must be an object")),
            None => Err(self.refuse(name, "is required")),
        }
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
    /// is noted under the name of the list, with its place.
    pub fn elements<T>(
        &mut self,
        name: &str,
        items: &[Value],
        read: impl Fn(&mut Reader<&Object>) -> T,
    ) -> Vec<T> {
        let none = Object::new();
        let element = |(index, item): (usize, &Value)| {
            let object = item.as_object();
            let mut element = Reader::new(object.unwrap_or(&none));
            let value = read(&mut element);
            if object.is_none() {
                self.refuse(name, format!("element {index} must be an object"));
            } else {
                for violation in element.into_violations().0 {
                    let FieldError { field, message } = violation;
                    self.refuse(name, format!("element {index}: {field} {message}"));
                }
            }
            value
        };
        items.iter().enumerate().map(element).collect()
    }
}

/// Declares an input once: the struct, its JSON Schema, and `read`, which takes
/// the values from a [`Reader`] in the order of the list and notes what is wrong
/// with them there.
///
/// ```text
/// input! {
///     /// What is to be done.
///     pub struct DoInput (now: Timestamp) {      arguments of `read`, where it has some
///         /// What.
///         required "what" => what: What;          a text, read by What::parse
///         /// When.
///         optional "at" => at: Timestamp = |text| parse_at(text, now);
///         /// How often.
///         number "times" => times: Times = 1..=9; a whole number; Times is its schema
///         together "at", "times";                 both or none
///     }
/// }
/// ```
///
/// `nullable` takes `null` for absent. An input `of Object` can also have a
/// `value` of any form, and a `list` or `required_list`, which is read by a
/// function of the reader, the name and how many elements there may be.
/// A required value is a [`Given`], so that what is made of it can't be made
/// without it, and its lack can't go unnoted.
#[macro_export]
macro_rules! input {
    (
        $(#[doc = $about:literal])+
        $vis:vis struct $input:ident of Object $(($($arguments:tt)*))? { $($entries:tt)* }
    ) => {
        $crate::input! {
            @declare [] [&$crate::app::json::Object]
            $(#[doc = $about])+ $vis struct $input ($($($arguments)*)?) { $($entries)* }
        }
    };
    (
        $(#[doc = $about:literal])+
        $vis:vis struct $input:ident $(($($arguments:tt)*))? { $($entries:tt)* }
    ) => {
        $crate::input! {
            @declare [<S: $crate::app::input::Source>] [S]
            $(#[doc = $about])+ $vis struct $input ($($($arguments)*)?) { $($entries)* }
        }
    };
    (
        @declare [$($generics:tt)*] [$source:ty]
        $(#[doc = $about:literal])+
        $vis:vis struct $input:ident ($($argument:ident: $argument_type:ty),*) {
            $(
                $(#[doc = $doc:literal])+
                $kind:ident $name:literal => $field:ident: $type:ty
                    $(= $read:expr)? $(, up to $max:expr)?;
            )+
            $(together $one:literal, $other:literal;)*
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug)]
        $vis struct $input {
            $($(#[doc = $doc])+ pub $field: $crate::input!(@type $kind $type),)+
        }

        impl $input {
            /// Reads it. What is wrong is noted in the reader.
            pub fn read $($generics)* (
                reader: &mut $crate::app::input::Reader<$source>
                $(, $argument: $argument_type)*
            ) -> Self {
                let input = Self {
                    $($field: $crate::input!(
                        @read reader $kind $name $type $(= $read)? $(, up to $max)?
                    ),)+
                };
                $(reader.expect_together($one, $other);)*
                input
            }
        }

        impl schemars::JsonSchema for $input {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($input).into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let mut schema = $crate::app::input::InputSchema::new(&[$($about),+]);
                $({
                    let max: Option<usize> = None $(.or(Some($max)))?;
                    let required = $crate::input!(@is_required $kind);
                    schema.add::<$crate::input!(@schema $kind $type)>(
                        generator, $name, required, &[$($doc),+], max,
                    );
                })+
                $(schema.add_together($one, $other);)*
                schema.finish()
            }
        }
    };

    (@type required $type:ty) => { $crate::app::input::Given<$type> };
    (@type value $type:ty) => { $crate::app::input::Given<$type> };
    (@type optional $type:ty) => { Option<$type> };
    (@type nullable $type:ty) => { Option<$type> };
    (@type number $type:ty) => { Option<usize> };
    (@type list $type:ty) => { $type };
    (@type required_list $type:ty) => { $type };

    (@schema nullable $type:ty) => { Option<$type> };
    (@schema $other:ident $type:ty) => { $type };

    (@is_required required) => { true };
    (@is_required value) => { true };
    (@is_required required_list) => { true };
    (@is_required $other:ident) => { false };

    (@read $reader:ident value $name:literal $type:ty) => { $reader.value($name) };
    (@read $reader:ident number $name:literal $type:ty = $range:expr) => {
        $reader.number($name, $range)
    };
    (@read $reader:ident list $name:literal $type:ty = $read:expr, up to $max:expr) => {
        $read($reader, $name, $max)
    };
    (@read $reader:ident required_list $name:literal $type:ty = $read:expr, up to $max:expr) => {{
        if !$reader.has($name) {
            $reader.refuse($name, "is required");
        }
        $read($reader, $name, $max)
    }};
    (@read $reader:ident $kind:ident $name:literal $type:ty = $read:expr) => {
        $reader.$kind($name, $read)
    };
    (@read $reader:ident $kind:ident $name:literal $type:ty) => {
        $reader.$kind($name, <$type>::parse)
    };
}

/// The JSON Schema of an input, as [`input!`](crate::input) makes it.
#[derive(Debug)]
pub struct InputSchema(Schema);

impl InputSchema {
    /// Of an input without properties.
    #[must_use]
    pub fn new(about: &[&str]) -> Self {
        Self(json_schema!({
            "type": "object",
            "description": prose(about),
            "properties": {},
            "additionalProperties": false,
        }))
    }

    /// Adds a property.
    pub fn add<T: JsonSchema>(
        &mut self,
        generator: &mut SchemaGenerator,
        name: &str,
        required: bool,
        doc: &[&str],
        max_items: Option<usize>,
    ) {
        let mut schema = generator.subschema_for::<T>();
        schema.insert("description".to_owned(), prose(doc).into());
        if let Some(max) = max_items {
            schema.insert("maxItems".to_owned(), max.into());
        }
        self.object("properties").insert(name.to_owned(), schema.into());
        if required {
            let names = self
                .0
                .ensure_object()
                .entry("required")
                .or_insert_with(|| Vec::<Value>::new().into());
            names.as_array_mut().expect("it was made as a list").push(name.into());
        }
    }

    /// Adds that two properties only come together.
    pub fn add_together(&mut self, one: &str, other: &str) {
        for (given, missing) in [(one, other), (other, one)] {
            self.object("dependentRequired").insert(given.to_owned(), vec![missing].into());
        }
    }

    /// The whole.
    #[must_use]
    pub fn finish(self) -> Schema {
        self.0
    }

    fn object(&mut self, keyword: &str) -> &mut Object {
        let value = self.0.ensure_object().entry(keyword).or_insert_with(|| Object::new().into());
        value.as_object_mut().expect("it was made as an object")
    }
}

/// The text of a documentation comment.
fn prose(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_violations_is_bounded() {
        let object: Object = (0..1000).map(|n| (format!("p{n}"), Value::Null)).collect();
        let Err(Error::ValidationFailed(errors)) = Reader::new(&object).finish(Ok(())) else {
            panic!("unknown properties were taken");
        };
        assert_eq!(errors.len(), MAX_FIELD_ERRORS);
    }
}
