// One activity, with everything that is stored of it, and what the trail has about it.

import { actorName, createDeed } from "../actors";
import type { Activity, ActivitySubmission, Actor, AuditEvent } from "../api/client";
import { asApiError, isAborted } from "../api/errors";
import { type Child, fill, h, icon, written } from "../dom";
import { deedText, doorText, refusalText } from "../events";
import { createFieldValue } from "../field-values";
import { CATEGORY } from "../icons";
import { createLoading } from "../loading";
import { may, type Page, type PageContext, pageHeading } from "../page";
import { createPager } from "../pager";
import { createReadProblem } from "../problem";
import { createRecord, relatedRecords } from "../records";
import { formatRoute, type Route } from "../router";
import { texts } from "../texts";
import { dateTime, exactTime, inUtc } from "../times";

const words = texts.record_page;
const EVENT_ROWS = 20;

/** A name and a value. Nothing where there is no value. */
function entry(name: string, value: Child): Child {
  if (value === undefined || value === null || value === false) {
    return null;
  }
  return h("div", { class: "entry" }, h("dt", {}, name), h("dd", {}, value));
}

function section(title: string, ...content: readonly Child[]): HTMLElement {
  return h("section", { class: "panel stack" }, h("h2", {}, title), content);
}

function timeEntry(name: string, iso: string | null | undefined): Child {
  return entry(name, iso ? [exactTime(iso), h("span", { class: "fine utc" }, inUtc(iso))] : null);
}

function actorEntry(name: string, actor: Actor | undefined): Child {
  return entry(
    name,
    actor && [
      written(actorName(actor), "name"),
      h("code", { class: "fine" }, ` ${actor.type}:${actor.id}`),
    ],
  );
}

/** What was submitted beside, where the logged-activity dialect logged it. */
function renderSubmission({ fields, mentions, ...rest }: ActivitySubmission): readonly Child[] {
  const completed = rest.completed_at !== undefined || rest.scheduled_activity_id !== undefined;
  return [
    fields.length > 0 &&
      section(
        words.fields,
        h(
          "dl",
          { class: "entries" },
          fields.map((field) => entry(field.display_name || field.name, createFieldValue(field))),
        ),
      ),
    mentions.length > 0 &&
      section(
        words.mentions,
        h(
          "ul",
          { class: "values" },
          mentions.map((id) => h("li", {}, h("code", {}, id))),
        ),
      ),
    completed &&
      section(
        words.completion,
        h(
          "dl",
          { class: "entries" },
          timeEntry(words.completedAt, rest.completed_at),
          entry(
            words.scheduled,
            rest.scheduled_activity_id && h("code", {}, rest.scheduled_activity_id),
          ),
        ),
      ),
  ];
}

/** The name of its own type in front, where that says more than the category. */
function renderKind({ type, submission }: Activity): Child {
  const category = texts.category[type];
  const own = submission?.activity_object.name ?? category;
  return [icon(...CATEGORY[type]), own !== category && [written(own), " · "], category];
}

function renderEvent(event: AuditEvent): HTMLElement {
  const refusal = refusalText(event);
  return h(
    "li",
    { class: "trail-event" },
    h(
      "div",
      { class: "trail-event-head" },
      h("span", {}, createDeed(event), ` ${deedText(event)}`),
      h("span", { class: `badge status-${event.status}` }, texts.trail.statuses[event.status]),
      h("span", { class: "row-time" }, dateTime(event.occurred_at)),
    ),
    refusal !== undefined && h("p", {}, refusal),
    h(
      "div",
      { class: "row-meta fine" },
      h("span", {}, doorText(event)),
      event.client_address !== undefined && h("span", {}, event.client_address),
      h("code", {}, event.request_id),
    ),
  );
}

export function openRecord(context: PageContext, route: Route): Page {
  const id = route.path[1] ?? "";
  const about = new URLSearchParams({ resource_id: id });
  const calls = new AbortController();
  const heading = pageHeading(words.title);
  const kind = h("p", { class: "kind" });
  const content = h("div", { class: "stack" });
  const events = may(context, "audit:read") ? createEvents() : undefined;
  const element = h("article", { class: "record-page" }, kind, heading, content);

  function createEvents() {
    return createPager<AuditEvent>({
      async load(cursor, signal) {
        const parameters = new URLSearchParams(about);
        parameters.set("limit", String(EVENT_ROWS));
        if (cursor !== undefined) {
          parameters.set("cursor", cursor);
        }
        const answer = await context.client.listAuditEvents(parameters, signal);
        return { rows: answer.audit_events, next: answer.next_cursor };
      },
      render: (rows) => h("ol", { class: "events" }, rows.map(renderEvent)),
      empty: () => h("p", { class: "fine" }, words.trailEmpty),
      // The trail stands beside what the page is about, and is read when the reader gets there.
      announce: () => undefined,
    });
  }

  function show(activity: Activity): void {
    const records = relatedRecords(activity);
    fill(kind, renderKind(activity));
    fill(heading, written(activity.summary));
    document.title = `${activity.summary} – ${texts.product}`;
    fill(
      content,
      h(
        "p",
        { class: "row-meta" },
        createDeed(activity, { path: [] }),
        dateTime(activity.occurred_at),
      ),
      activity.body !== undefined &&
        activity.body !== "" &&
        h(
          "div",
          { class: "panel prose", dir: "auto", role: "region", "aria-label": words.body },
          activity.body,
        ),
      records.length > 0 &&
        section(
          words.records,
          h(
            "ul",
            { class: "values" },
            records.map((record) =>
              h(
                "li",
                {},
                createRecord(record, new URLSearchParams()),
                record.name !== undefined && h("code", { class: "fine" }, ` ${record.id}`),
              ),
            ),
          ),
        ),
      activity.submission !== undefined && renderSubmission(activity.submission),
      section(
        words.details,
        h(
          "dl",
          { class: "entries" },
          timeEntry(words.occurredAt, activity.occurred_at),
          timeEntry(words.loggedAt, activity.logged_at),
          actorEntry(words.actor, activity.actor),
          actorEntry(words.authenticatedAs, activity.authenticated_as),
          actorEntry(words.onBehalfOf, activity.on_behalf_of),
          entry(
            words.lastAgent,
            activity.last_agent_actor_id !== undefined &&
              h("code", {}, activity.last_agent_actor_id),
          ),
          entry(words.source, texts.source[activity.source]),
          entry(words.id, h("code", {}, activity.id)),
          entry(words.tenant, h("code", {}, activity.tenant_id)),
        ),
      ),
      events !== undefined &&
        section(
          words.trail,
          events.element,
          h("p", {}, h("a", { href: formatRoute(["trail"], about) }, words.openTrail)),
        ),
    );
    events?.restart();
  }

  async function load(): Promise<void> {
    fill(content, createLoading({ role: "status" }));
    try {
      show((await context.client.getActivity(id, calls.signal)).activity);
    } catch (thrown) {
      if (isAborted(thrown)) {
        return;
      }
      const error = asApiError(thrown);
      fill(
        content,
        error.failure === "not_found"
          ? h("p", { class: "notice", role: "alert" }, words.notFoundText)
          : createReadProblem(error, () => void load()),
        h("p", {}, h("a", { href: "#/" }, texts.notFound.back)),
      );
    }
  }
  void load();

  return {
    title: words.title,
    element,
    stop() {
      calls.abort();
      events?.stop();
    },
  };
}
