//! What the types of values are made of: lists of words, ids, and the rules that
//! a refused value is told.

use std::borrow::Cow;

use schemars::{Schema, json_schema};
use uuid::Uuid;

/// Declares an enumeration whose JSON form, key form and error text are one
/// list of words. `as` names it for callers, where that is not its name here.
macro_rules! word_enum {
    (@named $name:ident) => { stringify!($name) };
    (@named $name:ident $public:literal) => { $public };
    (
        $(#[doc = $doc:literal])+
        $name:ident $(as $public:literal)? { $($(#[$vmeta:meta])* $variant:ident = $word:literal),+ $(,)? }
    ) => {
        $(#[doc = $doc])+
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every value, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word for this value, in JSON and in keys.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The value that a word stands for.
            pub fn parse(word: &str) -> std::result::Result<Self, &'static str> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(concat!("must be one of:" $(, " ", $word)+)),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl schemars::JsonSchema for $name {
            // It is described once, under its name: of two lists with the same
            // words, generators of clients make two types.
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $crate::domain::value::word_enum!(@named $name $($public)?).into()
            }
            // One list of words: few programs that read descriptions recognize a
            // choice of constants as an enumeration.
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let description = [$($doc),+].map(str::trim).join("\n");
                schemars::json_schema!({
                    "type": "string", "description": description, "enum": [$($word),+],
                })
            }
        }
    };
}
pub(crate) use word_enum;

/// Declares a text whose constructor is its validation: what exists is within
/// the limits, and nothing behind the edge checks again.
macro_rules! text {
    ($(#[$meta:meta])* $name:ident, $check:path, $schema:path $(, $display:ident)?) => {
        $(#[$meta])*
        #[derive(
            Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks the limits.
            pub fn parse(text: &str) -> Result<Self, $crate::domain::value::Refusal> {
                $check(text).map(|()| Self(text.to_owned()))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::domain::value::Refusal;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                $check(&text).map(|()| Self(text))
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn inline_schema() -> bool {
                true
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $schema()
            }
        }

        $(impl std::fmt::$display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        })?
    };
}
pub(crate) use text;

/// Why a value was refused: the rule in words, fit for a caller.
pub type Refusal = Cow<'static, str>;

/// A text of 1 to 255 bytes without control characters: the form of every id
/// and key that callers choose.
pub(crate) fn check_id(text: &str) -> Result<(), Refusal> {
    if text.is_empty() || text.len() > MAX_ID_BYTES {
        return Err("must have 1 to 255 bytes".into());
    }
    if text.chars().any(char::is_control) {
        return Err("must not have control characters".into());
    }
    Ok(())
}

/// The longest id or key that a caller may choose, in bytes of UTF-8.
pub const MAX_ID_BYTES: usize = 255;

/// How an id or key that callers choose is described. JSON Schema counts
/// characters and not bytes, so the limit is only whole in the words.
pub(crate) fn id_schema() -> Schema {
    json_schema!({
        "type": "string",
        "minLength": 1,
        "maxLength": MAX_ID_BYTES,
        "pattern": r"^[^\u0000-\u001f\u007f-\u009f]*$",
        "description": "1 to 255 bytes of UTF-8 without control characters.",
    })
}

/// A UUID in its hyphenated form of 36 characters.
pub fn parse_uuid(text: &str) -> Option<Uuid> {
    if text.len() != 36 {
        return None;
    }
    Uuid::try_parse(text).ok()
}
