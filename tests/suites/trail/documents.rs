//! The page about verifying has every code, with what it means for the result.

use std::collections::BTreeMap;

use activity_log::verify::code::{Code, Weight};
use activity_log_tests::markdown::Document;

#[test]
fn every_code_of_a_finding_is_on_the_page_under_what_it_means() {
    let page = Document::read("docs/verifying.md");
    let rows = page.rows();
    let described: BTreeMap<&str, &str> = rows
        .iter()
        .filter_map(|row| match row.as_slice() {
            [code, weight, _] => Some((code.trim_matches('`'), *weight)),
            _ => None,
        })
        .filter(|(code, _)| *code != "code")
        .collect();
    let expected: BTreeMap<&str, &str> = Code::ALL
        .iter()
        .map(|code| {
            let weight = match code.weight() {
                Weight::Tampered => "1",
                Weight::Unknown => "2",
                Weight::Told => "0",
            };
            (code.as_str(), weight)
        })
        .collect();
    assert_eq!(described, expected);
}
