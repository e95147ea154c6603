// The types of openapi-typescript with openapi-fetch, behind the adapter of the
// scenario.

import createClient from 'openapi-fetch';

import type { paths } from './activity-log';
import { BUSINESS, type Client, run, Wire } from './scenario';

function connect(baseUrl: string, key: string): Client {
  const wire = new Wire();
  const v1 = createClient<paths>({
    baseUrl,
    fetch: wire.fetch,
    headers: { Authorization: `Bearer ${key}` },
  });
  const api = createClient<paths>({
    baseUrl,
    fetch: wire.fetch,
    headers: { 'X-API-KEY': key, 'X-BUSINESS-ID': BUSINESS, 'X-USER-ID': 'jane' },
  });
  return {
    async log(type, summary, more = {}) {
      const result = await v1.POST('/v1/activities', {
        params: { header: { 'Idempotency-Key': more.key } },
        body: {
          type,
          summary,
          body: more.body,
          related_resource_type: more.related?.type,
          related_resource_id: more.related?.id,
          occurred_at: more.at?.toISOString(),
        },
      });
      return wire.answer(result);
    },
    async search(filters) {
      const query = {
        query: filters.query,
        type: filters.types,
        related_resource_type: filters.related?.type,
        related_resource_id: filters.related?.id,
        occurred_after: filters.after?.toISOString(),
        occurred_before: filters.before?.toISOString(),
        limit: filters.limit,
        cursor: filters.cursor,
      };
      return wire.answer(await v1.GET('/v1/activities', { params: { query } }));
    },
    async get(id) {
      return wire.answer(await v1.GET('/v1/activities/{id}', { params: { path: { id } } }));
    },
    async auditEvents(filters) {
      const query = {
        resource_id: filters.resourceId,
        actor_id: filters.actorId,
        status: filters.status,
        request_id: filters.requestId,
        occurred_after: filters.after?.toISOString(),
        limit: filters.limit,
        cursor: filters.cursor,
      };
      return wire.answer(await v1.GET('/v1/audit-events', { params: { query } }));
    },
    async proof(id) {
      const params = { path: { id } };
      return wire.answer(await v1.GET('/v1/audit-events/{id}/proof', { params }));
    },
    async types({ search, pageSize, cursor }) {
      const query = { search, page_size: pageSize, cursor };
      return wire.answer(await api.GET('/api/activities', { params: { query } }));
    },
    async type(name) {
      const path = { activity_identifier: name };
      return wire.answer(await api.GET('/api/activities/{activity_identifier}', { params: { path } }));
    },
    async fields(type) {
      const path = { activity_identifier: type };
      const result = await api.GET('/api/activities/{activity_identifier}/fields', {
        params: { path },
      });
      return wire.answer(result);
    },
    async logTyped(type, notes, related, fields, more = {}) {
      const result = await api.POST('/api/activities/{activity_identifier}/log-activity', {
        params: {
          path: { activity_identifier: type },
          header: { 'Idempotency-Key': more.key },
        },
        body: {
          related_objects: [{ custom_object: related.type, entity_id: related.id }],
          notes,
          fields,
          mentions: more.mentions,
          scheduled_activity_id: more.scheduledActivityId,
          completed_at: more.completedAt?.toISOString(),
        },
      });
      return wire.answer(result);
    },
    async listOfType(type, search, pageSize, cursor) {
      const result = await api.POST('/api/activities/{activity_identifier}/responses', {
        params: { path: { activity_identifier: type }, query: { cursor } },
        body: { search, page_size: pageSize },
      });
      return wire.answer(result);
    },
    async getLogged(id) {
      return wire.answer(await api.GET('/api/activities/logged/{id}', { params: { path: { id } } }));
    },
    async openapi() {
      return wire.answer(await v1.GET('/openapi.json'));
    },
  };
}

await run(connect);
