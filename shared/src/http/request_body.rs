//! What a request carries. Its length is judged before anybody looks at it, and
//! nothing is kept of what is over the limit.

use bytes::Bytes;

use crate::app::json::without_byte_order_mark;
use crate::domain::error::{Error, Result};

/// The largest body, in bytes.
pub const MAX_BYTES: usize = 1024 * 1024;

/// The body of a request, unless it is over the limit.
#[derive(Clone, Debug)]
pub struct RequestBody(Option<Bytes>);

impl RequestBody {
    /// No body.
    pub const EMPTY: Self = Self(Some(Bytes::new()));
    /// A body over the limit, whatever it says.
    pub const TOO_LARGE: Self = Self(None);

    /// A body, if it is within the limit.
    #[must_use]
    pub fn of(bytes: Bytes) -> Self {
        Self(Some(bytes).filter(|bytes| bytes.len() <= MAX_BYTES))
    }

    /// What it says, without the byte order mark that it may begin with.
    ///
    /// # Errors
    ///
    /// [`Error::PayloadTooLarge`] for one over the limit.
    pub fn read(&self) -> Result<&[u8]> {
        self.0.as_deref().map(without_byte_order_mark).ok_or(Error::PayloadTooLarge)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.as_ref().is_some_and(Bytes::is_empty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_kept_of_a_body_over_the_limit() {
        let of_bytes = |bytes| RequestBody::of(vec![b'x'; bytes].into());
        assert_eq!(of_bytes(MAX_BYTES).read().unwrap().len(), MAX_BYTES);
        let too_large = of_bytes(MAX_BYTES + 1);
        assert!(too_large.0.is_none() && !too_large.is_empty());
        assert!(matches!(too_large.read(), Err(Error::PayloadTooLarge)));
        assert!(of_bytes(0).is_empty());
        let marked = RequestBody::of(b"\xef\xbb\xbf{}".as_slice().into());
        assert_eq!(marked.read().unwrap(), b"{}");
    }
}
