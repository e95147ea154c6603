// Who did it: the actor, through which service, and for whom. By the name of today where there
// is one; the id stands beside it, because a name tells nobody apart.

import type { Actor } from "./api/client";
import { h, icon } from "./dom";
import { GEAR, PERSON, SPARK } from "./icons";
import { formatRoute } from "./router";
import { texts } from "./texts";

export interface Deed {
  readonly actor: Actor;
  readonly authenticated_as?: Actor;
  readonly on_behalf_of?: Actor;
}

const PICTURE: Readonly<Record<Actor["type"], readonly string[]>> = {
  user: PERSON,
  service: GEAR,
  agent: SPARK,
};

export function actorName(actor: Actor): string {
  return actor.display_name ?? actor.id;
}

/** As `actor_id` takes it: the type in front, so that no other actor of that id is meant. */
export function actorReference(actor: Actor): string {
  return `${actor.type}:${actor.id}`;
}

function who(actor: Actor, within: Within | undefined): HTMLElement {
  const name = actorName(actor);
  const said = [
    icon(...PICTURE[actor.type]),
    // A picture alone tells a service from an agent to those who know it; a person is plain.
    h(
      "span",
      { class: actor.type === "user" ? "visually-hidden" : "actor-type" },
      `${texts.actor[actor.type]} `,
    ),
    h("span", { dir: "auto", class: "name" }, name),
  ];
  const title = `${texts.actor[actor.type]} ${actor.id}`;
  if (within === undefined) {
    return h("span", { class: "actor", title }, said);
  }
  const parameters = new URLSearchParams(within.parameters);
  parameters.set("actor_id", actorReference(actor));
  parameters.delete("actor_type");
  return h(
    "a",
    {
      class: "actor",
      href: formatRoute(within.path, parameters),
      title: texts.actor.filter(name),
    },
    said,
  );
}

/** A list of deeds that has a filter for the actor, and what else it is filtered by. */
export interface Within {
  readonly path: readonly string[];
  readonly parameters?: URLSearchParams;
}

/** A line on who did it. Within a list, the actor is a link to what else it did there. */
export function createDeed(deed: Deed, within?: Within): HTMLElement {
  return h(
    "span",
    { class: "deed" },
    who(deed.actor, within),
    deed.on_behalf_of !== undefined && [
      h("span", { class: "joint" }, ` ${texts.actor.onBehalfOf} `),
      who(deed.on_behalf_of, undefined),
    ],
    deed.authenticated_as !== undefined && [
      h("span", { class: "joint" }, ` ${texts.actor.through} `),
      who(deed.authenticated_as, undefined),
    ],
  );
}
