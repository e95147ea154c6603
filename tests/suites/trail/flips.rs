//! No single bit of an export can be another one.

use std::fs;
use std::path::{Path, PathBuf};

use activity_log::verify::report::Outcome;
use activity_log_tests::faulty_engine::scramble;
use activity_log_tests::trail_log::TrailLog;

use super::Export;

const FLIPS: u64 = 10_000;

/// Every file of a folder, with its bytes.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("it is a folder") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            let bytes = fs::read(&path).expect("it is a file");
            all.push((path, bytes));
        }
    }
    all.sort();
    all
}

#[test]
fn of_10_000_exports_in_which_one_bit_is_flipped_none_is_proved() {
    let mut log = TrailLog::of("acme", 3, 3);
    let event = log.events.nth(3).0;
    log.unsealed.push(format!(r#"{{"id":"{}","occurred_at":"{}"}}"#, event.id, event.occurred_at));
    let export = Export::of(&log);
    export.proved();
    let files: Vec<_> = files(&export.dir())
        .into_iter()
        // Nobody signed it: that an event waits can't be proved.
        .filter(|(path, _)| !path.ends_with("unsealed.jsonl"))
        .collect();
    let bits: u64 = files.iter().map(|(_, bytes)| bytes.len() as u64 * 8).sum();
    assert!(files.len() > 5 && bits > 10_000);
    for flip in 0..FLIPS {
        let mut bit = scramble(7, flip) % bits;
        for (path, bytes) in &files {
            let bits = bytes.len() as u64 * 8;
            if bit >= bits {
                bit -= bits;
                continue;
            }
            let mut flipped = bytes.clone();
            flipped[usize::try_from(bit / 8).unwrap()] ^= 1 << (bit % 8);
            fs::write(path, flipped).unwrap();
            let report = export.verify();
            let is_proved = report.outcome() == Outcome::Proved;
            assert!(!is_proved, "bit {bit} of {}", path.display());
            fs::write(path, bytes).unwrap();
            break;
        }
    }
}
