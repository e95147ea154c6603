// Makes the calls of clients.py with the TypeScript client; see there.
//
//     client_adapter.mjs DIST    the folder with the compiled example

import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const client = pathToFileURL(`${process.argv[2]}/activity-log.js`).href;
const { ActivityLog, ActivityLogError } = await import(client);

async function all(rows) {
  const list = [];
  for await (const row of rows) list.push(row);
  return list;
}

async function call(log, name, args) {
  switch (name) {
    case "log": {
      const { activity, replayed } = await log.log(args.activity, args.idempotency_key);
      return { activity, replayed };
    }
    case "get":
      return log.get(args.id);
    case "search":
      return all(log.search(args));
    case "audit_events":
      return all(log.auditEvents(args));
    default:
      throw new Error(`there is no call ${name}`);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  const waits_s = [];
  const sleep = async (ms) => waits_s.push(ms / 1000);
  const log = new ActivityLog(asked.url, asked.key, { sleep });
  let answer;
  try {
    answer = { result: await call(log, asked.call, asked.arguments) };
  } catch (error) {
    if (!(error instanceof ActivityLogError)) throw error;
    answer = {
      error: {
        status: error.status ?? null,
        code: error.code ?? null,
        request_id: error.requestId ?? null,
        field_errors: error.fieldErrors,
        retry_after_s: error.retryAfterMs === undefined ? null : error.retryAfterMs / 1000,
        retryable: error.retryable,
        text: error.message,
      },
    };
  }
  console.log(JSON.stringify({ ...answer, waits_s }));
}
