//! Numbers in as few bytes as they need, and the reading of bytes that may be damaged.

use super::Corrupt;

/// Writes a number, seven bits a byte, the low ones first (LEB128).
pub(crate) fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Writes a number that may be negative: those near zero are short.
pub(crate) fn put_signed(out: &mut Vec<u8>, number: i64) {
    put(out, ((number << 1) ^ (number >> 63)) as u64);
}

/// How many bytes [`put`] writes.
#[must_use]
pub(crate) fn len(number: u64) -> usize {
    (64 - (number | 1).leading_zeros() as usize).div_ceil(7)
}

/// Reads from bytes, and says so when they end too early.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// A reader of these bytes.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The same, from a place on that a reader of the same bytes came to.
    #[must_use]
    pub(super) fn at(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    /// A reader of a part, whose first byte is the version of its codec.
    pub fn of_version(bytes: &'a [u8], version: u8) -> Result<Self, Corrupt> {
        match bytes.first() {
            Some(first) if *first == version => Ok(Self { bytes, at: 1 }),
            _ => Err(Corrupt("another version of the codec")),
        }
    }

    /// How many bytes were read.
    #[must_use]
    pub fn position(&self) -> usize {
        self.at
    }

    /// Whether all was read.
    #[must_use]
    pub fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// The next bytes.
    pub fn take(&mut self, len: usize) -> Result<&'a [u8], Corrupt> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let taken = rest.get(..len).ok_or(Corrupt("bytes are missing"))?;
        self.at += len;
        Ok(taken)
    }

    /// The next bytes, as many as the array has.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Corrupt> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    /// The next byte.
    pub fn byte(&mut self) -> Result<u8, Corrupt> {
        let byte = *self.bytes.get(self.at).ok_or(Corrupt("bytes are missing"))?;
        self.at += 1;
        Ok(byte)
    }

    /// A number of [`put`].
    pub fn number(&mut self) -> Result<u64, Corrupt> {
        let first = self.byte()?;
        if first < 0x80 {
            return Ok(u64::from(first));
        }
        let mut number = u64::from(first & 0x7f);
        for shift in (7..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                break;
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Corrupt("a number is too large"))
    }

    /// The bytes of the next numbers, which are not read.
    pub fn numbers(&mut self, count: u64) -> Result<&'a [u8], Corrupt> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let mut ends = rest.iter().enumerate().filter(|(_, byte)| **byte < 0x80);
        let last = count.checked_sub(1).and_then(|before| usize::try_from(before).ok());
        let last = last.and_then(|before| ends.nth(before));
        let (last, _) = last.ok_or(Corrupt("bytes are missing"))?;
        self.take(last + 1)
    }

    /// A number of [`put`] that a smaller type can have.
    pub fn small<T: TryFrom<u64>>(&mut self) -> Result<T, Corrupt> {
        T::try_from(self.number()?).map_err(|_| Corrupt("a number is too large"))
    }

    /// A number of [`put_signed`].
    pub fn signed(&mut self) -> Result<i64, Corrupt> {
        let number = self.number()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_that_no_64_bits_hold_is_corrupt() {
        let most = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        assert_eq!(Reader::new(&most).number(), Ok(u64::MAX));
        for last in [0x02, 0x7f, 0x80, 0xff] {
            let mut beyond = most;
            beyond[9] = last;
            assert!(Reader::new(&beyond).number().is_err(), "{last}");
        }
        assert!(Reader::new(&[0x80; 100]).number().is_err());
        assert!(Reader::new(&[0x80, 0x02]).small::<u8>().is_err());
        assert_eq!(Reader::new(&[0xff, 0x01]).small::<u8>(), Ok(255));
    }

    #[test]
    fn what_is_not_there_is_corrupt() {
        assert!(Reader::new(&[]).byte().is_err());
        assert!(Reader::new(&[0x80]).number().is_err());
        assert!(Reader::new(&[1, 2]).array::<3>().is_err());
        assert!(Reader::new(&[1]).take(usize::MAX).is_err());
        assert!(Reader::of_version(&[], 1).is_err());
        assert!(Reader::of_version(&[2], 1).is_err());
    }

    proptest! {
        #[test]
        fn numbers_read_back(number in any::<u64>(), shift in 0u32..64, signed in any::<i64>()) {
            let (number, signed) = (number >> shift, signed >> shift);
            let mut bytes = Vec::new();
            put(&mut bytes, number);
            prop_assert_eq!(bytes.len(), len(number));
            put_signed(&mut bytes, signed);
            let mut reader = Reader::new(&bytes);
            prop_assert_eq!(reader.number(), Ok(number));
            prop_assert_eq!(reader.signed(), Ok(signed));
            prop_assert!(reader.is_at_end());
        }
    }
}
