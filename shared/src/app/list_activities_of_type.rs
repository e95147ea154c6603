//! Listing the activities of one type, newest first, with the values of their
//! fields.
//!
//! Each activity is filed under the type that lists it, be that built-in or a tenant's
//! own.

use uuid::Uuid;

use super::context::Context;
use super::find_page::{Finding, SearchQuery};
use super::listing::Page;
use super::permit::Permit;
use crate::domain::activity::{Activity, ActivityId, Submitted};
use crate::domain::activity_type::TypeName;
use crate::domain::error::Result;
use crate::domain::principal::TenantId;
use crate::domain::record_type::ApiNamed;
use crate::domain::record_type_ids::RecordTypeIds;
use crate::index::cursor::{self, Binding};
use crate::index::expression::{AnyOf, Expression};
use crate::index::term::Term;
use crate::index::{Position, Range};
use crate::store::{Parts, TenantIndex};

/// Rows of a page.
pub const DEFAULT_PAGE_SIZE: usize = 100;
/// Rows of a page at most.
pub const MAX_PAGE_SIZE: usize = 1_000;
/// About how many bytes of JSON are read for a page. Fields can be long, and in
/// memory they take several times as much.
const MAX_PAGE_BYTES: usize = 1_000_000;
/// Rows that are looked for at a time: as many heads as one call reads.
const ROWS_A_ROUND: usize = 100;
/// Rounds of a page, within one budget. A page of the most rows takes ten; the others are for
/// rows that filters leave out.
const MAX_ROUNDS: usize = 20;
/// Submissions that are read side by side where they are not in the head: at
/// most 4 MB.
const SUBMISSIONS_A_ROUND: usize = 10;
/// What a row has besides its fields and records, in bytes of JSON.
const ROW_BYTES: usize = 400;

/// Which activities of a type to list. Absent filters match everything.
#[derive(Clone, Debug, Default)]
pub struct TypedActivityFilters {
    /// Words and phrases, as in a search.
    pub query: Option<SearchQuery>,
    /// The id of a record type that the activity is about.
    pub custom_object: Option<Uuid>,
}

impl TypedActivityFilters {
    /// What a cursor of this listing is bound to.
    fn binding(&self, tenant: &TenantId, type_id: Uuid) -> Binding {
        Binding::new("responses", tenant)
            .with("type", Some(&type_id.to_string()))
            .with("search", self.query.as_ref().map(SearchQuery::text))
            .with("custom_object", self.custom_object.map(|id| id.to_string()).as_deref())
    }

    /// Where a cursor stands; `None` when it is not one of this listing.
    #[must_use]
    pub fn position(&self, tenant: &TenantId, type_id: Uuid, cursor: &str) -> Option<Position> {
        cursor::decode(cursor, &self.binding(tenant, type_id))
    }

    /// The cursor that continues after a row that was found.
    #[must_use]
    pub fn cursor_after(&self, type_id: Uuid, row: &Activity) -> String {
        cursor::encode(Position::of_activity(row), &self.binding(&row.tenant_id, type_id))
    }

    fn expression(&self, name: &TypeName) -> Expression {
        let listed = AnyOf::terms([Term::listed_as(name)]);
        let mut expression = Expression { all: vec![listed], ..Expression::default() };
        if let Some(query) = &self.query {
            query.add_to(&mut expression);
        }
        expression
    }

    fn matches(&self, ids: &RecordTypeIds, name: &TypeName, activity: &Activity) -> bool {
        let of_type = match activity.submitted.type_name() {
            Some(logged) => logged == name,
            // Logged through another dialect, which knows the built-in types.
            None => true,
        };
        let about = self.custom_object.is_none_or(|id| {
            let (tenant, id) = (ids.tenant(), ids.computed_id(id));
            activity.related.iter().any(|named| named.resource.resource_type.id(tenant) == id)
        });
        of_type && about
    }
}

/// A page of the activities of a type. Each has its submission; bodies may be
/// cut. A row that the page has costs its unit beside the budget, and one that a filter
/// leaves out is taken from it.
pub async fn list_activities_of_type(
    ctx: &Context,
    permit: Permit<'_>,
    name: &TypeName,
    filters: &TypedActivityFilters,
    ids: &RecordTypeIds,
    page_size: usize,
    after: Option<Position>,
) -> Result<Page<Activity>> {
    let tenant = permit.tenant_id();
    let query = filters.query.as_ref();
    let mut page = Collected { end: after, ..Collected::default() };
    let Some(range) = Range::new(None, None, after) else {
        return Ok(Page { rows: Vec::new(), next_cursor: None });
    };
    let index = TenantIndex { store: &ctx.store, tenant };
    let rows_a_round = ROWS_A_ROUND.min(page_size);
    let mut finding =
        Finding::new(ctx, &index, filters.expression(name), query, range, rows_a_round);
    for _ in 0..MAX_ROUNDS {
        let limit = rows_a_round.min(page_size - page.rows.len());
        let (rows, next) = finding.rows(limit).await?;
        let read = rows.len();
        let mut found: Vec<Activity> = rows.into_iter().map(|row| row.activity).collect();
        found.retain(|activity| filters.matches(ids, name, activity));
        finding.leave_out(read - found.len());
        if page.add(ctx, tenant, found).await? == Room::None {
            break;
        }
        page.end = next;
        if next.is_none() || page.rows.len() >= page_size || finding.is_spent() {
            break;
        }
    }
    let binding = filters.binding(tenant, name.id(tenant));
    let next_cursor = page.end.map(|position| cursor::encode(position, &binding));
    Ok(Page { rows: page.rows, next_cursor })
}

/// A page while it is being filled.
#[derive(Debug, Default)]
struct Collected {
    rows: Vec<Activity>,
    bytes: usize,
    /// What was decided so far; nothing at the end of the list.
    end: Option<Position>,
}

/// Whether a page takes more rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Room {
    Left,
    None,
}

impl Collected {
    /// Takes rows as long as there is room for them; one in any case, or a page
    /// would decide nothing.
    async fn add(
        &mut self,
        ctx: &Context,
        tenant: &TenantId,
        mut found: Vec<Activity>,
    ) -> Result<Room> {
        while !found.is_empty() {
            let mut chunk: Vec<Activity> =
                found.drain(..found.len().min(SUBMISSIONS_A_ROUND)).collect();
            read_submissions(ctx, tenant, &mut chunk).await?;
            for activity in chunk {
                self.bytes += row_bytes(&activity);
                let full = self.bytes > MAX_PAGE_BYTES;
                if full && !self.rows.is_empty() {
                    return Ok(Room::None);
                }
                self.end = Some(Position::of_activity(&activity));
                self.rows.push(activity);
                if full {
                    return Ok(Room::None);
                }
            }
        }
        Ok(Room::Left)
    }
}

/// Adds the submissions that are not in the heads.
async fn read_submissions(
    ctx: &Context,
    tenant: &TenantId,
    activities: &mut [Activity],
) -> Result<()> {
    let elsewhere: Vec<ActivityId> = activities
        .iter()
        .filter(|activity| matches!(activity.submitted, Submitted::TypeOnly(_)))
        .map(|activity| activity.id)
        .collect();
    let mut parts = ctx.store.long_parts(tenant, &elsewhere, Parts::Submission).await?;
    for activity in activities {
        if let Some(parts) = parts.remove(&activity.id) {
            activity.complete(parts);
        }
    }
    Ok(())
}

/// About how long a row is as JSON.
fn row_bytes(activity: &Activity) -> usize {
    let fields = activity
        .submitted
        .whole()
        .map_or(0, |whole| serde_json::to_vec(&whole.fields).map_or(0, |json| json.len()));
    let related: usize = activity
        .related
        .iter()
        .map(|named| {
            let name_bytes = named.display_name.as_ref().map_or(0, String::len);
            200 + named.resource.id.as_str().len() + name_bytes
        })
        .sum();
    ROW_BYTES + fields + related
}
