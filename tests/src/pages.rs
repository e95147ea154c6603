//! The pages for browsers, as a browser asks for them.

use http::Method;

use crate::stack::Stack;

/// The path of the script of the page at `/`.
///
/// # Panics
///
/// When there is no such page, or none on it.
pub async fn script_of_pages(stack: &Stack) -> String {
    let page = stack.anonymous(Method::GET, "/").send().await.expect(200);
    addresses_in(&String::from_utf8_lossy(&page.body))
        .into_iter()
        .find(|path| path.ends_with(".js"))
        .expect("it has one")
}

/// The paths of the files that a page uses.
#[must_use]
pub fn addresses_in(page: &str) -> Vec<String> {
    let quoted = page.split('"').skip(1).step_by(2);
    quoted.filter(|text| text.starts_with("assets/")).map(|path| format!("/{path}")).collect()
}
