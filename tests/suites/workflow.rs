//! `.github/workflows/ci.yml` has a job for each step of `.ci/run`, and no step
//! that can't be run by hand.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use saphyr::{LoadableYamlNode, Yaml};

/// What needs a toolchain that is not the machine's own.
const IN_THE_WORKFLOW_ALONE: &str = "msrv";

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The recipes that the recipe `ci` depends on.
fn steps() -> BTreeSet<String> {
    let justfile = read("justfile");
    let steps = justfile.lines().find_map(|line| line.strip_prefix("ci: ")).expect("`ci` is there");
    steps.split_whitespace().map(str::to_owned).collect()
}

/// The recipes that the jobs of the workflow run, without their arguments.
fn jobs() -> BTreeSet<String> {
    let text = read(".github/workflows/ci.yml");
    let documents = Yaml::load_from_str(&text).expect("it is YAML");
    let matrix = &documents[0]["jobs"]["recipe"]["strategy"]["matrix"]["include"];
    let entries = matrix.as_sequence().expect("the matrix lists its entries");
    let recipe = |entry: &Yaml<'_>| {
        let call = entry["recipe"].as_str().expect("an entry names a recipe");
        call.split(' ').next().unwrap_or(call).to_owned()
    };
    entries.iter().map(recipe).collect()
}

#[test]
fn the_workflow_has_a_job_for_each_step() {
    let mut expected = steps();
    expected.insert(IN_THE_WORKFLOW_ALONE.to_owned());
    assert_eq!(jobs(), expected);
}
