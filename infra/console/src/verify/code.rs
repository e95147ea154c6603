//! What can be wrong with an export, and what is merely told, by stable codes.

use std::fmt;

/// What a finding means for the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Something was changed, removed or put in.
    Tampered,
    /// Something can't be told: it can't be read, or is of a later version.
    Unknown,
    /// Nothing is wrong; a reader wants to know.
    Told,
}

macro_rules! codes {
    ($($weight:ident: $($variant:ident = $word:literal),+;)+) => {
        /// The code of a finding. `docs/verifying.md` says what each means.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "the page has the meaning of each, and a test holds it")]
        pub enum Code { $($($variant),+),+ }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$($(Self::$variant),+),+];

            /// The word that stands for it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $($(Self::$variant => $word),+),+ }
            }

            /// What it means for the result.
            #[must_use]
            pub fn weight(self) -> Weight {
                match self { $($(Self::$variant)|+ => Weight::$weight),+ }
            }
        }
    };
}

codes! {
    Tampered:
        FileMissing = "file_missing",
        FileMalformed = "file_malformed",
        FileExtra = "file_extra",
        NoteMalformed = "note_malformed",
        NoteNotSigned = "note_not_signed",
        NoteWrongSignature = "note_wrong_signature",
        NoteWrongOrigin = "note_wrong_origin",
        NoteWrongSize = "note_wrong_size",
        NoteNotNewest = "note_not_newest",
        RootDiffers = "root_differs",
        RememberedDiffers = "remembered_differs",
        RolledBack = "rolled_back",
        NotCosigned = "not_cosigned",
        EventMissing = "event_missing",
        EventChanged = "event_changed",
        TileDiffers = "tile_differs",
        EventLineMissing = "event_line_missing",
        EventLineExtra = "event_line_extra",
        EventLineMalformed = "event_line_malformed",
        EventLineDiffers = "event_line_differs",
        EntryMalformed = "entry_malformed",
        TenantDiffers = "tenant_differs",
        TimeMalformed = "time_malformed",
        IdTimeDiffers = "id_time_differs",
        WrittenTimeDiffers = "written_time_differs",
        SealedTimeFell = "sealed_time_fell",
        SealedBeforeWritten = "sealed_before_written",
        SealedBeforeRemembered = "sealed_before_remembered",
        BackfillUnmarked = "backfill_unmarked",
        DisclosureMalformed = "disclosure_malformed",
        DisclosureForeign = "disclosure_foreign",
        DisclosureTwice = "disclosure_twice",
        DisclosureMissing = "disclosure_missing",
        IdTwice = "id_twice",
        ActivityMissing = "activity_missing",
        ActivityChanged = "activity_changed",
        ActivityNotProved = "activity_not_proved",
        ActivityWithoutEvent = "activity_without_event",
        ListingDiffers = "listing_differs",
        ListingLacksEvent = "listing_lacks_event",
        ListingNotSealed = "listing_not_sealed",
        UnsealedTooLong = "unsealed_too_long",
        UnsealedContradicts = "unsealed_contradicts",
        RestoreContradicts = "restore_contradicts",
        RestoreOutOfPlace = "restore_out_of_place";
    Unknown:
        FileNotRead = "file_not_read",
        EntryUnknown = "entry_unknown",
        DisclosureUnknown = "disclosure_unknown",
        RecordUnknown = "record_unknown",
        RememberedNotUsable = "remembered_not_usable",
        ListingNotRead = "listing_not_read";
    Told:
        SealedTwice = "sealed_twice",
        SealedLate = "sealed_late",
        Backfilled = "backfilled",
        Erased = "erased",
        RemovedWithTenant = "removed_with_tenant",
        NotSealedYet = "not_sealed_yet",
        ListedNotSealedYet = "listed_not_sealed_yet",
        ActivityNotSealedYet = "activity_not_sealed_yet",
        ActivityOfBefore = "activity_of_before",
        ItemTouched = "item_touched",
        DataNotKnown = "data_not_known",
        DisclosureNotKnown = "disclosure_not_known",
        FileNotKnown = "file_not_known",
        Restored = "restored",
        RestoreLostEvents = "restore_lost_events";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
