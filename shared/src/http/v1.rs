//! The `/v1` dialect: bearer credentials, one error envelope, strict input.

use http::{HeaderValue, StatusCode, header};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

use super::exchange::{Exchange, header_value};
use super::query::QueryReader;
use super::{IDEMPOTENCY_REPLAYED, Response, body, json, json_bytes};
use crate::Context;
use crate::activity::{Activity, ActivityId, NamedResource, RelatedResourceId, Source};
use crate::activity_type::ActivityType;
use crate::audit::{AuditEvent, AuditEventView, AuditStatus, Call, EntryPoint};
use crate::authenticate;
use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, FieldError, Result};
use crate::input::{Object, with_violations_of};
use crate::list_audit_events;
use crate::listing::{Listing, Page, limit_schema, read_dates, read_page};
use crate::log_activity::{LogActivity, Logged, Replay};
use crate::principal::{ActorId, Principal, Scope, TenantId};
use crate::record_type::{RecordType, RelatedResourceType};
use crate::search_activity::{self, read_search};
use crate::value::{check_id, id_schema};

/// The body of every error.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Error")]
pub struct ErrorBody<'a> {
    error: ErrorDetail<'a>,
}

/// What every dialect with codes says of an error.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ErrorDetail<'a> {
    /// What went wrong, for programs.
    code: ErrorCode,
    /// What went wrong, for people.
    message: &'a str,
    /// The request, as the log and the audit trail name it.
    request_id: &'a str,
    /// With `missing_required_scope`: the scope.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Scope")]
    required_scope: Option<Scope>,
    /// With `validation_failed`: every violation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<FieldError>")]
    field_errors: Option<&'a [FieldError]>,
    /// With `rate_limited` and `unavailable`: when to try again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    retry_after_seconds: Option<u64>,
    /// With `idempotency_conflict`: the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    idempotency_key: Option<&'a str>,
}

impl<'a> ErrorDetail<'a> {
    /// What is said of an error of a request.
    #[must_use]
    pub fn of(error: &'a Error, request_id: &'a str) -> Self {
        let mut detail = Self {
            code: error.code(),
            message: error.public_message(),
            request_id,
            required_scope: None,
            field_errors: None,
            retry_after_seconds: error.retry_after().map(|delay| delay.as_secs()),
            idempotency_key: None,
        };
        match error {
            Error::MissingRequiredScope(scope) => detail.required_scope = Some(*scope),
            Error::ValidationFailed(errors) => detail.field_errors = Some(errors),
            Error::IdempotencyConflict(key) => detail.idempotency_key = Some(key.as_str()),
            _ => {}
        }
        detail
    }
}

/// Writes an error.
#[must_use]
pub fn error(error: &Error, request_id: &str) -> Response {
    let body = ErrorBody { error: ErrorDetail::of(error, request_id) };
    let body = serde_json::to_vec(&body).expect("an error has a JSON form");
    json_bytes(error.code().status(), body.into())
}

/// An activity as callers read it. Optional fields that have no value are left out.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Activity")]
pub struct ActivityView<'a> {
    id: ActivityId,
    /// The workspace that it belongs to.
    tenant_id: &'a TenantId,
    /// The activity's category.
    #[serde(rename = "type")]
    activity_type: ActivityType,
    /// What happened, in a line.
    summary: &'a str,
    /// What happened, at length. Only where the activity is read by its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    body: Option<&'a str>,
    /// The beginning of the body, up to 240 characters; only in search results.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(max = crate::activity::Body::SNIPPET_CHARS))]
    snippet: Option<&'a str>,
    /// What kind of record the activity is attached to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "RelatedResourceType")]
    related_resource_type: Option<RelatedResourceType>,
    /// The id of that record.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "RelatedResourceId")]
    related_resource_id: Option<&'a RelatedResourceId>,
    /// Every related record, where the activity was logged through the logged-activity dialect.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<RelatedObjectView>")]
    related_objects: Option<Vec<RelatedObjectView<'a>>>,
    /// When it happened, in UTC.
    occurred_at: Timestamp,
    /// The way by which it came in.
    source: Source,
    /// The agent that logged it, where an agent did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ActorId")]
    last_agent_actor_id: Option<&'a ActorId>,
    /// When it was logged, in UTC.
    logged_at: Timestamp,
}

/// A related record of any kind.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RelatedObject")]
pub struct RelatedObjectView<'a> {
    /// One of the five kinds of related resource, or one of the workspace's own.
    #[serde(rename = "type")]
    record_type: &'a RecordType,
    id: &'a RelatedResourceId,
}

impl<'a> From<&'a NamedResource> for RelatedObjectView<'a> {
    fn from(named: &'a NamedResource) -> Self {
        Self { record_type: &named.resource.resource_type, id: &named.resource.id }
    }
}

impl<'a> ActivityView<'a> {
    /// The whole record.
    #[must_use]
    pub fn record(activity: &'a Activity) -> Self {
        let body = activity.body.whole().map(crate::activity::Body::as_str);
        Self { body, ..Self::without_text(activity) }
    }

    /// A row of a search.
    #[must_use]
    pub fn row(activity: &'a Activity) -> Self {
        Self { snippet: activity.body.snippet(), ..Self::without_text(activity) }
    }

    /// The record without its body, and without the beginning of it.
    #[must_use]
    pub fn without_text(activity: &'a Activity) -> Self {
        let related = activity.related_resource();
        let submitted = activity.submitted.type_name().is_some() && !activity.related.is_empty();
        Self {
            id: activity.id,
            tenant_id: &activity.tenant_id,
            activity_type: activity.activity_type,
            summary: activity.summary.as_str(),
            body: None,
            snippet: None,
            related_resource_type: related.map(|(built_in, _)| built_in),
            related_resource_id: related.map(|(_, named)| &named.resource.id),
            related_objects: submitted
                .then(|| activity.related.iter().map(RelatedObjectView::from).collect()),
            occurred_at: activity.occurred_at,
            source: activity.source,
            last_agent_actor_id: activity.last_agent_actor_id.as_ref(),
            logged_at: activity.logged_at,
        }
    }
}

/// One activity.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ActivityResponse")]
pub struct ActivityBody<'a> {
    activity: ActivityView<'a>,
    /// The request, as the header `x-request-id` names it too.
    request_id: &'a str,
}

impl<'a> ActivityBody<'a> {
    /// One activity, with its body.
    #[must_use]
    pub fn of(activity: &'a Activity, request_id: &'a str) -> Self {
        Self { activity: ActivityView::record(activity), request_id }
    }
}

/// A page of a search.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ActivitiesResponse")]
pub struct ActivitiesBody<'a> {
    activities: Vec<ActivityView<'a>>,
    /// Absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    next_cursor: Option<&'a str>,
    /// The request, as the header `x-request-id` names it too.
    request_id: &'a str,
}

impl<'a> ActivitiesBody<'a> {
    /// The rows of a page.
    #[must_use]
    pub fn of(page: &'a Page<Activity>, request_id: &'a str) -> Self {
        Self {
            activities: page.rows.iter().map(ActivityView::row).collect(),
            next_cursor: page.next_cursor.as_deref(),
            request_id,
        }
    }
}

/// A page of the audit trail.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditEventsResponse")]
pub struct AuditEventsBody<'a> {
    audit_events: Vec<AuditEventView<'a>>,
    /// Absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    next_cursor: Option<&'a str>,
    /// The request, as the header `x-request-id` names it too.
    request_id: &'a str,
}

/// The caller, from `Authorization: Bearer <key>`.
///
/// # Errors
///
/// [`Error::Unauthorized`].
pub async fn authenticate(ctx: &Context, exchange: &Exchange<'_>) -> Result<Principal> {
    let value = exchange.header("authorization").ok_or(Error::Unauthorized)?;
    let (scheme, key) = value.split_once(' ').ok_or(Error::Unauthorized)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Error::Unauthorized);
    }
    authenticate::authenticate(ctx, key.trim()).await
}

/// The write that a request asks for.
///
/// # Errors
///
/// A route that does not exist.
pub fn call(exchange: &Exchange<'_>, principal: Principal) -> Result<Call> {
    Ok(Call {
        principal,
        source: Source::Api,
        entry_point: EntryPoint::ApiRoute(exchange.route()?.template.to_owned()),
        request_id: exchange.request_id().to_owned(),
    })
}

/// The input object of `POST /v1/activities`.
///
/// # Errors
///
/// 415, 413, 400 and 422, in this order: a query string that can't be read is
/// noticed before a body that is no object.
pub fn input_object(exchange: &Exchange<'_>) -> Result<Object> {
    let object = body::object(exchange.request());
    if !matches!(object, Ok(_) | Err(Error::ValidationFailed(_))) {
        return object;
    }
    QueryReader::new(&exchange.request().query)?;
    if object.is_ok() {
        // Its properties and the parameters are looked at together.
        return object;
    }
    with_violations_of(object, no_parameters(exchange))
}

/// Reads the input of `POST /v1/activities`, which takes no parameters.
///
/// # Errors
///
/// [`Error::ValidationFailed`] with every violation, in body, header and query.
pub fn parse_log_activity(
    exchange: &Exchange<'_>,
    object: &Object,
    now: Timestamp,
) -> Result<LogActivity> {
    let mut keys = exchange.request().headers.get_all("idempotency-key").iter();
    let key = keys.next().map(HeaderValue::as_bytes);
    let once = match keys.next() {
        None => Ok(()),
        Some(_) => Err(Error::invalid("Idempotency-Key", "is given more than once")),
    };
    let parsed = with_violations_of(LogActivity::parse(object, key, now), once);
    with_violations_of(parsed, no_parameters(exchange))
}

/// Refuses every parameter.
///
/// # Errors
///
/// [`Error::ValidationFailed`], or 400 for a query string that can't be read.
pub fn no_parameters(exchange: &Exchange<'_>) -> Result<()> {
    QueryReader::new(&exchange.request().query)?.finish()
}

/// The activity that a path names.
///
/// # Errors
///
/// [`Error::ResourceNotFound`] for what is not an id at all.
pub fn activity_id(exchange: &Exchange<'_>) -> Result<ActivityId> {
    ActivityId::parse(exchange.path_parameter(0)).ok_or(Error::ResourceNotFound)
}

/// Reads the parameters of `GET /v1/activities`.
///
/// # Errors
///
/// [`Error::ValidationFailed`] with every violation.
pub fn parse_search(
    exchange: &Exchange<'_>,
    tenant: &TenantId,
) -> Result<Listing<search_activity::Filters>> {
    let mut reader = QueryReader::new(&exchange.request().query)?;
    let listing = read_search(&mut reader, tenant);
    reader.finish().map(|()| listing)
}

/// The parameters of `GET /v1/audit-events`, for its description.
/// [`parse_audit_listing`] reads just these.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it describes the input; the parser reports every violation at once")]
pub struct AuditListingParameters {
    /// Only events about this activity.
    #[schemars(with = "ActivityId", default, skip_serializing_if = "Option::is_none")]
    resource_id: Option<ActivityId>,
    /// Only events of this actor: its id, 1 to 255 bytes without control characters.
    #[schemars(with = "ActorId", default, skip_serializing_if = "Option::is_none")]
    actor_id: Option<ActorId>,
    /// Only events of writes that ended so.
    #[schemars(with = "AuditStatus", default, skip_serializing_if = "Option::is_none")]
    status: Option<AuditStatus>,
    /// Only the events of this request, as the header `x-request-id` of its response named it.
    #[schemars(
        schema_with = "request_id_schema",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    request_id: Option<String>,
    /// Only what was decided then or later: RFC 3339 with an offset, from 1970 on.
    #[schemars(with = "Timestamp", default, skip_serializing_if = "Option::is_none")]
    occurred_after: Option<Timestamp>,
    /// Only what was decided earlier: RFC 3339 with an offset, later than `occurred_after`.
    #[schemars(with = "Timestamp", default, skip_serializing_if = "Option::is_none")]
    occurred_before: Option<Timestamp>,
    /// Maximum number of audit events to return.
    #[schemars(schema_with = "limit_schema", default, skip_serializing_if = "Option::is_none")]
    limit: Option<usize>,
    /// Opaque cursor from a previous response's `next_cursor`, with the same filters.
    #[schemars(with = "String", length(min = 1), default, skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

/// Reads the parameters of `GET /v1/audit-events`.
///
/// # Errors
///
/// [`Error::ValidationFailed`] with every violation.
pub fn parse_audit_listing(
    exchange: &Exchange<'_>,
    tenant: &TenantId,
) -> Result<Listing<list_audit_events::Filters>> {
    let mut reader = QueryReader::new(&exchange.request().query)?;
    let listing = read_audit_listing(&mut reader, tenant);
    reader.finish().map(|()| listing)
}

fn read_audit_listing(
    reader: &mut QueryReader,
    tenant: &TenantId,
) -> Listing<list_audit_events::Filters> {
    let resource_id = reader
        .optional("resource_id", |text| ActivityId::parse(text).ok_or("must be an activity's id"));
    let actor_id = reader.optional("actor_id", ActorId::parse);
    let status = reader.optional("status", AuditStatus::parse);
    let request_id = reader.optional("request_id", |text| check_id(text).map(|()| text.to_owned()));
    let (occurred_after, occurred_before) = read_dates(reader);
    let filters = list_audit_events::Filters {
        resource_id,
        actor_id,
        status,
        request_id,
        occurred_after,
        occurred_before,
    };
    let (limit, after) = read_page(reader, |cursor| filters.position(tenant, cursor));
    Listing { filters, limit, after }
}

fn request_id_schema(_: &mut SchemaGenerator) -> Schema {
    id_schema()
}

/// Writes a logged activity.
///
/// # Errors
///
/// None in practice: the view has a JSON form.
pub fn logged(logged: &Logged, exchange: &Exchange<'_>) -> Result<Response> {
    let mut response = activity(StatusCode::CREATED, &logged.activity, exchange)?;
    let headers = response.headers_mut();
    let location = exchange.link(&format!("/v1/activities/{}", logged.activity.id));
    headers.insert(header::LOCATION, header_value(&location));
    if logged.replay == Replay::Replayed {
        headers.insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// Writes one activity.
///
/// # Errors
///
/// None in practice: the view has a JSON form.
pub fn activity(
    status: StatusCode,
    activity: &Activity,
    exchange: &Exchange<'_>,
) -> Result<Response> {
    json(status, &ActivityBody::of(activity, exchange.request_id()))
}

/// Writes a page of a search.
///
/// # Errors
///
/// None in practice: the view has a JSON form.
pub fn activities(page: &Page<Activity>, exchange: &Exchange<'_>) -> Result<Response> {
    json(StatusCode::OK, &ActivitiesBody::of(page, exchange.request_id()))
}

/// Writes a page of the audit trail.
///
/// # Errors
///
/// None in practice: the view has a JSON form.
pub fn audit_events(page: &Page<AuditEvent>, exchange: &Exchange<'_>) -> Result<Response> {
    json(
        StatusCode::OK,
        &AuditEventsBody {
            audit_events: page.rows.iter().map(AuditEventView::from).collect(),
            next_cursor: page.next_cursor.as_deref(),
            request_id: exchange.request_id(),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described<T: JsonSchema>() -> Vec<String> {
        let schema = schemars::schema_for!(T);
        let properties = schema.get("properties").and_then(serde_json::Value::as_object);
        let mut names: Vec<String> = properties.unwrap().keys().cloned().collect();
        names.sort();
        names
    }

    #[test]
    fn the_parameters_that_are_read_are_those_that_are_described() {
        let tenant = TenantId::parse("acme").unwrap();
        let known = |read: &dyn Fn(&mut QueryReader)| {
            let mut reader = QueryReader::new("").unwrap();
            read(&mut reader);
            let mut names = reader.known().to_vec();
            names.sort_unstable();
            names
        };
        let search = known(&|reader| drop(read_search(reader, &tenant)));
        assert_eq!(search, described::<search_activity::SearchActivityInput>());
        let audit_listing = known(&|reader| drop(read_audit_listing(reader, &tenant)));
        assert_eq!(audit_listing, described::<AuditListingParameters>());
    }
}
