//! `completions` and `man`: what shells and manuals are given.

use std::process::Command;

use serde_json::Value;

use super::rig::{binary, directory, stderr, text};

fn printed(arguments: &[&str]) -> String {
    let output = binary().args(arguments).output().expect("the binary runs");
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    String::from_utf8(output.stdout).expect("it prints text")
}

/// What bash offers for the last of some words.
fn completed(script: &str, words: &[&str]) -> Vec<String> {
    let asked = r#"
        . "$1"; shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _activity__log activity-log "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    // It is longer than an argument can be.
    let folder = directory();
    let file = folder.path().join("completions.bash");
    std::fs::write(&file, script).expect("it is written");
    let output = Command::new("bash")
        .args(["--norc", "-c", asked, "bash", text(&file)])
        .args(words)
        .output()
        .expect("bash runs");
    assert!(output.status.success(), "{}", stderr(&output));
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_and_their_options() {
    let script = printed(&["completions", "bash"]);
    let has_bash = Command::new("bash").arg("--version").output().is_ok();
    // Its functions are looked at where it can't be run.
    assert!(script.contains("_activity__log() {"));
    if !has_bash {
        return;
    }
    for (words, expected) in [
        (&["activity-log", "ke"][..], "keys"),
        (&["activity-log", "keys", "cr"], "create"),
        (&["activity-log", "keys", "create", "--na"], "--name"),
        (&["activity-log", "serve", "--emp"], "--empty"),
        (&["activity-log", "--loc"], "--local"),
        (&["activity-log", "completions", "fi"], "fish"),
    ] {
        assert_eq!(completed(&script, words), [expected], "{words:?}");
    }
}

#[test]
fn every_shell_has_a_script_that_knows_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = printed(&["completions", shell]);
        for word in ["keys", "reopen-removed-tenant", "dynamodb-listen", "remove-old"] {
            assert!(script.contains(word), "{shell} does not know {word}");
        }
    }
    let json: Value =
        serde_json::from_str(&printed(&["completions", "bash", "--json"])).expect("it prints JSON");
    assert_eq!((&json["shell"], json["script"].is_string()), (&Value::from("bash"), true));
}

/// The pages of a command and of those beneath it.
fn name_pages(command: &clap::Command, name: &str, pages: &mut Vec<String>) {
    pages.push(format!("{name}.1"));
    for beneath in command.get_subcommands().filter(|command| command.get_name() != "help") {
        name_pages(beneath, &format!("{name}-{}", beneath.get_name()), pages);
    }
}

#[test]
fn there_is_a_manual_page_for_every_command() {
    let page = printed(&["man"]);
    assert!(page.contains(".TH activity-log 1"), "{page}");
    let directory = directory();
    let out = directory.path().join("man1");
    let named = printed(&["man", "--out", text(&out)]);
    let mut definition = activity_log::cli::definition();
    definition.build();
    let mut expected = Vec::new();
    name_pages(&definition, "activity-log", &mut expected);
    assert!(expected.len() > 20);
    for name in &expected {
        let path = out.join(name);
        let page = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        for part in [".SH NAME", ".SH SYNOPSIS", "\\-\\-json"] {
            assert!(page.contains(part), "{name} has no {part}");
        }
        assert!(named.contains(text(&path)), "{name} is not named");
    }
    assert_eq!(std::fs::read_dir(&out).expect("it is a folder").count(), expected.len());
    let keys =
        std::fs::read_to_string(out.join("activity-log-keys-create.1")).expect("it is there");
    assert!(
        keys.contains("activity\\-log\\-keys\\-create")
            || keys.contains("activity-log-keys-create")
    );
    let blocked = binary().args(["man", "--out", text(&out.join("activity-log.1"))]).output();
    assert_eq!(blocked.expect("the binary runs").status.code(), Some(1));
}

/// A reader that has read enough.
#[test]
fn a_pipe_that_is_closed_is_no_failure_and_a_full_disk_is_one() {
    let shell = |script: &str| {
        Command::new("sh")
            .args(["-c", script, env!("CARGO_BIN_EXE_activity-log")])
            .output()
            .expect("there is a shell")
    };
    let closed = shell(r#"("$0" completions zsh; echo "$?" >&2) | head -c 1 >/dev/null"#);
    assert_eq!(stderr(&closed), "0\n");
    if std::path::Path::new("/dev/full").exists() {
        let full = shell(r#""$0" completions zsh >/dev/full"#);
        assert_eq!(full.status.code(), Some(1));
        assert!(stderr(&full).starts_with("activity-log: the result can't be printed: No space"));
    }
}
