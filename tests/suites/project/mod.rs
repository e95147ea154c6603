//! The repository: that its code has the shape that its readers are told of, and
//! that its documents and workflows say what is true.

mod documents;
mod structure;
mod workflow;
