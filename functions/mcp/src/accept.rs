//! Which media types a client takes. Answers are JSON, whatever else it would take.

use http::{HeaderMap, header};

/// Whether a client takes JSON: it names it or a range with it, or it names nothing
/// ([RFC 9110](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1)). The most
/// specific range decides.
pub(crate) fn takes_json(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT).iter();
    let values: Vec<_> = values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    let ranges = values.iter().flat_map(|value| value.split(',')).map(str::trim);
    let ranges: Vec<&str> = ranges.filter(|range| !range.is_empty()).collect();
    let most_specific = ranges.iter().filter_map(|range| weigh(range)).max();
    ranges.is_empty() || most_specific.is_some_and(|(_, allowed)| allowed)
}

/// How specific a range is that JSON is in, and whether it allows it.
fn weigh(range: &str) -> Option<(u8, bool)> {
    let mut parts = range.split(';').map(str::trim);
    let specificity = match parts.next()?.to_ascii_lowercase().as_str() {
        "application/json" => 3,
        "application/*" => 2,
        // The lone star is how old libraries of Java write it.
        "*/*" | "*" => 1,
        _ => return None,
    };
    let quality = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim().parse::<f32>().ok())?
    });
    Some((specificity, quality != Some(0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn takes(values: &[&'static str]) -> bool {
        let accept = |value: &&'static str| (header::ACCEPT, HeaderValue::from_static(value));
        takes_json(&values.iter().map(accept).collect())
    }

    #[test]
    fn whatever_allows_json_is_taken() {
        for values in [
            &[][..],
            &[""],
            &["application/json"],
            &["Application/JSON; charset=utf-8"],
            &["*/*"],
            &["application/*;q=0.1"],
            &["text/event-stream, application/json"],
            &["text/event-stream", "application/json;q=0.5"],
            &["text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"],
            &["application/json, */*;q=0"],
            &["application/json;q=high"],
        ] {
            assert!(takes(values), "{values:?}");
        }
    }

    #[test]
    fn what_excludes_it_is_not() {
        for values in [
            &["text/event-stream"][..],
            &["text/html, application/xml"],
            &["application/json;q=0"],
            &["*/*, application/json; Q=0.000"],
            &["application/*;q=0, */*"],
            &["application/jsonx"],
            &["nonsense"],
        ] {
            assert!(!takes(values), "{values:?}");
        }
    }
}
