"""The client that openapi-generator makes for Python, behind the adapter of the
scenario."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from activity_log import (
    ActivitiesApi,
    ActivityCategory,
    ApiClient,
    ApiException,
    AuditApi,
    AuditStatus,
    Configuration,
    DescriptionApi,
    FieldInput,
    ListResponsesInput,
    LogActivityInput,
    LoggedActivitiesApi,
    LogTypedActivityInput,
    RelatedObjectInput,
    RelatedResourceType,
)

from scenario import BUSINESS, Answer, run


def as_json(model: Any) -> Any:
    if isinstance(model, list):
        return [as_json(row) for row in model]
    return json.loads(model.to_json())


def answer(call: Callable[..., Any], *arguments: Any, **more: Any) -> Answer:
    try:
        done = call(*arguments, **more)
    except ApiException as refused:
        headers = dict(refused.headers or {})
        return Answer(refused.status, headers, refused.body, as_json(refused.data))
    return Answer(done.status_code, done.headers, done.raw_data, as_json(done.data))


class Generated:
    def __init__(self, url: str, key: str) -> None:
        credentials = {"X-API-KEY": key, "X-BUSINESS-ID": BUSINESS, "X-USER-ID": "jane"}
        configuration = Configuration(host=url, access_token=key, api_key=credentials)
        client = ApiClient(configuration)
        self.v1 = ActivitiesApi(client)
        self.trail = AuditApi(client)
        self.api = LoggedActivitiesApi(client)
        self.description = DescriptionApi(client)

    def log(
        self,
        type: str,
        summary: str,
        key: str | None = None,
        body: str | None = None,
        related: tuple[str, str] | None = None,
        occurred_at: datetime | None = None,
    ) -> Answer:
        activity = LogActivityInput(
            type=ActivityCategory(type),
            summary=summary,
            body=body,
            related_resource_type=RelatedResourceType(related[0]) if related else None,
            related_resource_id=related[1] if related else None,
            occurred_at=occurred_at,
        )
        return answer(self.v1.log_activity_with_http_info, activity, idempotency_key=key)

    def search(
        self,
        query: str | None = None,
        types: list[str] | None = None,
        related: tuple[str, str] | None = None,
        occurred_after: datetime | None = None,
        occurred_before: datetime | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer:
        return answer(
            self.v1.search_activity_with_http_info,
            query=query,
            type=[ActivityCategory(type) for type in types] if types else None,
            related_resource_type=RelatedResourceType(related[0]) if related else None,
            related_resource_id=related[1] if related else None,
            occurred_after=occurred_after,
            occurred_before=occurred_before,
            limit=limit,
            cursor=cursor,
        )

    def get(self, id: UUID) -> Answer:
        return answer(self.v1.get_activity_with_http_info, id)

    def audit_events(
        self,
        resource_id: str | None = None,
        actor_id: str | None = None,
        status: str | None = None,
        request_id: str | None = None,
        occurred_after: datetime | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer:
        return answer(
            self.trail.list_audit_events_with_http_info,
            resource_id=resource_id,
            actor_id=actor_id,
            status=AuditStatus(status) if status else None,
            request_id=request_id,
            occurred_after=occurred_after,
            limit=limit,
            cursor=cursor,
        )

    def proof(self, event_id: UUID) -> Answer:
        return answer(self.trail.get_proof_with_http_info, event_id)

    def types(
        self,
        search: str | None = None,
        page_size: int | None = None,
        cursor: str | None = None,
    ) -> Answer:
        call = self.api.list_activity_types_with_http_info
        return answer(call, search=search, page_size=page_size, cursor=cursor)

    def type(self, name: str) -> Answer:
        return answer(self.api.get_activity_type_with_http_info, name)

    def fields(self, type: str) -> Answer:
        return answer(self.api.list_activity_type_fields_with_http_info, type)

    def log_typed(
        self,
        type: str,
        notes: str,
        related: tuple[str, str],
        fields: Mapping[UUID, Any],
        key: str | None = None,
        mentions: list[UUID] | None = None,
        scheduled_activity_id: UUID | None = None,
        completed_at: datetime | None = None,
    ) -> Answer:
        activity = LogTypedActivityInput(
            related_objects=[RelatedObjectInput(custom_object=related[0], entity_id=related[1])],
            notes=notes,
            fields=[FieldInput(id=id, value=value) for id, value in fields.items()],
            mentions=mentions,
            scheduled_activity_id=scheduled_activity_id,
            completed_at=completed_at,
        )
        call = self.api.log_typed_activity_with_http_info
        return answer(call, type, activity, idempotency_key=key)

    def list_of_type(
        self, type: str, search: str, page_size: int, cursor: str | None = None
    ) -> Answer:
        asked = ListResponsesInput(search=search, page_size=page_size)
        call = self.api.list_responses_with_http_info
        return answer(call, type, cursor=cursor, list_responses_input=asked)

    def get_logged(self, id: UUID) -> Answer:
        return answer(self.api.get_logged_activity_with_http_info, id)

    def openapi(self) -> Answer:
        return answer(self.description.get_openapi_with_http_info)


run(Generated)
