/**
 * Logs an activity, finds it, reads it, and reads who wrote it.
 *
 *     export ACTIVITY_LOG_URL=http://127.0.0.1:8080
 *     export ACTIVITY_LOG_KEY=$(cat .activity-log/demo-key)
 *     cd examples/typescript && npm ci && npm start
 */

import { ActivityLog, ActivityLogError, type NewActivity } from "./activity-log.js";

function environment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

async function main(): Promise<void> {
  const log = new ActivityLog(environment("ACTIVITY_LOG_URL"), environment("ACTIVITY_LOG_KEY"));

  // The key and the activity are made of what happened, and not of the moment,
  // so that a second run logs nothing twice.
  const meeting: NewActivity = {
    type: "meeting",
    summary: "Showed Jane the new dashboard",
    body: "She likes it, and asks whether it can be embedded.",
    related_resource_type: "contact",
    related_resource_id: "con_123",
    occurred_at: "2026-03-02T14:00:00Z",
  };
  const logged = await log.log(meeting, "calendar-2026-0107");
  const how = logged.replayed ? "logged before" : "logged";
  console.log(`${how}: ${logged.activity.id} (request ${logged.requestId})`);

  for await (const activity of log.search({ query: "dashboard", limit: 10 })) {
    console.log(`found: ${activity.id} ${activity.summary}`);
  }

  const activity = await log.get(logged.activity.id);
  console.log(`read: ${activity.id} ${activity.body}`);

  for await (const event of log.auditEvents({ resource_id: activity.id })) {
    const actor = `${event.actor.type}:${event.actor.id}`;
    console.log(`audit: ${event.status} by ${actor} (request ${event.request_id})`);
  }

  try {
    await log.log({ type: "note", summary: " ", body: "A summary can't be blank." });
  } catch (error) {
    if (!(error instanceof ActivityLogError)) throw error;
    console.log(`refused: ${error.message}`);
  }
}

try {
  await main();
} catch (error) {
  console.error(`failed: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
