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
