// The handler of `log` as a team would write it in Node: powertools for
// validation and idempotency, one transaction of three puts with SDK v3.

import { randomUUID } from 'node:crypto';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { validate } from '@aws-lambda-powertools/validation';
import { SchemaValidationError } from '@aws-lambda-powertools/validation/errors';
import { DynamoDBClient, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';

const table = process.env.ACTIVITY_LOG_TABLE ?? 'activity-log';
const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['type', 'summary'],
  properties: {
    type: { enum: ['note', 'call', 'email', 'meeting', 'agent_action'] },
    summary: { type: 'string', minLength: 1, maxLength: 500 },
    body: { type: 'string', maxLength: 65536 },
    related_resource_type: { enum: ['contact', 'company', 'deal', 'task', 'support_ticket'] },
    related_resource_id: { type: 'string', minLength: 1, maxLength: 255 },
    occurred_at: { type: 'string' },
    idempotency_key: { type: 'string', minLength: 1, maxLength: 255 },
  },
};

const client = new DynamoDBClient({});
const persistenceStore = new DynamoDBPersistenceLayer({
  tableName: `${table}-idempotency`,
  awsSdkV3Client: client,
});
const config = new IdempotencyConfig({
  eventKeyJmesPath: 'powertools_json(body).idempotency_key',
});

const put = (pk, sk, attributes = {}) => ({
  Put: {
    TableName: table,
    Item: Object.fromEntries(
      Object.entries({ pk, sk, ...attributes }).map(([name, value]) => [name, { S: value }]),
    ),
    ConditionExpression: 'attribute_not_exists(pk)',
  },
});

const answer = (statusCode, body) => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const log = async (event) => {
  let input;
  try {
    input = JSON.parse(event.body);
    validate({ payload: input, schema });
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof SchemaValidationError)) throw error;
    return answer(422, { error: { code: 'validation_failed', message: error.message } });
  }
  const [id, eventId, now] = [randomUUID(), randomUUID(), new Date().toISOString()];
  const { idempotency_key: _, ...activity } = { occurred_at: now, ...input };
  await client.send(
    new TransactWriteItemsCommand({
      ClientRequestToken: id,
      TransactItems: [
        put(`T#demo#ACT#${id}`, 'HEAD', { logged_at: now, ...activity }),
        put(`T#demo#IX#type=${activity.type}`, `${activity.occurred_at}#${id}`),
        put(`T#demo#AUD#${eventId}`, 'EVENT', {
          actor_id: 'demo',
          action: 'activity.logged',
          resource_id: id,
          status: 'succeeded',
          occurred_at: now,
        }),
      ],
    }),
  );
  return answer(201, { activity: { id, logged_at: now, ...activity } });
};

export const handler = makeIdempotent(log, { persistenceStore, config });
