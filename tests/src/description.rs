//! The description of the API as this repository keeps it, so that a change of
//! the API shows in a diff.

use http::Method;

use crate::stack::Stack;

/// Where it is kept.
pub const PATH: &str = "docs/openapi.json";
/// What writes it anew.
pub const COMMAND: &str = "cargo run -q --bin openapi > docs/openapi.json";

/// The document that the function `audit` serves, with a property a line.
///
/// # Panics
///
/// When there is none.
pub async fn served() -> String {
    let stack = Stack::start().await;
    let answer = stack.anonymous(Method::GET, "/openapi.json").send().await.expect(200);
    format!("{:#}\n", answer.json())
}
