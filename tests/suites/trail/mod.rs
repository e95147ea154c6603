//! The provable trail: how it is sealed, and that nothing of it can be changed unnoticed.

mod many_sealers;
mod sealing;
