// What was done to records and keys, and what was refused: who did it for whom, with which key,
// through which door. Filtered as the API filters, and taken away as a file.

import { createDeed } from "../actors";
import type { AuditEvent } from "../api/client";
import { type ApiError, asApiError, isAborted } from "../api/errors";
import { createDays } from "../days";
import { type Child, fill, h, icon, written } from "../dom";
import { download, toCsv, toJsonLines } from "../download";
import {
  deedText,
  doorText,
  eventCells,
  eventColumns,
  factsOf,
  ownText,
  refusalText,
  splitReference,
} from "../events";
import { createFilters, type FilterField } from "../filters";
import { STATUS } from "../icons";
import { may, type Page, type PageContext, pageHeading } from "../page";
import { createPager, type Place } from "../pager";
import { createProblem } from "../problem";
import { formatRoute, type Route } from "../router";
import { texts } from "../texts";
import { dateTime, exactTime, inUtc, timeOfDay } from "../times";

const PAGE_ROWS = 50;
/** A file has so many events at most: some megabytes, made in the memory of the page. */
const MAX_FILE_EVENTS = 5_000;
const FILE_PAGE_ROWS = 100;

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

const LABELS = new Map(FILTERS.map(({ name, label }) => [name, label]));

/** The properties that are texts, in the order in which they are told. */
const PLAIN = [
  "action",
  "resource_type",
  "resource_id",
  "status",
  "error_code",
  "fields",
  "source",
  "api_route",
  "tool_name",
  "command",
  "credential_id",
  "client_address",
  "user_agent",
  "request_id",
  "input_hash",
  "tenant_id",
  "id",
] as const;

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
  let downloading: AbortController | undefined;
  /** Whether the reader chose a value in the list, which the answer replaces. */
  let choseInList = false;

  // The filters

  const filters = createFilters({
    fields: FILTERS,
    changed: (next) => context.go(formatRoute(["trail"], next)),
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
    render: (rows, above) => createDays(rows, above, renderEvent),
    empty: renderEmpty,
    end: texts.pager.end,
    announce: context.announce,
    began(rows) {
      showTools(rows.length > 0);
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
    if (click.ctrlKey || click.metaKey || click.shiftKey) {
      return; // it opens elsewhere, and this page stays
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

  function begin(): void {
    const state = window.history.state as { place?: Place; row?: string } | null;
    if (state?.place === undefined) {
      pager.restart();
      return;
    }
    pager.resume(state.place, () => {
      const rows = pager.element.querySelectorAll<HTMLElement>("[data-event]");
      const row = [...rows].find(({ dataset }) => dataset.event === state.row);
      row?.querySelector<HTMLElement>("[data-row]")?.focus();
      row?.scrollIntoView({ block: "center" });
    });
  }

  function showViolations(error: ApiError): boolean {
    showTools(false);
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

  /** A value that filters the list by itself, beside what else is set. */
  function chooser(values: Readonly<Record<string, string>>, said: Child, label: string): Child {
    if (Object.entries(values).every(([name, value]) => parameters.get(name) === value)) {
      return said;
    }
    const next = new URLSearchParams(parameters);
    for (const [name, value] of Object.entries(values)) {
      next.set(name, value);
    }
    return h("a", { href: formatRoute(["trail"], next), title: label }, said);
  }

  function choice(name: string, value: string, said: Child = written(value)): Child {
    return chooser({ [name]: value }, said, trail.only(LABELS.get(name) ?? name, value));
  }

  function renderEvent(event: AuditEvent): HTMLElement {
    const refusal = refusalText(event);
    const door = doorText(event);
    const facts = factsOf(event.data);
    const said = ownText(trail.credentials, event.credential_id);
    return h(
      "li",
      { class: "row trail-event", "data-event": event.id, "data-status": event.status },
      h("div", { class: "row-kind" }, createStatus(event)),
      h(
        "div",
        { class: "row-text" },
        h(
          "p",
          { class: "trail-title" },
          createDeed(event, { path: ["trail"], parameters }),
          " ",
          choice("action", event.action, deedText(event)),
        ),
        createAbout(event),
        refusal !== undefined && h("p", { class: "refusal" }, refusal),
        facts.length > 0 && h("p", { class: "facts fine" }, facts.map(renderFact)),
        h(
          "div",
          { class: "row-meta fine" },
          h("span", {}, choice("source", event.source, trail.sources[event.source]), " ", door),
          h(
            "span",
            {},
            said === undefined && `${trail.key} `,
            choice(
              "credential_id",
              event.credential_id,
              said ?? h("code", {}, event.credential_id),
            ),
          ),
          event.client_address !== undefined &&
            h("span", {}, `${trail.client} `, h("code", {}, event.client_address)),
          event.user_agent !== undefined &&
            h("span", { class: "program", dir: "auto", title: event.user_agent }, event.user_agent),
        ),
        renderDetails(event),
      ),
      h("div", { class: "row-time" }, timeOfDay(event.occurred_at)),
    );
  }

  function createStatus({ status }: AuditEvent): Child {
    return choice(
      "status",
      status,
      h(
        "span",
        { class: `badge status-${status}` },
        icon(...STATUS[status]),
        " ",
        trail.statuses[status],
      ),
    );
  }

  /** What an event is about, and where more of that is. */
  function createAbout(event: AuditEvent): Child {
    const { resource_type: type, resource_id: id } = event;
    if (id === undefined) {
      return null;
    }
    const value = [`${trail.resources[type]} `, h("code", { dir: "auto" }, id)];
    return h(
      "p",
      { class: "about" },
      chooser(
        { resource_type: type, resource_id: id },
        value,
        trail.only(trail.resources[type], id),
      ),
      createWayOn(event, id),
    );
  }

  function createWayOn(event: AuditEvent, id: string): Child {
    const link = (fragment: string, text: string) => [
      " · ",
      h("a", { class: "way-on", href: fragment }, text),
    ];
    const reference = splitReference(id);
    switch (event.resource_type) {
      case "activity":
        return (
          event.status === "succeeded" &&
          may(context, "activity:read") &&
          link(formatRoute(["activities", id]), trail.openActivity)
        );
      case "resource":
        return (
          reference !== undefined &&
          Object.hasOwn(texts.record, reference[0]) &&
          may(context, "activity:read") &&
          link(
            formatRoute(
              [],
              new URLSearchParams({
                related_resource_type: reference[0],
                related_resource_id: reference[1],
              }),
            ),
            trail.openRecord,
          )
        );
      case "actor":
        return link(formatRoute(["trail"], new URLSearchParams({ actor_id: id })), trail.openActor);
      default:
        return null;
    }
  }

  function renderFact({ label, value, isTime }: ReturnType<typeof factsOf>[number]): Child {
    return h("span", {}, `${label}: `, isTime ? dateTime(value) : written(value));
  }

  /** Made when it is opened: most are not, and a list has hundreds. */
  function renderDetails(event: AuditEvent): HTMLElement {
    const details = h(
      "details",
      {
        class: "all",
        on: {
          toggle: () => {
            if (details.open && details.children.length === 1) {
              details.append(renderProperties(event));
            }
          },
        },
      },
      h("summary", { "data-row": event.id }, trail.more),
    );
    return details;
  }

  function renderProperties(event: AuditEvent): HTMLElement {
    const pairs: [string, Child][] = [
      [trail.property.occurred_at, exactTime(event.occurred_at)],
      [trail.property.occurred_at_utc, h("code", {}, inUtc(event.occurred_at))],
    ];
    for (const name of ["actor", "authenticated_as", "on_behalf_of"] as const) {
      const actor = event[name];
      if (actor !== undefined) {
        const id = h("code", { dir: "auto" }, `${actor.type}:${actor.id}`);
        const named = actor.display_name !== undefined && [written(actor.display_name), " "];
        pairs.push([trail.property[name], [named, id]]);
      }
    }
    for (const name of PLAIN) {
      const value = event[name];
      if (value !== undefined) {
        const text = typeof value === "string" ? value : value.join(", ");
        const said = h("code", { dir: "auto" }, text);
        pairs.push([trail.property[name], name === "request_id" ? choice(name, text, said) : said]);
      }
    }
    return h(
      "dl",
      { class: "properties" },
      pairs.map(([label, value]) => [h("dt", {}, label), h("dd", {}, value)]),
    );
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

  // The files

  const csv = toolButton(trail.csv, () => void take("csv"));
  const jsonLines = toolButton(trail.jsonLines, () => void take("jsonl"));
  const stop = toolButton(texts.cancel, () => downloading?.abort());
  const downloaded = h("div", { class: "downloaded" });

  function toolButton(label: string, click: () => void): HTMLButtonElement {
    return h("button", { type: "button", class: "quiet", on: { click } }, label);
  }

  /** Files can be made where there are events; one at a time. */
  function showTools(any: boolean): void {
    csv.hidden = !any;
    jsonLines.hidden = !any;
  }

  function showDownloading(running: boolean): void {
    csv.disabled = running;
    jsonLines.disabled = running;
    stop.hidden = !running;
  }

  /** The newest events that the filters find, and whether there are more. */
  async function collect(signal: AbortSignal): Promise<readonly [readonly AuditEvent[], boolean]> {
    const events: AuditEvent[] = [];
    let cursor: string | undefined;
    do {
      const answer = await loadPage(FILE_PAGE_ROWS, cursor, signal);
      events.push(...answer.audit_events);
      cursor = answer.next_cursor;
      fill(downloaded, h("p", {}, trail.downloading(events.length.toLocaleString("en"))));
    } while (cursor !== undefined && events.length < MAX_FILE_EVENTS);
    return [events, cursor !== undefined];
  }

  async function take(form: "csv" | "jsonl"): Promise<void> {
    const own = new AbortController();
    downloading?.abort();
    downloading = own;
    showDownloading(true);
    stop.focus();
    try {
      const [events, areMore] = await collect(own.signal);
      const day = new Date().toISOString().replace(/[:.]/g, "-");
      const name = `audit-trail-${context.me.tenant_id}-${day}.${form}`;
      if (form === "csv") {
        download(name, "text/csv", toCsv(eventColumns, events.map(eventCells)));
      } else {
        download(name, "application/x-ndjson", toJsonLines(events));
      }
      const told = events.length.toLocaleString("en");
      const text = areMore
        ? trail.downloadedFirst(name, told)
        : trail.downloaded(name, told, events.length === 1);
      fill(downloaded, h("p", {}, text));
      context.announce(text);
    } catch (thrown) {
      if (downloading !== own) {
        return; // the reader has left the page, or asks for something else
      }
      if (isAborted(thrown)) {
        fill(downloaded, h("p", {}, trail.downloadStopped));
        context.announce(trail.downloadStopped);
      } else {
        fill(
          downloaded,
          createProblem(asApiError(thrown), () => void take(form)),
        );
      }
    } finally {
      if (downloading === own) {
        downloading = undefined;
        const hadFocus = document.activeElement === stop;
        showDownloading(false);
        if (hadFocus) {
          (form === "csv" ? csv : jsonLines).focus();
        }
      }
    }
  }

  // What was made of other filters is no file of these.
  function forgetDownload(): void {
    const running = downloading;
    downloading = undefined;
    running?.abort();
    fill(downloaded);
    showDownloading(false);
  }

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
      toolButton(trail.reload, () => pager.restart()),
      csv,
      jsonLines,
      stop,
    ),
    downloaded,
    h("section", { "aria-label": trail.results }, refused, pager.element),
  );

  showFilters();
  showTools(false);
  showDownloading(false);
  begin();

  return {
    title: trail.title,
    element,
    update(next) {
      parameters = known(next.parameters);
      forgetDownload();
      showFilters();
      begin();
    },
    stop() {
      forgetDownload();
      pager.stop();
    },
  };
}
