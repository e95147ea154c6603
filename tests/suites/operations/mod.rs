//! What an operator does and pays: the commands that work on a whole table, and
//! what a request costs of it.

mod access_line;
mod budget_of_pages;
mod capacity;
mod cost_of_any_text;
mod cost_of_logs;
mod cost_of_searches;
mod cost_of_suggestions;
mod history;
mod layout;
mod reindex;
mod remove_tenant;
mod round_trips;
mod sizes;
