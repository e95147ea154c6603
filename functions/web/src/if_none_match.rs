//! Whether a caller has a file already
//! ([RFC 9110](https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2)).

use http::{HeaderMap, header};

/// Whether `If-None-Match` names the form of that ETag. What can't be read names none,
/// so that the caller gets the file.
pub(crate) fn names(headers: &HeaderMap, etag: &str) -> bool {
    let values = headers.get_all(header::IF_NONE_MATCH).iter();
    values.filter_map(|value| value.to_str().ok()).any(|value| lists(value, etag))
}

/// The comparison is weak, as for every `GET`. A tag may have commas.
fn lists(value: &str, etag: &str) -> bool {
    let mut rest = value.trim();
    if rest == "*" {
        return true;
    }
    while !rest.is_empty() {
        let tag = rest.strip_prefix("W/").unwrap_or(rest);
        let Some(end) = tag.strip_prefix('"').and_then(|tag| tag.find('"')) else { return false };
        let (tag, behind) = tag.split_at(end + 2);
        if tag == etag {
            return true;
        }
        let behind = behind.trim_start();
        rest = behind.strip_prefix(',').unwrap_or(behind).trim_start();
    }
    false
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_list_of_tags_names_what_is_in_it() {
        let named = |values: &[&'static str]| {
            let header =
                |value: &&'static str| (header::IF_NONE_MATCH, HeaderValue::from_static(value));
            names(&values.iter().map(header).collect(), "\"a1-br\"")
        };
        for values in [
            &["\"a1-br\""][..],
            &["W/\"a1-br\""],
            &["*"],
            &[" * "],
            &["\"a1\", \"a1-br\""],
            &["\"a1\",W/\"a1-br\" , \"b\""],
            &["\"x, y\", \"a1-br\""],
            &["\"\" , \"a1-br\""],
            &["\"b\"", "\"a1-br\""],
        ] {
            assert!(named(values), "{values:?}");
        }
        for values in [
            &[][..],
            &[""],
            &["a1-br"],
            &["\"a1\""],
            &["\"a1-br"],
            &["\"A1-BR\""],
            &["w/\"a1-br\""],
            &["\"b\" x \"a1-br\""],
            &["\"b, \"a1-br\""],
            &["\"b\", *"],
        ] {
            assert!(!named(values), "{values:?}");
        }
    }
}
