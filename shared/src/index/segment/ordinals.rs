//! Lists of ordinals, in as few bytes as they need.
//!
//! A list is written as gaps: the first ordinal, then how many are between each and the
//! one before. In a segment of one page a list that is not shorter so is a bitmap. A
//! list that takes more than [`MAX_INLINE_BYTES`] is in blocks of *pages* of
//! [`PAGE`] ordinals, each by itself as gaps or as a bitmap, whichever is shorter. So a
//! reader takes of a long list only the pages that others have something in.

use super::varint::{self, Reader};
use super::{Corrupt, MAX_PART_BYTES, MAX_SEGMENT_LEN};

/// Ordinals of a page.
pub const PAGE: u32 = 4_096;
/// The longest list that stands in its bucket: the bitmap of a page.
pub const MAX_INLINE_BYTES: usize = PAGE as usize / 8;

const VERSION: u8 = 1;
/// Stands for the count of a page that is a bitmap.
const BITMAP: u64 = 0;

/// Some ordinals of a page: its first one is bit 0 of the first word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageSet(pub [u64; PAGE as usize / 64]);

impl PageSet {
    /// None of a page.
    pub const EMPTY: Self = Self([0; PAGE as usize / 64]);

    /// Adds what has this place in its page; the page itself is not looked at.
    pub fn insert(&mut self, ordinal: u32) {
        let at = ordinal % PAGE;
        self.0[at as usize / 64] |= 1 << (at % 64);
    }

    /// Whether it has what has this place in its page.
    #[must_use]
    pub fn contains(&self, ordinal: u32) -> bool {
        let at = ordinal % PAGE;
        self.0[at as usize / 64] >> (at % 64) & 1 == 1
    }

    /// Adds a bitmap, which is no longer than a page.
    fn add_bitmap(&mut self, bitmap: &[u8]) {
        for (word, bytes) in self.0.iter_mut().zip(bitmap.chunks(8)) {
            *word |= word_of(bytes);
        }
    }
}

/// A word of at most eight bytes.
fn word_of(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(word)
}

/// How many bytes the bitmap of a page has: the last page of a segment is shorter.
fn bitmap_bytes(segment_len: u32, page: u32) -> usize {
    ordinals_of(segment_len, page).div_ceil(8) as usize
}

/// How many ordinals of a segment are in a page of it.
fn ordinals_of(segment_len: u32, page: u32) -> u32 {
    segment_len.saturating_sub(page.saturating_mul(PAGE)).min(PAGE)
}

/// The form of a list.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Form<'a> {
    /// Its only ordinal.
    One(u32),
    /// Bytes that stand in the bucket: of [`decode_inline`].
    Inline(&'a [u8]),
    /// In blocks: [`Encoder::blocks`].
    Blocks,
}

/// A block of a list.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) first_page: u32,
    pub(super) bytes: Vec<u8>,
}

/// Writes lists, in memory that it keeps.
#[derive(Debug, Default)]
pub(super) struct Encoder {
    inline: Vec<u8>,
}

impl Encoder {
    /// The form of a list, which is ascending and has at least one ordinal.
    pub(super) fn encode(&mut self, ordinals: &[u32], segment_len: u32) -> Form<'_> {
        debug_assert!(segment_len <= MAX_SEGMENT_LEN && ordinals.is_sorted());
        if let [only] = ordinals {
            return Form::One(*only);
        }
        let has_one_page = segment_len <= PAGE;
        let most = if has_one_page { bitmap_bytes(segment_len, 0) } else { MAX_INLINE_BYTES + 1 };
        self.inline.clear();
        if put_gaps(&mut self.inline, ordinals, 0, most) {
            return Form::Inline(&self.inline);
        }
        if has_one_page {
            self.inline.clear();
            put_bitmap(&mut self.inline, ordinals, 0, most);
            return Form::Inline(&self.inline);
        }
        Form::Blocks
    }

    /// The blocks of a list.
    pub(super) fn blocks(ordinals: &[u32], segment_len: u32) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        let (mut body, mut before) = (Vec::new(), 0);
        for in_page in ordinals.chunk_by(|a, b| a / PAGE == b / PAGE) {
            let page = in_page[0] / PAGE;
            let bitmap_bytes = bitmap_bytes(segment_len, page);
            body.clear();
            varint::put(&mut body, in_page.len() as u64);
            let head = body.len();
            if !put_gaps(&mut body, in_page, page * PAGE, head + bitmap_bytes) {
                body.clear();
                varint::put(&mut body, BITMAP);
                put_bitmap(&mut body, in_page, page * PAGE, bitmap_bytes);
            }
            // The longest number of a page has four bytes.
            let fits = blocks.last().is_some_and(|block| {
                block.bytes.len() + varint::len(u64::from(page)) + body.len() <= MAX_PART_BYTES
            });
            if !fits {
                blocks.push(Block { first_page: page, bytes: vec![VERSION] });
                before = 0;
            }
            let block = blocks.last_mut().expect("one was begun");
            let since = if fits { page - before - 1 } else { page };
            varint::put(&mut block.bytes, u64::from(since));
            block.bytes.extend_from_slice(&body);
            before = page;
        }
        blocks
    }
}

/// Writes gaps while all that is written stays under `limit` bytes.
fn put_gaps(out: &mut Vec<u8>, ordinals: &[u32], base: u32, limit: usize) -> bool {
    let mut least = base;
    for ordinal in ordinals {
        varint::put(out, u64::from(ordinal - least));
        if out.len() >= limit {
            return false;
        }
        least = ordinal + 1;
    }
    true
}

fn put_bitmap(out: &mut Vec<u8>, ordinals: &[u32], base: u32, bytes: usize) {
    let start = out.len();
    out.resize(start + bytes, 0);
    for ordinal in ordinals {
        let at = ordinal - base;
        out[start + at as usize / 8] |= 1 << (at % 8);
    }
}

/// Reads gaps; what they stand for is under `end`.
fn each_of_gaps(
    bytes: &[u8],
    base: u32,
    end: u32,
    mut each: impl FnMut(u32),
) -> Result<(), Corrupt> {
    let mut reader = Reader::new(bytes);
    let mut least = base;
    while !reader.is_at_end() {
        let ordinal = reader.small::<u32>()?.checked_add(least);
        let ordinal = ordinal.filter(|ordinal| *ordinal < end);
        let ordinal = ordinal.ok_or(Corrupt("an ordinal beyond the segment"))?;
        each(ordinal);
        least = ordinal + 1;
    }
    Ok(())
}

fn each_of_bitmap(bytes: &[u8], base: u32, mut each: impl FnMut(u32)) {
    for (word, bytes) in (0..).zip(bytes.chunks(8)) {
        let mut bits = word_of(bytes);
        while bits != 0 {
            each(base + word * 64 + bits.trailing_zeros());
            bits &= bits - 1;
        }
    }
}

/// Adds the ordinals of bytes that stand in a bucket, ascending.
pub(super) fn decode_inline(
    bytes: &[u8],
    segment_len: u32,
    into: &mut Vec<u32>,
) -> Result<(), Corrupt> {
    if segment_len <= PAGE && bytes.len() == bitmap_bytes(segment_len, 0) {
        check_bitmap(bytes, segment_len)?;
        each_of_bitmap(bytes, 0, |ordinal| into.push(ordinal));
        return Ok(());
    }
    each_of_gaps(bytes, 0, segment_len, |ordinal| into.push(ordinal))
}

/// Whether a bitmap has something, and nothing beyond its ordinals.
fn check_bitmap(bitmap: &[u8], ordinals: u32) -> Result<(), Corrupt> {
    let beyond = match (bitmap.last(), ordinals % 8) {
        (Some(last), used @ 1..) => last >> used,
        _ => 0,
    };
    if beyond != 0 {
        return Err(Corrupt("an ordinal beyond the segment"));
    }
    if bitmap.iter().all(|byte| *byte == 0) {
        return Err(Corrupt("a list without ordinals"));
    }
    Ok(())
}

/// A page of a block.
enum Page<'a> {
    Bitmap(&'a [u8]),
    Gaps(&'a [u8]),
}

/// The pages of a block, in order.
struct Pages<'a> {
    reader: Reader<'a>,
    segment_len: u32,
    /// The least number that the next page can have.
    least: u32,
}

impl<'a> Pages<'a> {
    fn new(bytes: &'a [u8], segment_len: u32) -> Result<Self, Corrupt> {
        Ok(Self { reader: Reader::of_version(bytes, VERSION)?, segment_len, least: 0 })
    }

    fn next(&mut self) -> Result<Option<(u32, Page<'a>)>, Corrupt> {
        if self.reader.is_at_end() {
            return Ok(None);
        }
        let number = self.reader.small::<u32>()?.checked_add(self.least);
        let pages = self.segment_len.div_ceil(PAGE);
        let number = number.filter(|number| *number < pages);
        let number = number.ok_or(Corrupt("a page beyond the segment"))?;
        self.least = number + 1;
        let count = self.reader.number()?;
        let page = if count == BITMAP {
            let ordinals = ordinals_of(self.segment_len, number);
            let bitmap = self.reader.take(bitmap_bytes(self.segment_len, number))?;
            check_bitmap(bitmap, ordinals)?;
            Page::Bitmap(bitmap)
        } else {
            Page::Gaps(self.reader.numbers(count)?)
        };
        Ok(Some((number, page)))
    }
}

/// One past the last ordinal of a page.
fn end_of(segment_len: u32, page: u32) -> u32 {
    page * PAGE + ordinals_of(segment_len, page)
}

/// Adds what a block has of a page.
pub fn add_page(
    block: &[u8],
    segment_len: u32,
    page: u32,
    into: &mut PageSet,
) -> Result<(), Corrupt> {
    let mut pages = Pages::new(block, segment_len)?;
    while let Some((number, content)) = pages.next()? {
        if number < page {
            continue;
        }
        if number > page {
            break;
        }
        match content {
            Page::Bitmap(bitmap) => into.add_bitmap(bitmap),
            Page::Gaps(gaps) => {
                let end = end_of(segment_len, page);
                each_of_gaps(gaps, page * PAGE, end, |ordinal| into.insert(ordinal))?;
            }
        }
    }
    Ok(())
}

/// Adds all ordinals of a block, ascending.
pub(super) fn decode_block(
    block: &[u8],
    segment_len: u32,
    into: &mut Vec<u32>,
) -> Result<(), Corrupt> {
    let mut pages = Pages::new(block, segment_len)?;
    while let Some((page, content)) = pages.next()? {
        let (base, end) = (page * PAGE, end_of(segment_len, page));
        match content {
            Page::Bitmap(bitmap) => each_of_bitmap(bitmap, base, |ordinal| into.push(ordinal)),
            Page::Gaps(gaps) => each_of_gaps(gaps, base, end, |ordinal| into.push(ordinal))?,
        }
    }
    Ok(())
}

/// All ordinals of a block, ascending.
pub fn all(block: &[u8], segment_len: u32) -> Result<Vec<u32>, Corrupt> {
    let mut ordinals = Vec::new();
    decode_block(block, segment_len, &mut ordinals)?;
    Ok(ordinals)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads a list of any form.
    fn read_back(list: &[u32], segment_len: u32) -> Vec<u32> {
        let mut read = Vec::new();
        match Encoder::default().encode(list, segment_len) {
            Form::One(ordinal) => read.push(ordinal),
            Form::Inline(bytes) => {
                assert!((1..=MAX_INLINE_BYTES).contains(&bytes.len()));
                decode_inline(bytes, segment_len, &mut read).unwrap();
            }
            Form::Blocks => {
                for block in Encoder::blocks(list, segment_len) {
                    assert!(block.bytes.len() <= MAX_PART_BYTES);
                    let ordinals = all(&block.bytes, segment_len).unwrap();
                    assert_eq!(ordinals[0] / PAGE, block.first_page);
                    read.extend(ordinals);
                }
            }
        }
        read
    }

    fn form(list: &[u32], segment_len: u32) -> &'static str {
        let mut encoder = Encoder::default();
        match encoder.encode(list, segment_len) {
            Form::One(_) => "one",
            Form::Inline(bytes)
                if segment_len <= PAGE && bytes.len() == bitmap_bytes(segment_len, 0) =>
            {
                "bitmap"
            }
            Form::Inline(_) => "gaps",
            Form::Blocks => "blocks",
        }
    }

    #[test]
    fn a_list_has_the_shortest_form_on_both_sides_of_each_threshold() {
        let first = |count| (0..count).collect::<Vec<u32>>();
        for (list, segment_len, expected) in [
            (vec![4_095], 4_096, "one"),
            (vec![0, 1], 2, "bitmap"),
            (vec![0, 1], 16, "bitmap"),
            (vec![0, 1], 17, "gaps"),
            (first(511), 4_096, "gaps"),
            (first(512), 4_096, "bitmap"),
            (first(4_096), 4_096, "bitmap"),
            (first(512), 4_097, "gaps"),
            (first(513), 4_097, "blocks"),
            (vec![0, MAX_SEGMENT_LEN - 1], MAX_SEGMENT_LEN, "gaps"),
        ] {
            assert_eq!(form(&list, segment_len), expected, "{} of {segment_len}", list.len());
            assert_eq!(read_back(&list, segment_len), list);
        }
    }

    #[test]
    fn a_list_of_all_is_in_full_blocks_of_bitmaps() {
        let segment_len = 20 * PAGE + 9;
        let list: Vec<u32> = (0..segment_len).collect();
        let blocks = Encoder::blocks(&list, segment_len);
        assert_eq!(blocks.iter().map(|block| block.first_page).collect::<Vec<_>>(), [0, 7, 14]);
        assert_eq!(read_back(&list, segment_len), list);
    }

    #[test]
    fn a_page_is_taken_from_its_block_alone() {
        let segment_len = 6 * PAGE + 100;
        // One page is nearly full, one has little, one nothing.
        let list: Vec<u32> = (0..segment_len)
            .filter(|n| match n / PAGE {
                1 => n % 100 != 0,
                2 => false,
                _ => n % 40 == 0,
            })
            .collect();
        let [block] = &Encoder::blocks(&list, segment_len)[..] else { panic!() };
        for page in 0..8 {
            let mut of_page = PageSet::EMPTY;
            add_page(&block.bytes, segment_len, page, &mut of_page).unwrap();
            let mut expected = PageSet::EMPTY;
            list.iter().filter(|n| *n / PAGE == page).for_each(|n| expected.insert(*n));
            assert_eq!(of_page, expected, "{page}");
            assert_eq!(of_page.contains(page * PAGE + 40), list.contains(&(page * PAGE + 40)));
        }
    }

    #[test]
    fn the_directory_of_the_longest_list_is_within_a_bucket() {
        // Blocks are shortest where pages that fill most of one and small ones alternate; the
        // fewest bytes that end a block are all but one page of it.
        let least_of_block = MAX_PART_BYTES - MAX_INLINE_BYTES - 8;
        let pages = (MAX_SEGMENT_LEN / PAGE) as usize;
        let blocks = pages * (MAX_INLINE_BYTES + 5) / least_of_block;
        // At most one of 127 pages is so far from the one before that it takes two bytes.
        let directory = blocks + pages / 127;
        assert!(directory + 255 + 32 < MAX_PART_BYTES, "{directory}");
    }

    #[test]
    fn what_is_beyond_the_segment_is_corrupt() {
        let mut into = Vec::new();
        // Gaps of a segment of 20, and a bitmap of three bytes of which four bits are none.
        assert_eq!(decode_inline(&[19], 20, &mut into), Ok(()));
        assert!(decode_inline(&[20], 20, &mut into).is_err());
        assert!(decode_inline(&[5, 14], 20, &mut into).is_err());
        assert!(decode_inline(&[0, 0, 0x10], 20, &mut into).is_err());
        assert!(decode_inline(&[0, 0, 0], 20, &mut into).is_err(), "an empty bitmap");
        assert_eq!(decode_inline(&[0, 0, 0x08], 20, &mut into), Ok(()));
        assert!(decode_inline(&[0xff, 0xff, 0xff, 0xff, 0x0f, 0], 5_000, &mut into).is_err());
        let block = |bytes: &[u8]| all(&[&[VERSION], bytes].concat(), 5_000);
        assert_eq!(block(&[1, 1, 0]), Ok(vec![4_096]));
        assert!(block(&[2, 1, 0]).is_err(), "a page");
        assert!(block(&[0, 1, 0, 1, 1, 0]).is_err(), "a page after another");
        assert!(block(&[1, 2, 0]).is_err(), "a count of what is not there");
        assert!(block(&[1, 1, 0x88, 0x07]).is_err(), "an ordinal");
        assert!(block(&[0, 1, 0x80, 0x20]).is_err(), "an ordinal of another page");
        assert!(block(&[0, 0, 1]).is_err(), "half a bitmap");
        assert!(all(&[VERSION + 1], 5_000).is_err());
        assert!(all(&[], 5_000).is_err());
    }

    proptest! {
        #[test]
        fn any_list_reads_back(
            segment_len in prop_oneof![1u32..100, 4_000u32..4_200, 4_097u32..30_000],
            every in 1u32..3_000,
            seed in any::<u32>(),
        ) {
            let chosen = |n: &u32| (n.wrapping_mul(2_654_435_761) ^ seed) >> 8 < u32::MAX / 256 / every;
            let mut list: Vec<u32> = (0..segment_len).filter(chosen).collect();
            if list.is_empty() {
                list.push(seed % segment_len);
            }
            prop_assert_eq!(read_back(&list, segment_len), list);
        }

        #[test]
        fn any_bytes_are_a_list_or_corrupt(
            bytes in prop::collection::vec(prop_oneof![0u8..4, any::<u8>()], 0..600),
            segment_len in prop_oneof![1u32..100, 4_090u32..4_800, 5_000u32..100_000],
        ) {
            let mut list = Vec::new();
            if decode_inline(&bytes, segment_len, &mut list).is_ok() {
                prop_assert!(list.is_sorted_by(|a, b| a < b));
                prop_assert!(list.iter().all(|ordinal| *ordinal < segment_len));
            }
            let block = [&[VERSION][..], &bytes].concat();
            let listed = all(&block, segment_len);
            for page in 0..3 {
                let mut of_page = PageSet::EMPTY;
                let added = add_page(&block, segment_len, page, &mut of_page);
                prop_assert!(added.is_ok() || listed.is_err());
            }
            if let Ok(list) = listed {
                prop_assert!(list.is_sorted_by(|a, b| a < b));
                prop_assert!(list.iter().all(|ordinal| *ordinal < segment_len));
            }
        }
    }
}
