//! The binary `activity-log` from end to end: what it prints, what it keeps,
//! and what it survives.

mod acts;
mod audit;
mod commands;
mod compaction;
mod data_folder;
mod demo;
mod desk;
mod doors;
mod imports;
mod keys;
mod layout;
mod messages;
mod operations;
mod rig;
mod seal_function;
mod serving;
mod shell;
mod sizes;
mod trail;
