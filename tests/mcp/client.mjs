// The official TypeScript clients, both generations, against a running server.
//
// MCP_URL, MCP_KEY (every scope) and MCP_READER_KEY (activity:read) in the
// environment. Prints a line for each check, and fails at the first that does
// not hold. Both clients hold every result, failures included, against the
// tool's output schema.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import * as current from '@modelcontextprotocol/client';
import { Client as PreviousClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as PreviousTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const { MCP_URL, MCP_KEY, MCP_READER_KEY } = process.env;
const info = { name: 'suite', version: '1' };
const tools = ['get_logged_activity', 'log_activity', 'search_activity'];

const generations = [
  ['sdk 1', () => new PreviousClient(info), PreviousTransport],
  ['client 2, handshake', () => new current.Client(info), current.StreamableHTTPClientTransport],
  ...['auto', { pin: '2026-07-28' }].map((mode) => [
    `client 2, ${JSON.stringify(mode)}`,
    () => new current.Client(info, { versionNegotiation: { mode } }),
    current.StreamableHTTPClientTransport,
  ]),
];

async function connect(make, Transport, key) {
  const client = make();
  const headers = { Authorization: `Bearer ${key}` };
  await client.connect(new Transport(new URL(MCP_URL), { requestInit: { headers } }));
  return client;
}

for (const [name, make, Transport] of generations) {
  const ok = (what) => console.log(`  ok: ${name}: ${what}`);
  const client = await connect(make, Transport, MCP_KEY);
  const listed = (await client.listTools()).tools.map((tool) => tool.name);
  assert.deepEqual(listed.sort(), tools);
  ok('lists its tools');

  const word = `word${randomUUID().replaceAll('-', '')}`;
  const input = { type: 'note', summary: `Said ${word}`, idempotency_key: word };
  const call = (name, args) => client.callTool({ name, arguments: args });
  const { activity } = (await call('log_activity', input)).structuredContent;
  assert.equal(activity.source, 'mcp');
  ok('logs');
  assert.deepEqual((await call('log_activity', input)).structuredContent.activity, activity);
  ok('a retry is the same activity');
  const found = (await call('search_activity', { query: word })).structuredContent;
  assert.deepEqual(found.activities.map((row) => row.id), [activity.id]);
  ok('finds it at once');
  const read = (await call('get_logged_activity', { id: activity.id })).structuredContent;
  assert.deepEqual(read.activity, activity);
  ok('reads it');
  const wrong = await call('log_activity', { type: 'fax' });
  assert.equal(wrong.isError, true);
  assert.equal(wrong.structuredContent.error.code, 'validation_failed');
  ok('reads why a call failed');
  await client.close();

  const reader = await connect(make, Transport, MCP_READER_KEY);
  await assert.rejects(reader.callTool({ name: 'log_activity', arguments: input }));
  ok('without its scope a tool is refused');
  await reader.close();
  await assert.rejects(connect(make, Transport, 'alk_demo.none.none'));
  ok('a wrong key is refused');
}
