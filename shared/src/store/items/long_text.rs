//! A text of an item that may be long: as it is, or deflated where that is shorter.
//!
//! The type of the attribute says which: a string is the text, and bytes are a raw
//! deflate stream of it. What is inflated is bounded by what an item of that kind can
//! have in plain, so damaged bytes are an error and never take the memory of a process.

use std::borrow::Cow;
use std::cell::OnceCell;

use aws_sdk_dynamodb::types::AttributeValue;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use crate::store::failure::CorruptItem;
use crate::store::item::{ItemReader, ItemWriter};

/// How hard is tried: 65,536 characters of English take 2.5 ms of a whole core and become
/// a third. Less effort saves one of these milliseconds and costs a write unit, which is
/// dearer.
const LEVEL: u8 = 6;

/// How long texts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Form {
    Plain,
    /// Each of them deflated, where that is shorter.
    Shorter,
}

/// A text under its name, deflated at most once.
pub(in crate::store) struct LongText<'a> {
    name: &'static str,
    plain: Cow<'a, str>,
    deflated: OnceCell<Vec<u8>>,
}

impl<'a> LongText<'a> {
    pub(in crate::store) fn new(name: &'static str, plain: impl Into<Cow<'a, str>>) -> Self {
        Self { name, plain: plain.into(), deflated: OnceCell::new() }
    }

    /// A value as JSON text. All that is stored so has a JSON form.
    pub(in crate::store) fn json(name: &'static str, value: &impl serde::Serialize) -> Self {
        Self::new(name, serde_json::to_string(value).expect("the value has a JSON form"))
    }

    /// Adds it to an item.
    pub(in crate::store) fn write(&self, item: ItemWriter, form: Form) -> ItemWriter {
        if form == Form::Shorter {
            let deflated =
                self.deflated.get_or_init(|| compress_to_vec(self.plain.as_bytes(), LEVEL));
            if deflated.len() < self.plain.len() {
                return item.binary(self.name, deflated);
            }
        }
        item.text(self.name, &self.plain)
    }
}

/// A long text of an item, where it has one. Deflated ones are of at most `max_bytes` in
/// plain.
pub(in crate::store) fn inflated_if_some<'a>(
    reader: &ItemReader<'a>,
    name: &str,
    max_bytes: usize,
) -> Result<Option<Cow<'a, str>>, CorruptItem> {
    match reader.get(name) {
        None => Ok(None),
        Some(AttributeValue::S(text)) => Ok(Some(Cow::Borrowed(text))),
        Some(AttributeValue::B(deflated)) => {
            let inflated = decompress_to_vec_with_limit(deflated.as_ref(), max_bytes).ok();
            let text = inflated.and_then(|bytes| String::from_utf8(bytes).ok());
            let text = text.ok_or_else(|| reader.corrupt(format!("{name} is damaged")))?;
            Ok(Some(Cow::Owned(text)))
        }
        Some(_) => Err(reader.corrupt(format!("{name} is neither text nor bytes"))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::store::item::{Item, Key, size_bytes};

    const MAX_BYTES: usize = 400 * 1024;

    fn item(text: &str, form: Form) -> Item {
        let key = Key { pk: "pk".to_owned(), sk: "sk".to_owned() };
        LongText::new("body", text).write(ItemWriter::new(key), form).finish()
    }

    fn read(item: &Item, max_bytes: usize) -> Result<String, CorruptItem> {
        let text = inflated_if_some(&ItemReader::new(item), "body", max_bytes)?;
        Ok(text.expect("it is there").into_owned())
    }

    fn holding(value: AttributeValue) -> Item {
        let mut item = item("", Form::Plain);
        item.insert("body".to_owned(), value);
        item
    }

    #[test]
    fn a_text_is_deflated_only_where_that_is_shorter() {
        let long = "What was said, and what was said. ".repeat(10);
        for (text, is_shorter) in [("", false), ("a", false), ("abcdefgh", false), (&*long, true)] {
            let [plain, shorter] = [Form::Plain, Form::Shorter].map(|form| item(text, form));
            assert_eq!(plain["body"], AttributeValue::S(text.to_owned()));
            assert_eq!(shorter["body"].is_b(), is_shorter, "{text}");
            assert_eq!(size_bytes(&shorter) < size_bytes(&plain), is_shorter);
            assert_eq!(read(&shorter, MAX_BYTES).unwrap(), text);
        }
    }

    /// What is in tables is read by every later build.
    #[test]
    fn the_bytes_of_a_deflated_text_are_read_for_ever() {
        let bytes = "0bce4855482cce4e4d5148cb2f522801f20a8a329353751412f35240dc3c5471\
                     85fc34854485cad4c4223d856773373ed9b50600";
        let bytes = hex::decode(bytes).unwrap();
        let text = "She asked for the price, and then for the price of a year. 東京";
        assert_eq!(read(&holding(AttributeValue::B(bytes.into())), text.len()).unwrap(), text);
    }

    #[test]
    fn damaged_bytes_and_too_many_of_them_are_a_corrupt_item() {
        let text = "long ".repeat(1_000);
        let deflated = item(&text, Form::Shorter);
        assert_eq!(read(&deflated, text.len()).unwrap(), text);
        assert!(read(&deflated, text.len() - 1).is_err(), "one byte more than there may be");
        let bytes = deflated["body"].as_b().unwrap().as_ref();
        let not_utf8 = compress_to_vec(&[0xff; 100], LEVEL);
        for bytes in [&bytes[..bytes.len() - 1], &[], &[0xff; 9], &not_utf8] {
            let refused = read(&holding(AttributeValue::B(bytes.into())), MAX_BYTES).unwrap_err();
            assert!(refused.to_string().contains("body is damaged"), "{refused}");
        }
        assert!(read(&holding(AttributeValue::Bool(true)), MAX_BYTES).is_err());
    }

    proptest! {
        #[test]
        fn any_text_reads_back(
            text in "\\PC{0,400}|[a-c \u{0}\u{1f600}]{0,4000}",
            repeated in 1..20_usize,
        ) {
            let text = text.repeat(repeated);
            prop_assert_eq!(read(&item(&text, Form::Shorter), text.len())?, text);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = read(&holding(AttributeValue::B(bytes.into())), 1_000)
                .map(|text| assert!(text.len() <= 1_000));
        }
    }
}
