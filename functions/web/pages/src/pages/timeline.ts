// What happened, newest first, by day: found by words and filters, continued without an end,
// and told when there is something new.

import { createDeed } from "../actors";
import type { Activity, ActivityCategory } from "../api/client";
import type { ApiError } from "../api/errors";
import { createDays, keepDaysCurrent } from "../days";
import { type Child, fill, h, icon, opensElsewhere, written } from "../dom";
import { createField } from "../fields";
import { createFilters, type FilterField } from "../filters";
import { CATEGORY } from "../icons";
import { may, type Page, type PageContext, pageHeading } from "../page";
import { beginOrResume, createPager } from "../pager";
import { startPolling } from "../poller";
import { createRecord, relatedRecords } from "../records";
import { formatRoute, type Route } from "../router";
import { createMainAction } from "../shell";
import { snippetParts } from "../snippets";
import { texts } from "../texts";
import { dateTimeText, timeOfDay } from "../times";
import { whileTyping } from "../typed-query";

const PAGE_ROWS = 50;
/** So few are enough to say that there is something new. */
const POLL_ROWS = 10;
const TYPING_PAUSE_MS = 250;
/** After which words that the API refuses are no longer taken for the beginning of others. */
const WRITING_PAUSE_MS = 1_000;

const categories = Object.keys(texts.category) as ActivityCategory[];
const options = (words: Readonly<Record<string, string>>) =>
  Object.entries(words).map(([value, label]) => ({ value, label }));

const { user, service, agent } = texts.actor;

const FILTERS: readonly FilterField[] = [
  {
    kind: "choice",
    name: "related_resource_type",
    label: texts.timeline.recordType,
    options: options(texts.record),
    needs: "related_resource_id",
  },
  {
    kind: "text",
    name: "related_resource_id",
    label: texts.timeline.recordId,
    hint: texts.timeline.recordHint,
    needs: "related_resource_type",
  },
  {
    kind: "choice",
    name: "actor_type",
    label: texts.timeline.actorType,
    options: options({ user, service, agent }),
    needs: "actor_id",
  },
  {
    kind: "text",
    name: "actor_id",
    label: texts.timeline.actor,
    hint: texts.timeline.actorHint,
  },
  {
    kind: "choice",
    name: "source",
    label: texts.timeline.source,
    options: options(texts.source),
  },
  { kind: "from", name: "occurred_after", label: texts.timeline.from },
  { kind: "to", name: "occurred_before", label: texts.timeline.to },
];

/** The type has buttons of its own, and the same words. */
const TYPE_AND_FILTERS: readonly FilterField[] = [
  {
    kind: "choice",
    name: "type",
    label: texts.timeline.types,
    options: options(texts.category),
  },
  ...FILTERS,
];

/** What a viewer token is bound to, in words. */
function boundText(name: string, value: string | readonly string[]): string {
  if (typeof value !== "string") {
    return value.map((one) => boundText(name, one)).join(", ");
  }
  const field = TYPE_AND_FILTERS.find((known) => known.name === name);
  switch (field?.kind) {
    case "choice":
      return field.options.find((option) => option.value === value)?.label ?? value;
    case "from":
    case "to":
      return dateTimeText(value);
    default:
      return value;
  }
}

const PARAMETERS = ["query", "type", ...FILTERS.map(({ name }) => name)];

/** What the fragment asks for, without names and choices that there are not. */
function known(parameters: URLSearchParams): URLSearchParams {
  const kept = new URLSearchParams();
  for (const name of PARAMETERS) {
    const field = TYPE_AND_FILTERS.find((own) => own.name === name);
    const options = field?.kind === "choice" ? field.options.map((option) => option.value) : [];
    const isKnown = (value: string) => field?.kind !== "choice" || options.includes(value);
    // The type alone may be there several times.
    const values = name === "type" ? parameters.getAll(name) : [parameters.get(name) ?? ""];
    for (const value of new Set(values)) {
      if (value !== "" && isKnown(value)) {
        kept.append(name, value);
      }
    }
  }
  return kept;
}

function withLimit(parameters: URLSearchParams, limit: number, cursor?: string): URLSearchParams {
  const all = new URLSearchParams(parameters);
  all.set("limit", String(limit));
  if (cursor !== undefined) {
    all.set("cursor", cursor);
  }
  return all;
}

export function openTimeline(context: PageContext, route: Route): Page {
  let parameters = known(route.parameters);
  /** What the API is asked for, which is the same for all pages of a list. */
  let asked = parameters;
  let firstPage: { readonly ids: ReadonlySet<string>; readonly whole: boolean } | undefined;
  let polling: { stop(): void } | undefined;
  let typing: ReturnType<typeof setTimeout> | undefined;
  let telling: ReturnType<typeof setTimeout> | undefined;
  let leaving: ReturnType<typeof setTimeout> | undefined;
  /** Whether the last word may go on: until the field is left, or "Enter" is pressed. */
  let isWriting = false;

  // What a viewer token is bound to is no choice of the reader's.
  const { types: boundTypes = [], ...boundFilters } = context.me.filters ?? {};
  const bound: [string, string | readonly string[]][] = Object.entries(boundFilters);
  if (boundTypes.length > 0) {
    bound.unshift(["type", boundTypes]);
  }
  const boundNames = new Set(bound.map(([name]) => name));
  const boundType = boundFilters.type;

  // The words

  const search = createField(
    h("input", {
      type: "search",
      name: "query",
      placeholder: texts.timeline.placeholder,
      autocomplete: "off",
      autocapitalize: "none",
      spellcheck: "false",
      dir: "auto",
      maxlength: 500,
      on: {
        input: (event) => {
          stopTyping();
          isWriting = true;
          if (!(event as InputEvent).isComposing) {
            typing = setTimeout(searchNow, TYPING_PAUSE_MS);
          }
        },
        compositionend: () => {
          typing = setTimeout(searchNow, TYPING_PAUSE_MS);
        },
        focus: () => clearTimeout(leaving),
        blur: ({ relatedTarget }) => {
          // Whoever goes to the rows wants those that are there.
          if (!(relatedTarget instanceof Node && pager.element.contains(relatedTarget))) {
            // A button that was pressed is heard first.
            leaving = setTimeout(finishWord, TYPING_PAUSE_MS);
          }
        },
      },
    }),
    { label: texts.timeline.search, class: "search" },
  );

  function stopTyping(): void {
    clearTimeout(telling);
    clearTimeout(typing);
    clearTimeout(leaving);
    typing = undefined;
  }

  /** Whether the search has words that nobody has looked for yet. */
  function isTyping(): boolean {
    return typing !== undefined && search.control.value.trim() !== (parameters.get("query") ?? "");
  }

  /** The parameters, with the last word as a beginning while it is being typed. */
  function toAsk(): URLSearchParams {
    const all = new URLSearchParams(parameters);
    if (isWriting && parameters.has("query")) {
      all.set("query", whileTyping(search.control.value.trimStart()).trimEnd());
    }
    return all;
  }

  /** Takes the last word for a whole one. */
  function finishWord(): void {
    isWriting = false;
    searchNow();
  }

  function searchNow(): void {
    stopTyping();
    const next = new URLSearchParams(parameters);
    const query = search.control.value.trim();
    next.delete("query");
    if (query !== "") {
      next.set("query", query);
    }
    // The first letter is a step that "back" goes behind; those after it change that step.
    if (next.get("query") === parameters.get("query")) {
      const all = toAsk();
      if (all.get("query") !== asked.get("query")) {
        asked = all;
        pager.restart();
      }
      return;
    }
    const isStep = parameters.has("query") !== next.has("query");
    context.go(formatRoute([], next), isStep ? "push" : "replace");
  }

  // The filters

  const filters = createFilters({
    fields: FILTERS.filter(({ name }) => !boundNames.has(name)),
    changed: (next) => context.go(formatRoute([], next)),
    announce: context.announce,
  });
  const count = h("span", { class: "badge" });
  const more = h(
    "details",
    { class: "more" },
    h("summary", {}, texts.filters.title, " ", count),
    filters.form,
  );
  const types = h("div", { class: "types", role: "group", "aria-label": texts.timeline.types });

  function typeButton(type: ActivityCategory | undefined): HTMLElement {
    const label = type === undefined ? texts.timeline.allTypes : texts.category[type];
    return h(
      "button",
      {
        type: "button",
        class: "type",
        "data-type": type ?? "",
        on: {
          click: () => {
            const next = new URLSearchParams(parameters);
            const chosen = next.getAll("type");
            next.delete("type");
            for (const one of categories) {
              if (type !== undefined && chosen.includes(one) !== (one === type)) {
                next.append("type", one);
              }
            }
            context.go(formatRoute([], next));
          },
        },
      },
      type !== undefined && icon(...CATEGORY[type]),
      label,
    );
  }
  const boundChoice = boundTypes.length > 0 ? boundTypes : categories;
  const choice = boundType === undefined ? boundChoice : [boundType];
  fill(types, typeButton(undefined), choice.map(typeButton));
  types.hidden = choice.length === 1;

  function showFilters(): void {
    if (search.control.value.trim() !== (parameters.get("query") ?? "")) {
      search.control.value = parameters.get("query") ?? "";
    }
    filters.show(parameters);
    fill(logAction, may(context, "activity:write") && createLogAction());
    const set = FILTERS.filter(({ name }) => parameters.has(name)).length;
    fill(count, set);
    count.hidden = set === 0;
    const chosen = parameters.has("type") ? parameters.getAll("type") : [""];
    for (const button of types.querySelectorAll<HTMLElement>("[data-type]")) {
      const pressed = chosen.includes(button.dataset.type ?? "");
      button.setAttribute("aria-pressed", String(pressed));
    }
  }

  // The rows

  const refused = h("p", { class: "empty" }, texts.timeline.invalid);
  refused.hidden = true;

  /** What would match, where nothing matches all words of the last page that was asked for. */
  let suggested: readonly string[] = [];

  const pager = createPager<Activity>({
    async load(cursor, signal) {
      const answer = await context.client.searchActivities(
        withLimit(asked, PAGE_ROWS, cursor),
        signal,
      );
      refused.hidden = true;
      search.setError(undefined);
      filters.showViolations([]);
      suggested = answer.suggested_queries ?? [];
      return { rows: answer.activities, next: answer.next_cursor };
    },
    render: (rows, above) => createDays(rows, above, renderRow),
    empty: renderEmpty,
    end: texts.pager.end,
    announce: context.announce,
    began(rows, newest) {
      firstPage = { ids: new Set(rows.map(({ id }) => id)), whole: rows.length < PAGE_ROWS };
      showFresh(0, false);
      polling?.stop();
      if (newest) {
        // Whoever is here again is not where a row was opened before.
        window.history.replaceState(null, "");
        poll();
      }
    },
    failed: showViolations,
  });

  function showViolations(error: ApiError): boolean {
    if (error.failure !== "invalid") {
      return false;
    }
    if (error.fieldErrors.some(({ field }) => field === "cursor")) {
      // A place that is kept is of another reader, or of another release.
      window.history.replaceState(null, "");
      pager.restart();
      return true;
    }
    const own = error.fieldErrors.filter(({ field }) => field === "query");
    const rest = filters.showViolations(error.fieldErrors.filter(({ field }) => field !== "query"));
    if (own.length < error.fieldErrors.length) {
      more.open = true;
    }
    if (rest.length > 0) {
      return false;
    }
    const tell = () => {
      const message = own.map((violation) => violation.message).join("; ");
      search.setError(message === "" ? undefined : message);
      refused.hidden = false;
      context.announce(error.fieldErrors.map((violation) => violation.message).join("; "));
    };
    // Words that are being typed need not make sense yet.
    const mayGoOn = own.length > 0 && document.activeElement === search.control;
    telling = setTimeout(tell, mayGoOn ? WRITING_PAUSE_MS : 0);
    return true;
  }

  function renderRow(activity: Activity): HTMLElement {
    const records = relatedRecords(activity);
    const snippet = snippetParts(activity);
    return h(
      "li",
      { class: "row", "data-type": activity.type },
      h(
        "div",
        { class: "row-kind" },
        icon(...CATEGORY[activity.type]),
        h("span", {}, texts.category[activity.type]),
      ),
      h(
        "div",
        { class: "row-text" },
        h(
          "a",
          {
            class: "row-title",
            dir: "auto",
            href: formatRoute(["activities", activity.id]),
            "data-row": activity.id,
            on: {
              click: (click) => {
                if (!opensElsewhere(click)) {
                  keepPlace(activity);
                }
              },
            },
          },
          activity.summary,
        ),
        snippet.length > 0 &&
          h(
            "p",
            { class: "snippet", dir: "auto" },
            snippet.map(({ text, marked }) => (marked ? h("mark", {}, text) : text)),
          ),
        h(
          "div",
          { class: "row-meta" },
          createDeed(activity, { path: [], parameters }),
          records.map((record) => createRecord(record, parameters)),
          // By which door it came in tells nothing to customers of those who run it.
          !context.viewer && h("span", { class: "source" }, texts.source[activity.source]),
        ),
      ),
      h("div", { class: "row-time" }, timeOfDay(activity.occurred_at)),
    );
  }

  /** Links that search for less, within the same filters. */
  function createSuggestions(queries: readonly string[]): Child {
    const searches = queries.map((query) => {
      const others = new URLSearchParams(parameters);
      others.set("query", query);
      return h("li", {}, h("a", { href: formatRoute([], others), dir: "auto" }, query));
    });
    return [
      h("p", {}, texts.timeline.suggested),
      h("ul", { class: "suggestions", "aria-label": texts.timeline.suggestions }, searches),
    ];
  }

  function renderEmpty(): Child {
    if (parameters.size > 0) {
      return h(
        "div",
        { class: "empty" },
        h("h2", {}, texts.timeline.nothing),
        suggested.length === 0
          ? h("p", {}, texts.timeline.nothingText)
          : createSuggestions(suggested),
        h("button", { type: "button", on: { click: () => context.go("#/") } }, texts.filters.clear),
      );
    }
    const mayLog = may(context, "activity:write");
    return h(
      "div",
      { class: "empty" },
      h("h2", {}, texts.timeline.empty),
      h("p", {}, context.viewer ? texts.timeline.emptyViewer : texts.timeline.emptyText),
      !context.viewer && !mayLog && h("p", {}, texts.timeline.emptyReader),
      mayLog && createLogAction(),
    );
  }

  // Coming back to where one was, by the browser's own "back"

  function keepPlace(activity: Activity): void {
    const place = pager.placeOf(activity);
    // What was found by the beginning of a word is found by it again.
    window.history.replaceState({ place, row: activity.id }, "", formatRoute([], asked));
  }

  // What is new

  const fresh = h("div", { class: "fresh" });

  function showFresh(found: number, orMore: boolean): void {
    fresh.hidden = found === 0;
    fill(
      fresh,
      found > 0 &&
        h(
          "button",
          {
            type: "button",
            class: "primary",
            on: {
              click: () => {
                pager.restart();
                window.scrollTo({ top: 0 });
                heading.focus({ preventScroll: true });
              },
            },
          },
          texts.timeline.showFresh(found, orMore),
        ),
    );
  }

  function poll(): void {
    const end = parameters.get("occurred_before");
    if (end !== null && Date.parse(end) < Date.now()) {
      return; // nothing that is new can be in it, but for what is logged late
    }
    let told = 0;
    polling = startPolling(async (signal) => {
      const seen = firstPage;
      const answer = await context.client.searchActivities(withLimit(asked, POLL_ROWS), signal);
      if (seen === undefined || seen !== firstPage) {
        return false;
      }
      const rows = answer.activities;
      const lastSeen = rows.findLastIndex(({ id }) => seen.ids.has(id));
      // What is behind the last row that is known may be of a later page, and no news.
      const reach = seen.whole || lastSeen < 0 ? rows.length : lastSeen;
      const found = rows.slice(0, reach).filter(({ id }) => !seen.ids.has(id)).length;
      const orMore = lastSeen < 0 && answer.next_cursor !== undefined;
      if (found !== told) {
        told = found;
        showFresh(found, orMore);
        context.announce(texts.timeline.fresh(found, orMore));
        return true;
      }
      return false;
    });
  }

  /** To the form, which begins with the record that the list is about. */
  function createLogAction(): HTMLElement {
    const about = new URLSearchParams();
    for (const name of ["related_resource_type", "related_resource_id"]) {
      about.set(name, parameters.get(name) ?? "");
    }
    return createMainAction(formatRoute(["log"], about), texts.nav.log);
  }

  // The page

  const logAction = h("div");
  const heading = pageHeading(texts.timeline.title);
  const element = h(
    "div",
    { class: "timeline" },
    h("div", { class: "page-head" }, heading, logAction),
    bound.length > 0 &&
      h(
        "div",
        { class: "notice limits" },
        h("p", {}, texts.timeline.limited),
        h(
          "dl",
          {},
          bound.map(([name, value]) =>
            h(
              "div",
              {},
              h("dt", {}, TYPE_AND_FILTERS.find((field) => field.name === name)?.label ?? name),
              h("dd", {}, written(boundText(name, value))),
            ),
          ),
        ),
      ),
    h(
      "form",
      {
        role: "search",
        class: "find",
        on: {
          submit: (event) => {
            event.preventDefault();
            isWriting = false;
            if (search.control.value.trim() === (parameters.get("query") ?? "")) {
              stopTyping();
              asked = toAsk();
              pager.restart();
            } else {
              searchNow();
            }
          },
        },
      },
      search.element,
      types,
    ),
    more,
    filters.chips,
    fresh,
    h("section", { "aria-label": texts.timeline.results }, refused, pager.element),
  );

  const stopDays = keepDaysCurrent(pager.element);
  showFilters();
  showFresh(0, false);
  beginOrResume(pager, "row");

  return {
    title: texts.timeline.title,
    element,
    update(next) {
      const query = parameters.get("query");
      parameters = known(next.parameters);
      if (isTyping() && parameters.get("query") === query) {
        // What is typed and not searched for yet is not lost to a click on something else.
        searchNow();
        return;
      }
      stopTyping();
      isWriting &&= document.activeElement === search.control;
      asked = toAsk();
      polling?.stop();
      showFilters();
      beginOrResume(pager, "row");
    },
    stop() {
      stopTyping();
      polling?.stop();
      pager.stop();
      stopDays();
    },
  };
}
