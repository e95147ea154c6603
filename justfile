# What `.ci/run` and .github/workflows/ci.yml run, and what to run by hand.
# `just` alone lists it. Without a `just` of your own:
#
#   "$(tests/tools/install just)/just" check

set shell := ["bash", "-euo", "pipefail", "-c"]

rust_version := `sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml`

_list:
    @{{ just_executable() }} --list --unsorted

# Before a commit: format, lock files, lints and the tests on the embedded engine
check: fmt-check locked lint test

# All that has to hold before a change lands, in this order
ci: fmt-check locked lint pages test test-dynamodb-local test-mcp test-cargo-lambda test-clients test-pages test-examples test-finding test-trail deploy-check test-emulator bench-short only-its-own unused doc deny

# Writes the format
fmt:
    cargo fmt --all
    cargo fmt --all --manifest-path tests/bench/Cargo.toml

# The format
fmt-check:
    cargo fmt --all --check
    cargo fmt --all --check --manifest-path tests/bench/Cargo.toml

# Both lock files are those of what is written in the manifests
locked:
    cargo metadata --locked --format-version 1 >/dev/null
    cargo metadata --locked --format-version 1 --manifest-path tests/bench/Cargo.toml >/dev/null

# Lints
lint:
    cargo clippy --workspace --all-targets -- -D warnings

# The sources of the browser pages, and that what is checked in is made of them
pages:
    cd functions/web/pages && npm ci --silent && npm run --silent check

# The tests on the embedded engine
test:
    cargo test --workspace

# The same suites on DynamoDB Local
test-dynamodb-local:
    tests/dynamodb-local cargo test --workspace --test suites

# Real MCP clients
test-mcp:
    tests/mcp/run

# The printed calls at port 9000, against a real `cargo lambda watch`
test-cargo-lambda:
    tests/cargo-lambda/run

# Clients that generators make of the description, against a real server
test-clients:
    tests/clients/run

# The browser pages, in a real browser on real servers
test-pages:
    tests/pages/run

# The examples, against a real server
test-examples:
    tests/examples/run

# What people search for, here and beside others
test-finding:
    tests/finding/run

# Exports of the signed log, against tools that this project did not write
test-trail:
    tests/trail/run

# The template, as far as it can be told without deploying it
deploy-check:
    tests/deploy/check

# The stack on an emulator of AWS, which enforces the roles
test-emulator:
    tests/emulator/run
    tests/emulator/run --without-action dynamodb:BatchWriteItem

# What a function may cost
bench-short:
    tests/bench/run --short

# What only one function needs is part of no other
only-its-own: (_only-part-of "mcp" "rmcp") (_only-part-of "publish" "aws-sdk-eventbridge") (_only-part-of "seal" "aws-sdk-kms")

_only-part-of function crate:
    #!/usr/bin/env bash
    set -euo pipefail
    found=()
    for folder in functions/*/; do
        name=$(basename "$folder")
        crates=$(cargo tree --locked --edges normal --prefix none --package "fn-$name")
        if grep -q '^{{ crate }} v' <<<"$crates"; then
            found+=("$name")
        fi
    done
    printf '{{ crate }} is part of {{ function }} only; found in: %s\n' "${found[*]-}"
    [[ ${found[*]-} == '{{ function }}' ]]

# Dependencies that nothing uses
unused:
    machete=$(tests/tools/install cargo-machete); PATH="$machete:$PATH" cargo machete

# The documentation of the code, without a broken link
doc:
    RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps

# Licences, bans and sources of the dependencies; `advisories` needs the network
deny *checks='bans licenses sources':
    deny=$(tests/tools/install cargo-deny); PATH="$deny:$PATH" cargo deny --workspace check {{ checks }}
    @{{ if checks =~ 'advisories' { 'true' } else { skip_advisories } }}

skip_advisories := "echo 'SKIPPED: advisories, which need the network; .github/workflows/ci.yml looks for them'"

# Counts the shape of the code: lines, shelves, arrows, circles, files of a route
structure *arguments:
    @tests/tools/structure {{ arguments }}

# The oldest toolchain that is promised builds it; rustup fetches that one
msrv:
    rustup toolchain install --profile minimal {{ rust_version }}
    cargo +{{ rust_version }} check --locked --workspace --all-targets
