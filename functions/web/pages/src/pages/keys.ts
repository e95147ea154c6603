// The keys of the workspace: who they stand for, what they may do, until when; and what is done
// to them. A key in full is shown once, when it is made.

import { createDeed } from "../actors";
import type { Key, MadeKey } from "../api/client";
import { type Child, h, written } from "../dom";
import { keyName, openRevokeDialog, openRotateDialog, openSecretDialog } from "../key-dialogs";
import { createKeyForm } from "../key-form";
import { isRevocable, isRotatable, isUseKnown, keyState } from "../key-states";
import { may, type Page, type PageContext, pageHeading } from "../page";
import { createPager } from "../pager";
import { formatRoute } from "../router";
import { texts } from "../texts";
import { dateTime } from "../times";

const PAGE_ROWS = 20;
/** Those that were made last are shown on top; the list's own order is by random ids. */
const MAX_MADE = 20;

/** A key may name a hundred people: so many of a list are shown without asking. */
const MAX_LISTED = 5;

const { keys: words } = texts;

function listed(values: readonly HTMLElement[]): Child {
  const joined = (some: readonly HTMLElement[]): Child =>
    some.map((value, at) => [at > 0 && ", ", value]);
  const more = values.slice(MAX_LISTED);
  return h(
    "div",
    {},
    joined(values.slice(0, MAX_LISTED)),
    more.length > 0 && h("details", {}, h("summary", {}, words.more(more.length)), joined(more)),
  );
}

export function openKeys(context: PageContext): Page {
  const { client, me } = context;
  const left = new AbortController();
  let made: readonly Key[] = [];

  // One key

  function renderKey(key: Key): HTMLElement {
    const now = Date.now();
    const state = keyState(key, now);
    const name = keyName(key);
    // A key and its successor have one name.
    const full = key.name === undefined ? name : `${name}, ${key.key_id}`;
    const own = key.key_id === me.credential_id;
    const heading = h("h3", { class: "key-name", dir: "auto", tabindex: "-1" }, name);
    return h(
      "li",
      { class: "row key", "data-key": key.key_id, "data-state": state },
      h(
        "div",
        { class: "row-kind" },
        h("span", { class: `badge state-${state}` }, words.states[state]),
      ),
      h(
        "div",
        { class: "row-text" },
        heading,
        own && h("p", { class: "fine" }, words.own),
        h("p", {}, createDeed(key)),
        renderProperties(key),
        h("div", { class: "row-meta" }, trailLinks(key)),
      ),
      h(
        "div",
        { class: "key-actions" },
        isRotatable(key, now) && action(words.rotate, words.rotateLabel(full), () => rotate(key)),
        isRevocable(key, now) && action(words.revoke, words.revokeLabel(full), () => revoke(key)),
      ),
    );
  }

  function action(label: string, full: string, click: () => void): HTMLElement {
    return h("button", { type: "button", "aria-label": full, on: { click } }, label);
  }

  function renderProperties(key: Key): HTMLElement {
    const { property } = words;
    const list = (values: readonly string[]): Child =>
      listed(values.map((value) => h("code", { dir: "auto" }, value)));
    const pairs: [string, Child][] = [
      [property.scopes, key.scopes.length === 0 ? property.noScopes : list(key.scopes)],
      [property.id, h("code", {}, key.key_id)],
      [property.made, dateTime(key.created_at)],
      [property.ends, key.expires_at === undefined ? property.never : dateTime(key.expires_at)],
      [property.used, usedText(key)],
    ];
    if (key.revoked_at !== undefined) {
      pairs.push([property.revoked, dateTime(key.revoked_at)]);
    }
    if (key.replaced_by !== undefined) {
      pairs.push([property.replacedBy, h("code", {}, key.replaced_by)]);
    }
    pairs.push([
      property.ranges,
      key.address_ranges === undefined ? property.anywhere : list(key.address_ranges),
    ]);
    pairs.push([property.users, usersText(key)]);
    return h(
      "dl",
      { class: "key-facts" },
      pairs.map(([label, value]) => h("div", {}, h("dt", {}, label), h("dd", {}, value))),
    );
  }

  function usedText(key: Key): Child {
    const { property } = words;
    if (key.last_used_at !== undefined) {
      return [property.usedHour, " ", dateTime(key.last_used_at)];
    }
    return isUseKnown(key, Date.now()) ? property.unused : property.unusedLately;
  }

  function usersText({ actor, users }: Key): Child {
    const { property } = words;
    if (actor.type === "user") {
      return property.itself;
    }
    if (users === undefined) {
      return property.anybody;
    }
    return users.length === 0 ? property.nobody : listed(users.map((user) => written(user)));
  }

  function trailLinks({ key_id: id }: Key): Child {
    const link = (parameters: Record<string, string>, text: string) =>
      h("a", { href: formatRoute(["trail"], new URLSearchParams(parameters)) }, text);
    return (
      may(context, "audit:read") && [
        link({ resource_type: "key", resource_id: id }, words.changes),
        link({ credential_id: id }, words.calls),
      ]
    );
  }

  /** Shows a key as it is now, wherever on the page it is. Answers with its row there. */
  function showKey(key: Key): HTMLElement | undefined {
    made = made.map((other) => (other.key_id === key.key_id ? key : other));
    const row = rowOf(key.key_id);
    if (row === null) {
      return undefined; // it has left the window of the list
    }
    const next = renderKey(key);
    row.replaceWith(next);
    return next;
  }

  function rowOf(id: string): HTMLElement | null {
    return element.querySelector<HTMLElement>(`[data-key="${CSS.escape(id)}"]`);
  }

  function focusOn(row: ParentNode | null | undefined): void {
    row?.querySelector<HTMLElement>(".key-name")?.focus();
  }

  // What is done to a key

  function rotate(key: Key): void {
    const own = key.key_id === me.credential_id;
    openRotateDialog({ client, key, own, left: left.signal }, (answer) => {
      showMade(answer);
      // The answer is about the successor; the old key has an end now.
      client.getKey(key.key_id, left.signal).then(
        (old) => void showKey(old.key),
        () => {
          // Then the row tells of it the next time that it is loaded.
        },
      );
    });
  }

  function revoke(key: Key): void {
    const own = key.key_id === me.credential_id;
    openRevokeDialog({ client, key, own, left: left.signal }, (revoked) => {
      focusOn(showKey(revoked));
      context.announce(words.revoking.done(keyName(revoked)));
    });
  }

  // Making one

  const madeList = h("ul", { class: "rows" });
  const madeSection = h(
    "section",
    { "aria-label": words.madeNow, hidden: true },
    h("h2", { class: "day" }, words.madeNow),
    madeList,
  );

  function showMade(answer: MadeKey): void {
    const { key } = answer;
    rowOf(key.key_id)?.remove();
    made = [key, ...made.filter((other) => other.key_id !== key.key_id)].slice(0, MAX_MADE);
    madeList.replaceChildren(...made.map(renderKey));
    madeSection.hidden = false;
    openSecretDialog(answer, () => {
      focusOn(rowOf(key.key_id));
      context.announce(words.secret.closed(keyName(key)));
    });
  }

  const make = h(
    "button",
    { type: "button", class: "primary", on: { click: () => showForm(true) } },
    words.make,
  );
  const form = createKeyForm({
    client,
    me,
    made: (answer) => {
      showForm(false);
      showMade(answer);
    },
    cancelled: () => showForm(false),
  });

  function showForm(shown: boolean): void {
    form.element.hidden = !shown;
    make.hidden = shown;
    if (shown) {
      form.begin();
    } else {
      make.focus();
    }
  }

  // The list

  const pager = createPager<Key>({
    async load(cursor, signal) {
      const parameters = new URLSearchParams({ limit: String(PAGE_ROWS) });
      if (cursor !== undefined) {
        parameters.set("cursor", cursor);
      }
      const answer = await client.listKeys(parameters, signal);
      return { rows: answer.keys, next: answer.next_cursor };
    },
    render: (rows) => {
      const shown = new Set(made.map(({ key_id: id }) => id));
      const others = rows.filter(({ key_id: id }) => !shown.has(id));
      return h("ul", { class: "page rows" }, others.map(renderKey));
    },
    empty: () =>
      h("div", { class: "empty" }, h("h3", {}, words.empty), h("p", {}, words.emptyText)),
    end: texts.pager.end,
    announce: context.announce,
  });

  form.element.hidden = true;
  const element = h(
    "div",
    { class: "timeline" },
    h(
      "div",
      { class: "page-head" },
      h("div", {}, pageHeading(words.title), h("p", { class: "lead" }, words.lead)),
      make,
    ),
    form.element,
    madeSection,
    h(
      "section",
      { "aria-label": words.results },
      h("h2", { class: "day" }, words.results),
      pager.element,
    ),
  );
  pager.restart();

  return {
    title: words.title,
    element,
    stop() {
      left.abort();
      pager.stop();
    },
  };
}
