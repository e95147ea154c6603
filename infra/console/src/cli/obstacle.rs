//! What an operator is told of what stands between a command and its table: what it
//! is, where, and what to set or start.

use std::fmt;
use std::path::PathBuf;

use activity_log_core::platform::aws_check::Lack;
use activity_log_core::store::operator::obstacle::Obstacle;

/// It knows profiles of every kind, such as those of a sign-in in the browser.
const EXPORT: &str = "`eval \"$(aws configure export-credentials --format env)\"`";
const LOCAL: &str = "for the table of `activity-log serve` on this machine, use --local";

/// A table, and where it is.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) table: String,
    pub(super) at: At,
}

/// Where a table is.
#[derive(Clone, Debug)]
pub(super) enum At {
    /// At an address, and what says so.
    Url { url: String, named_by: &'static str },
    /// On AWS.
    Region(String),
    /// In the folder of a server on this machine.
    Folder(PathBuf),
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url { url, .. } => write!(f, "at {url}"),
            Self::Region(region) => write!(f, "in {region}"),
            Self::Folder(folder) => write!(f, "in {}", folder.display()),
        }
    }
}

/// The table that is not there, and how to name another.
pub(super) fn missing(place: &Place, to_make_it: &str) -> String {
    let Place { table, at } = place;
    format!(
        "there is no table {table} {at}: {to_make_it} makes it; --table or ACTIVITY_LOG_TABLE \
         names another"
    )
}

/// What an obstacle is, in a sentence.
pub(super) fn describe(obstacle: &Obstacle, place: &Place) -> String {
    let Place { table, at } = place;
    match obstacle {
        Obstacle::TableMissing => {
            missing(place, "`activity-log table create` with the same options")
        }
        Obstacle::OtherKeys => format!(
            "the table {table} {at} has other keys than an activity log's, pk and sk: name \
             another with --table or ACTIVITY_LOG_TABLE"
        ),
        Obstacle::OtherLayout(other) => {
            format!("nothing is done with the table {table} {at}: {other}")
        }
        Obstacle::NotActive(status) => format!(
            "the table {table} {at} is {status} and can't be used: wait until `activity-log table \
             describe` says ACTIVE, or name another with --table or ACTIVITY_LOG_TABLE"
        ),
        Obstacle::Denied { operation, answer } => format!(
            "these credentials may not do {operation} with the table {table} {at}: allow it to \
             them, or set others with AWS_PROFILE, or AWS_ACCESS_KEY_ID and \
             AWS_SECRET_ACCESS_KEY ({answer})"
        ),
        Obstacle::CredentialsExpired => format!(
            "the AWS credentials have expired: set new ones, AWS_SESSION_TOKEN among them, as by \
             {EXPORT} once you have signed in again"
        ),
        Obstacle::CredentialsRefused(answer) => format!(
            "nobody is known {at} by these credentials: set AWS_ACCESS_KEY_ID, \
             AWS_SECRET_ACCESS_KEY and, where there is one, AWS_SESSION_TOKEN, or AWS_PROFILE; \
             {LOCAL} ({answer})"
        ),
        Obstacle::ClockOff => format!(
            "what answers {at} takes the call for an old one: set the clock of this machine right"
        ),
        Obstacle::NotReached(cause) => match at {
            At::Region(region) => format!(
                "can't reach DynamoDB in {region}, which AWS_REGION or the profile says \
                 ({cause}): is there such a region, and a network?"
            ),
            At::Url { url, named_by } => {
                let secure = match url.starts_with("https://") {
                    true => ", in https and with a certificate of AWS_CA_BUNDLE or this machine",
                    false => "",
                };
                format!(
                    "can't reach {url}, which {named_by} says ({cause}): start what is to answer \
                     there{secure}, or name another address"
                )
            }
            At::Folder(folder) => format!(
                "can't reach the server in {} any more ({cause}): start it again",
                folder.display()
            ),
        },
        Obstacle::NotDynamoDb(cause) => format!(
            "what answers {at}{} is no DynamoDB ({cause}): name the address of the engine, which \
             is not that of the functions; {LOCAL}",
            match at {
                At::Url { named_by, .. } => format!(", which {named_by} says,"),
                At::Region(_) | At::Folder(_) => String::new(),
            }
        ),
    }
}

/// What is not set, in a sentence.
pub(super) fn describe_lack(lack: &Lack) -> String {
    match lack {
        Lack::Region => format!(
            "no AWS region is set: set AWS_REGION, as to us-east-1, or a profile that has one; \
             {LOCAL}"
        ),
        Lack::RegionName(region) => format!(
            "{region:?} is no AWS region: set AWS_REGION, as to us-east-1, or mend the profile"
        ),
        Lack::Credentials { profile: Some(profile) } => format!(
            "there are no AWS credentials in the profile {profile:?}, which AWS_PROFILE says: \
             name one that has some, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or, where \
             you sign in, {EXPORT}; {LOCAL}"
        ),
        Lack::Credentials { profile: None } => format!(
            "there are no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or \
             AWS_PROFILE, or, where you sign in, {EXPORT}; {LOCAL}"
        ),
        Lack::CredentialsUnusable(cause) => format!(
            "the AWS credentials can't be used ({}): mend the profile that AWS_PROFILE names, or \
             set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, as {EXPORT} does; {LOCAL}",
            // What the SDK was built without, it tells programmers.
            if cause.contains("cargo feature") { "their profile's kind is unknown" } else { cause }
        ),
    }
}
