//! Prints the description of the API that the function `audit` serves:
//!
//! ```text
//! cargo run -q --bin openapi > docs/openapi.json
//! ```

#[tokio::main]
async fn main() {
    print!("{}", activity_log_tests::description::served().await);
}
