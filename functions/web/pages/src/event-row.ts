// An event of the trail as a row: a sentence on who did what for whom, then what it was about,
// why it was refused, and the door, the key and the caller. The rest is made when it is opened.

import { createDeed } from "./actors";
import type { AuditEvent } from "./api/client";
import { type Child, h, icon, written } from "./dom";
import { createEventProof, type ProofParts } from "./event-proof";
import {
  deedText,
  doorText,
  type Fact,
  factsOf,
  ownText,
  refusalText,
  splitReference,
} from "./events";
import { STATUS } from "./icons";
import { formatRoute } from "./router";
import { texts } from "./texts";
import { dateTime, exactTime, inUtc, timeOfDay } from "./times";

const { trail } = texts;

/** The list that a row is in. */
export interface EventList {
  /** What it is filtered by: a value in a row filters it further. */
  readonly parameters: URLSearchParams;
  /** Whether the reader can open activities. */
  readonly mayRead: boolean;
  /** What proofs are asked for with. */
  readonly proofs: ProofParts;
}

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

export function createEventRow(event: AuditEvent, list: EventList): HTMLElement {
  const refusal = refusalText(event);
  const facts = factsOf(event.data);
  return h(
    "li",
    { class: "row trail-event", "data-event": event.id, "data-status": event.status },
    h("div", { class: "row-kind" }, createStatus(event, list)),
    h(
      "div",
      { class: "row-text" },
      h(
        "p",
        { class: "trail-title" },
        createDeed(event, { path: ["trail"], parameters: list.parameters }),
        " ",
        createChoice(list, { action: event.action }, trail.action, deedText(event)),
      ),
      createAbout(event, list),
      refusal !== undefined && h("p", { class: "refusal" }, refusal),
      facts.length > 0 && h("p", { class: "facts fine" }, facts.map(createFact)),
      h("div", { class: "row-meta fine" }, createWay(event, list)),
      createDetails(event, list),
    ),
    h("div", { class: "row-time" }, timeOfDay(event.occurred_at)),
  );
}

/** Values that filter the list, as a link; where it is filtered by them, just what they say. */
function createChoice(
  { parameters }: EventList,
  values: Readonly<Record<string, string>>,
  label: string,
  said: Child,
): Child {
  if (Object.entries(values).every(([name, value]) => parameters.get(name) === value)) {
    return said;
  }
  const next = new URLSearchParams(parameters);
  for (const [name, value] of Object.entries(values)) {
    next.set(name, value);
  }
  const title = trail.only(label, Object.values(values).join(" "));
  return h("a", { href: formatRoute(["trail"], next), title }, said);
}

function createStatus({ status }: AuditEvent, list: EventList): Child {
  const said = h(
    "span",
    { class: `badge status-${status}` },
    icon(...STATUS[status]),
    " ",
    trail.statuses[status],
  );
  return createChoice(list, { status }, trail.status, said);
}

/** What an event is about, and where more of that is. */
function createAbout(event: AuditEvent, list: EventList): Child {
  const { resource_type: type, resource_id: id } = event;
  if (id === undefined) {
    return null;
  }
  const said = [`${trail.resources[type]} `, h("code", { dir: "auto" }, id)];
  const onward = onwardFrom(event, id, list);
  return h(
    "p",
    { class: "about" },
    createChoice(list, { resource_type: type, resource_id: id }, trail.resource, said),
    onward !== undefined && [" · ", h("a", { class: "way-on", href: onward[0] }, onward[1])],
  );
}

/** Where more is about the thing of an event: the address, and what to call it. */
function onwardFrom(
  event: AuditEvent,
  id: string,
  { mayRead }: EventList,
): readonly [string, string] | undefined {
  const trailOf = (parameters: Record<string, string>) =>
    formatRoute(["trail"], new URLSearchParams(parameters));
  switch (event.resource_type) {
    case "activity":
      return mayRead && event.status === "succeeded"
        ? [formatRoute(["activities", id]), trail.openActivity]
        : undefined;
    case "resource": {
      const [type, own] = splitReference(id) ?? ["", ""];
      if (!mayRead || !Object.hasOwn(texts.record, type)) {
        return undefined;
      }
      const about = { related_resource_type: type, related_resource_id: own };
      return [formatRoute([], new URLSearchParams(about)), trail.openRecord];
    }
    case "actor":
      return [trailOf({ actor_id: id }), trail.openActor];
    case "key":
      return [trailOf({ credential_id: id }), trail.openKey];
    default:
      return undefined;
  }
}

function createFact({ label, value, isTime }: Fact): HTMLElement {
  return h("span", {}, `${label}: `, isTime ? dateTime(value) : written(value));
}

/** Which way the call came: the door, the key, from where, by what program. */
function createWay(event: AuditEvent, list: EventList): Child {
  const { source, credential_id: credential, client_address: address, user_agent: program } = event;
  const rights = ownText(trail.credentials, credential);
  const key = rights ?? h("code", {}, credential);
  return [
    h(
      "span",
      {},
      createChoice(list, { source }, trail.source, trail.sources[source]),
      " ",
      doorText(event),
    ),
    h(
      "span",
      {},
      rights === undefined && `${trail.key} `,
      createChoice(list, { credential_id: credential }, trail.credential, key),
    ),
    address !== undefined && h("span", {}, `${trail.client} `, h("code", {}, address)),
    program !== undefined && h("span", { class: "program", dir: "auto", title: program }, program),
  ];
}

/** Made when it is opened: most are not, and a list has hundreds. */
function createDetails(event: AuditEvent, list: EventList): HTMLElement {
  const details = h(
    "details",
    {
      class: "all",
      on: {
        toggle: () => {
          if (details.open && details.children.length === 1) {
            details.append(createProperties(event, list), createEventProof(event, list.proofs));
          }
        },
      },
    },
    h("summary", { "data-row": event.id }, trail.more),
  );
  return details;
}

function createProperties(event: AuditEvent, list: EventList): HTMLElement {
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
      const chosen = () => createChoice(list, { request_id: text }, trail.request, said);
      pairs.push([trail.property[name], name === "request_id" ? chosen() : said]);
    }
  }
  return h(
    "dl",
    { class: "properties" },
    pairs.map(([label, value]) => [h("dt", {}, label), h("dd", {}, value)]),
  );
}
