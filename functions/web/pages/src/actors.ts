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

function who(actor: Actor, path: readonly string[] | undefined): HTMLElement {
  const name = actorName(actor);
  const said = [
    icon(...PICTURE[actor.type]),
    h("span", { class: "visually-hidden" }, `${texts.actor[actor.type]} `),
    h("span", { dir: "auto", class: "name" }, name),
  ];
  const title = `${texts.actor[actor.type]} ${actor.id}`;
  if (path === undefined) {
    return h("span", { class: "actor", title }, said);
  }
  const parameters = new URLSearchParams({ actor_id: actorReference(actor) });
  return h(
    "a",
    {
      class: "actor",
      href: formatRoute(path, parameters),
      title: texts.actor.filter(name),
    },
    said,
  );
}

/** A line on who did it. With a path, the actor is a link to what it did, on that page. */
export function createDeed(deed: Deed, path?: readonly string[]): HTMLElement {
  return h(
    "span",
    { class: "deed" },
    who(deed.actor, path),
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
