//! `activity-log audit cosign`: a witness remembers the newest checkpoint, by the protocol
//! [c2sp.org/tlog-witness](https://c2sp.org/tlog-witness).

use activity_log_core::app::log_reader::LogReader;
use activity_log_core::domain::principal::TenantId;
use activity_log_core::trail::note::{SignedNote, VerifierKey};
use activity_log_core::trail::tree::consistency_proof;
use clap::Args;
use http::StatusCode;
use serde_json::json;

use crate::cli::arguments::{tenant, url};
use crate::cli::connection::Connected;
use crate::cli::error::CliError;
use crate::cli::output::Output;
use crate::http_client::{HttpAnswer, HttpClient};

#[derive(Debug, Args)]
pub(in crate::cli) struct CosignArgs {
    /// The tenant.
    #[arg(long, value_parser = tenant)]
    tenant: TenantId,
    /// Address of the witness, below which it takes `/add-checkpoint`.
    #[arg(long, value_name = "URL", value_parser = url)]
    witness: String,
    /// The key of the witness, which its answer is held against.
    #[arg(long, value_name = "VKEY", value_parser = witness_key)]
    witness_key: VerifierKey,
}

fn witness_key(text: &str) -> Result<VerifierKey, String> {
    let key = VerifierKey::parse(text).map_err(|error| error.to_string())?;
    if key.is_of_a_witness() { Ok(key) } else { Err("is the key of a log".to_owned()) }
}

/// How often the witness may say that it remembers another size than we sent.
const ATTEMPTS: usize = 3;

pub(super) async fn run(
    args: CosignArgs,
    connected: &Connected,
    output: Output,
) -> Result<(), CliError> {
    let (store, generation) = (&connected.ctx.store, connected.ctx.config.audit_log.generation);
    let newest = store.seals_before(&args.tenant, generation, None, 1).await?.pop();
    let Some(newest) = newest else { return Err(CliError::NoLog(args.tenant)) };
    let (size, note) = (newest.size(), newest.note);
    let mut reader = LogReader::new(store, &args.tenant, generation, size);
    let client = HttpClient::of(&args.witness)?;
    let mut remembered = 0;
    for _ in 0..ATTEMPTS {
        let proof = reader.proof(consistency_proof(remembered, size)).await?;
        let lines: String = proof.iter().map(|hash| format!("{hash}\n")).collect();
        let request = format!("old {remembered}\n{lines}\n{note}");
        let answer = client.post("/add-checkpoint", request).await?;
        match answer.status {
            StatusCode::OK => {
                let line = cosignature(&args.witness_key, &note, &answer)?;
                store.put_cosignature(&args.tenant, generation, size, &line).await?;
                return output.print(
                    format_args!("The witness remembers {size} leaves:\n{}", line.trim_end()),
                    &json!({ "size": size, "cosignature": line }),
                );
            }
            StatusCode::CONFLICT => match size_of(&answer) {
                // It remembers a later state than there is.
                Some(other) if other > size => return Err(CliError::WitnessAhead { other, size }),
                Some(other) if other != remembered => remembered = other,
                // It was asked to go on from just that size.
                Some(other) if other == size => {
                    let why = "what it remembers is another tree of this size: one of the two \
                               was changed";
                    return Err(CliError::WitnessRefused(why.to_owned()));
                }
                _ => return Err(refused(&answer)),
            },
            _ => return Err(refused(&answer)),
        }
    }
    Err(CliError::WitnessRefused("it remembers another size each time".to_owned()))
}

/// The size that a witness remembers.
fn size_of(answer: &HttpAnswer) -> Option<u64> {
    answer.text()?.trim_end().parse().ok()
}

fn refused(answer: &HttpAnswer) -> CliError {
    const MAX_CHARS: usize = 200;
    let text: String = answer.text().unwrap_or_default().chars().take(MAX_CHARS).collect();
    let why = match answer.status {
        StatusCode::NOT_FOUND => "it does not know this log: give it the log's key".to_owned(),
        StatusCode::FORBIDDEN => "it does not trust the key that signed the checkpoint".to_owned(),
        StatusCode::UNPROCESSABLE_ENTITY => {
            "what it remembers is no beginning of this log: one of the two was changed".to_owned()
        }
        status => format!("it answered {status} {text:?}"),
    };
    CliError::WitnessRefused(why)
}

/// The line of the witness's own key, which has to be right.
fn cosignature(key: &VerifierKey, note: &str, answer: &HttpAnswer) -> Result<String, CliError> {
    let no_line = || CliError::WitnessRefused("its answer has no signature of its key".to_owned());
    let lines = answer.text().ok_or_else(no_line)?.lines();
    for line in lines {
        let line = format!("{line}\n");
        let cosigned = SignedNote::parse(&format!("{note}{line}"));
        if cosigned.is_ok_and(|cosigned| cosigned.verify(key).is_ok()) {
            return Ok(line);
        }
    }
    Err(no_line())
}
