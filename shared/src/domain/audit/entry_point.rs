//! The doors that calls come through.

use crate::domain::activity::Source;
use crate::domain::client::Client;
use crate::domain::value::word_enum;

word_enum! {
    /// The way by which an event came, as the trail names it.
    EventSource {
        /// A message of a queue.
        Sqs = "event:sqs",
        /// A rule of a bus, also where a queue is in between.
        EventBridge = "event:eventbridge",
        /// An invocation of the function.
        Invoke = "event:invoke",
    }
}

/// What the trail names as the route of an import.
const IMPORT: &str = "import";

/// The door that a call came through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryPoint {
    /// An HTTP route, by its template.
    ApiRoute(String),
    /// An MCP tool.
    Tool(String),
    /// An event.
    Event(EventSource),
    /// The operator's import of a file: what it logs.
    Import,
    /// A command of the operator.
    Command(String),
}

impl EntryPoint {
    /// The tool, where it is one.
    #[must_use]
    pub fn tool_name(&self) -> Option<&str> {
        match self {
            Self::Tool(name) => Some(name),
            Self::ApiRoute(_) | Self::Event(_) | Self::Import | Self::Command(_) => None,
        }
    }

    /// What the trail names as the route, where it is neither a tool nor a command.
    #[must_use]
    pub fn api_route(&self) -> Option<&str> {
        match self {
            Self::ApiRoute(template) => Some(template),
            Self::Event(source) => Some(source.as_str()),
            Self::Import => Some(IMPORT),
            Self::Tool(_) | Self::Command(_) => None,
        }
    }

    /// The command, where it is one.
    #[must_use]
    pub fn command(&self) -> Option<&str> {
        match self {
            Self::Command(name) => Some(name),
            Self::ApiRoute(_) | Self::Tool(_) | Self::Event(_) | Self::Import => None,
        }
    }

    /// The one name that it has.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::ApiRoute(name) | Self::Tool(name) | Self::Command(name) => name,
            Self::Event(source) => source.as_str(),
            Self::Import => IMPORT,
        }
    }

    /// The door that has just one of these names; `None` where there is none, or another
    /// one too.
    #[must_use]
    pub fn of_names(
        tool_name: Option<&str>,
        api_route: Option<&str>,
        command: Option<&str>,
    ) -> Option<Self> {
        match (tool_name, api_route, command) {
            (Some(tool), None, None) => Some(Self::Tool(tool.to_owned())),
            (None, Some(route), None) => Some(Self::of_api_route(route)),
            (None, None, Some(command)) => Some(Self::Command(command.to_owned())),
            _ => None,
        }
    }

    /// The door that the trail names as a route.
    fn of_api_route(text: &str) -> Self {
        match EventSource::parse(text) {
            Ok(source) => Self::Event(source),
            Err(_) if text == IMPORT => Self::Import,
            Err(_) => Self::ApiRoute(text.to_owned()),
        }
    }
}

/// How a call came in, whoever makes it.
#[derive(Clone, Debug)]
pub struct Door {
    /// The way by which the record comes in.
    pub source: Source,
    /// The door.
    pub entry_point: EntryPoint,
    /// The caller's end.
    pub client: Client,
    /// The request, as the response and the log name it.
    pub request_id: String,
}
