//! The edge: from an HTTP request to a use case and back.
//!
//! [`routes`] is the one table of routes, [`exchange`] a request under way, and
//! [`answer`] what every response has around it; it alone knows all dialects.
//! There is a folder for each dialect ([`v1`], [`logged_activity`]) with a file
//! for each endpoint, and [`mcp`] for what is HTTP of the third. A dialect only
//! translates.
//!
//! The types are the `http` crate's, so that Lambda and the local server call
//! the same handlers.

pub mod answer;
pub mod body;
pub mod describe;
pub mod examples;
pub mod exchange;
pub mod logged_activity;
pub mod mcp;
pub mod message;
mod page;
pub mod query;
pub mod request_body;
pub mod routes;
pub mod status;
pub mod v1;
pub mod view;
