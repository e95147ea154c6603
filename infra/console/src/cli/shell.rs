//! `activity-log completions` and `activity-log man`: what shells and manuals are
//! given, made from the definition of the command line.

use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_complete::Shell;
use clap_mangen::Man;
use serde_json::json;

use super::error::CliError;
use super::output::Output;

#[derive(Clone, Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell.
    shell: Shell,
}

#[derive(Clone, Debug, Args)]
pub(super) struct ManArgs {
    /// Write a page for each command into this folder, and make it if it is missing.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn completions(
    args: &CompletionsArgs,
    mut definition: Command,
    output: Output,
) -> Result<(), CliError> {
    let name = definition.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut definition, &name, &mut script);
    let script = String::from_utf8_lossy(&script);
    // The generator's two names for a command differ where the program has a hyphen, so
    // that bash would complete nothing beneath the first word.
    let script = script.replace(&name.replace('-', "__subcmd__"), &name.replace('-', "__"));
    output.print(script.trim_end(), &json!({ "shell": args.shell.to_string(), "script": script }))
}

pub(super) fn man(args: &ManArgs, mut definition: Command, output: Output) -> Result<(), CliError> {
    definition.build();
    let Some(folder) = &args.out else {
        let page = render(&definition).map_err(CliError::io("the manual page"))?;
        return output.print(page.trim_end(), &json!({ "page": page }));
    };
    std::fs::create_dir_all(folder).map_err(CliError::io(folder.display()))?;
    let mut files = Vec::new();
    write_pages(&definition, folder, &mut files)?;
    let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    output.print(files.join("\n"), &json!({ "files": files }))
}

fn render(command: &Command) -> std::io::Result<String> {
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

/// A page for a command and for each beneath it, named as `man` finds them:
/// `activity-log-keys-create.1`.
fn write_pages(command: &Command, folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), CliError> {
    let name = command.get_display_name().unwrap_or(command.get_name());
    let file = folder.join(format!("{name}.1"));
    let page = render(command).map_err(CliError::io(file.display()))?;
    std::fs::write(&file, page).map_err(CliError::io(file.display()))?;
    files.push(file);
    let beneath = command.get_subcommands().filter(|command| command.get_name() != "help");
    for command in beneath {
        write_pages(command, folder, files)?;
    }
    Ok(())
}
