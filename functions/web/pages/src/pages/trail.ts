// What was done to records and keys, and what was refused: who did it for whom, with which key,
// through which door. Filtered as the API filters, and taken away as a file.

import type { AuditEvent } from "../api/client";
import type { ApiError } from "../api/errors";
import { createDays, keepDaysCurrent } from "../days";
import { type Child, fill, h, opensElsewhere } from "../dom";
import { createEventFiles } from "../event-files";
import type { ProofParts } from "../event-proof";
import { createEventRow } from "../event-row";
import { createFilters, type FilterField } from "../filters";
import { may, type Page, type PageContext, pageHeading } from "../page";
import { beginOrResume, createPager } from "../pager";
import { formatRoute, type Route } from "../router";
import { createSealedLog } from "../sealed-log";
import { texts } from "../texts";

const PAGE_ROWS = 50;

const { trail } = texts;

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const options = (words: Readonly<Record<string, string>>) =>
  Object.entries(words).map(([value, label]) => ({ value, label }));

const FILTERS: readonly FilterField[] = [
  { kind: "choice", name: "status", label: trail.status, options: options(trail.statuses) },
  {
    kind: "choice",
    name: "action",
    label: trail.action,
    options: Object.entries(trail.actions).map(([value, [did]]) => ({
      value,
      label: capitalized(did),
    })),
  },
  {
    kind: "choice",
    name: "resource_type",
    label: trail.resourceType,
    options: options(trail.resources),
  },
  { kind: "text", name: "resource_id", label: trail.resource, hint: trail.resourceHint },
  { kind: "text", name: "actor_id", label: trail.actor, hint: trail.actorHint },
  {
    kind: "choice",
    name: "actor_type",
    label: trail.actorType,
    options: options({
      user: texts.actor.user,
      service: texts.actor.service,
      agent: texts.actor.agent,
    }),
  },
  { kind: "text", name: "credential_id", label: trail.credential, hint: trail.credentialHint },
  { kind: "text", name: "request_id", label: trail.request, hint: trail.requestHint },
  { kind: "choice", name: "source", label: trail.source, options: options(trail.sources) },
  { kind: "from", name: "occurred_after", label: trail.from },
  { kind: "to", name: "occurred_before", label: trail.to },
];

/** What the fragment asks for, without names that the API does not have. */
function known(parameters: URLSearchParams): URLSearchParams {
  const kept = new URLSearchParams();
  for (const { name } of FILTERS) {
    const value = parameters.get(name);
    if (value) {
      kept.set(name, value);
    }
  }
  return kept;
}

export function openTrail(context: PageContext, route: Route): Page {
  let parameters = known(route.parameters);
  /** Whether the reader chose a value in the list, which the answer replaces. */
  let choseInList = false;

  // The filters

  const filters = createFilters({
    fields: FILTERS,
    changed: (next) => context.go(formatRoute(["trail"], next)),
    announce: context.announce,
  });
  filters.chips.tabIndex = -1;
  const count = h("span", { class: "badge" });
  const more = h(
    "details",
    { class: "more" },
    h("summary", {}, texts.filters.title, " ", count),
    filters.form,
  );

  function showFilters(): void {
    filters.show(parameters);
    fill(count, parameters.size);
    count.hidden = parameters.size === 0;
  }

  // The rows

  const mayRead = may(context, "activity:read");
  /** Ends what was asked for of the log. */
  const left = new AbortController();
  const proofs: ProofParts = {
    client: context.client,
    workspace: context.me.tenant_id,
    announce: context.announce,
    signal: left.signal,
  };
  const refused = h("p", { class: "empty" }, trail.invalid);
  refused.hidden = true;

  function loadPage(limit: number, cursor: string | undefined, signal: AbortSignal) {
    const all = new URLSearchParams(parameters);
    all.set("limit", String(limit));
    if (cursor !== undefined) {
      all.set("cursor", cursor);
    }
    return context.client.listAuditEvents(all, signal);
  }

  const pager = createPager<AuditEvent>({
    async load(cursor, signal) {
      const answer = await loadPage(PAGE_ROWS, cursor, signal);
      refused.hidden = true;
      filters.showViolations([]);
      return { rows: answer.audit_events, next: answer.next_cursor };
    },
    render: (rows, above) =>
      createDays(rows, above, (event) => createEventRow(event, { parameters, mayRead, proofs })),
    empty: renderEmpty,
    end: texts.pager.end,
    announce: context.announce,
    began(rows) {
      files.show(rows.length > 0);
      if (choseInList) {
        choseInList = false;
        filters.chips.focus();
      }
    },
    failed: showViolations,
  });

  // Coming back to where one was, by the browser's own "back"

  pager.element.addEventListener("click", (click) => {
    const { target } = click;
    if (opensElsewhere(click)) {
      return;
    }
    const link = target instanceof Element ? target.closest("a[href]") : null;
    const id = link?.closest<HTMLElement>("[data-event]")?.dataset.event;
    const event = pager.rows().find((row) => row.id === id);
    if (link === null || event === undefined) {
      return;
    }
    window.history.replaceState({ place: pager.placeOf(event), row: id }, "");
    choseInList = link.getAttribute("href")?.startsWith("#/trail?") === true;
  });

  function showViolations(error: ApiError): boolean {
    files.show(false);
    choseInList = false;
    if (error.failure !== "invalid") {
      return false;
    }
    if (error.fieldErrors.some(({ field }) => field === "cursor")) {
      // A place that is kept is of another reader, or of another release.
      window.history.replaceState(null, "");
      pager.restart();
      return true;
    }
    if (filters.showViolations(error.fieldErrors).length > 0) {
      return false;
    }
    more.open = true;
    refused.hidden = false;
    context.announce(error.fieldErrors.map(({ message }) => message).join("; "));
    return true;
  }

  function renderEmpty(): Child {
    const filtered = parameters.size > 0;
    return h(
      "div",
      { class: "empty" },
      h("h2", {}, filtered ? trail.nothing : trail.empty),
      h("p", {}, filtered ? trail.nothingText : trail.emptyText),
      filtered &&
        h(
          "button",
          { type: "button", on: { click: () => context.go(formatRoute(["trail"])) } },
          texts.filters.clear,
        ),
    );
  }

  const files = createEventFiles({
    load: (cursor, limit, signal) => loadPage(limit, cursor, signal),
    workspace: context.me.tenant_id,
    announce: context.announce,
  });

  const element = h(
    "div",
    { class: "timeline" },
    h(
      "div",
      { class: "page-head" },
      h("div", {}, pageHeading(trail.title), h("p", { class: "lead" }, trail.lead)),
    ),
    more,
    filters.chips,
    h(
      "div",
      { class: "tools" },
      h(
        "button",
        { type: "button", class: "quiet", on: { click: () => pager.restart() } },
        trail.reload,
      ),
      files.tools,
    ),
    files.told,
    createSealedLog(proofs),
    h("section", { "aria-label": trail.results }, refused, pager.element),
  );

  const stopDays = keepDaysCurrent(pager.element);
  showFilters();
  beginOrResume(pager, "event");

  return {
    title: trail.title,
    element,
    update(next) {
      parameters = known(next.parameters);
      files.forget();
      showFilters();
      beginOrResume(pager, "event");
    },
    stop() {
      left.abort();
      files.forget();
      stopDays();
      pager.stop();
    },
  };
}
