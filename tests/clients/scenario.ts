// What every client in TypeScript has to do, whichever generator made it: what
// scenario.py has those in Python do.
//
// A client is behind an adapter with the methods of `Client`, which calls what was
// generated and nothing else. What it returns has the types of the generator, and
// the compiler says whether they have what is read of them here. What was sent is
// taken from the wire: where the client returns less, it lost something.
//
// ACTIVITY_LOG_URL, ACTIVITY_LOG_KEY (every scope), READER_KEY (activity:read) and
// FAULTS_URL, where answers are made up, in the environment

import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

// The tenant of the keys.
export const BUSINESS = 'demo';
const AT = new Date('2026-03-01T09:30:00Z');
const HOUR_MS = 3_600_000;
const CONTACT: Related = { type: 'contact', id: 'con_123' };

export type Category = 'note' | 'call' | 'email' | 'meeting' | 'agent_action';
export type Related = { type: 'contact' | 'company' | 'deal' | 'task' | 'support_ticket'; id: string };
// Of what is read here, as JSON.
type Activity = { id: string; summary: string; body?: string; occurred_at: string };
type ActivityAnswer = { activity: Activity; request_id: string };
type AuditEvent = {
  id: string;
  actor: { id: string };
  status: string;
  error_code?: string;
  request_id: string;
};
type Page<Row> = { results: Row[]; next: string | null };
type Type = { id: string; api_name: string };
type Field = { id: string; name: string; options: { id: string }[] };
type LoggedByType = { id: string; mentions: string[] };
type Logged = {
  completed_at: string | null;
  completed_by: { id: string } | null;
  scheduled_activity_id: string | null;
  fields?: { value?: unknown }[];
};

export type Refusal = {
  error: {
    code: string;
    message: string;
    request_id: string;
    required_scope?: string;
    field_errors?: { field: string; message: string }[];
    retry_after_seconds?: number;
    idempotency_key?: string;
  };
};
export type RefusalByType = { code: string; detail: string } | { [field: string]: string[] };

export type Activities = { activities: Activity[]; next_cursor?: string };
export type Proof = { audit_event: AuditEvent; sealed: boolean; entry?: string };
export type AuditEvents = { audit_events: AuditEvent[]; next_cursor?: string };

export type Search = {
  query?: string;
  types?: Category[];
  related?: Related;
  after?: Date;
  before?: Date;
  limit?: number;
  cursor?: string;
};
export type Trail = {
  resourceId?: string;
  actorId?: string;
  status?: 'succeeded' | 'denied' | 'rejected';
  requestId?: string;
  after?: Date;
  limit?: number;
  cursor?: string;
};
export type Note = { key?: string; body?: string; related?: Related; at?: Date };
export type TypedNote = {
  key?: string;
  mentions?: string[];
  scheduledActivityId?: string;
  completedAt?: Date;
};

export type V1<T> = Promise<Answer<T, Refusal>>;
export type ByType<T> = Promise<Answer<T, RefusalByType>>;

export interface Client {
  log(type: Category, summary: string, more?: Note): V1<ActivityAnswer>;
  search(filters: Search): V1<Activities>;
  get(id: string): V1<ActivityAnswer>;
  auditEvents(filters: Trail): V1<AuditEvents>;
  proof(eventId: string): V1<Proof>;
  types(asked: { search?: string; pageSize?: number; cursor?: string }): ByType<Page<Type>>;
  type(name: string): ByType<Type>;
  fields(type: string): ByType<Field[]>;
  logTyped(
    type: string,
    notes: string,
    related: Related,
    fields: { id: string; value: unknown }[],
    more?: TypedNote,
  ): ByType<LoggedByType>;
  listOfType(type: string, search: string, pageSize: number, cursor?: string): ByType<Page<{ id: string }>>;
  getLogged(id: string): ByType<Logged>;
  openapi(): V1<{ openapi: string }>;
}

export type Answer<T, E> = { status: number; headers: Headers; sent: unknown; data?: T; error?: E };

// The way of a client to the log, which keeps what came last.
export class Wire {
  #last?: { status: number; headers: Headers; sent: unknown };

  readonly fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const response = await fetch(input, init);
    const { status, headers } = response;
    this.#last = { status, headers, sent: JSON.parse(await response.clone().text()) };
    return response;
  };

  answer<T, E>(result: { data?: T; error?: E }): Answer<T, E> {
    if (this.#last === undefined) throw new Error('nothing was sent');
    return { ...this.#last, data: result.data, error: result.error };
  }
}

let failed = false;

function check(what: string, holds: boolean, seen?: unknown): void {
  failed ||= !holds;
  console.log(holds ? `  ok: ${what}` : `  FAILED: ${what}; seen: ${JSON.stringify(seen)}`);
}

function same(what: string, seen: unknown, expected: unknown): void {
  check(what, isDeepStrictEqual(plain(seen), plain(expected)), { seen, expected });
}

// JSON in which a time is what it says, and not how it is written.
function plain(value: unknown): unknown {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'string') return time.test(value) ? new Date(value).toISOString() : value;
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  // An absent property is the same as one that is undefined.
  const properties = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(properties.map(([name, inner]) => [name, plain(inner)]));
}

function whole<T, E>(what: string, answer: Answer<T, E>, status: number): void {
  same(`${what}: ${status}`, answer.status, status);
  same(`${what}: the client reads all of it`, answer.data ?? answer.error, answer.sent);
}

// The body of an answer, which the client has to have read whole.
function read<T, E>(what: string, answer: Answer<T, E>, status: number): T {
  whole(what, answer, status);
  if (answer.data === undefined) throw new Error(`${what}: ${JSON.stringify(answer.sent)}`);
  return answer.data;
}

// The same of a refusal.
function refusal<T, E>(what: string, answer: Answer<T, E>, status: number): E {
  whole(what, answer, status);
  if (answer.error === undefined) throw new Error(`${what}: ${JSON.stringify(answer.sent)}`);
  return answer.error;
}

const word = () => `word${randomUUID().replaceAll('-', '')}`;

async function logsAndGets(client: Client): Promise<void> {
  const said = word();
  const body = 'She has 40 seats in mind.';
  const log = () => client.log('note', `First ${said}`, { key: said, body, related: CONTACT, at: AT });
  const answer = await log();
  const logged = read('log', answer, 201);
  const { activity } = logged;
  same('log: as it was sent', activity.body, body);
  same('log: at its time', activity.occurred_at, AT);
  same('log: where it is', answer.headers.get('location'), `/v1/activities/${activity.id}`);
  same('log: no replay', answer.headers.get('idempotency-replayed'), null);
  same('log: its request', answer.headers.get('x-request-id'), logged.request_id);
  const again = await log();
  same('retry: the same activity', read('retry', again, 201).activity, activity);
  same('retry: says so', again.headers.get('idempotency-replayed'), 'true');
  same('get', read('get', await client.get(activity.id), 200).activity, activity);
}

async function searches(client: Client): Promise<void> {
  const said = word();
  const after = (hours: number) => new Date(AT.getTime() + hours * HOUR_MS);
  for (const [hours, type] of (['note', 'call', 'note'] as const).entries()) {
    const more = { related: CONTACT, at: after(hours) };
    read('log to be found', await client.log(type, `${type} ${hours} ${said}`, more), 201);
  }
  const numbers = (page: Activities) => page.activities.map((row) => row.summary.split(' ')[1]);
  const found = async (filters: Search) =>
    numbers(read('search', await client.search({ query: said, ...filters }), 200));
  same('search: by a word', await found({}), ['2', '1', '0']);
  same('search: by type', await found({ types: ['call'] }), ['1']);
  same('search: by two types', await found({ types: ['note', 'call'] }), ['2', '1', '0']);
  same('search: by record', await found({ related: CONTACT }), ['2', '1', '0']);
  same('search: by another record', await found({ related: { type: 'deal', id: 'con_123' } }), []);
  same('search: since', await found({ after: after(1) }), ['2', '1']);
  same('search: until', await found({ before: after(1) }), ['0']);
  const paged: unknown[] = [];
  let cursor: string | undefined;
  do {
    const page = read('page', await client.search({ query: said, limit: 2, cursor }), 200);
    paged.push(...numbers(page));
    cursor = page.next_cursor;
  } while (cursor !== undefined);
  same('search: page by page', paged, ['2', '1', '0']);
}

async function readsTheTrail(client: Client, reader: Client): Promise<void> {
  const before = new Date(Date.now() - HOUR_MS);
  const logged = read('log', await client.log('email', 'Sent the offer'), 201);
  const resourceId = logged.activity.id;
  const events = read('trail', await client.auditEvents({ resourceId }), 200).audit_events;
  same('trail: one event', events.map((event) => event.status), ['succeeded']);
  same('trail: its request', events[0]?.request_id, logged.request_id);
  const proven = read('proof', await client.proof(events[0]?.id ?? ''), 200);
  same('proof: of the event', proven.audit_event.id, events[0]?.id);
  same('proof: with its entry once it is sealed', proven.entry !== undefined, proven.sealed);
  const denied = refusal('denied', await reader.log('note', 'x'), 403).error.request_id;
  const asked = { status: 'denied', requestId: denied, after: before } as const;
  const [event] = read('trail of what was denied', await client.auditEvents(asked), 200).audit_events;
  same('trail: why', event?.error_code, 'missing_required_scope');
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const filters: Trail = { actorId: events[0]?.actor.id, limit: 3, cursor };
    const page = read('page of the trail', await client.auditEvents(filters), 200);
    ids.push(...page.audit_events.map((row) => row.id));
    cursor = page.next_cursor;
  } while (cursor !== undefined);
  check('trail: page by page', new Set(ids).size === ids.length && ids.length > 3, ids.length);
}

// The cursor in the link of the next page.
function next(page: Page<unknown>): string | undefined {
  if (page.next === null) return undefined;
  return new URL(page.next, 'http://localhost').searchParams.get('cursor') ?? undefined;
}

async function logsByType(client: Client): Promise<void> {
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const page = read('types', await client.types({ pageSize: 2, cursor }), 200);
    names.push(...page.results.map((type) => type.api_name));
    cursor = next(page);
  } while (cursor !== undefined);
  const six = ['agent_action', 'call', 'email', 'meeting', 'note', 'site_visit'];
  same('types: page by page', names, six);
  const found = read('types by name', await client.types({ search: 'visit' }), 200);
  const type = read('type', await client.type('site_visit'), 200);
  same('type: the one of the list', found.results, [type]);
  const fields = read('fields', await client.fields('site_visit'), 200);
  same('fields: all of them', fields.map((field) => field.name), ['outcome', 'visitors', 'cost', 'deal']);
  const values = [fields[0]?.options[0]?.id, 3, 12.5, 'dea_1'];
  const given = fields.map(({ id }, index) => ({ id, value: values[index] }));

  const said = word();
  const mentioned = randomUUID();
  const more = {
    key: said,
    mentions: [mentioned],
    scheduledActivityId: randomUUID(),
    completedAt: AT,
  };
  const log = () => client.logTyped('site_visit', `Saw the roof ${said}`, CONTACT, given, more);
  const logged = read('log by type', await log(), 201);
  same('log by type: as it was sent', logged.mentions, [mentioned]);
  const again = await log();
  same('retry by type: the same', read('retry by type', again, 201), logged);
  same('retry by type: says so', again.headers.get('idempotency-replayed'), 'true');
  const least = read('log the least', await client.logTyped('note', `No more than ${said}`, CONTACT, []), 201);

  const got = read('get logged', await client.getLogged(logged.id), 200);
  same('get logged: completed', got.completed_at, AT);
  same('get logged: its fields', got.fields?.length, 4);
  const bare = read('get logged, the least', await client.getLogged(least.id), 200);
  const nulls = [bare.completed_at, bare.completed_by, bare.scheduled_activity_id];
  same('get logged: not completed', nulls, [null, null, null]);
  const second = await client.logTyped('site_visit', `Again ${said}`, CONTACT, given);
  const ids: string[] = [];
  do {
    const page = read('list of a type', await client.listOfType('site_visit', said, 1, cursor), 200);
    ids.push(...page.results.map((row) => row.id));
    cursor = next(page);
  } while (cursor !== undefined);
  same('list of a type: page by page', ids, [read('log a second', second, 201).id, logged.id]);
}

// What goes wrong, as the log says it.
async function isRefused(client: Client, reader: Client, nobody: Client): Promise<void> {
  const key = word();
  read('log', await client.log('note', 'x', { key }), 201);
  const refused = <T>(what: string, answer: Answer<T, Refusal>, status: number, code: string) => {
    const { error } = refusal(what, answer, status);
    same(`${what}: the code`, error.code, code);
    same(`${what}: the request`, answer.headers.get('x-request-id'), error.request_id);
    check(`${what}: in words`, error.message.endsWith('.'), error);
    return error;
  };
  refused('wrong key', await nobody.log('note', 'x'), 401, 'unauthorized');
  const missing = refused('no scope', await reader.log('note', 'x'), 403, 'missing_required_scope');
  same('no scope: which', missing.required_scope, 'activity:write');
  refused('not there', await client.get(randomUUID()), 404, 'resource_not_found');
  const stranger = await client.log('note', 'x', { related: { type: 'contact', id: 'con_404' } });
  const named = refused('no such record', stranger, 404, 'resource_not_found').field_errors;
  same('no such record: which', named?.map((error) => error.field), ['related_resource_id']);
  const conflict = await client.log('call', 'x', { key });
  const { idempotency_key } = refused('another input', conflict, 409, 'idempotency_conflict');
  same('another input: of which key', idempotency_key, key);
  const wrong = await client.search({ query: '?!', after: AT, before: AT });
  const errors = refused('wrong', wrong, 422, 'validation_failed').field_errors ?? [];
  same('wrong: all of it', errors.map((error) => error.field).sort(), ['occurred_before', 'query']);
}

// The same in the words of the other dialect.
async function isRefusedByType(client: Client, reader: Client, nobody: Client): Promise<void> {
  const key = word();
  read('log by type', await client.logTyped('note', 'x', CONTACT, [], { key }), 201);
  const refused = async <T>(what: string, answer: ByType<T>, status: number, code: string) => {
    const error = refusal(`${what}, by type`, await answer, status);
    same(`${what}, by type: the code`, error['code'], code);
  };
  await refused('wrong key', nobody.types({}), 401, 'unauthorized');
  await refused('no scope', reader.logTyped('note', 'x', CONTACT, []), 403, 'permission_required');
  await refused('no type', client.type('nothing'), 404, 'not_found');
  await refused('not there', client.getLogged(randomUUID()), 404, 'not_found');
  const conflict = client.logTyped('note', 'y', CONTACT, [], { key });
  await refused('another input', conflict, 409, 'idempotency_conflict');
  const id = randomUUID();
  const wrong = await client.logTyped('site_visit', 'x', CONTACT, [{ id, value: 1 }]);
  const fields = Object.keys(refusal('wrong, by type', wrong, 400));
  check('wrong, by type: all of it', fields.includes(`fields.${id}`) && fields.length === 2, fields);
}

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

type Described = {
  headers: Record<string, unknown>;
  content: { 'application/json': { examples: Record<string, { value: unknown }> } };
};

// Each error that is described, as it is described: the log can't be made to answer
// some of them.
async function readsEveryError(faulty: Client): Promise<void> {
  const document = (await (await fetch(`${setting('ACTIVITY_LOG_URL')}/openapi.json`)).json()) as {
    components: { responses: Record<string, Described> };
  };
  let tried = 0;
  for (const [name, response] of Object.entries(document.components.responses)) {
    const status = Number(name.slice(-3));
    // No call that is described has another method.
    if (status === 405) continue;
    const headers: Record<string, string> = { 'Content-Type': 'application/json' };
    if ('Retry-After' in response.headers) headers['Retry-After'] = '7';
    for (const [code, { value }] of Object.entries(response.content['application/json'].examples)) {
      const fault = { fault: 'refuse', status, headers, body: JSON.stringify(value) };
      await fetch(`${setting('FAULTS_URL')}/faults`, { method: 'PUT', body: JSON.stringify([fault]) });
      const answer: Answer<unknown, unknown> = name.startsWith('v1_')
        ? await faulty.log('note', 'x')
        : await faulty.logTyped('note', 'x', CONTACT, []);
      const what = `${code} of ${name}`;
      whole(what, answer, status);
      same(`${what}: as it was sent`, answer.error, value);
      same(`${what}: when again`, answer.headers.get('retry-after'), headers['Retry-After'] ?? null);
      tried += 1;
    }
  }
  check('every error that is described', tried > 20, tried);
}

// Has a client do all of it. It is made of an address and a key, for the user `jane`
// where a user is named.
export async function run(connect: (url: string, key: string) => Client): Promise<void> {
  const [url, key] = [setting('ACTIVITY_LOG_URL'), setting('ACTIVITY_LOG_KEY')];
  const client = connect(url, key);
  const reader = connect(url, setting('READER_KEY'));
  const nobody = connect(url, `alk_${BUSINESS}.none.none`);
  await logsAndGets(client);
  await searches(client);
  await readsTheTrail(client, reader);
  await logsByType(client);
  await isRefused(client, reader, nobody);
  await isRefusedByType(client, reader, nobody);
  await readsEveryError(connect(setting('FAULTS_URL'), key));
  const { openapi } = read('description', await client.openapi(), 200);
  check('description: its version', openapi.startsWith('3.1.'), openapi);
  if (failed) process.exitCode = 1;
}
