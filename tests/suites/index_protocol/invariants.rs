//! What has to hold in every state.

use super::state::{Fault, State};

/// What is wrong in `state`, if anything is.
pub(super) fn violation(state: &State) -> Option<String> {
    let manifest = &state.manifest;
    let fault = match state.fault {
        Fault::None => None,
        Fault::Missed => Some("a search missed what was acknowledged before it started"),
        Fault::Uncommitted => Some("a search showed what was not committed"),
        Fault::Twice => Some("a search showed a row twice"),
        Fault::Struck => Some("a search that started after the strike showed what was struck"),
        Fault::Absent => Some("the current manifest names a part that a search did not find"),
        Fault::Rewritten => Some("a part was written again with other bytes"),
    };
    if let Some(what) = fault {
        return Some(what.to_owned());
    }
    let absent = manifest.segments.members().find(|&segment| !state.has_parts(segment));
    if let Some(segment) = absent {
        return Some(format!("the manifest names segment {segment}, of which a part is absent"));
    }
    if let Some(job) = manifest.job {
        if !state.claim(job.output).inputs.is_within(manifest.segments) {
            return Some("a merge is under way whose inputs are not listed".to_owned());
        }
        let written = (0..job.progress).all(|part| state.parts[usize::from(part)].has(job.output));
        if !written {
            return Some("a part that a merge noted as written is absent".to_owned());
        }
    }
    let found = state.tail_of(manifest.shards).and(state.content_of_all(manifest.segments));
    let forgotten = state.ever_struck.minus(manifest.struck);
    if let Some(position) = forgotten.common(found).members().next() {
        return Some(format!("the index forgot to hide position {position}, and has it"));
    }
    let lost = state.heads.minus(state.ever_struck).minus(found);
    lost.members().next().map(|position| format!("the index lost position {position}"))
}
