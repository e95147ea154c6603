// The client that openapi-generator makes for `fetch`, behind the adapter of the
// scenario.

import {
  ActivitiesApi,
  ActivitiesResponseToJSON,
  ActivityResponseToJSON,
  ActivityTypeFieldToJSON,
  ActivityTypePageToJSON,
  ActivityTypeResponsePageToJSON,
  ActivityTypeToJSON,
  AuditApi,
  AuditEventProofResponseToJSON,
  AuditEventsResponseToJSON,
  Configuration,
  DescriptionApi,
  ErrorResponseFromJSON,
  ErrorResponseToJSON,
  instanceOfLoggedActivityError,
  LoggedActivitiesApi,
  LoggedActivityErrorFromJSON,
  LoggedActivityErrorToJSON,
  LoggedActivityToJSON,
  LoggedTypedActivityToJSON,
  OpenApiToJSON,
  ResponseError,
} from './activity-log';
import { type Answer, BUSINESS, type ByType, type Client, run, type V1, Wire } from './scenario';

function connect(basePath: string, key: string): Client {
  const wire = new Wire();
  const credentials: Record<string, string> = {
    'X-API-KEY': key,
    'X-BUSINESS-ID': BUSINESS,
    'X-USER-ID': 'jane',
  };
  const configuration = new Configuration({
    basePath,
    accessToken: key,
    apiKey: (name) => credentials[name] ?? '',
    fetchApi: wire.fetch,
  });
  const v1 = new ActivitiesApi(configuration);
  const trail = new AuditApi(configuration);
  const api = new LoggedActivitiesApi(configuration);
  const description = new DescriptionApi(configuration);

  // What the client made of an answer, as JSON again. What it says of the types of
  // that JSON are those of the model.
  async function answer<T, E, Model>(
    call: Promise<Model>,
    toJson: (model: Model) => unknown,
    readError: (json: unknown) => unknown,
  ): Promise<Answer<T, E>> {
    try {
      return wire.answer({ data: toJson(await call) as T });
    } catch (error) {
      if (!(error instanceof ResponseError)) throw error;
      return wire.answer({ error: readError(await error.response.json()) as E });
    }
  }
  const ofV1 = <T, Model>(call: Promise<Model>, toJson: (model: Model) => unknown): V1<T> =>
    answer(call, toJson, (json) => ErrorResponseToJSON(ErrorResponseFromJSON(json)));
  // Field errors have no names to make a model of.
  const byType = <T, Model>(call: Promise<Model>, toJson: (model: Model) => unknown): ByType<T> =>
    answer(call, toJson, (json) =>
      instanceOfLoggedActivityError(json as object)
        ? LoggedActivityErrorToJSON(LoggedActivityErrorFromJSON(json))
        : json,
    );

  return {
    log(type, summary, more = {}) {
      const logActivityInput = {
        type,
        summary,
        body: more.body,
        relatedResourceType: more.related?.type,
        relatedResourceId: more.related?.id,
        occurredAt: more.at,
      };
      const call = v1.logActivity({ logActivityInput, idempotencyKey: more.key });
      return ofV1(call, ActivityResponseToJSON);
    },
    search(filters) {
      const call = v1.searchActivity({
        query: filters.query,
        type: filters.types,
        relatedResourceType: filters.related?.type,
        relatedResourceId: filters.related?.id,
        occurredAfter: filters.after,
        occurredBefore: filters.before,
        limit: filters.limit,
        cursor: filters.cursor,
      });
      return ofV1(call, ActivitiesResponseToJSON);
    },
    get(id) {
      return ofV1(v1.getActivity({ id }), ActivityResponseToJSON);
    },
    auditEvents({ after, ...filters }) {
      const call = trail.listAuditEvents({ ...filters, occurredAfter: after });
      return ofV1(call, AuditEventsResponseToJSON);
    },
    proof(id) {
      return ofV1(trail.getProof({ id }), AuditEventProofResponseToJSON);
    },
    types(asked) {
      return byType(api.listActivityTypes(asked), ActivityTypePageToJSON);
    },
    type(name) {
      return byType(api.getActivityType({ activityIdentifier: name }), ActivityTypeToJSON);
    },
    fields(type) {
      const call = api.listActivityTypeFields({ activityIdentifier: type });
      return byType(call, (fields) => fields.map(ActivityTypeFieldToJSON));
    },
    logTyped(type, notes, related, fields, more = {}) {
      const call = api.logTypedActivity({
        activityIdentifier: type,
        idempotencyKey: more.key,
        logTypedActivityInput: {
          relatedObjects: [{ customObject: related.type, entityId: related.id }],
          notes,
          fields,
          mentions: more.mentions,
          scheduledActivityId: more.scheduledActivityId,
          completedAt: more.completedAt,
        },
      });
      return byType(call, LoggedTypedActivityToJSON);
    },
    listOfType(type, search, pageSize, cursor) {
      const listResponsesInput = { search, pageSize };
      const call = api.listResponses({ activityIdentifier: type, cursor, listResponsesInput });
      return byType(call, ActivityTypeResponsePageToJSON);
    },
    getLogged(id) {
      return byType(api.getLoggedActivity({ id }), LoggedActivityToJSON);
    },
    openapi() {
      return ofV1(description.getOpenapi(), OpenApiToJSON);
    },
  };
}

await run(connect);
