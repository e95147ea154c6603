//! What operators' commands do with the table. They are for the console alone: no
//! function calls any of them, and most go through the whole table.

pub mod commits;
pub mod indexed_tenants;
pub mod layout;
pub mod obstacle;
pub mod old_words;
mod outdated;
pub mod reindex;
pub mod remove_tenant;
mod scan;
pub mod sweep;
pub mod table;
mod waiting;
