// The client that Hey API makes, behind the adapter of the scenario.

import {
  getActivity,
  getActivityType,
  getLoggedActivity,
  getOpenapi,
  getProof,
  listActivityTypeFields,
  listActivityTypes,
  listAuditEvents,
  listResponses,
  logActivity,
  logTypedActivity,
  searchActivity,
} from './activity-log';
import { createClient } from './activity-log/client';
import { BUSINESS, type Client, run, Wire } from './scenario';

function connect(baseUrl: string, key: string): Client {
  const wire = new Wire();
  const credentials: Record<string, string> = {
    'X-API-KEY': key,
    'X-BUSINESS-ID': BUSINESS,
    'X-USER-ID': 'jane',
  };
  const client = createClient({
    baseUrl,
    fetch: wire.fetch,
    auth: ({ name }) => (name === undefined ? key : credentials[name]),
  });
  return {
    async log(type, summary, more = {}) {
      const result = await logActivity({
        client,
        headers: { 'Idempotency-Key': more.key },
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
      return wire.answer(await searchActivity({ client, query }));
    },
    async get(id) {
      return wire.answer(await getActivity({ client, path: { id } }));
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
      return wire.answer(await listAuditEvents({ client, query }));
    },
    async proof(id) {
      return wire.answer(await getProof({ client, path: { id } }));
    },
    async types({ search, pageSize, cursor }) {
      const query = { search, page_size: pageSize, cursor };
      return wire.answer(await listActivityTypes({ client, query }));
    },
    async type(name) {
      return wire.answer(await getActivityType({ client, path: { activity_identifier: name } }));
    },
    async fields(type) {
      const path = { activity_identifier: type };
      return wire.answer(await listActivityTypeFields({ client, path }));
    },
    async logTyped(type, notes, related, fields, more = {}) {
      const result = await logTypedActivity({
        client,
        path: { activity_identifier: type },
        headers: { 'Idempotency-Key': more.key },
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
      const result = await listResponses({
        client,
        path: { activity_identifier: type },
        query: { cursor },
        body: { search, page_size: pageSize },
      });
      return wire.answer(result);
    },
    async getLogged(id) {
      return wire.answer(await getLoggedActivity({ client, path: { id } }));
    },
    async openapi() {
      return wire.answer(await getOpenapi({ client }));
    },
  };
}

await run(connect);
