//! `activity-log types`.

use std::path::{Path, PathBuf};

use activity_log_core::app::define_activity_type::read_definition;
use activity_log_core::app::json::parse_object;
use activity_log_core::app::put_activity_type::put_activity_type;
use activity_log_core::domain::activity_type::{
    Category, TypeDefinition, TypeIdentifier, TypeSummary,
};
use activity_log_core::domain::audit::Call;
use activity_log_core::domain::principal::TenantId;
use activity_log_core::store::operator::layout::Intent;
use activity_log_core::{Context, Error};
use clap::Subcommand;
use serde_json::{Value, json};

use super::arguments::tenant;
use super::columns::columns;
use super::error::CliError;
use super::operator::Operator;
use super::output::Output;
use super::tenant::refuse_removed;

/// Types that one call lists.
const PAGE_TYPES: usize = 1_000;

#[derive(Debug, Subcommand)]
pub(super) enum TypesCommand {
    /// Define an activity type, or define it anew. What was logged stays as it is.
    ///
    /// FILE has a JSON object: name, api_name, association_mode, and where
    /// needed description, selected_objects, category, enabled and fields (each
    /// name, display_name, field_type, and where needed id, required, options,
    /// custom_field_type, relation, currency and symbol).
    Put {
        /// The tenant.
        #[arg(long, value_parser = tenant)]
        tenant: TenantId,
        /// The file.
        file: PathBuf,
    },
    /// List the built-in types and the tenant's own.
    List {
        /// The tenant.
        #[arg(long, value_parser = tenant)]
        tenant: TenantId,
    },
    /// Refuse further activities of a type. What was logged stays readable.
    Disable {
        /// The tenant.
        #[arg(long, value_parser = tenant)]
        tenant: TenantId,
        /// The type's api_name or UUID.
        #[arg(value_parser = type_identifier)]
        activity_identifier: TypeIdentifier,
    },
}

impl TypesCommand {
    /// Whether it writes.
    pub(super) fn intent(&self) -> Intent {
        match self {
            Self::List { .. } => Intent::Read,
            Self::Put { .. } | Self::Disable { .. } => Intent::Write,
        }
    }
}

pub(super) async fn run(
    command: TypesCommand,
    ctx: &Context,
    operator: &Operator,
    output: Output,
) -> Result<(), CliError> {
    match command {
        TypesCommand::Put { tenant, file } => {
            put(ctx, &operator.call(ctx, &tenant, "types put"), &file, output).await
        }
        TypesCommand::List { tenant } => list(ctx, &tenant, output).await,
        TypesCommand::Disable { tenant, activity_identifier } => {
            let call = operator.call(ctx, &tenant, "types disable");
            disable(ctx, &call, &activity_identifier, output).await
        }
    }
}

async fn put(ctx: &Context, call: &Call, file: &Path, output: Output) -> Result<(), CliError> {
    let tenant = &call.principal.tenant_id;
    let bytes = std::fs::read(file).map_err(CliError::io(file.display()))?;
    refuse_removed(ctx, tenant).await?;
    let now = ctx.environment.now()?;
    let ids = ctx.store.record_type_ids(tenant).await?;
    let parsed = parse_object(&bytes).and_then(|object| read_definition(object, &ids, now));
    let mut definition = parsed.map_err(|error| match error {
        Error::ValidationFailed(violations) => CliError::FileRefused(violations),
        error => error.into(),
    })?;
    let id = definition.summary.id(tenant);
    if let Some(before) = ctx.store.activity_type(tenant, id).await? {
        definition.summary.created_at = before.summary.created_at;
    }
    put_activity_type(ctx, call, &definition).await?;
    let fields: Vec<Value> = definition
        .fields
        .iter()
        .map(|field| json!({ "id": field.id, "name": field.name, "options": field.options }))
        .collect();
    let mut value = describe(&definition.summary, tenant);
    value["fields"] = json!(fields);
    let fields: Vec<[String; 2]> = definition
        .fields
        .iter()
        .map(|field| [field.id.to_string(), field.name.as_str().to_owned()])
        .collect();
    let mut text = columns(HEADER, &[row(&definition.summary, tenant)]);
    if !fields.is_empty() {
        text = format!("{text}\n\n{}", columns(["FIELD ID", "NAME"], &fields));
    }
    output.print(text, &value)?;
    Ok(())
}

async fn list(ctx: &Context, tenant: &TenantId, output: Output) -> Result<(), CliError> {
    let mut types: Vec<TypeSummary> =
        Category::ALL.iter().map(|built_in| TypeSummary::built_in(*built_in)).collect();
    let mut after = None;
    loop {
        let page = ctx.store.activity_types(tenant, after.as_ref(), PAGE_TYPES).await?;
        after = page.types.last().map(|last| last.api_name.clone());
        types.extend(page.types);
        if !page.more {
            break;
        }
    }
    let values: Vec<Value> = types.iter().map(|summary| describe(summary, tenant)).collect();
    let rows: Vec<_> = types.iter().map(|summary| row(summary, tenant)).collect();
    output.print(columns(HEADER, &rows), &json!({ "types": values }))?;
    Ok(())
}

async fn disable(
    ctx: &Context,
    call: &Call,
    identifier: &TypeIdentifier,
    output: Output,
) -> Result<(), CliError> {
    let tenant = &call.principal.tenant_id;
    let id = identifier.id(tenant);
    if TypeDefinition::built_in(id, tenant).is_some() {
        return Err(CliError::Missing("way to disable a built-in type"));
    }
    let found = ctx.store.activity_type(tenant, id).await?;
    let mut definition = found.ok_or(CliError::Missing("such type"))?;
    definition.summary.enabled = false;
    put_activity_type(ctx, call, &definition).await?;
    output.print(
        format_args!("The type {} is disabled.", definition.summary.api_name),
        &describe(&definition.summary, tenant),
    )?;
    Ok(())
}

fn describe(summary: &TypeSummary, tenant: &TenantId) -> Value {
    let mut value = json!(summary);
    value["id"] = json!(summary.id(tenant));
    value
}

const HEADER: [&str; 5] = ["ID", "API NAME", "ASSOCIATED WITH", "CATEGORY", "STATE"];

fn row(summary: &TypeSummary, tenant: &TenantId) -> [String; 5] {
    [
        summary.id(tenant).to_string(),
        summary.api_name.to_string(),
        summary.association_mode.to_string(),
        summary.category.to_string(),
        if summary.enabled { "enabled" } else { "disabled" }.to_owned(),
    ]
}

fn type_identifier(text: &str) -> Result<TypeIdentifier, String> {
    TypeIdentifier::parse(text)
        .ok_or_else(|| "must be a UUID, or a name of 1 to 64 of a-z 0-9 _".to_owned())
}
