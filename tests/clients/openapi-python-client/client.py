"""The client that openapi-python-client makes, behind the adapter of the scenario."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from activity_log import AuthenticatedClient, Client
from activity_log.api.activities import get_activity, log_activity, search_activity
from activity_log.api.audit import get_proof, list_audit_events
from activity_log.api.description import get_openapi
from activity_log.api.logged_activities import (
    get_activity_type,
    get_logged_activity,
    list_activity_type_fields,
    list_activity_types,
    list_responses,
    log_typed_activity,
)
from activity_log.models import (
    ActivityCategory,
    AuditStatus,
    FieldInput,
    ListResponsesInput,
    LogActivityInput,
    LogTypedActivityInput,
    RelatedObjectInput,
    RelatedResourceType,
)
from activity_log.types import UNSET, Response, Unset

from scenario import BUSINESS, Answer, run


T = TypeVar("T")


def given(value: T | None) -> T | Unset:
    return UNSET if value is None else value


def answer(response: Response[Any]) -> Answer:
    parsed = response.parsed
    if parsed is None:
        raise SystemExit(f"nothing is made of {response.status_code}: {response.content!r}")
    read = [row.to_dict() for row in parsed] if isinstance(parsed, list) else parsed.to_dict()
    return Answer(response.status_code, response.headers, response.content, read)


class Generated:
    def __init__(self, url: str, key: str) -> None:
        self.v1 = AuthenticatedClient(base_url=url, token=key)
        self.api = AuthenticatedClient(
            base_url=url,
            token=key,
            prefix="",
            auth_header_name="X-API-KEY",
            headers={"X-BUSINESS-ID": BUSINESS, "X-USER-ID": "jane"},
        )
        self.anyone = Client(base_url=url)

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
            type_=ActivityCategory(type),
            summary=summary,
            body=given(body),
            related_resource_type=RelatedResourceType(related[0]) if related else UNSET,
            related_resource_id=related[1] if related else UNSET,
            occurred_at=given(occurred_at),
        )
        return answer(
            log_activity.sync_detailed(client=self.v1, body=activity, idempotency_key=given(key))
        )

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
            search_activity.sync_detailed(
                client=self.v1,
                query=given(query),
                type_=[ActivityCategory(type) for type in types] if types else UNSET,
                related_resource_type=RelatedResourceType(related[0]) if related else UNSET,
                related_resource_id=related[1] if related else UNSET,
                occurred_after=given(occurred_after),
                occurred_before=given(occurred_before),
                limit=given(limit),
                cursor=given(cursor),
            )
        )

    def get(self, id: UUID) -> Answer:
        return answer(get_activity.sync_detailed(id, client=self.v1))

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
            list_audit_events.sync_detailed(
                client=self.v1,
                resource_id=given(resource_id),
                actor_id=given(actor_id),
                status=AuditStatus(status) if status else UNSET,
                request_id=given(request_id),
                occurred_after=given(occurred_after),
                limit=given(limit),
                cursor=given(cursor),
            )
        )

    def proof(self, event_id: UUID) -> Answer:
        return answer(get_proof.sync_detailed(event_id, client=self.v1))

    def types(
        self,
        search: str | None = None,
        page_size: int | None = None,
        cursor: str | None = None,
    ) -> Answer:
        return answer(
            list_activity_types.sync_detailed(
                client=self.api,
                search=given(search),
                page_size=given(page_size),
                cursor=given(cursor),
            )
        )

    def type(self, name: str) -> Answer:
        return answer(get_activity_type.sync_detailed(name, client=self.api))

    def fields(self, type: str) -> Answer:
        return answer(list_activity_type_fields.sync_detailed(type, client=self.api))

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
            mentions=given(mentions),
            scheduled_activity_id=scheduled_activity_id,
            completed_at=completed_at,
        )
        return answer(
            log_typed_activity.sync_detailed(
                type, client=self.api, body=activity, idempotency_key=given(key)
            )
        )

    def list_of_type(
        self, type: str, search: str, page_size: int, cursor: str | None = None
    ) -> Answer:
        asked = ListResponsesInput(search=search, page_size=page_size)
        return answer(
            list_responses.sync_detailed(type, client=self.api, body=asked, cursor=given(cursor))
        )

    def get_logged(self, id: UUID) -> Answer:
        return answer(get_logged_activity.sync_detailed(id, client=self.api))

    def openapi(self) -> Answer:
        return answer(get_openapi.sync_detailed(client=self.anyone))


run(Generated)
