//! The algebra of sets of ordinals within a page.

use std::ops::Range;

use super::segment::ordinals::{PAGE, PageSet};

impl PageSet {
    /// A range of the page's ordinals, by their places in it.
    pub(super) fn of(places: Range<u32>) -> Self {
        let mut set = Self::EMPTY;
        for (at, word) in set.0.iter_mut().enumerate() {
            let first = at as u32 * u64::BITS;
            let start = places.start.clamp(first, first + u64::BITS) - first;
            let end = places.end.clamp(first, first + u64::BITS) - first;
            // The bits below a place.
            let below = |place: u32| u64::MAX.checked_shr(u64::BITS - place).unwrap_or(0);
            *word = below(end) & !below(start);
        }
        set
    }

    /// Keeps what the other one has as well.
    pub(super) fn intersect(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= other);
    }

    /// Adds what the other one has.
    pub(super) fn unite(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word |= other);
    }

    /// Removes what the other one has.
    pub(super) fn subtract(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= !other);
    }

    /// How many ordinals it has.
    pub(super) fn len(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// The places of its ordinals, ascending.
    pub(super) fn places(&self) -> impl Iterator<Item = u32> {
        (0..PAGE).filter(|place| self.contains(*place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(set: &PageSet) -> Vec<u32> {
        set.places().collect()
    }

    #[test]
    fn a_range_has_its_places_and_no_other() {
        for range in [0..0, 0..1, 0..64, 63..65, 1..64, 64..128, 100..4_000, 0..PAGE, 4_095..PAGE] {
            assert_eq!(places(&PageSet::of(range.clone())), range.collect::<Vec<_>>());
        }
    }

    #[test]
    fn sets_are_intersected_united_and_subtracted() {
        let (a, b) = (PageSet::of(10..100), PageSet::of(90..300));
        let with = |operation: fn(&mut PageSet, &PageSet)| {
            let mut set = a.clone();
            operation(&mut set, &b);
            places(&set)
        };
        assert_eq!(with(PageSet::intersect), (90..100).collect::<Vec<_>>());
        assert_eq!(with(PageSet::unite), (10..300).collect::<Vec<_>>());
        assert_eq!(with(PageSet::subtract), (10..90).collect::<Vec<_>>());
        assert!(PageSet::EMPTY.is_empty() && !a.is_empty());
    }
}
