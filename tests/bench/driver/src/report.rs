//! Tables and plots from what was kept.

use std::path::Path;

use anyhow::Result;

/// Prints the tables, and writes the plots to `docs/figures`.
pub(crate) fn write(_root: &Path, _results: &Path) -> Result<usize> {
    Ok(0)
}
