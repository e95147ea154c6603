//! A request under way: its id, its route, and what was sent with it.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use http::Method;
use tokio::time::Instant;

use super::message::Request;
use super::query::Query;
use super::routes::{Dialect, Operation, Resolved, Route, dialect_of, resolve};
use crate::app::authenticate::NotAuthenticated;
use crate::app::context::{Context, Setting};
use crate::app::input::{Reader, Violations};
use crate::app::note_use::{USE_NOT_NOTED, UseNote, note_use};
use crate::domain::activity::Source;
use crate::domain::audit::{Call, Door, EntryPoint};
use crate::domain::caller::Principal;
use crate::domain::clock::Environment;
use crate::domain::error::{Error, Result, chain};
use crate::domain::idempotency::IdempotencyKey;
use crate::domain::value::Refusal;
use crate::index::store::is_damage;
use crate::platform::telemetry::{Metric, TraceId, count};

/// The header of an idempotency key, as violations name it.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
const KEY_WITH_COMMA: &str =
    "must not have a comma: in /v1, such a key goes into the body, as idempotency_key";

/// A request under way.
#[derive(Debug)]
pub struct Exchange<'a> {
    pub(super) setting: Setting<'a>,
    request: Request,
    resolved: Resolved,
    dialect: Dialect,
    request_id: String,
    trace_id: OnceLock<TraceId>,
    /// The note that the caller's key is used, while it is being written.
    use_note: Mutex<Option<UseNote>>,
    begun: Instant,
    /// Who turned out to call, and the tool that they call, for the line in the log.
    principal: OnceLock<Principal>,
    tool: OnceLock<&'static str>,
}

impl<'a> Exchange<'a> {
    /// Begins to answer a request. An id that the caller sends is ignored.
    #[must_use]
    pub fn begin(setting: Setting<'a>, request: Request) -> Self {
        let resolved = resolve(setting.config.web_pages, &request.method, &request.path);
        let dialect = dialect_of(&request.path);
        let request_id = new_request_id(setting.environment);
        Self {
            setting,
            request,
            resolved,
            dialect,
            request_id,
            trace_id: OnceLock::new(),
            use_note: Mutex::new(None),
            begun: Instant::now(),
            principal: OnceLock::new(),
            tool: OnceLock::new(),
        }
    }

    #[must_use]
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The dialect that it is answered in.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The id that names this request in the response, the log and the audit
    /// trail.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The route.
    ///
    /// # Errors
    ///
    /// 404 and 405.
    pub fn route(&self) -> Result<&'static Route> {
        match &self.resolved {
            Resolved::Route(route, _) => Ok(route),
            Resolved::MethodNotAllowed(_) => Err(Error::MethodNotAllowed),
            Resolved::NotFound => Err(Error::UnknownPath),
        }
    }

    /// The methods of the path, where the request's own is none of them.
    #[must_use]
    pub fn allowed_methods(&self) -> &'static [Method] {
        match &self.resolved {
            Resolved::MethodNotAllowed(methods) => methods,
            Resolved::Route(..) | Resolved::NotFound => &[],
        }
    }

    /// The path of the route, with parameters in braces.
    #[must_use]
    pub fn template(&self) -> &'static str {
        match &self.resolved {
            Resolved::Route(route, _) => route.template,
            Resolved::MethodNotAllowed(_) | Resolved::NotFound => "none",
        }
    }

    /// What the request asks for, where it has a route.
    #[must_use]
    pub fn operation(&self) -> Option<Operation> {
        self.route().ok().map(|route| route.operation)
    }

    /// A parameter of the path, still percent-encoded; empty where there is none.
    #[must_use]
    pub fn path_parameter(&self, index: usize) -> &str {
        match &self.resolved {
            Resolved::Route(_, parameters) => parameters.get(index).map_or("", String::as_str),
            Resolved::MethodNotAllowed(_) | Resolved::NotFound => "",
        }
    }

    /// The parameters of the query.
    ///
    /// # Errors
    ///
    /// 413 for a body over the limit, also where nobody asks for one; 400 for a
    /// query that can't be decoded.
    pub fn query(&self) -> Result<Query> {
        self.request.body.read()?;
        Query::parse(&self.request.query)
    }

    /// The parameters of the query as violations, for an endpoint that has none. In
    /// the logged-activity dialect they are ignored: its clients send some everywhere.
    ///
    /// # Errors
    ///
    /// Those of [`query`](Self::query).
    pub fn unknown_parameters(&self) -> Result<Violations> {
        let query = self.query()?;
        Ok(match self.dialect {
            Dialect::LoggedActivity => Violations::default(),
            Dialect::V1 | Dialect::Mcp => Reader::new(&query).into_violations(),
        })
    }

    /// Refuses parameters where there are none.
    ///
    /// # Errors
    ///
    /// Those of [`query`](Self::query), and [`Error::ValidationFailed`].
    pub fn expect_no_parameters(&self) -> Result<()> {
        self.unknown_parameters()?.finish(Ok(()))
    }

    /// A header that is given once and is text: ids may be of any script.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.request.headers.get_all(name).iter();
        let (value, None) = (values.next()?, values.next()) else { return None };
        std::str::from_utf8(value.as_bytes()).ok()
    }

    /// The idempotency key of the header, where there is one.
    pub fn idempotency_key(&self) -> Result<Option<IdempotencyKey>, Refusal> {
        let mut values = self.request.headers.get_all(IDEMPOTENCY_KEY).iter();
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err("is given more than once".into());
        }
        let text = std::str::from_utf8(value.as_bytes()).map_err(|_| "must be UTF-8")?;
        // It may be two that a gateway has joined.
        if text.contains(',') {
            return Err(KEY_WITH_COMMA.into());
        }
        IdempotencyKey::parse(text).map(Some)
    }

    /// The address of a path of this deployment, as the caller has to call it:
    /// below `PUBLIC_URL`, or a reference without a host, since the headers that
    /// name one are the caller's to choose.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        match &self.setting.config.public_url {
            Some(url) => format!("{url}{path}"),
            None => format!("{}{path}", self.request.prefix),
        }
    }

    /// What the request asks for, by whom.
    #[must_use]
    pub fn call(&self, principal: Principal) -> Call {
        Call { principal, door: self.door() }
    }

    /// How the request came in.
    #[must_use]
    pub fn door(&self) -> Door {
        Door {
            source: match self.dialect {
                Dialect::Mcp => Source::Mcp,
                Dialect::V1 | Dialect::LoggedActivity => Source::Api,
            },
            entry_point: EntryPoint::ApiRoute(self.template().to_owned()),
            client: self.request.client.clone(),
            request_id: self.request_id.clone(),
        }
    }

    /// Waits for the note that the caller's key is used, where one is being written. The
    /// answer stands, whatever becomes of it.
    pub(super) async fn settle_use(&self) {
        let note = self.use_note.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(note) = note else { return };
        if let Err(error) = note.written().await {
            tracing::warn!(
                request_id = self.request_id,
                trace_id = self.trace_id(),
                error = chain(&error),
                "{USE_NOT_NOTED}"
            );
            count(Metric::Unrecorded);
        }
    }

    /// Makes this request part of the caller's trace: the log names it.
    pub fn join_trace(&self, trace_id: TraceId) {
        // The first one stands; there is only one to a request.
        let _ = self.trace_id.set(trace_id);
    }

    /// The caller's trace, where it named one.
    pub(super) fn trace_id(&self) -> Option<&str> {
        self.trace_id.get().map(TraceId::as_str)
    }

    /// Notes who turned out to call: the log names them, also where they are refused. That
    /// their key is used is noted beside what the request is about to do.
    pub(super) fn note_caller(
        &self,
        ctx: &Context,
        caller: Result<Principal, NotAuthenticated>,
    ) -> Result<Principal> {
        match caller {
            Ok(principal) => {
                self.principal.get_or_init(|| principal.clone());
                if let Some(note) = note_use(ctx, &principal) {
                    *self.use_note.lock().unwrap_or_else(PoisonError::into_inner) = Some(note);
                }
                Ok(principal)
            }
            Err(NotAuthenticated { error, proven }) => {
                if let Some(principal) = proven {
                    self.principal.get_or_init(|| *principal);
                }
                Err(error)
            }
        }
    }

    /// The caller, once it is authenticated.
    pub(super) fn principal(&self) -> Option<&Principal> {
        self.principal.get()
    }

    /// Notes the tool that is called: the log names it.
    pub fn note_tool(&self, name: &'static str) {
        // There is one to a request.
        let _ = self.tool.set(name);
    }

    /// The tool that is called, where one is.
    pub(super) fn tool(&self) -> Option<&'static str> {
        self.tool.get().copied()
    }

    /// How long it has been under way.
    pub(super) fn duration(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Logs the cause of what the caller only reads a constant text of.
    pub fn log_failure(&self, error: &Error) {
        if is_damage(error) {
            count(Metric::IndexDamage);
        }
        if error.is_failure() {
            tracing::error!(
                request_id = self.request_id,
                trace_id = self.trace_id(),
                error = chain(error),
                "request failed"
            );
        }
    }
}

/// A new id of a request. There is one even if the clock tells no time, so that
/// the failure has a name in the response and in the log.
#[must_use]
pub fn new_request_id(environment: &dyn Environment) -> String {
    format!("req_{}", environment.new_name().simple())
}
