//! In which form a caller wants a file
//! ([RFC 9110](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3)).

use http::{HeaderMap, header};

/// A form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Brotli,
    Gzip,
    /// As it is.
    Identity,
}

impl Encoding {
    /// The best first, where a caller likes them equally.
    const ALL: [Self; 3] = [Self::Brotli, Self::Gzip, Self::Identity];

    /// Its name, where it has to be told.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }

    fn is_named(self, coding: &str) -> bool {
        let names: &[&str] = match self {
            Self::Brotli => &["br"],
            Self::Gzip => &["gzip", "x-gzip"],
            Self::Identity => &["identity"],
        };
        names.iter().any(|name| coding.eq_ignore_ascii_case(name))
    }
}

/// The form that a caller likes best of those that there are. Who takes none of them
/// gets the file as it is, which is better than nothing.
pub(crate) fn choose(headers: &HeaderMap, is_there: impl Fn(Encoding) -> bool) -> Encoding {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter();
    let texts: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
    let wishes: Vec<(&str, Weight)> =
        texts.iter().flat_map(|text| text.split(',')).filter_map(wish).collect();
    let weight = |encoding: Encoding| {
        let named = wishes.iter().find(|(coding, _)| encoding.is_named(coding));
        let any = || wishes.iter().find(|(coding, _)| *coding == "*");
        match (named.or_else(any), encoding) {
            (Some((_, weight)), _) => *weight,
            (None, Encoding::Identity) => Weight::LEAST,
            (None, _) => Weight::NONE,
        }
    };
    let offered = Encoding::ALL.into_iter().filter(|encoding| is_there(*encoding));
    let mut best = (Encoding::Identity, Weight::NONE);
    for encoding in offered {
        let weight = weight(encoding);
        if weight > best.1 {
            best = (encoding, weight);
        }
    }
    best.0
}

/// How much something is liked, in thousandths and a little: what is only not refused
/// comes behind whatever is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Weight(u16);

impl Weight {
    const NONE: Self = Self(0);
    const LEAST: Self = Self(1);
    const FULL: Self = Self(2_000);

    /// Reads a `qvalue`: up to three digits behind the point, and no more than 1.
    fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let thousandths: u16 = format!("{fraction:0<3}").parse().ok()?;
        match whole {
            "0" => Some(Self(2 * thousandths)),
            "1" if thousandths == 0 => Some(Self::FULL),
            _ => None,
        }
    }
}

/// A coding and how much it is liked; `None` for what can't be read.
fn wish(text: &str) -> Option<(&str, Weight)> {
    let (coding, parameter) = match text.split_once(';') {
        Some((coding, parameter)) => (coding, Some(parameter)),
        None => (text, None),
    };
    let weight = match parameter {
        None => Weight::FULL,
        Some(parameter) => {
            let (name, value) = parameter.split_once('=')?;
            if !name.trim().eq_ignore_ascii_case("q") {
                return None;
            }
            Weight::parse(value.trim())?
        }
    };
    Some((coding.trim(), weight))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(values: &[&'static str]) -> HeaderMap {
        let header =
            |value: &&'static str| (header::ACCEPT_ENCODING, HeaderValue::from_static(value));
        values.iter().map(header).collect()
    }

    #[test]
    fn the_best_that_a_caller_takes_is_chosen() {
        use Encoding::{Brotli, Gzip, Identity};
        for (values, expected) in [
            (&[][..], Identity),
            (&[""], Identity),
            (&["gzip, deflate, br, zstd"], Brotli),
            (&["gzip", "br"], Brotli),
            (&["GZIP"], Gzip),
            (&["x-gzip"], Gzip),
            (&["gzip;q=0.5"], Gzip),
            (&["gzip ; Q=0.001"], Gzip),
            (&["br;q=0.9, gzip"], Gzip),
            (&["br;q=0.5, gzip;q=0.500"], Brotli),
            (&["br;q=0, gzip;q=0"], Identity),
            (&["br;q=0.000, *"], Gzip),
            (&["*"], Brotli),
            (&["*;q=0"], Identity),
            (&["gzip;q=0.2, *;q=0.1"], Gzip),
            (&["identity, br;q=0.5"], Identity),
            (&["identity;q=0.5, br;q=0.4, gzip;q=0.6"], Gzip),
            (&["identity;q=0"], Identity),
            (&["identity;q=0, gzip;q=0.1"], Gzip),
            (&["identity;q=0, *"], Brotli),
            (&["zstd, deflate"], Identity),
            (&["br;q=2, gzip;q=0.1"], Gzip),
            (&["br;q=1.001, gzip"], Gzip),
            (&["br;q=0.1234, gzip;q=0.1"], Gzip),
            (&["br;q=, br;level=9, gzip;q=-1, gzip;q"], Identity),
            (&[",, ;q=1 , br"], Brotli),
        ] {
            assert_eq!(choose(&headers(values), |_| true), expected, "{values:?}");
        }
    }

    #[test]
    fn what_is_not_there_is_not_chosen() {
        let chosen = |value, there: &[Encoding]| {
            choose(&headers(&[value]), |encoding| there.contains(&encoding))
        };
        assert_eq!(chosen("gzip, br", &[Encoding::Gzip, Encoding::Identity]), Encoding::Gzip);
        assert_eq!(chosen("gzip, br, identity;q=0", &[Encoding::Identity]), Encoding::Identity);
    }
}
