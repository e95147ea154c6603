//! Reading a caller's input: no unknown names, and every violation at once.
//!
//! [`input!`](crate::input) declares an input once: its struct, its JSON Schema
//! and its reader come from one list. A [`Reader`] reads named values one by
//! one, whatever they are of (a [`Source`]), so that the properties of an object
//! and the parameters of a query string are held to the same rules.

mod reader;
mod schema;
mod violations;

pub use reader::{NOT_A_STRING, Reader, Source, UNKNOWN_PROPERTY, any_text, parse_digits};
pub use schema::InputSchema;
pub use violations::{Given, MAX_FIELD_ERRORS, Noted, Violations};

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
///         time "until" => until: Bound = parse_bound;
///         number "times" => times: Times = 1..=9; a whole number; Times is its schema
///         repeatable "by" => by: Actor, up to 3;  a set, where a query string may repeat it
///         together "at", "times";                 both or none
///         only_with "until", "at";                not the first alone
///     }
/// }
/// ```
///
/// `nullable` takes `null` for absent. An input `of Object` can also have a
/// `value` of any form, an `object` that is an input itself, an `optional_object` that a function reads, and a `list` or `required_list`, which is read by a
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
            $(only_with $dependent:literal, $needed:literal;)*
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug)]
        $vis struct $input {
            $($(#[doc = $doc])+ pub $field: $crate::input!(@type $kind $type),)+
        }

        impl $input {
            /// The names of all that it takes.
            pub const NAMES: &[&str] = &[$($name),+];

            /// Whether one of them is a whole number.
            #[must_use]
            pub fn is_number(name: &str) -> bool {
                match name {
                    $($name => $crate::input!(@is_number $kind),)+
                    _ => false,
                }
            }

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
                $(reader.expect_only_with($dependent, $needed);)*
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
                    let max: Option<usize> = $crate::input!(@max_items $kind $($max)?);
                    let required = $crate::input!(@is_required $kind);
                    schema.add::<$crate::input!(@schema $kind $type)>(
                        generator, $name, required, &[$($doc),+], max,
                    );
                })+
                $(schema.add_together($one, $other);)*
                $(schema.add_only_with($dependent, $needed);)*
                schema.finish()
            }
        }
    };

    (@type required $type:ty) => { $crate::app::input::Given<$type> };
    (@type value $type:ty) => { $crate::app::input::Given<$type> };
    (@type object $type:ty) => { $crate::app::input::Given<$type> };
    (@type optional_object $type:ty) => { Option<$crate::app::input::Given<$type>> };
    (@type optional $type:ty) => { Option<$type> };
    (@type nullable $type:ty) => { Option<$type> };
    (@type time $type:ty) => { Option<$type> };
    (@type number $type:ty) => { Option<usize> };
    (@type repeatable $type:ty) => { std::collections::BTreeSet<$type> };
    (@type list $type:ty) => { $type };
    (@type required_list $type:ty) => { $type };

    (@schema nullable $type:ty) => { Option<$type> };
    (@schema $other:ident $type:ty) => { $type };

    // Each of those that are given is a text by itself.
    (@max_items repeatable $max:expr) => { None };
    (@max_items $kind:ident $max:expr) => { Some($max) };
    (@max_items $kind:ident) => { None };

    (@is_number number) => { true };
    (@is_number $other:ident) => { false };

    (@is_required required) => { true };
    (@is_required value) => { true };
    (@is_required object) => { true };
    (@is_required required_list) => { true };
    (@is_required $other:ident) => { false };

    (@read $reader:ident value $name:literal $type:ty) => { $reader.value($name) };
    (@read $reader:ident object $name:literal $type:ty) => {
        $reader.object($name, |nested| Ok(<$type>::read(nested)))
    };
    (@read $reader:ident number $name:literal $type:ty = $range:expr) => {
        $reader.number($name, $range)
    };
    (@read $reader:ident repeatable $name:literal $type:ty, up to $max:expr) => {
        $reader.repeatable($name, <$type>::parse, $max)
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
