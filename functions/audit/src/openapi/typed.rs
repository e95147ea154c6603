//! The routes of activity types.

use activity_log_core::domain::activity_type::{
    AssociationMode, FieldDefinition, FieldName, FieldType, Label, TypeDefinition, TypeName,
    TypeSummary,
};
use activity_log_core::domain::principal::TenantId;
use activity_log_core::http::logged_activity::list::{ListResponsesInput, ResponseView};
use activity_log_core::http::logged_activity::log::{EchoBody, LogTypedActivityInput};
use activity_log_core::http::logged_activity::page::PageBody;
use activity_log_core::http::logged_activity::types::{
    FieldDefinitionView, ListTypesParameters, TypeView,
};

use super::*;

const READ_LIST_ERRORS: &[ErrorCode] = &[
    ErrorCode::MalformedRequest,
    ErrorCode::Unauthorized,
    ErrorCode::MissingRequiredScope,
    ErrorCode::ResourceNotFound,
    ErrorCode::PayloadTooLarge,
    ErrorCode::UnsupportedMediaType,
    ErrorCode::ValidationFailed,
    ErrorCode::RateLimited,
    ErrorCode::InternalError,
    ErrorCode::Unavailable,
];

pub(super) fn log(schemas: &mut SchemaGenerator) -> Described {
    let input = json!({
        "related_objects": [{ "custom_object": "contact", "entity_id": RESOURCE_ID }],
        "notes": "Left a message",
    });
    Described {
        id: "log_typed_activity",
        tag: LOGGED_ACTIVITIES,
        summary: "Log an activity of a type",
        description: "The type says which fields there are, and which records the activity can be \
            about; `/fields` lists the fields with the options. A violation of a field is under \
            `fields.<id of the field>`. A scheduled activity can be completed once. A retry with \
            the same idempotency key and the same input writes nothing and answers with the same \
            activity and `Idempotency-Replayed: true`.",
        parameters: vec![activity_identifier(), idempotency_key(schemas)],
        request_body: Some(json!({
            "description": "The activity, up to 1 MiB.",
            "required": true,
            "content": { "application/json": {
                "schema": schemas.subschema_for::<LogTypedActivityInput>(),
                "examples": { "call": { "value": input } },
            } },
        })),
        status: StatusCode::CREATED,
        success: success(
            "The activity was logged, now or by an earlier call with the same key. What was sent \
             comes back.",
            &["Location", "Idempotency-Replayed"],
            schemas.subschema_for::<EchoBody<'static>>(),
            json!({
                "id": ACTIVITY_ID,
                "notes": input["notes"],
                "related_objects": input["related_objects"],
                "scheduled_activity_id": null,
                "mentions": [],
                "fields": [],
            }),
        ),
        errors: WRITE_ERRORS,
    }
}

pub(super) fn responses(schemas: &mut SchemaGenerator) -> Described {
    Described {
        id: "list_responses",
        tag: LOGGED_ACTIVITIES,
        summary: "List the logged activities of a type",
        description: "Newest first. The parameters are in the body or in the query; `next` is a \
            link that has them in the query, to be called with POST, with or without the body. A \
            page may have fewer rows than its size and still a next one. Pages can't be jumped to.",
        parameters: [vec![activity_identifier()], query_parameters::<ListResponsesInput>(schemas)]
            .concat(),
        request_body: Some(json!({
            "description": "The parameters, where they are not in the query.",
            "required": false,
            "content": { "application/json": {
                "schema": schemas.subschema_for::<ListResponsesInput>(),
                "examples": { "search": { "value": { "page_size": 20, "search": "message" } } },
            } },
        })),
        status: StatusCode::OK,
        success: success(
            "A page of the activities.",
            &[],
            schemas.subschema_for::<PageBody<ResponseView<'static>>>(),
            json!({
                "next": null,
                "previous": null,
                "results": [ResponseView::from(&activity_example())],
                "errors": [],
            }),
        ),
        errors: READ_LIST_ERRORS,
    }
}

pub(super) fn types(schemas: &mut SchemaGenerator) -> Described {
    let (definition, tenant) = (type_example(), tenant());
    Described {
        id: "list_activity_types",
        tag: LOGGED_ACTIVITIES,
        summary: "List activity types",
        description: "The built-in types and the workspace's own, by name. A page may have fewer \
            types than its size and still a next one. Pages can't be jumped to.",
        parameters: query_parameters::<ListTypesParameters>(schemas),
        request_body: None,
        status: StatusCode::OK,
        success: success(
            "A page of the types.",
            &[],
            schemas.subschema_for::<PageBody<TypeView<'static>>>(),
            json!({
                "next": null,
                "previous": null,
                "results": [TypeView::of(&definition.summary, &tenant)],
                "errors": [],
            }),
        ),
        errors: READ_ERRORS,
    }
}

pub(super) fn activity_type(schemas: &mut SchemaGenerator) -> Described {
    Described {
        id: "get_activity_type",
        tag: LOGGED_ACTIVITIES,
        summary: "Read an activity type",
        description: "What the type is, without its fields.",
        parameters: vec![activity_identifier()],
        request_body: None,
        status: StatusCode::OK,
        success: success(
            "The type.",
            &[],
            schemas.subschema_for::<TypeView<'static>>(),
            json!(TypeView::of(&type_example().summary, &tenant())),
        ),
        errors: READ_ONE_ERRORS,
    }
}

pub(super) fn fields(schemas: &mut SchemaGenerator) -> Described {
    let (definition, tenant) = (type_example(), tenant());
    Described {
        id: "list_activity_type_fields",
        tag: LOGGED_ACTIVITIES,
        summary: "List the fields of an activity type",
        description: "In their order, with their options.",
        parameters: vec![activity_identifier()],
        request_body: None,
        status: StatusCode::OK,
        success: success(
            "The fields.",
            &[],
            json!({
                "type": "array",
                "items": schemas.subschema_for::<FieldDefinitionView<'static>>(),
            }),
            json!(FieldDefinitionView::all_of(&definition, &tenant)),
        ),
        errors: READ_ONE_ERRORS,
    }
}

fn activity_identifier() -> Value {
    json!({
        "name": "activity_identifier",
        "in": "path",
        "required": true,
        "description": "The id or the api_name of an activity type.",
        "schema": { "type": "string" },
        "example": "call",
    })
}

fn idempotency_key(schemas: &mut SchemaGenerator) -> Value {
    let mut parameter = super::idempotency_key(schemas);
    parameter["description"] = json!("Makes a retry safe: the same key and input log once.");
    parameter
}

fn tenant() -> TenantId {
    activity_example().tenant_id
}

fn type_example() -> TypeDefinition {
    let id = ActivityId::parse(AUDIT_EVENT_ID).expect(VALID).0;
    TypeDefinition {
        summary: TypeSummary {
            name: Label::parse("Site visit").expect(VALID),
            api_name: TypeName::parse("site_visit").expect(VALID),
            description: None,
            association_mode: AssociationMode::Selected,
            selected_objects: vec![BuiltInRecordType::Contact.into()],
            category: Category::Meeting,
            enabled: true,
            created_at: Some(example_time()),
        },
        fields: vec![FieldDefinition {
            id,
            name: FieldName::parse("duration").expect(VALID),
            display_name: Label::parse("Duration").expect(VALID),
            field_type: FieldType::Integer,
            custom_field_type: None,
            required: true,
            options: Vec::new(),
            relation: None,
            currency: None,
            symbol: None,
        }],
    }
}
