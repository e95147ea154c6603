//! The value of a field: what callers may write, and what they read.
//!
//! | field type | written | read |
//! | --- | --- | --- |
//! | text, longtext, email, wysiwyg | string | the same |
//! | integer | whole number of 64 bits | the same |
//! | rating | number of up to 15 digits | the same |
//! | decimal | number of up to 64 digits | string, digits kept |
//! | money | number of up to 15 digits | `{currency, symbol, amount}` |
//! | date | `YYYY-MM-DD` | the same |
//! | datetime | RFC 3339 with an offset | in UTC, with milliseconds |
//! | dropdown, radio, choices, status, selector | option id | `{id, code, name}` |
//! | checkboxes, dynamictags | list of option ids | list of `{id, code, name}` |
//! | checkbox | `true` or `false` | the same |
//! | yesnomaybe | `yes`, `no` or `maybe` | the same |
//! | relationship | record id | the same |
//! | files | list of UUIDs | the same |
//! | phonenumber | E.164 | the same |
//! | timezone | name of the tz database | the same |
//! | team_selector | UUID | the same |
//!
//! A number is read from its own text, never through a double, so that what
//! can't be kept exactly is refused instead of rounded.

use chrono::{DateTime, NaiveDate, SecondsFormat};
use serde_json::{Value, json};

use crate::domain::activity_type::{
    DEFAULT_CURRENCY, DEFAULT_SYMBOL, FieldDefinition, FieldOption, FieldType,
};
use crate::domain::clock::parse_date_time;
use crate::domain::value::{Refusal, check_id, parse_uuid};

/// Digits that a double keeps, whatever they are.
const DOUBLE_DIGITS: usize = 15;
const DECIMAL_DIGITS: usize = 64;

/// The form in which callers read a value, if it is one of the field.
/// `literal` is the text of a number as it was written.
pub fn read(
    field: &FieldDefinition,
    value: &Value,
    literal: Option<&str>,
) -> Result<Value, Refusal> {
    let text = || value.as_str().ok_or(Refusal::from("must be a string"));
    let number = || {
        let digits = value.as_number().ok_or(Refusal::from("must be a number"))?.to_string();
        Decimal::parse(literal.unwrap_or(&digits))
    };
    match field.field_type {
        FieldType::Text | FieldType::LongText | FieldType::Email | FieldType::Wysiwyg => {
            text().map(Value::from)
        }
        FieldType::Integer => value
            .as_i64()
            .map(Value::from)
            .ok_or_else(|| "must be a whole number from -2^63 to 2^63-1".into()),
        FieldType::Rating => number()?.to_double(),
        FieldType::Decimal => Ok(number()?.plain.into()),
        FieldType::Money => {
            let amount = number()?.to_double()?;
            let currency = field.currency.as_deref().unwrap_or(DEFAULT_CURRENCY);
            let symbol = field.symbol.as_deref().unwrap_or(DEFAULT_SYMBOL);
            Ok(json!({ "currency": currency, "symbol": symbol, "amount": amount }))
        }
        FieldType::Date => parse_date(text()?).map(Value::from),
        FieldType::DateTime => parse_datetime(text()?).map(Value::from),
        FieldType::Dropdown
        | FieldType::Radio
        | FieldType::Choices
        | FieldType::Status
        | FieldType::Selector => option(field, value).map(|option| json!(option)),
        FieldType::Checkboxes | FieldType::DynamicTags => options(field, value),
        FieldType::Checkbox => {
            value.as_bool().map(Value::from).ok_or_else(|| "must be true or false".into())
        }
        FieldType::YesNoMaybe => match text()? {
            word @ ("yes" | "no" | "maybe") => Ok(word.into()),
            _ => Err("must be one of: yes no maybe".into()),
        },
        FieldType::Relationship => check_id(text()?).map(|()| value.clone()),
        FieldType::Files => files(value),
        FieldType::PhoneNumber => parse_phone_number(text()?).map(Value::from),
        FieldType::Timezone => match text()?.parse::<chrono_tz::Tz>() {
            Ok(zone) => Ok(zone.name().into()),
            Err(_) => Err("must be a name of the tz database, such as Europe/Berlin".into()),
        },
        FieldType::TeamSelector => uuid(value),
    }
}

/// Whether a value is there but says nothing: it does not make up for a
/// required one.
#[must_use]
pub fn is_blank(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Whether a double keeps every digit of a JSON number.
#[must_use]
pub fn is_exact(literal: &str) -> bool {
    Decimal::parse(literal).is_ok_and(|number| number.significant_digits <= DOUBLE_DIGITS)
}

fn uuid(value: &Value) -> Result<Value, Refusal> {
    let id = value.as_str().and_then(parse_uuid);
    id.map(|id| id.to_string().into()).ok_or_else(|| "must be a UUID".into())
}

fn files(value: &Value) -> Result<Value, Refusal> {
    let items = value.as_array().ok_or("must be a list of UUIDs")?;
    let ids: Result<Vec<Value>, Refusal> = items.iter().map(uuid).collect();
    ids.map(Value::from).map_err(|_| "must be a list of UUIDs".into())
}

fn option<'a>(field: &'a FieldDefinition, value: &Value) -> Result<&'a FieldOption, Refusal> {
    let id = value.as_str().ok_or("must be the id of an option")?;
    let option = field.options.iter().find(|option| option.id == id);
    option.ok_or_else(|| "is not the id of an option of this field".into())
}

fn options(field: &FieldDefinition, value: &Value) -> Result<Value, Refusal> {
    let items = value.as_array().ok_or("must be a list of ids of options")?;
    let mut chosen: Vec<&FieldOption> = Vec::new();
    for item in items {
        let option = option(field, item)?;
        if chosen.contains(&option) {
            return Err("must not have an option twice".into());
        }
        chosen.push(option);
    }
    Ok(json!(chosen))
}

fn parse_date(text: &str) -> Result<String, Refusal> {
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if shaped && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok() {
        Ok(text.to_owned())
    } else {
        Err("must be a date as YYYY-MM-DD".into())
    }
}

fn parse_datetime(text: &str) -> Result<String, Refusal> {
    let time = parse_date_time(text)
        // A leap second is the first one behind it, as in every other time here.
        .and_then(|time| DateTime::from_timestamp_millis(time.timestamp_millis()))
        .ok_or("must be an ISO 8601 date-time with an offset")?
        .to_rfc3339_opts(SecondsFormat::Millis, true);
    // A year of more or less than four digits has a sign.
    if time.starts_with(['+', '-']) {
        return Err("must be within the years 0000 to 9999 in UTC".into());
    }
    Ok(time)
}

fn parse_phone_number(text: &str) -> Result<String, Refusal> {
    let digits = text.strip_prefix('+').unwrap_or_default();
    let known = digits.bytes().all(|byte| byte.is_ascii_digit());
    if known && (2..=15).contains(&digits.len()) && !digits.starts_with('0') {
        Ok(text.to_owned())
    } else {
        Err("must be a telephone number as E.164, such as +4930123456".into())
    }
}

/// A number with every digit that was written.
#[derive(Debug, PartialEq, Eq)]
struct Decimal {
    /// Without an exponent.
    plain: String,
    /// Digits from the first to the last that is not zero.
    significant_digits: usize,
}

impl Decimal {
    /// Reads a JSON number.
    fn parse(literal: &str) -> Result<Self, Refusal> {
        let too_long = || Refusal::from("must have at most 64 digits");
        let (negative, unsigned) =
            literal.strip_prefix('-').map_or((false, literal), |rest| (true, rest));
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let exponent: i32 = exponent.parse().map_err(|_| too_long())?;
        if exponent.unsigned_abs() as usize > DECIMAL_DIGITS || mantissa.len() > 2 * DECIMAL_DIGITS
        {
            return Err(too_long());
        }
        // Where the point stands, counted from the first digit.
        let point = i32::try_from(whole.len()).map_err(|_| too_long())? + exponent;
        let mut digits = format!("{whole}{fraction}");
        let point = if point > 0 {
            let point = point.unsigned_abs() as usize;
            digits.extend(std::iter::repeat_n('0', point.saturating_sub(digits.len())));
            point
        } else {
            digits.insert_str(0, &"0".repeat(point.unsigned_abs() as usize + 1));
            1
        };
        let (whole, fraction) = digits.split_at(point);
        let whole = whole.trim_start_matches('0');
        if whole.len() + fraction.len() > DECIMAL_DIGITS {
            return Err(too_long());
        }
        let is_zero = digits.bytes().all(|digit| digit == b'0');
        let sign = if negative && !is_zero { "-" } else { "" };
        let whole = if whole.is_empty() { "0" } else { whole };
        let point = if fraction.is_empty() { "" } else { "." };
        Ok(Self {
            plain: format!("{sign}{whole}{point}{fraction}"),
            significant_digits: digits.trim_matches('0').len(),
        })
    }

    /// The number as JSON has it, where a double keeps every digit.
    fn to_double(&self) -> Result<Value, Refusal> {
        if self.significant_digits > DOUBLE_DIGITS {
            return Err("must have at most 15 significant digits".into());
        }
        // A whole number is one, with or without a point.
        let whole = match self.plain.split_once('.') {
            Some((whole, fraction)) if fraction.trim_end_matches('0').is_empty() => whole,
            _ => &self.plain,
        };
        if let Ok(whole) = whole.parse::<i64>() {
            return Ok(whole.into());
        }
        let double: f64 = self.plain.parse().map_err(|_| "must be a number")?;
        Ok(double.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(literal: &str) -> Option<String> {
        Decimal::parse(literal).ok().map(|decimal| decimal.plain)
    }

    #[test]
    fn a_decimal_keeps_every_digit() {
        for (literal, expected) in [
            ("0", "0"),
            ("-0", "0"),
            ("-0.00", "0.00"),
            ("12.50", "12.50"),
            ("-12.5", "-12.5"),
            ("1e3", "1000"),
            ("1.25E+1", "12.5"),
            ("1.50e1", "15.0"),
            ("15e-3", "0.015"),
            ("-1.5e-1", "-0.15"),
            ("0.1000000000000000000000001", "0.1000000000000000000000001"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
        ] {
            assert_eq!(plain(literal).as_deref(), Some(expected), "{literal}");
        }
        assert!(plain(&"9".repeat(64)).is_some());
        for literal in ["9".repeat(65), "1e65".into(), "1e-65".into(), "1e99999999999".into()] {
            assert_eq!(plain(&literal), None, "{literal}");
        }
    }

    #[test]
    fn a_double_is_exact_or_refused() {
        let double = |literal: &str| Decimal::parse(literal).unwrap().to_double();
        assert_eq!(double("4.5").unwrap(), json!(4.5));
        assert_eq!((double("5").unwrap(), double("-5.00").unwrap()), (json!(5), json!(-5)));
        assert_eq!(double("123456789012.345").unwrap(), json!(123_456_789_012.345));
        assert_eq!(double("100000000000000000000000").unwrap(), json!(1e23));
        assert!(double("9007199254740993").is_err());
        assert!(double("0.1234567890123456").is_err());
    }

    #[test]
    fn a_date_is_one_of_the_calendar() {
        assert!(parse_date("2024-02-29").is_ok());
        for text in ["2023-02-29", "2024-2-29", "20240229", "+024-02-29", "2024-02-29T00:00:00Z"] {
            assert!(parse_date(text).is_err(), "{text}");
        }
    }
}
