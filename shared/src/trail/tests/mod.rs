//! The forms, held against those of others and against what was written before.

mod forms;
mod trees;
