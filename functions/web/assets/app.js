// src/dom.ts
function opensElsewhere(click) {
  return click.ctrlKey || click.metaKey || click.shiftKey;
}
function append(parent, ...children) {
  for (const child of children) {
    if (child === null || child === void 0 || child === false) {
      continue;
    }
    if (Array.isArray(child)) {
      append(parent, ...child);
    } else if (child instanceof Node) {
      parent.appendChild(child);
    } else {
      parent.appendChild(document.createTextNode(String(child)));
    }
  }
}
function fill(parent, ...children) {
  parent.replaceChildren();
  append(parent, ...children);
}
function setAttribute(element2, name, value) {
  if (value === null || value === void 0 || value === false) {
    if (value === false && name.startsWith("aria-")) {
      element2.setAttribute(name, "false");
    }
    return;
  }
  if (name.startsWith("on") || name === "style") {
    throw new TypeError(`the attribute ${name} is code`);
  }
  element2.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : String(value));
}
function h(name, attributes = {}, ...children) {
  const element2 = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "on") {
      for (const [type, listener] of Object.entries(value)) {
        element2.addEventListener(type, listener);
      }
    } else {
      setAttribute(element2, key, value);
    }
  }
  append(element2, ...children);
  return element2;
}
var SVG = "http://www.w3.org/2000/svg";
function icon(...paths) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  for (const d of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.appendChild(path);
  }
  return svg;
}
function written(text, className) {
  return h("span", { dir: "auto", class: className }, text);
}
var lastId = 0;
function freshId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

// src/icons.ts
var BRAND = ["M5 6h.01", "M5 12h.01", "M5 18h.01", "M10 6h10", "M10 12h6", "M10 18h9"];
var CROSS = ["M7 7l10 10", "M17 7L7 17"];
var PLUS = ["M12 5v14", "M5 12h14"];
var LINK = ["M9 15L15 9", "M10 6l1-1a4 4 0 0 1 6 6l-2 2", "M14 18l-1 1a4 4 0 0 1-6-6l2-2"];
var PERSON = ["M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8", "M4 21c0-4 3.5-6 8-6s8 2 8 6"];
var GEAR = ["M4 7h10", "M18 7h2", "M16 5v4", "M4 17h2", "M10 17h10", "M8 15v4"];
var SPARK = ["M12 3v6", "M12 15v6", "M3 12h6", "M15 12h6"];
var CATEGORY = {
  note: ["M6 3h9l4 4v14H6z", "M9 11h7", "M9 15h7"],
  call: [
    "M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a1 1 0 0 1-1 1A15 15 0 0 1 4 5a1 1 0 0 1 1-1"
  ],
  email: ["M3 6h18v12H3z", "M3 7l9 6 9-6"],
  meeting: ["M4 6h16v14H4z", "M4 10h16", "M8 3v4", "M16 3v4"],
  agent_action: ["M5 9h14v10H5z", "M12 5v4", "M9 13v2", "M15 13v2", "M2 13v3", "M22 13v3"]
};
var STATUS = {
  succeeded: ["M5 13l4 4L19 7"],
  denied: ["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18", "M6 6l12 12"],
  rejected: ["M12 4l9 16H3z", "M12 10v4", "M12 17v.5"]
};

// src/router.ts
function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
function parseRoute(fragment) {
  const text = fragment.replace(/^#/, "");
  const mark = text.indexOf("?");
  const path = mark < 0 ? text : text.slice(0, mark);
  return {
    path: path.split("/").filter(Boolean).map(decode),
    parameters: new URLSearchParams(mark < 0 ? "" : text.slice(mark + 1))
  };
}
function formatRoute(path, parameters) {
  const kept3 = new URLSearchParams();
  for (const [name, value] of parameters ?? []) {
    if (value !== "") {
      kept3.append(name, value);
    }
  }
  const query = kept3.toString();
  return `#/${path.map(encodeURIComponent).join("/")}${query === "" ? "" : `?${query}`}`;
}
function startRouter(show) {
  const current = () => parseRoute(window.location.hash);
  window.addEventListener("hashchange", () => show(current()));
  show(current());
  return {
    current,
    go(fragment, how = "push") {
      if (fragment === (window.location.hash || "#/")) {
        return;
      }
      if (how === "replace") {
        window.history.replaceState(null, "", fragment);
      } else {
        window.history.pushState(null, "", fragment);
      }
      show(current());
    }
  };
}

// src/texts.ts
var plural = (count2, one, many) => count2 === 1 ? one : many;
var texts = {
  product: "Activity log",
  close: "Close",
  cancel: "Cancel",
  skipToContent: "Skip to the content",
  navigation: "Pages",
  nav: {
    timeline: "Timeline",
    trail: "Audit trail",
    keys: "Keys",
    log: "Log an activity",
    reference: "API reference",
    newTab: "(in a new tab)",
    help: "Keyboard and help",
    signOut: "Sign out"
  },
  account: {
    label: "Signed in",
    tenant: "Workspace",
    viewer: "Viewer",
    endsAt: (time2) => `until ${time2}`
  },
  actor: {
    user: "Person",
    service: "Service",
    agent: "Agent",
    through: "through",
    onBehalfOf: "for",
    filter: (name) => `Show only what ${name} did`
  },
  category: {
    note: "Note",
    call: "Call",
    email: "Email",
    meeting: "Meeting",
    agent_action: "Agent action"
  },
  record: {
    contact: "Contact",
    company: "Company",
    deal: "Deal",
    task: "Task",
    support_ticket: "Support ticket"
  },
  source: {
    api: "API",
    mcp: "MCP",
    admin: "Import"
  },
  scope: {
    "activity:read": "read activities",
    "activity:write": "log activities",
    "audit:read": "read the audit trail",
    "keys:manage": "manage keys"
  },
  trail: {
    title: "Audit trail",
    lead: "What was done to records and keys, and what was refused.",
    results: "Events",
    status: "Outcome",
    statuses: {
      succeeded: "Done",
      denied: "Denied",
      rejected: "Rejected"
    },
    action: "What was done",
    /** What somebody did, and what somebody tried who was refused. */
    actions: {
      "activity.logged": ["logged an activity", "tried to log an activity"],
      "activity.read": ["read an activity", "tried to read an activity"],
      "activity.searched": ["searched activities", "tried to search activities"],
      "activity.imported": ["imported activities", "tried to import activities"],
      "activity.reindexed": ["indexed activities again", "tried to index activities again"],
      "activity_type.updated": ["defined an activity type", "tried to define an activity type"],
      "activity_type.disabled": ["disabled an activity type", "tried to disable an activity type"],
      "activity_type.read": ["read activity types", "tried to read activity types"],
      "record_type.updated": [
        "set the ids of record types",
        "tried to set the ids of record types"
      ],
      "resource.updated": ["named a record", "tried to name a record"],
      "resource.deleted": ["removed a record’s name", "tried to remove a record’s name"],
      "resource.imported": ["imported names of records", "tried to import names of records"],
      "actor.updated": ["named an actor", "tried to name an actor"],
      "actor.deleted": ["removed an actor’s name", "tried to remove an actor’s name"],
      "actor.imported": ["imported names of actors", "tried to import names of actors"],
      "actor.viewer_token_created": [
        "let a person view activities",
        "tried to let a person view activities"
      ],
      "key.created": ["made a key", "tried to make a key"],
      "key.rotated": ["rotated a key", "tried to rotate a key"],
      "key.revoked": ["revoked a key", "tried to revoke a key"],
      "key.read": ["looked at keys", "tried to look at keys"],
      "key.refused": ["used a key where it may not be", "used a key where it may not be"],
      "key.refusals_counted": ["was refused more times", "was refused more times"],
      "audit_event.read": ["read the audit trail", "tried to read the audit trail"],
      "tool.called": ["called a tool", "sent a call of a tool that can’t be read"],
      "tenant.updated": [
        "changed the settings of the workspace",
        "tried to change the settings of the workspace"
      ],
      "tenant.closed": ["closed the workspace", "tried to close the workspace"],
      "tenant.removed": [
        "removed the records of the workspace",
        "tried to remove the records of the workspace"
      ]
    },
    refusedTimes: (count2, one) => `was refused ${count2} more ${one ? "time" : "times"}`,
    resourceType: "Kind of subject",
    resources: {
      activity: "Activity",
      activity_type: "Activity type",
      record_type: "Record type",
      resource: "Record",
      actor: "Actor",
      key: "Key",
      audit_event: "Audit trail",
      tool: "Tool",
      tenant: "Workspace"
    },
    resource: "About (id)",
    resourceHint: "An activity’s id, a key’s, or deal:deal_123",
    actor: "Who (id)",
    actorHint: "Such as jane, or service:crm",
    actorType: "Kind of actor",
    credential: "Key (id)",
    credentialHint: "The part of a key between its two dots",
    source: "Source",
    sources: { api: "API", mcp: "MCP", admin: "Operator" },
    request: "Request",
    requestHint: "As the header x-request-id names it",
    from: "From",
    to: "To",
    doors: {
      "event:sqs": "a message of a queue",
      "event:eventbridge": "an event of a bus",
      "event:invoke": "an invocation",
      import: "an import"
    },
    tool: "tool",
    command: "command",
    credentials: {
      console: "the operator’s own rights",
      event: "rights to send events"
    },
    key: "key",
    client: "from",
    errors: {
      malformed_request: "The request could not be read",
      unauthorized: "The key was not accepted",
      missing_required_scope: "The key lacks the scope",
      resource_not_found: "There was no such thing",
      method_not_allowed: "The method is not one of the path",
      idempotency_conflict: "The idempotency key was used for another input",
      payload_too_large: "The input was too large",
      unsupported_media_type: "The input was no JSON",
      validation_failed: "The input broke rules",
      rate_limited: "Too many requests",
      internal_error: "The service failed",
      unavailable: "The service was not available"
    },
    fields: "Fields:",
    wholeInput: "the input as a whole",
    data: {
      actor_type: "Kind of actor",
      applied: "Done",
      audit_reads: "Reads that are recorded",
      count: "How many",
      ends_at: "Ends",
      expires_at: "Ends",
      first_at: "First",
      hour: "In the hour from",
      last_at: "Last",
      postings: "Entries made",
      refused: "Refused",
      removed: "Removed",
      removed_tenant: "Workspace that was removed before",
      replaced_by: "Replaced by",
      scopes: "Scopes",
      unchanged: "As they were"
    },
    only: (label, value) => `Filter by “${label}”: ${value}`,
    openActivity: "Open the activity",
    openRecord: "Open its timeline",
    openActor: "What it did",
    openKey: "What was done with it",
    more: "All that is recorded",
    property: {
      occurred_at: "When",
      occurred_at_utc: "In UTC",
      actor: "Who",
      authenticated_as: "The key stands for",
      on_behalf_of: "For whom",
      action: "Action",
      resource_type: "Kind of subject",
      resource_id: "About",
      status: "Status",
      error_code: "Error code",
      fields: "Fields",
      source: "Source",
      api_route: "Route",
      tool_name: "Tool",
      command: "Command",
      credential_id: "Credential",
      client_address: "Address",
      user_agent: "Program",
      request_id: "Request",
      input_hash: "SHA-256 of the input",
      tenant_id: "Workspace",
      id: "Event"
    },
    reload: "Refresh",
    csv: "Download as CSV",
    jsonLines: "Download as JSON lines",
    downloading: (count2) => `${count2} events so far…`,
    downloaded: (name, count2, one) => `${name} has ${count2} ${one ? "event" : "events"}: all that the filters find.`,
    downloadedFirst: (name, count2) => `${name} has the newest ${count2} events. There are more: choose earlier dates for the rest.`,
    downloadStopped: "The download was stopped. There is no file.",
    invalid: "Correct what is marked, and the list comes back.",
    nothing: "Nothing matches",
    nothingText: "Take a filter away, or choose other dates.",
    empty: "Nothing is recorded yet",
    emptyText: "Each write, each change of a key and each refusal is here from then on."
  },
  keys: {
    title: "Keys",
    lead: "Who may call the API of this workspace, and what for.",
    results: "All keys",
    madeNow: "Made just now",
    make: "Make a key",
    states: {
      active: "Active",
      expires_soon: "Ends soon",
      rotated: "Replaced",
      ended: "Ended",
      revoked: "Revoked"
    },
    unnamed: (id) => `Key ${id}`,
    own: "You are signed in with this key",
    property: {
      id: "Id",
      scopes: "May",
      made: "Made",
      ends: "Ends",
      never: "never",
      used: "Last used",
      /** The API knows the hour. */
      usedHour: "in the hour from",
      unused: "not yet",
      unusedLately: "not within 400 days",
      revoked: "Revoked",
      replacedBy: "Replaced by",
      ranges: "Accepted from",
      anywhere: "everywhere",
      users: "May act for",
      anybody: "anybody",
      nobody: "nobody",
      itself: "this person alone",
      noScopes: "nothing"
    },
    more: (count2) => `${count2} more`,
    changes: "What was done to it",
    calls: "What was done with it",
    rotate: "Rotate",
    rotateLabel: (name) => `Rotate ${name}`,
    revoke: "Revoke",
    revokeLabel: (name) => `Revoke ${name}`,
    empty: "There are no keys",
    emptyText: "Keys that programs and people call with are here.",
    form: {
      title: "A new key",
      lead: "It can do no more than the key that you are signed in with.",
      name: "Name (optional)",
      nameHint: "What people call it, such as “Scout, production”",
      type: "It stands for",
      choose: "Choose",
      types: { user: "A person", service: "A service", agent: "An agent" },
      id: "Id of that person, service or agent",
      idHint: "The trail names it so, such as jane or crm-sync",
      scopes: "What it may do",
      expires: "When it ends (optional)",
      expiresHere: "When it ends",
      expiresHint: "In the time of your clock. Without it, the key does not end.",
      expiresOwn: (time2) => `In the time of your clock. Yours ends at ${time2}: by then at the latest.`,
      notATime: "Give the day and the time in full.",
      expiresBy: (time2) => `Choose when it ends: at ${time2} at the latest.`,
      noType: "Choose what it stands for.",
      noId: "Write the id.",
      noScope: "Tick at least one.",
      leftTitle: "About the key that you were making",
      leftText: "The list of keys says whether it was made.",
      ranges: "Where it is accepted from (optional)",
      rangesHint: "One address or range a line, such as 192.0.2.0/24. Without any: everywhere.",
      users: "Whom it may act for",
      usersAnybody: "Anybody",
      usersNobody: "Nobody",
      usersThese: "These people",
      usersIds: "Their ids",
      usersHint: "One id a line.",
      entry: (place) => `Entry ${place}: `,
      submit: "Make the key",
      working: "Making it…"
    },
    secret: {
      made: "The key is made",
      warning: "Copy it now and keep it in a safe place. It is shown this once, and can’t be shown again.",
      label: "Key",
      copy: "Copy",
      copied: "Copied.",
      selected: "It is selected. Copy it with your keyboard or its menu.",
      done: "Done",
      notCopied: "You have not copied it here. If you have it elsewhere, close this once more.",
      lostTitle: "The key is made, but can’t be shown",
      lost: "The first answer got lost on its way, and the key in full with it: it is kept nowhere. Revoke this key, and make another one.",
      closed: (name) => `${name} is in the list.`
    },
    rotating: {
      title: (name) => `Rotate ${name}?`,
      text: "This makes a key in its place, for the same actor, with the same rights and the same limits. Both are accepted until the old one ends.",
      own: "You are signed in with this key. Sign in with the new one before it ends.",
      overlap: "The old key ends",
      overlaps: [
        [0, "at once"],
        [3600, "in an hour"],
        [86400, "in 24 hours"],
        [604800, "in 7 days"],
        [2592e3, "in 30 days"]
      ],
      overlapHint: "Or sooner, where it was to end sooner. “At once” takes up to 60 seconds.",
      expires: "The new key ends (optional)",
      expiresHint: "In the time of your clock. Otherwise it lives as long as the old one was to.",
      submit: "Rotate",
      working: "Rotating…"
    },
    revoking: {
      title: (name) => `Revoke ${name}?`,
      text: "It ends for good. It is refused everywhere after 60 seconds at the latest.",
      own: "You are signed in with this key. Revoking it ends your session, too.",
      submit: "Revoke",
      working: "Revoking…",
      done: (name) => `${name} is revoked.`
    }
  },
  days: { today: "Today", yesterday: "Yesterday" },
  signIn: {
    title: "Sign in",
    lead: "Look at what happened, find it by any word, and log what is new.",
    key: "Key",
    keyHint: "It begins with alk_. It is sent to this server only, and never put into an address.",
    show: "Show the key",
    user: "For a user (optional)",
    userHint: "With a service's or an agent's key: the id of the user whom you act for.",
    keep: "Stay signed in until this tab is closed",
    keepHint: "Otherwise the key is forgotten when the page is reloaded.",
    submit: "Sign in",
    working: "Signing in…",
    signedIn: (name) => `Signed in as ${name}`,
    missing: "Paste a key.",
    notAKey: "This is no key: it has blanks or characters that keys do not have. Copy it again, from alk_ on.",
    refused: "This key is not accepted. It may be mistyped, expired, revoked, or for another address or user. Ask whoever gave it to you for a new one.",
    expired: "The session has ended, because the key has expired. Sign in with a new one.",
    ended: "The session has ended, because the key is no longer accepted: it has expired or was revoked. Sign in with another one.",
    viewerExpired: "The time of this view is over. Go back to the page that brought you here, and open it again.",
    signedOut: "You are signed out. The key is forgotten.",
    reference: "How programs use the API",
    viewerTitle: "This view is closed",
    useKey: "Sign in with a key instead",
    viewerLeft: "Go back to the page that brought you here to open it again.",
    viewerRefused: "This view can't be opened: its link has expired or is not valid. Go back to the page that brought you here, and open it again."
  },
  noAccess: {
    title: "Nothing to see with this key",
    text: (scopes) => `This page needs the scope ${scopes}, which the key does not have. Sign in with another key, or ask whoever manages the keys.`,
    has: "The key may:",
    nothing: "The key may do nothing at all.",
    pages: "These pages are open:",
    viewerTitle: "Not in this view",
    viewerText: "This view has no such page."
  },
  notFound: {
    title: "There is no such page",
    text: "No page has this address.",
    back: "Go to the timeline"
  },
  timeline: {
    title: "Timeline",
    search: "Search",
    placeholder: "Search by any word, or “by a phrase”",
    allTypes: "All",
    types: "Type",
    results: "Activities",
    actorType: "Kind of actor",
    actor: "Who (id)",
    actorHint: "Such as jane, or service:crm",
    recordType: "Kind of record",
    recordId: "Record (id)",
    recordHint: "Goes with the kind of record",
    source: "Source",
    from: "From",
    to: "To",
    record: (type, name) => `Show only what is about ${type} ${name}`,
    limited: "This view is limited to",
    fresh: (count2, more) => `${count2}${more ? " or more" : ""} new since then`,
    showFresh: (count2, more) => `Show ${count2}${more ? " or more" : ""} new ${plural(count2, "activity", "activities")}`,
    invalid: "Correct what is marked, and the list comes back.",
    nothing: "Nothing matches",
    nothingText: "Try fewer words or other filters. Every word has to be in the activity.",
    empty: "Nothing has been logged yet",
    emptyViewer: "What is logged is here from then on.",
    emptyText: "What people, programs and agents log is here a moment later.",
    emptyReader: "Programs log with POST /v1/activities. The key needs the scope activity:write."
  },
  record_page: {
    title: "Activity",
    body: "Text",
    records: "Related records",
    fields: "Fields",
    mentions: "Mentions",
    completion: "Completion",
    completedAt: "Completed",
    scheduled: "Scheduled activity",
    details: "Details",
    id: "Id",
    tenant: "Workspace",
    type: "Type",
    occurredAt: "Happened",
    loggedAt: "Logged",
    source: "Source",
    actor: "Who",
    authenticatedAs: "Through the key of",
    onBehalfOf: "On behalf of",
    lastAgent: "Agent",
    trail: "Audit trail",
    openTrail: "Open it in the audit trail",
    trailEmpty: "The trail has no event about it.",
    notFoundText: "There is no activity with this id, or it is not yours to see.",
    yes: "Yes",
    no: "No",
    maybe: "Maybe",
    nothing: "None"
  },
  log: {
    title: "Log an activity",
    as: "It is logged as done by",
    type: "Type",
    choose: "Choose",
    summary: "Summary",
    summaryHint: "What happened, in a line. Up to 500 characters.",
    body: "Text (optional)",
    bodyHint: "All that is to be found later. Up to 65,536 characters.",
    recordType: "Kind of record (optional)",
    recordId: "Id of the record",
    recordHint: "Such as con_123. The record has to be known.",
    none: "None",
    occurredAt: "When (optional)",
    occurredAtHint: (zone2) => `In the time of ${zone2}. Left out, it is now.`,
    advanced: "For retries",
    key: "Idempotency key",
    keyHint: "The same key makes one activity, however often it is sent.",
    submit: "Log it",
    working: "Logging…",
    done: "Logged.",
    doneUnread: "It is logged. Your key may not read activities, so this is all to be seen of it:",
    used: (count2, limit) => `${count2.toLocaleString("en")} of ${limit.toLocaleString("en")} characters`,
    summaryTitle: (count2) => `${count2} ${plural(count2, "thing", "things")} to correct`,
    rules: {
      type: "choose what kind of thing happened",
      summary: "write what happened",
      summaryLong: "must not have more than 500 characters",
      bodyLong: "must not have more than 65,536 characters",
      recordType: "choose the kind of the record, or take its id away",
      recordId: "write the id of the record, or choose none",
      occurredAt: "write date and time in full, or leave both out",
      occurredNever: "choose another time: clocks were put forward over this one",
      occurredEarly: "must not be before 1970",
      occurredLate: "must not be more than 24 hours from now",
      key: "must not have more than 255 bytes"
    },
    lost: "It is not known whether it was logged. Try again: it is logged once, however often you try.",
    conflict: "An earlier try was logged, with what you had written then. Look at the timeline, or log this as another activity.",
    another: "Log as another activity",
    otherRecord: "You have begun this activity, about another record.",
    makeAbout: (type, id) => `Make it about ${type} ${id}`,
    discard: "Discard"
  },
  filters: {
    title: "Filters",
    any: "Any",
    set: "Filters that are set",
    goesWith: (label) => `Fill this in, too: it goes with “${label}”.`,
    wholeDay: "Give the day, the month and the year, from 1970 on.",
    remove: (label, value) => `Remove the filter ${label}: ${value}`,
    clear: "Clear all"
  },
  pager: {
    loading: "Loading…",
    slow: "This takes longer than usual. It is tried for up to a minute.",
    older: "Show older",
    newer: "Show newer",
    newest: "Back to the newest",
    end: "That is everything.",
    searching: "Nothing found yet. There is more to look through.",
    keepLooking: "Keep looking",
    shown: (count2, more) => `${count2} ${plural(count2, "row", "rows")} shown${more ? ", and there is more" : ""}`
  },
  problem: {
    retry: "Try again",
    request: (id) => `Request ${id}`,
    titles: {
      offline: "No connection",
      timeout: "No answer",
      unexpected: "An unexpected answer",
      malformed: "The request could not be read",
      unauthorized: "The key is not accepted",
      forbidden: "Not allowed",
      not_found: "Not found",
      conflict: "Already used",
      too_large: "Too large",
      invalid: "Please look at what is marked",
      rate_limited: "Too many requests",
      unavailable: "Not available just now"
    },
    advice: {
      offline: "The server can't be reached. Look at your connection, and try again.",
      timeout: "The server took too long. Try again in a moment.",
      unexpected: "Something between you and the API may have answered in its place.",
      malformed: "Reload the page, and try again.",
      unauthorized: "Sign in with another key.",
      forbidden: "This key may not do this, or not from here.",
      not_found: "It does not exist, or it is not yours to see.",
      conflict: "The same key was used for another input.",
      too_large: "Make it shorter.",
      invalid: "",
      rate_limited: "The server asks for a pause.",
      unavailable: "Try again in a moment. If it stays, tell whoever runs the service."
    },
    scope: (scope) => `The key lacks the scope ${scope}.`,
    after: (seconds) => `Try again in ${seconds} ${plural(seconds, "second", "seconds")}.`
  },
  shortcuts: {
    title: "Keyboard",
    lead: "Everything can be reached with Tab and Enter. These are shorter:",
    enabled: "Use these single keys",
    keys: [
      ["/", "Search"],
      ["j", "The next row"],
      ["k", "The row before"],
      ["?", "This help"]
    ],
    hint: "They rest while you type. Switch them off if they get in the way of your screen reader or of speech input."
  }
};

// src/actors.ts
var PICTURE = {
  user: PERSON,
  service: GEAR,
  agent: SPARK
};
function actorName(actor) {
  return actor.display_name ?? actor.id;
}
function actorReference(actor) {
  return `${actor.type}:${actor.id}`;
}
function who(actor, within) {
  const name = actorName(actor);
  const said = [
    icon(...PICTURE[actor.type]),
    // A picture alone tells a service from an agent to those who know it; a person is plain.
    h(
      "span",
      { class: actor.type === "user" ? "visually-hidden" : "actor-type" },
      `${texts.actor[actor.type]} `
    ),
    h("span", { dir: "auto", class: "name" }, name)
  ];
  const title = `${texts.actor[actor.type]} ${actor.id}`;
  if (within === void 0) {
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
      title: texts.actor.filter(name)
    },
    said
  );
}
function createDeed(deed, within) {
  return h(
    "span",
    { class: "deed" },
    who(deed.actor, within),
    deed.on_behalf_of !== void 0 && [
      h("span", { class: "joint" }, ` ${texts.actor.onBehalfOf} `),
      who(deed.on_behalf_of, void 0)
    ],
    deed.authenticated_as !== void 0 && [
      h("span", { class: "joint" }, ` ${texts.actor.through} `),
      who(deed.authenticated_as, void 0)
    ]
  );
}

// src/api/errors.ts
var ApiError = class extends Error {
  constructor(failure, message, parts = {}) {
    super(message);
    this.failure = failure;
    this.status = parts.status;
    this.requestId = parts.requestId;
    this.requiredScope = parts.requiredScope;
    this.fieldErrors = parts.fieldErrors ?? [];
    this.retryAfterMs = parts.retryAfterMs;
  }
  failure;
  name = "ApiError";
  status;
  requestId;
  requiredScope;
  fieldErrors;
  retryAfterMs;
};
function isAborted(error) {
  return error instanceof DOMException && error.name === "AbortError";
}
function asApiError(error) {
  if (error instanceof ApiError) {
    return error;
  }
  return new ApiError("unexpected", error instanceof Error ? error.message : String(error));
}

// src/page.ts
function may(context, scope) {
  return context.viewer ? scope === "activity:read" : context.me.scopes.includes(scope);
}
function pageHeading(title) {
  return h("h1", { tabindex: "-1" }, title);
}

// src/drafts.ts
function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
function createDraft() {
  let sent;
  return {
    keyFor(input) {
      const json = JSON.stringify(input);
      if (sent?.json !== json) {
        sent = { json, key: `pages-${randomKey()}` };
      }
      return sent.key;
    },
    accepted() {
      sent = void 0;
    }
  };
}

// src/fields.ts
function createField(control, parts) {
  control.id ||= freshId("field");
  const hint = parts.hint === void 0 ? void 0 : h("p", { class: "hint" }, parts.hint);
  const error = h("p", { class: "violation", id: `${control.id}-violation` });
  error.hidden = true;
  if (hint !== void 0) {
    hint.id = `${control.id}-hint`;
    control.setAttribute("aria-describedby", hint.id);
  }
  return {
    element: h(
      "div",
      { class: ["field", parts.class].filter(Boolean).join(" ") },
      h("label", { for: control.id }, parts.label),
      control,
      hint,
      error
    ),
    control,
    setError(message) {
      error.hidden = message === void 0;
      fill(error, message);
      const described = [hint?.id, message === void 0 ? void 0 : error.id].filter(Boolean);
      if (described.length > 0) {
        control.setAttribute("aria-describedby", described.join(" "));
      } else {
        control.removeAttribute("aria-describedby");
      }
      if (message === void 0) {
        control.removeAttribute("aria-invalid");
      } else {
        control.setAttribute("aria-invalid", "true");
      }
    }
  };
}
function createSelect(name, nothing, options4) {
  return h(
    "select",
    { name },
    h("option", { value: "" }, nothing),
    options4.map((option) => h("option", { value: option.value }, option.label))
  );
}
function showViolations(fields, violations) {
  const messages = /* @__PURE__ */ new Map();
  const rest = [];
  for (const { field, message } of violations) {
    if (fields.has(field)) {
      messages.set(field, [...messages.get(field) ?? [], message]);
    } else {
      rest.push(field === "$" ? message : `${field}: ${message}`);
    }
  }
  let first;
  for (const [name, field] of fields) {
    const own = messages.get(name);
    field.setError(own?.join("; "));
    if (own !== void 0) {
      first ??= field.control;
    }
  }
  return { first, rest };
}

// src/loading.ts
var LONG_MS = 8e3;
function createLoading(attributes) {
  const element2 = h("p", { class: "loading", ...attributes }, texts.pager.loading);
  sayWhenLong(element2);
  return element2;
}
function createWaiting() {
  const element2 = h("p", { class: "hint", role: "status" });
  sayWhenLong(element2);
  return element2;
}
function sayWhenLong(element2) {
  setTimeout(() => {
    if (element2.isConnected) {
      fill(element2, texts.pager.slow);
    }
  }, LONG_MS);
}

// src/problem.ts
function adviceOf(error) {
  if (error.requiredScope !== void 0) {
    return texts.problem.scope(error.requiredScope);
  }
  if (error.retryAfterMs !== void 0 && error.retryAfterMs > 0) {
    return texts.problem.after(Math.ceil(error.retryAfterMs / 1e3));
  }
  if (error.failure === "invalid" || error.failure === "malformed") {
    const violations = error.fieldErrors.map(({ field, message }) => `${field}: ${message}`);
    return violations.length > 0 ? violations.join("; ") : error.message;
  }
  return texts.problem.advice[error.failure];
}
function createProblem(error, retry) {
  return h(
    "div",
    { class: "problem", role: "alert", "data-failure": error.failure },
    h("p", { class: "problem-title" }, texts.problem.titles[error.failure]),
    h("p", {}, adviceOf(error)),
    error.requestId !== void 0 && h("p", { class: "fine" }, texts.problem.request(error.requestId)),
    retry !== void 0 && h("button", { type: "button", on: { click: retry } }, texts.problem.retry)
  );
}
function createReadProblem(error, retry) {
  const element2 = createProblem(error, retry);
  if (error.failure === "offline") {
    const online = () => element2.isConnected && retry();
    window.addEventListener("online", online, { once: true });
  }
  return element2;
}

// src/times.ts
var locale = navigator.languages.find((language) => /^en\b/i.test(language)) ?? "en-GB";
var time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
var shortDate = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
var dateAndTime = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
var exact = new Intl.DateTimeFormat(locale, {
  dateStyle: "full",
  timeStyle: "long"
});
var day = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
var dayOfYear = new Intl.DateTimeFormat(locale, { dateStyle: "full" });
function written2(format, iso) {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : format.format(at);
}
function inUtc(iso) {
  return iso.replace("T", " ").replace(/Z$/, " UTC");
}
function element(format, iso) {
  return h("time", { datetime: iso, title: inUtc(iso) }, written2(format, iso));
}
var timeOfDay = (iso) => element(time, iso);
var dateTime = (iso) => element(dateAndTime, iso);
var exactTime = (iso) => element(exact, iso);
var dateTimeText = (iso) => written2(dateAndTime, iso);
var dateText = (iso) => written2(shortDate, iso);
function dayKey(at) {
  const pad = (value, width) => String(value).padStart(width, "0");
  return `${pad(at.getFullYear(), 4)}-${pad(at.getMonth() + 1, 2)}-${pad(at.getDate(), 2)}`;
}
function dayTitle(iso, words5) {
  const at = new Date(iso);
  const now = /* @__PURE__ */ new Date();
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  if (dayKey(at) === dayKey(now)) {
    return words5.today;
  }
  if (dayKey(at) === dayKey(yesterday)) {
    return words5.yesterday;
  }
  return written2(at.getFullYear() === now.getFullYear() ? day : dayOfYear, iso);
}
function startOfDay(key, days = 0) {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(key);
  if (parts === null) {
    return void 0;
  }
  const at = new Date(2e3, 0, 1);
  at.setFullYear(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]) + days);
  return Number.isNaN(at.getTime()) ? void 0 : at.toISOString();
}
function isSkipped(local) {
  const at = new Date(local);
  const minute = /T(\d{2}):(\d{2})/.exec(local);
  return minute !== null && !Number.isNaN(at.getTime()) && (at.getHours() !== Number(minute[1]) || at.getMinutes() !== Number(minute[2]));
}
var calendar = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" });
function calendarDay(date) {
  return h("time", { datetime: date }, written2(calendar, date));
}
var zone = new Intl.DateTimeFormat(locale).resolvedOptions().timeZone;

// src/pages/log.ts
var words = texts.log;
var SUMMARY_CHARACTERS = 500;
var BODY_CHARACTERS = 65536;
var KEY_BYTES = 255;
var DAY_MS = 24 * 60 * 60 * 1e3;
var kept;
function forgetDraft() {
  kept = void 0;
}
function draftOf({ me }) {
  const who2 = [me.actor, me.authenticated_as, me.on_behalf_of];
  const owner = JSON.stringify([me.tenant_id, who2.map((actor) => actor && actorReference(actor))]);
  if (kept?.owner !== owner) {
    kept = { owner, draft: /* @__PURE__ */ new Map() };
  }
  return kept.draft;
}
var options = (labels) => Object.entries(labels).map(([value, label]) => ({ value, label }));
var ABOUT = ["related_resource_type", "related_resource_id"];
function characters(text) {
  let count2 = 0;
  for (const _ of text) {
    count2 += 1;
  }
  return count2;
}
function createFields() {
  const text = (name, more = {}) => h("input", { type: "text", name, autocomplete: "off", ...more });
  return /* @__PURE__ */ new Map([
    [
      "type",
      createField(createSelect("type", words.choose, options(texts.category)), {
        label: words.type
      })
    ],
    [
      "summary",
      createField(text("summary", { dir: "auto" }), {
        label: words.summary,
        hint: words.summaryHint,
        class: "wide"
      })
    ],
    [
      "body",
      createField(h("textarea", { name: "body", rows: 8, dir: "auto" }), {
        label: words.body,
        hint: words.bodyHint,
        class: "wide"
      })
    ],
    [
      "related_resource_type",
      createField(createSelect("related_resource_type", words.none, options(texts.record)), {
        label: words.recordType
      })
    ],
    [
      "related_resource_id",
      createField(text("related_resource_id", { spellcheck: "false", autocapitalize: "none" }), {
        label: words.recordId,
        hint: words.recordHint
      })
    ],
    [
      "occurred_at",
      createField(h("input", { type: "datetime-local", name: "occurred_at", step: 1 }), {
        label: words.occurredAt,
        hint: words.occurredAtHint(zone)
      })
    ],
    [
      "idempotency_key",
      createField(text("idempotency_key", { spellcheck: "false", class: "code" }), {
        label: words.key,
        hint: words.keyHint
      })
    ]
  ]);
}
function openLog(context, route) {
  const draft = draftOf(context);
  const calls = new AbortController();
  const fields = createFields();
  let sending = false;
  const control = (name) => fields.get(name)?.control;
  const value = (name) => control(name)?.value ?? "";
  function newKey() {
    const key = control("idempotency_key");
    if (key !== void 0) {
      key.value = `pages-${randomKey()}`;
      draft.set("idempotency_key", key.value);
    }
  }
  function keep2() {
    for (const name of fields.keys()) {
      draft.set(name, value(name));
    }
  }
  const linked = (name) => route.parameters.get(name) ?? "";
  const isKept = ABOUT.some((name) => (draft.get(name) ?? "") !== "");
  const isOther = isKept && ABOUT.some((name) => linked(name) !== (draft.get(name) ?? ""));
  for (const [name, { control: own }] of fields) {
    own.value = ABOUT.includes(name) && !isKept ? linked(name) : draft.get(name) ?? "";
    own.addEventListener("input", keep2);
  }
  if (value("idempotency_key") === "") {
    newKey();
  }
  function createOtherRecord() {
    const [type = "", id = ""] = ABOUT.map(linked);
    const label = texts.record[type] ?? type;
    const notice = h(
      "div",
      { class: "notice" },
      h("p", {}, words.otherRecord),
      h(
        "button",
        {
          type: "button",
          on: {
            click: () => {
              for (const name of ABOUT) {
                const own = control(name);
                if (own !== void 0) {
                  own.value = linked(name);
                }
              }
              keep2();
              notice.remove();
              control("related_resource_id")?.focus();
            }
          }
        },
        words.makeAbout(label, id)
      )
    );
    return notice;
  }
  function createCounter(name, limit) {
    const counter = h("p", { class: "hint counter" });
    const count2 = () => {
      const used = characters(value(name));
      fill(counter, used > limit * 0.8 && words.used(used, limit));
      counter.classList.toggle("violation", used > limit);
    };
    fields.get(name)?.element.append(counter);
    control(name)?.addEventListener("input", count2);
    count2();
  }
  createCounter("summary", SUMMARY_CHARACTERS);
  createCounter("body", BODY_CHARACTERS);
  const summary = h("div", { class: "summary" });
  const advanced = h(
    "details",
    { class: "more wide" },
    h("summary", {}, words.advanced),
    fields.get("idempotency_key")?.element
  );
  function showWrong(violations) {
    const { first, rest } = showViolations(fields, violations);
    if (violations.some(({ field }) => field === "idempotency_key")) {
      advanced.open = true;
    }
    const titleId = freshId("violations");
    const panel = h(
      "div",
      { class: "problem", role: "alert", tabindex: "-1", "aria-labelledby": titleId },
      h("h2", { id: titleId }, words.summaryTitle(violations.length)),
      h(
        "ul",
        {},
        [...fields].flatMap(
          ([name, field]) => violations.filter((violation) => violation.field === name).map(
            ({ message }) => h(
              "li",
              {},
              h(
                "button",
                { type: "button", class: "link", on: { click: () => field.control.focus() } },
                `${field.element.querySelector("label")?.textContent}: ${message}`
              )
            )
          )
        ),
        rest.map((message) => h("li", {}, message))
      )
    );
    fill(summary, panel);
    (violations.length === 1 && first !== void 0 ? first : panel).focus();
  }
  function showFailure(error) {
    if (error.fieldErrors.length > 0) {
      showWrong(error.fieldErrors);
      return;
    }
    const unknown = ["offline", "timeout", "unavailable", "unexpected"].includes(error.failure);
    if (error.failure === "conflict") {
      fill(
        summary,
        h(
          "div",
          { class: "problem", role: "alert" },
          h("p", { class: "problem-title" }, texts.problem.titles.conflict),
          h("p", {}, words.conflict),
          h(
            "div",
            { class: "actions" },
            h("a", { class: "button", href: "#/" }, texts.notFound.back),
            h(
              "button",
              {
                type: "button",
                on: {
                  click: () => {
                    newKey();
                    void send2();
                  }
                }
              },
              words.another
            )
          )
        )
      );
    } else {
      fill(
        summary,
        createProblem(error, () => void send2()),
        unknown && h("p", { class: "fine" }, words.lost)
      );
    }
    summary.querySelector("button, a")?.focus();
  }
  function read() {
    const input = {};
    for (const name of fields.keys()) {
      const text = name === "summary" || name === "body" ? value(name) : value(name).trim();
      if (text !== "") {
        input[name] = name === "occurred_at" ? new Date(text).toISOString() : text;
      }
    }
    return input;
  }
  function ownViolations() {
    const found = [];
    const rule = (field, broken, message) => {
      if (broken) {
        found.push({ field, message });
      }
    };
    const when = control("occurred_at");
    const at = Date.parse(value("occurred_at"));
    const incomplete = when instanceof HTMLInputElement && when.validity.badInput;
    const recordType = value("related_resource_type") !== "";
    const recordId = value("related_resource_id").trim() !== "";
    const key = new TextEncoder().encode(value("idempotency_key").trim());
    rule("type", value("type") === "", words.rules.type);
    rule("summary", value("summary").trim() === "", words.rules.summary);
    rule("summary", characters(value("summary")) > SUMMARY_CHARACTERS, words.rules.summaryLong);
    rule("body", characters(value("body")) > BODY_CHARACTERS, words.rules.bodyLong);
    rule("related_resource_type", recordId && !recordType, words.rules.recordType);
    rule("related_resource_id", recordType && !recordId, words.rules.recordId);
    rule("occurred_at", incomplete, words.rules.occurredAt);
    rule("occurred_at", isSkipped(value("occurred_at")), words.rules.occurredNever);
    rule("occurred_at", at < 0, words.rules.occurredEarly);
    rule("occurred_at", at > Date.now() + DAY_MS, words.rules.occurredLate);
    rule("idempotency_key", key.length > KEY_BYTES, words.rules.key);
    return found;
  }
  const submit = h("button", { type: "submit", class: "primary" }, words.submit);
  async function send2() {
    if (sending) {
      return;
    }
    const own = ownViolations();
    if (own.length > 0) {
      showWrong(own);
      return;
    }
    if (value("idempotency_key").trim() === "") {
      newKey();
    }
    sending = true;
    submit.setAttribute("aria-disabled", "true");
    fill(submit, words.working);
    fill(summary, createWaiting());
    showViolations(fields, []);
    try {
      const { activity } = await context.client.logActivity(read(), calls.signal);
      if (may(context, "activity:read")) {
        forgetDraft();
        context.announce(words.done);
        context.go(formatRoute(["activities", activity.id]), "replace");
      } else {
        beginAnew(activity.id);
      }
    } catch (error) {
      if (!isAborted(error)) {
        showFailure(asApiError(error));
      }
    } finally {
      sending = false;
      submit.removeAttribute("aria-disabled");
      fill(submit, words.submit);
    }
  }
  function beginAnew(logged) {
    for (const { control: own } of fields.values()) {
      own.value = "";
      own.dispatchEvent(new Event("input"));
    }
    newKey();
    const told = h(
      "div",
      { class: "notice", role: "status", tabindex: "-1" },
      h("p", {}, words.doneUnread),
      h("p", {}, h("code", {}, logged))
    );
    fill(summary, told);
    told.focus();
  }
  function discard() {
    forgetDraft();
    context.go("#/");
  }
  const element2 = h(
    "div",
    { class: "log-page stack" },
    pageHeading(words.title),
    h("p", { class: "row-meta" }, h("span", { class: "joint" }, words.as), createDeed(context.me)),
    isOther && linked("related_resource_id") !== "" && createOtherRecord(),
    summary,
    h(
      "form",
      {
        class: "panel form-grid",
        novalidate: true,
        on: {
          submit: (event) => {
            event.preventDefault();
            void send2();
          }
        }
      },
      [...fields].filter(([name]) => name !== "idempotency_key").map(([, { element: own }]) => own),
      advanced,
      h(
        "div",
        { class: "actions wide" },
        h("button", { type: "button", on: { click: discard } }, words.discard),
        submit
      )
    )
  );
  return { title: words.title, element: element2, stop: () => calls.abort() };
}

// src/pages/no-page.ts
function openNotFound() {
  return {
    title: texts.notFound.title,
    element: h(
      "div",
      { class: "narrow" },
      pageHeading(texts.notFound.title),
      h("p", {}, texts.notFound.text),
      h("p", {}, h("a", { href: "#/" }, texts.notFound.back))
    )
  };
}
function openNoAccess(scope, { me, viewer }, others) {
  const title = viewer ? texts.noAccess.viewerTitle : texts.noAccess.title;
  const links = others.flatMap(({ path, nav, action }) => {
    const name = nav ?? action;
    return name === void 0 ? [] : [h("li", {}, h("a", { href: formatRoute(path) }, name))];
  });
  return {
    title,
    element: h(
      "div",
      { class: "narrow" },
      pageHeading(title),
      // Who views for a while has no key, and needs no word about any.
      viewer ? h("p", {}, texts.noAccess.viewerText) : createRights(scope, me),
      links.length > 0 && [h("p", {}, texts.noAccess.pages), h("ul", { class: "dotted" }, links)]
    )
  };
}
function createRights(scope, me) {
  return [
    h("p", {}, texts.noAccess.text(scope)),
    me.scopes.length === 0 ? h("p", {}, texts.noAccess.nothing) : [
      h("p", {}, texts.noAccess.has),
      h(
        "ul",
        { class: "dotted" },
        me.scopes.map((own) => h("li", {}, h("code", {}, own), ` – ${texts.scope[own]}`))
      )
    ]
  ];
}
function openWaiting() {
  return {
    title: texts.product,
    element: createLoading({ role: "status" })
  };
}
function openUnreachable(error, retry) {
  return {
    title: texts.product,
    element: h(
      "div",
      { class: "narrow" },
      pageHeading(texts.product),
      createReadProblem(error, retry)
    )
  };
}

// src/announcer.ts
function createAnnouncer() {
  const element2 = h("div", { class: "visually-hidden", role: "status", "aria-live": "polite" });
  return {
    element: element2,
    announce(text) {
      element2.textContent = element2.textContent === text ? `${text} ` : text;
    }
  };
}

// src/dialog.ts
function openDialog(parts) {
  const titleId = freshId("dialog");
  const opener = document.activeElement;
  const dialog = h(
    "dialog",
    {
      class: "dialog",
      "aria-labelledby": titleId,
      on: {
        // Browsers ask (`cancel`) only once. What they would ask after is Escape.
        keydown: (event) => {
          if (event.key === "Escape" && parts.mayClose?.() === false) {
            event.preventDefault();
          }
        },
        cancel: (event) => {
          if (parts.mayClose?.() === false) {
            event.preventDefault();
          }
        },
        close: () => {
          dialog.remove();
          if (opener instanceof HTMLElement && opener.isConnected) {
            opener.focus();
          }
          parts.closed?.();
        }
      }
    },
    h("h2", { id: titleId, tabindex: "-1", autofocus: true }, parts.title),
    h("div", { class: "dialog-content" }, parts.content),
    h(
      "div",
      { class: "actions" },
      h(
        "button",
        {
          type: "button",
          on: {
            click: () => {
              if (parts.mayClose?.() !== false) {
                dialog.close();
              }
            }
          }
        },
        parts.closeLabel ?? texts.close
      ),
      parts.actions
    )
  );
  document.body.appendChild(dialog);
  dialog.showModal();
  return { close: () => dialog.close() };
}

// src/shortcuts.ts
var OFF = "activity-log.shortcuts-off";
function isOff() {
  try {
    return window.localStorage.getItem(OFF) !== null;
  } catch {
    return false;
  }
}
function setOff(off) {
  try {
    if (off) {
      window.localStorage.setItem(OFF, "1");
    } else {
      window.localStorage.removeItem(OFF);
    }
  } catch {
  }
}
function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, select, textarea"));
}
function moveAmongRows(step) {
  const rows = [...document.querySelectorAll("[data-row]")];
  const active = document.activeElement;
  const within = rows.findIndex((row) => row === active || row.parentElement?.contains(active));
  const next = rows[within < 0 ? step > 0 ? 0 : rows.length - 1 : within + step];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}
function openShortcutsHelp() {
  const off = isOff();
  openDialog({
    title: texts.shortcuts.title,
    content: [
      h("p", {}, texts.shortcuts.lead),
      h(
        "dl",
        { class: "keys" },
        texts.shortcuts.keys.map(([key, what]) => [
          h("dt", {}, h("kbd", {}, key)),
          h("dd", {}, what)
        ])
      ),
      h(
        "label",
        { class: "tick" },
        h("input", {
          type: "checkbox",
          checked: !off,
          on: { change: (event) => setOff(!event.target.checked) }
        }),
        texts.shortcuts.enabled
      ),
      h("p", { class: "hint" }, texts.shortcuts.hint)
    ]
  });
}
function listenForShortcuts() {
  document.addEventListener("keydown", (event) => {
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    if (event.defaultPrevented || modified || isTyping(event.target) || isOff()) {
      return;
    }
    if (document.querySelector("dialog[open]") !== null) {
      return;
    }
    switch (event.key) {
      case "/": {
        const search = document.querySelector("input[type=search]");
        if (search === null) {
          return;
        }
        search.focus();
        break;
      }
      case "j":
        moveAmongRows(1);
        break;
      case "k":
        moveAmongRows(-1);
        break;
      case "?":
        openShortcutsHelp();
        break;
      default:
        return;
    }
    event.preventDefault();
  });
}

// src/shell.ts
var SOON_MS = 7 * 24 * 60 * 60 * 1e3;
function endsSoon(expiresAt) {
  return expiresAt !== void 0 && Date.parse(expiresAt) - Date.now() < SOON_MS;
}
function createReferenceLink(text) {
  return h(
    "a",
    { href: "docs", target: "_blank", rel: "noopener" },
    text,
    h("span", { class: "visually-hidden" }, ` ${texts.nav.newTab}`)
  );
}
function createShell(root2, table, signOut) {
  const announcer = createAnnouncer();
  const header = h("header", { class: "header" });
  const main = h("main", { id: "content", class: "main", tabindex: "-1" });
  const skip = h(
    "a",
    {
      class: "skip",
      href: "#content",
      on: {
        // A fragment is a route here, so the link goes nowhere: it moves the focus.
        click: (event) => {
          event.preventDefault();
          main.focus();
        }
      }
    },
    texts.skipToContent
  );
  fill(root2, skip, header, main, announcer.element);
  function navigation(signedIn) {
    const hasTimeline = may(signedIn, "activity:read");
    const links = table.filter((kind) => may(signedIn, kind.scope)).map((kind) => ({ path: kind.path, name: kind.nav ?? (hasTimeline ? null : kind.action) })).filter(({ name }) => name).map(
      ({ path, name }) => h("li", {}, h("a", { href: formatRoute(path), "data-page": path.join("/") }, name))
    );
    const reference = !signedIn.viewer && h("li", {}, createReferenceLink(texts.nav.reference));
    return h("nav", { "aria-label": texts.navigation }, h("ul", {}, links, reference));
  }
  function account({ me }) {
    return h(
      "div",
      { class: "account" },
      h(
        "p",
        { class: "account-name" },
        h("span", { class: "visually-hidden" }, `${texts.account.label}: `),
        createDeed(me),
        h(
          "span",
          { class: "fine" },
          h("span", { class: "visually-hidden" }, ` ${texts.account.tenant} `),
          h("span", {}, me.tenant_id),
          endsSoon(me.expires_at) && [
            " · ",
            h("span", {}, texts.account.endsAt("")),
            dateTime(me.expires_at)
          ]
        )
      ),
      h("button", { type: "button", class: "quiet", on: { click: signOut } }, texts.nav.signOut)
    );
  }
  return {
    announce: announcer.announce,
    showAccount(signedIn) {
      const brand = h("a", { class: "brand", href: "#/" }, icon(...BRAND), texts.product);
      const help = h(
        "button",
        {
          type: "button",
          class: "quiet help",
          "aria-label": texts.nav.help,
          title: texts.nav.help,
          on: { click: openShortcutsHelp }
        },
        "?"
      );
      if (signedIn === void 0) {
        fill(header, h("div", { class: "bar" }, brand, help));
      } else {
        fill(
          header,
          h("div", { class: "bar" }, brand, navigation(signedIn), help, account(signedIn))
        );
      }
    },
    showPage(page, path, focus) {
      document.title = page.title === texts.product ? page.title : `${page.title} – ${texts.product}`;
      fill(main, page.element);
      for (const link of header.querySelectorAll("a[data-page]")) {
        if (link.dataset.page === path.join("/")) {
          link.setAttribute("aria-current", "page");
        } else {
          link.removeAttribute("aria-current");
        }
      }
      window.scrollTo({ top: 0, behavior: "instant" });
      if (focus && document.hasFocus()) {
        (main.querySelector("[data-focus], h1") ?? main).focus();
      }
    }
  };
}
function createMainAction(fragment, label) {
  return h("a", { class: "button main-action", href: fragment }, icon(...PLUS), label);
}

// src/pages/sign-in.ts
var KEY = /^[\x21-\x7e]+$/;
function noticeOf(ending, viewer) {
  switch (ending) {
    case "none":
      return viewer ? texts.signIn.viewerLeft : void 0;
    case "signed_out":
      return viewer ? texts.signIn.viewerLeft : texts.signIn.signedOut;
    case "expired":
      return viewer ? texts.signIn.viewerExpired : texts.signIn.expired;
    case "refused":
      return viewer ? texts.signIn.viewerRefused : texts.signIn.ended;
  }
}
function openSignIn(parts) {
  const notice = noticeOf(parts.ending, parts.viewer);
  const element2 = h("div", { class: "sign-in" });
  const heading = pageHeading(texts.signIn.title);
  const said = notice !== void 0 && h("p", { class: "notice", role: "alert" }, notice);
  if (parts.viewer) {
    const useKey = h(
      "button",
      { type: "button", class: "link", on: { click: parts.useKey } },
      texts.signIn.useKey
    );
    fill(element2, pageHeading(texts.signIn.viewerTitle), said, h("p", {}, useKey));
    return { title: texts.signIn.viewerTitle, element: element2 };
  }
  const key = createField(
    h("input", {
      name: "key",
      type: "password",
      autocomplete: "off",
      autocapitalize: "none",
      spellcheck: "false",
      required: true,
      class: "code"
    }),
    { label: texts.signIn.key, hint: texts.signIn.keyHint }
  );
  const show = h("input", {
    type: "checkbox",
    on: {
      change: () => {
        key.control.type = show.checked ? "text" : "password";
      }
    }
  });
  const user2 = createField(
    h("input", {
      name: "user",
      type: "text",
      autocomplete: "off",
      autocapitalize: "none",
      spellcheck: "false"
    }),
    { label: texts.signIn.user, hint: texts.signIn.userHint }
  );
  const keep2 = h("input", { type: "checkbox", name: "keep" });
  const submit = h("button", { type: "submit", class: "primary" }, texts.signIn.submit);
  const problem = h("div");
  let sending = false;
  async function send2() {
    if (sending) {
      return;
    }
    const token = key.control.value.trim();
    if (!KEY.test(token)) {
      key.setError(token === "" ? texts.signIn.missing : texts.signIn.notAKey);
      key.control.focus();
      return;
    }
    const named = user2.control.value.trim();
    key.setError(void 0);
    fill(problem, createWaiting());
    sending = true;
    submit.setAttribute("aria-disabled", "true");
    fill(submit, texts.signIn.working);
    try {
      await parts.signIn(named === "" ? { token } : { token, user: named }, keep2.checked);
    } catch (thrown) {
      const error = asApiError(thrown);
      fill(problem);
      if (error instanceof ApiError && error.failure === "unauthorized") {
        key.setError(texts.signIn.refused);
        key.control.focus();
      } else if (error.failure === "invalid") {
        user2.setError(adviceOf(error));
      } else {
        fill(problem, createProblem(error));
      }
    } finally {
      sending = false;
      submit.removeAttribute("aria-disabled");
      fill(submit, texts.signIn.submit);
    }
  }
  fill(
    element2,
    heading,
    h("p", { class: "lead" }, texts.signIn.lead),
    said,
    h(
      "form",
      {
        class: "panel stack",
        novalidate: true,
        on: {
          submit: (event) => {
            event.preventDefault();
            void send2();
          }
        }
      },
      key.element,
      h("label", { class: "tick" }, show, texts.signIn.show),
      user2.element,
      h("label", { class: "tick" }, keep2, texts.signIn.keep),
      h("p", { class: "hint" }, texts.signIn.keepHint),
      problem,
      h("div", { class: "actions" }, submit)
    ),
    h("p", { class: "fine" }, createReferenceLink(texts.signIn.reference))
  );
  return { title: texts.signIn.title, element: element2 };
}

// src/groups.ts
function createGroup(parts, ...children) {
  const error = h("p", { class: "violation", id: freshId("violation"), hidden: true });
  const hint = parts.hint === void 0 ? void 0 : h("p", { class: "hint", id: freshId("hint") }, parts.hint);
  const element2 = h(
    "fieldset",
    { class: "group" },
    h("legend", {}, parts.legend),
    children,
    hint,
    error
  );
  function describe(...by) {
    const ids = by.filter((id) => id !== void 0);
    if (ids.length > 0) {
      element2.setAttribute("aria-describedby", ids.join(" "));
    } else {
      element2.removeAttribute("aria-describedby");
    }
  }
  describe(hint?.id);
  return {
    element: element2,
    control: parts.control,
    setError(message) {
      error.hidden = message === void 0;
      fill(error, message);
      describe(hint?.id, message === void 0 ? void 0 : error.id);
      if (message === void 0) {
        parts.control.removeAttribute("aria-invalid");
      } else {
        parts.control.setAttribute("aria-invalid", "true");
      }
    }
  };
}
function createTick(attributes, ...label) {
  const control = h("input", attributes);
  return { element: h("label", { class: "tick" }, control, h("span", {}, label)), control };
}

// src/key-inputs.ts
function linesOf(text) {
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}
function timeOf(local) {
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? local : at.toISOString();
}
function keyInputOf(values) {
  const ranges = linesOf(values.ranges);
  const users = values.users === "these" ? linesOf(values.userIds) : [];
  const namesUsers = values.actorType !== "user" && values.users !== "anybody";
  return {
    actor: { type: values.actorType, id: values.actorId.trim() },
    scopes: [...values.scopes],
    ...values.name.trim() === "" ? {} : { name: values.name.trim() },
    ...values.expires === "" ? {} : { expires_at: timeOf(values.expires) },
    ...ranges.length === 0 ? {} : { address_ranges: ranges },
    ...namesUsers ? { users } : {}
  };
}
function violationOf({ field, message }) {
  return {
    // Who a key stands for is one property of the API, and two controls.
    field: field === "actor" ? "actor.id" : field,
    message: message.replace(/^element (\d+): /, (_, at) => texts.keys.form.entry(Number(at) + 1))
  };
}

// src/key-form.ts
var words2 = texts.keys.form;
function createTimeField(name, label, hint) {
  const field = createField(h("input", { name, type: "datetime-local" }), { label, hint });
  return {
    ...field,
    /** Whether it is a whole time, or empty; if not, it says so. */
    isWhole() {
      const whole = !field.control.validity.badInput;
      field.setError(whole ? void 0 : words2.notATime);
      return whole;
    }
  };
}
function tellElsewhere(error) {
  openDialog({
    title: words2.leftTitle,
    content: [createProblem(error), h("p", {}, words2.leftText)]
  });
}
function makeableTypes({ actor }) {
  return actor.type === "agent" ? ["agent"] : ["user", "service", "agent"];
}
function createKeyForm(parts) {
  const { me } = parts;
  const draft = createDraft();
  const plain = { autocomplete: "off", autocapitalize: "none", spellcheck: "false" };
  const name = createField(h("input", { name: "name", type: "text", dir: "auto", ...plain }), {
    label: words2.name,
    hint: words2.nameHint
  });
  const type = createField(
    createSelect(
      "actor.type",
      words2.choose,
      makeableTypes(me).map((value) => ({ value, label: words2.types[value] }))
    ),
    { label: words2.type }
  );
  const id = createField(h("input", { name: "actor.id", type: "text", dir: "auto", ...plain }), {
    label: words2.id,
    hint: words2.idHint
  });
  const ticks = me.scopes.map(
    (scope) => createTick(
      { type: "checkbox", name: "scopes", value: scope },
      h("code", {}, scope),
      ` – ${texts.scope[scope]}`
    )
  );
  const scopes = createGroup(
    { legend: words2.scopes, control: ticks[0]?.control ?? h("input") },
    ticks.map(({ element: element2 }) => element2)
  );
  const expires = createTimeField(
    "expires_at",
    me.expires_at === void 0 ? words2.expires : words2.expiresHere,
    me.expires_at === void 0 ? words2.expiresHint : words2.expiresOwn(dateTimeText(me.expires_at))
  );
  const ranges = createField(
    h("textarea", { name: "address_ranges", rows: 2, class: "code", ...plain }),
    { label: words2.ranges, hint: words2.rangesHint }
  );
  const radio = (value, label) => createTick({ type: "radio", name: "users", value }, label);
  const anybody = radio("anybody", words2.usersAnybody);
  const nobody = radio("nobody", words2.usersNobody);
  const these = radio("these", words2.usersThese);
  const ids = createField(h("textarea", { name: "user_ids", rows: 3, dir: "auto", ...plain }), {
    label: words2.usersIds,
    hint: words2.usersHint
  });
  const users = createGroup(
    { legend: words2.users, control: anybody.control },
    anybody.element,
    nobody.element,
    these.element,
    ids.element
  );
  const fields = /* @__PURE__ */ new Map([
    ["name", name],
    ["actor.type", type],
    ["actor.id", id],
    ["scopes", scopes],
    ["expires_at", expires],
    ["address_ranges", ranges],
    ["users", users]
  ]);
  function showUsers() {
    users.element.hidden = type.control.value === "user";
    ids.element.hidden = !these.control.checked;
  }
  function read() {
    const chosen = [nobody, these].find(({ control }) => control.checked)?.control.value;
    return {
      name: name.control.value,
      actorType: type.control.value,
      actorId: id.control.value,
      scopes: me.scopes.filter((_, at) => ticks[at]?.control.checked),
      expires: expires.control.value,
      ranges: ranges.control.value,
      users: chosen ?? "anybody",
      userIds: ids.control.value
    };
  }
  const submit = h("button", { type: "submit", class: "primary" });
  const problem = h("div");
  function showWorking(working) {
    submit.disabled = working;
    fill(submit, working ? words2.working : words2.submit);
  }
  function ownViolations() {
    const found = [];
    const rule = (field, broken, message) => {
      if (broken) {
        found.push({ field, message });
      }
    };
    const end = expires.control.value;
    const isWhole = !expires.control.validity.badInput;
    const isLate = end === "" || Date.parse(end) > Date.parse(me.expires_at ?? "");
    rule("actor.type", type.control.value === "", words2.noType);
    rule("actor.id", id.control.value.trim() === "", words2.noId);
    rule(
      "scopes",
      ticks.every(({ control }) => !control.checked),
      words2.noScope
    );
    rule("expires_at", !isWhole, words2.notATime);
    if (me.expires_at !== void 0) {
      rule("expires_at", isWhole && isLate, words2.expiresBy(dateTimeText(me.expires_at)));
    }
    return found;
  }
  async function send2() {
    if (submit.disabled) {
      return;
    }
    fill(problem);
    const { first } = showViolations(fields, ownViolations());
    if (first !== void 0) {
      first.focus();
      return;
    }
    const input = keyInputOf(read());
    showWorking(true);
    try {
      const made = await parts.client.createKey(input, draft.keyFor(input));
      draft.accepted();
      parts.made(made);
    } catch (thrown) {
      showError(thrown);
    } finally {
      showWorking(false);
    }
  }
  function showError(thrown) {
    const error = asApiError(thrown);
    if (!form.isConnected) {
      tellElsewhere(error);
      return;
    }
    const violations = error.fieldErrors.map(violationOf);
    const { first, rest } = showViolations(fields, violations);
    if (first === void 0 || rest.length > 0) {
      fill(problem, createProblem(error));
    }
    first?.focus();
  }
  const heading = h("h2", { tabindex: "-1" }, words2.title);
  const form = h(
    "form",
    {
      class: "stack",
      novalidate: true,
      on: {
        submit: (event) => {
          event.preventDefault();
          void send2();
        },
        change: showUsers
      }
    },
    name.element,
    h("div", { class: "pair" }, type.element, id.element),
    scopes.element,
    users.element,
    h("div", { class: "pair" }, expires.element, ranges.element),
    problem,
    h(
      "div",
      { class: "actions" },
      h("button", { type: "button", on: { click: parts.cancelled } }, texts.cancel),
      submit
    )
  );
  return {
    element: h(
      "section",
      { class: "panel stack", "aria-label": words2.title },
      h("div", {}, heading, h("p", { class: "hint" }, words2.lead)),
      form
    ),
    begin() {
      form.reset();
      showViolations(fields, []);
      fill(problem);
      showWorking(false);
      if (me.actor.type === "user") {
        these.control.checked = true;
        ids.control.value = me.actor.id;
      } else {
        anybody.control.checked = true;
      }
      showUsers();
      heading.focus();
    }
  };
}

// src/key-dialogs.ts
var { secret: secretWords, rotating, revoking } = texts.keys;
function keyName(key) {
  return key.name ?? texts.keys.unnamed(key.key_id);
}
function openSecretDialog({ key, secret }, closed) {
  if (secret === void 0) {
    openDialog({
      title: secretWords.lostTitle,
      content: [
        h("p", { class: "notice", dir: "auto" }, keyName(key)),
        h("p", {}, secretWords.lost)
      ],
      closed
    });
    return;
  }
  const status = h("p", { role: "status", class: "hint" });
  let isSafe = false;
  const field = createField(
    h(
      "textarea",
      { class: "code", rows: 3, readonly: true, spellcheck: "false", dir: "ltr" },
      secret
    ),
    { label: secretWords.label }
  );
  field.control.addEventListener("copy", () => {
    isSafe = true;
  });
  async function copy() {
    try {
      await navigator.clipboard.writeText(field.control.value);
      isSafe = true;
      fill(status, secretWords.copied);
    } catch {
      field.control.select();
      fill(status, secretWords.selected);
    }
  }
  openDialog({
    title: secretWords.made,
    content: [
      h("p", { class: "name", dir: "auto" }, keyName(key)),
      h("p", { class: "notice warn" }, secretWords.warning),
      field.element,
      status
    ],
    actions: [
      h(
        "button",
        { type: "button", class: "primary", on: { click: () => void copy() } },
        secretWords.copy
      )
    ],
    closeLabel: secretWords.done,
    mayClose() {
      const mayClose = isSafe;
      isSafe = true;
      fill(status, !mayClose && secretWords.notCopied);
      return mayClose;
    },
    closed: () => {
      field.control.value = "";
      fill(field.control);
      closed();
    }
  });
}
function openRotateDialog({ client, key, own, left }, rotated) {
  const draft = createDraft();
  const overlap = createField(
    h(
      "select",
      { name: "overlap_seconds" },
      rotating.overlaps.map(
        ([seconds, label]) => h("option", { value: seconds, selected: seconds === 86400 }, label)
      )
    ),
    { label: rotating.overlap, hint: rotating.overlapHint }
  );
  const expires = createTimeField("expires_at", rotating.expires, rotating.expiresHint);
  const fields = /* @__PURE__ */ new Map([
    ["overlap_seconds", overlap],
    ["expires_at", expires]
  ]);
  const problem = h("div");
  const submit = h("button", { type: "submit", class: "primary" }, rotating.submit);
  async function send2() {
    if (submit.disabled) {
      return;
    }
    fill(problem);
    if (!expires.isWhole()) {
      expires.control.focus();
      return;
    }
    const input = {
      overlap_seconds: Number(overlap.control.value),
      ...expires.control.value === "" ? {} : { expires_at: timeOf(expires.control.value) }
    };
    submit.disabled = true;
    fill(submit, rotating.working);
    try {
      const made = await client.rotateKey(key.key_id, input, draft.keyFor(input));
      dialog.close();
      rotated(made);
    } catch (thrown) {
      const error = asApiError(thrown);
      if (!form.isConnected) {
        tellElsewhere(error);
        return;
      }
      const { first, rest } = showViolations(fields, error.fieldErrors);
      if (first === void 0 || rest.length > 0) {
        fill(problem, createProblem(error));
      }
      first?.focus();
    } finally {
      submit.disabled = false;
      fill(submit, rotating.submit);
    }
  }
  const form = h(
    "form",
    {
      class: "stack",
      id: freshId("rotate"),
      novalidate: true,
      on: {
        submit: (event) => {
          event.preventDefault();
          void send2();
        }
      }
    },
    overlap.element,
    expires.element,
    problem
  );
  submit.setAttribute("form", form.id);
  const dialog = openDialog({
    title: rotating.title(keyName(key)),
    content: [
      h("p", {}, rotating.text),
      own && h("p", { class: "notice warn" }, rotating.own),
      form
    ],
    closeLabel: texts.cancel,
    actions: [submit]
  });
  left.addEventListener("abort", () => dialog.close(), { once: true });
}
function openRevokeDialog({ client, key, own, left }, revoked) {
  const problem = h("div");
  const submit = h(
    "button",
    { type: "button", class: "danger", on: { click: () => void send2() } },
    revoking.submit
  );
  async function send2() {
    if (submit.disabled) {
      return;
    }
    fill(problem);
    submit.disabled = true;
    fill(submit, revoking.working);
    try {
      const answer = await client.revokeKey(key.key_id);
      dialog.close();
      revoked(answer.key);
    } catch (thrown) {
      fill(problem, createProblem(asApiError(thrown)));
    } finally {
      submit.disabled = false;
      fill(submit, revoking.submit);
    }
  }
  const dialog = openDialog({
    title: revoking.title(keyName(key)),
    content: [
      h("p", {}, revoking.text),
      own && h("p", { class: "notice warn" }, revoking.own),
      problem
    ],
    closeLabel: texts.cancel,
    actions: [submit]
  });
  left.addEventListener("abort", () => dialog.close(), { once: true });
}

// src/key-states.ts
var SOON_MS2 = 14 * 24 * 60 * 60 * 1e3;
function keyState(key, nowMs) {
  if (key.revoked_at !== void 0) {
    return "revoked";
  }
  const endsAt = key.expires_at === void 0 ? Number.POSITIVE_INFINITY : Date.parse(key.expires_at);
  if (endsAt <= nowMs) {
    return "ended";
  }
  if (key.replaced_by !== void 0) {
    return "rotated";
  }
  return endsAt - nowMs <= SOON_MS2 ? "expires_soon" : "active";
}
function isRotatable(key, nowMs) {
  return key.replaced_by === void 0 && keyState(key, nowMs) !== "revoked";
}
function isRevocable(key, nowMs) {
  const state = keyState(key, nowMs);
  return state !== "revoked" && state !== "ended";
}
var USE_KNOWN_MS = 400 * 24 * 60 * 60 * 1e3;
function isUseKnown(key, nowMs) {
  return nowMs - Date.parse(key.created_at) < USE_KNOWN_MS;
}

// src/pager.ts
var NEWEST = { behind: [], cursor: null };
var WINDOW_PAGES = 6;
var MAX_BEHIND = 500;
var MAX_EMPTY_PAGES = 10;
var AHEAD = "800px";
function sentencesIn(element2) {
  const said = [...element2.querySelectorAll("h2, h3, p")].map(({ textContent }) => textContent);
  return said.map((text) => text.replace(/[^.]$/, "$&.")).join(" ");
}
function createPager(parts) {
  let pages = [];
  let behind = [];
  let next;
  let running;
  const list = h("div", { class: "pages" });
  const above = h("div", { class: "pager-edge" });
  const below = h("div", { class: "pager-edge" });
  const element2 = h("div", { class: "pager", tabindex: "-1" }, above, list, below);
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry2 of entries) {
        if (entry2.isIntersecting && running === void 0) {
          if (entry2.target === below && below.dataset.state === "more") {
            void older();
          } else if (entry2.target === above && above.dataset.state === "more") {
            void newer();
          }
        }
      }
    },
    { rootMargin: `${AHEAD} 0px` }
  );
  function watch(edge2) {
    observer.unobserve(edge2);
    observer.observe(edge2);
  }
  function edge(target, state, ...children) {
    const hadFocus = target.contains(document.activeElement);
    target.dataset.state = state;
    fill(target, ...children);
    target.hidden = children.length === 0;
    if (hadFocus) {
      const next2 = target.querySelector("button, a[href], [tabindex]");
      next2?.focus({ preventScroll: true });
    }
  }
  function button(label, action) {
    return h("button", { type: "button", class: "quiet", on: { click: action } }, label);
  }
  function showEdges() {
    if (behind.length > 0) {
      const back = button(
        texts.pager.newest,
        () => begin(NEWEST, () => {
          window.scrollTo({ top: 0, behavior: "instant" });
          focusIn(list);
        })
      );
      edge(
        above,
        "more",
        button(texts.pager.newer, () => void newer(true)),
        back
      );
      watch(above);
    } else {
      edge(above, "none");
    }
    if (pages.length === 0) {
      edge(below, "empty", parts.empty());
    } else if (next !== void 0) {
      edge(
        below,
        "more",
        button(texts.pager.older, () => void older(true))
      );
      watch(below);
    } else if (parts.end !== void 0) {
      edge(below, "end", h("p", { class: "fine" }, parts.end));
    } else {
      edge(below, "end");
    }
  }
  function showError(target, thrown, retry) {
    const error = asApiError(thrown);
    if (parts.failed?.(error) !== true) {
      edge(target, "failed", createReadProblem(error, retry));
    } else {
      edge(target, "failed");
    }
  }
  async function run(target, retry, work) {
    running?.abort();
    const own = new AbortController();
    running = own;
    element2.setAttribute("aria-busy", "true");
    edge(target, "loading", createLoading({ tabindex: "-1" }));
    try {
      await work(own.signal);
      return true;
    } catch (error) {
      if (!isAborted(error) && running === own) {
        running = void 0;
        showError(target, error, retry);
      }
      return false;
    } finally {
      if (running === own) {
        running = void 0;
      }
      if (running === void 0) {
        element2.removeAttribute("aria-busy");
      }
    }
  }
  async function loadFrom(cursor, signal) {
    let from = cursor;
    for (let empty = 0; ; empty += 1) {
      const page = await parts.load(from, signal);
      signal.throwIfAborted();
      if (page.rows.length > 0 || page.next === void 0 || empty >= MAX_EMPTY_PAGES) {
        return { ...page, cursor: from };
      }
      from = page.next;
    }
  }
  function lastRow() {
    return pages.at(-1)?.rows.at(-1);
  }
  function holding(anchor, change) {
    const before = anchor?.getBoundingClientRect().top ?? 0;
    change();
    if (anchor?.isConnected) {
      window.scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
    }
  }
  function focusedRow() {
    const { activeElement: active } = document;
    return list.contains(active) ? active.dataset.row ?? "" : void 0;
  }
  function focusOnRow(name) {
    const named = [...list.querySelectorAll("[data-row]")];
    const row = named.find(({ dataset }) => dataset.row === name);
    if (row === void 0) {
      focusIn(list);
    } else {
      row.focus({ preventScroll: true });
    }
  }
  function focusIn(rows) {
    const row = rows.querySelector("a[href], button");
    (row ?? element2).focus({ preventScroll: true });
  }
  async function older(moveFocus = false) {
    const cursor = next;
    if (cursor === void 0) {
      return;
    }
    await run(
      below,
      () => void older(moveFocus),
      async (signal) => {
        const loaded = await loadFrom(cursor, signal);
        next = loaded.next;
        if (loaded.rows.length > 0) {
          const page = { ...loaded, element: parts.render(loaded.rows, lastRow()) };
          holding(pages.at(-1)?.element.lastElementChild, () => {
            list.appendChild(page.element);
            pages.push(page);
            while (pages.length > WINDOW_PAGES) {
              const gone = pages.shift();
              gone?.element.remove();
              behind.push(gone?.cursor);
            }
            behind = behind.slice(-MAX_BEHIND);
          });
          if (moveFocus) {
            focusIn(page.element);
          }
          parts.announce(texts.pager.shown(loaded.rows.length, next !== void 0));
        }
        if (loaded.rows.length === 0 && next !== void 0) {
          askWhetherToGoOn();
        } else {
          showEdges();
        }
      }
    );
  }
  function askWhetherToGoOn() {
    edge(
      below,
      "asks",
      h("p", {}, texts.pager.searching),
      button(texts.pager.keepLooking, () => void older(true))
    );
  }
  async function newer(moveFocus = false) {
    const following = pages[0];
    if (behind.length === 0 || following === void 0) {
      return;
    }
    await run(
      above,
      () => void newer(moveFocus),
      async (signal) => {
        const cursor = behind.at(-1);
        const loaded = await parts.load(cursor, signal);
        signal.throwIfAborted();
        behind.pop();
        const page = {
          ...loaded,
          cursor,
          element: parts.render(loaded.rows, void 0)
        };
        if (loaded.next !== following.cursor) {
          behind = cursor === void 0 ? [] : behind;
          pages = [page];
          list.replaceChildren(page.element);
          next = loaded.next;
          page.element.lastElementChild?.scrollIntoView({ block: "nearest" });
          parts.began?.(page.rows, cursor === void 0);
        } else {
          holding(following.element, () => {
            list.prepend(page.element);
            pages.unshift(page);
            while (pages.length > WINDOW_PAGES) {
              const gone = pages.pop();
              gone?.element.remove();
              next = gone?.cursor;
            }
          });
        }
        if (moveFocus) {
          focusIn(page.element);
        }
        showEdges();
      }
    );
  }
  function restart() {
    begin(NEWEST);
  }
  function begin(place, then) {
    const again = () => begin(place, then);
    void run(below, again, async (signal) => {
      if (pages.length > 0) {
        edge(below, "loading");
      }
      edge(above, "none");
      const loaded = await loadFrom(place.cursor ?? void 0, signal);
      pages = [];
      behind = place.behind.map((cursor) => cursor ?? void 0);
      next = loaded.next;
      const focused = focusedRow();
      list.replaceChildren();
      if (loaded.rows.length > 0) {
        const page = { ...loaded, element: parts.render(loaded.rows, void 0) };
        pages.push(page);
        list.appendChild(page.element);
      }
      if (focused !== void 0) {
        focusOnRow(focused);
      }
      if (loaded.rows.length === 0 && next !== void 0) {
        askWhetherToGoOn();
      } else {
        showEdges();
        parts.announce(
          loaded.rows.length === 0 ? sentencesIn(below) : texts.pager.shown(loaded.rows.length, next !== void 0)
        );
      }
      parts.began?.(loaded.rows, place.cursor === null);
    }).then((done) => {
      if (done) {
        then?.();
      } else if (below.dataset.state === "failed" && pages.length > 0) {
        pages = [];
        list.replaceChildren();
      }
    });
  }
  return {
    element: element2,
    restart,
    resume: begin,
    placeOf(row) {
      const at = pages.findIndex((page2) => page2.rows.includes(row));
      const page = pages[at];
      if (page === void 0) {
        return void 0;
      }
      const before = [...behind, ...pages.slice(0, at).map(({ cursor }) => cursor)];
      return {
        behind: before.slice(-MAX_BEHIND).map((cursor) => cursor ?? null),
        cursor: page.cursor ?? null
      };
    },
    stop() {
      running?.abort();
      observer.disconnect();
    },
    rows: () => pages.flatMap((page) => page.rows)
  };
}

// src/pages/keys.ts
var PAGE_ROWS = 20;
var MAX_MADE = 20;
var MAX_LISTED = 5;
var { keys: words3 } = texts;
function listed(values) {
  const joined = (some) => some.map((value, at) => [at > 0 && ", ", value]);
  const more = values.slice(MAX_LISTED);
  return h(
    "div",
    {},
    joined(values.slice(0, MAX_LISTED)),
    more.length > 0 && h("details", {}, h("summary", {}, words3.more(more.length)), joined(more))
  );
}
function openKeys(context) {
  const { client, me } = context;
  const left = new AbortController();
  let made = [];
  function renderKey(key) {
    const now = Date.now();
    const state = keyState(key, now);
    const name = keyName(key);
    const full = key.name === void 0 ? name : `${name}, ${key.key_id}`;
    const own = key.key_id === me.credential_id;
    const heading = h("h3", { class: "key-name", dir: "auto", tabindex: "-1" }, name);
    return h(
      "li",
      { class: "row key", "data-key": key.key_id, "data-state": state },
      h(
        "div",
        { class: "row-kind" },
        h("span", { class: `badge state-${state}` }, words3.states[state])
      ),
      h(
        "div",
        { class: "row-text" },
        heading,
        own && h("p", { class: "fine" }, words3.own),
        h("p", {}, createDeed(key)),
        renderProperties(key),
        h("div", { class: "row-meta" }, trailLinks(key))
      ),
      h(
        "div",
        { class: "key-actions" },
        isRotatable(key, now) && action(words3.rotate, words3.rotateLabel(full), () => rotate(key)),
        isRevocable(key, now) && action(words3.revoke, words3.revokeLabel(full), () => revoke(key))
      )
    );
  }
  function action(label, full, click) {
    return h("button", { type: "button", "aria-label": full, on: { click } }, label);
  }
  function renderProperties(key) {
    const { property } = words3;
    const list = (values) => listed(values.map((value) => h("code", { dir: "auto" }, value)));
    const pairs = [
      [property.scopes, key.scopes.length === 0 ? property.noScopes : list(key.scopes)],
      [property.id, h("code", {}, key.key_id)],
      [property.made, dateTime(key.created_at)],
      [property.ends, key.expires_at === void 0 ? property.never : dateTime(key.expires_at)],
      [property.used, usedText(key)]
    ];
    if (key.revoked_at !== void 0) {
      pairs.push([property.revoked, dateTime(key.revoked_at)]);
    }
    if (key.replaced_by !== void 0) {
      pairs.push([property.replacedBy, h("code", {}, key.replaced_by)]);
    }
    pairs.push([
      property.ranges,
      key.address_ranges === void 0 ? property.anywhere : list(key.address_ranges)
    ]);
    pairs.push([property.users, usersText(key)]);
    return h(
      "dl",
      { class: "key-facts" },
      pairs.map(([label, value]) => h("div", {}, h("dt", {}, label), h("dd", {}, value)))
    );
  }
  function usedText(key) {
    const { property } = words3;
    if (key.last_used_at !== void 0) {
      return [property.usedHour, " ", dateTime(key.last_used_at)];
    }
    return isUseKnown(key, Date.now()) ? property.unused : property.unusedLately;
  }
  function usersText({ actor, users }) {
    const { property } = words3;
    if (actor.type === "user") {
      return property.itself;
    }
    if (users === void 0) {
      return property.anybody;
    }
    return users.length === 0 ? property.nobody : listed(users.map((user2) => written(user2)));
  }
  function trailLinks({ key_id: id }) {
    const link = (parameters, text) => h("a", { href: formatRoute(["trail"], new URLSearchParams(parameters)) }, text);
    return may(context, "audit:read") && [
      link({ resource_type: "key", resource_id: id }, words3.changes),
      link({ credential_id: id }, words3.calls)
    ];
  }
  function showKey(key) {
    made = made.map((other) => other.key_id === key.key_id ? key : other);
    const row = rowOf(key.key_id);
    if (row === null) {
      return void 0;
    }
    const next = renderKey(key);
    row.replaceWith(next);
    return next;
  }
  function rowOf(id) {
    return element2.querySelector(`[data-key="${CSS.escape(id)}"]`);
  }
  function focusOn(row) {
    row?.querySelector(".key-name")?.focus();
  }
  function rotate(key) {
    const own = key.key_id === me.credential_id;
    openRotateDialog({ client, key, own, left: left.signal }, (answer) => {
      showMade(answer);
      client.getKey(key.key_id, left.signal).then(
        (old) => void showKey(old.key),
        () => {
        }
      );
    });
  }
  function revoke(key) {
    const own = key.key_id === me.credential_id;
    openRevokeDialog({ client, key, own, left: left.signal }, (revoked) => {
      focusOn(showKey(revoked));
      context.announce(words3.revoking.done(keyName(revoked)));
    });
  }
  const madeList = h("ul", { class: "rows" });
  const madeSection = h(
    "section",
    { "aria-label": words3.madeNow, hidden: true },
    h("h2", { class: "day" }, words3.madeNow),
    madeList
  );
  function showMade(answer) {
    const { key } = answer;
    rowOf(key.key_id)?.remove();
    made = [key, ...made.filter((other) => other.key_id !== key.key_id)].slice(0, MAX_MADE);
    madeList.replaceChildren(...made.map(renderKey));
    madeSection.hidden = false;
    openSecretDialog(answer, () => {
      focusOn(rowOf(key.key_id));
      context.announce(words3.secret.closed(keyName(key)));
    });
  }
  const make = h(
    "button",
    { type: "button", class: "primary", on: { click: () => showForm(true) } },
    words3.make
  );
  const form = createKeyForm({
    client,
    me,
    made: (answer) => {
      showForm(false);
      showMade(answer);
    },
    cancelled: () => showForm(false)
  });
  function showForm(shown) {
    form.element.hidden = !shown;
    make.hidden = shown;
    if (shown) {
      form.begin();
    } else {
      make.focus();
    }
  }
  const pager = createPager({
    async load(cursor, signal) {
      const parameters = new URLSearchParams({ limit: String(PAGE_ROWS) });
      if (cursor !== void 0) {
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
    empty: () => h("div", { class: "empty" }, h("h3", {}, words3.empty), h("p", {}, words3.emptyText)),
    end: texts.pager.end,
    announce: context.announce
  });
  form.element.hidden = true;
  const element2 = h(
    "div",
    { class: "timeline" },
    h(
      "div",
      { class: "page-head" },
      h("div", {}, pageHeading(words3.title), h("p", { class: "lead" }, words3.lead)),
      make
    ),
    form.element,
    madeSection,
    h(
      "section",
      { "aria-label": words3.results },
      h("h2", { class: "day" }, words3.results),
      pager.element
    )
  );
  pager.restart();
  return {
    title: words3.title,
    element: element2,
    stop() {
      left.abort();
      pager.stop();
    }
  };
}

// src/events.ts
var count = new Intl.NumberFormat("en");
function deedText(event) {
  const { trail: trail4 } = texts;
  const times = event.data?.count;
  if (event.action === "key.refusals_counted" && typeof times === "number") {
    return trail4.refusedTimes(count.format(times), times === 1);
  }
  if (!Object.hasOwn(trail4.actions, event.action)) {
    return event.action;
  }
  const [did, tried] = trail4.actions[event.action];
  return event.status === "succeeded" ? did : tried;
}
function doorText(event) {
  const { trail: trail4 } = texts;
  if (event.tool_name !== void 0) {
    return `${trail4.tool} ${event.tool_name}`;
  }
  if (event.command !== void 0) {
    return `${trail4.command} ${event.command}`;
  }
  return event.api_route && (ownText(trail4.doors, event.api_route) ?? event.api_route);
}
function refusalText(event) {
  if (event.error_code === void 0) {
    return void 0;
  }
  const { trail: trail4 } = texts;
  const reason = `${trail4.errors[event.error_code] ?? trail4.statuses.rejected} (${event.error_code}).`;
  const fields = (event.fields ?? []).map((field) => field === "$" ? trail4.wholeInput : field);
  return fields.length === 0 ? reason : `${reason} ${trail4.fields} ${fields.join(", ")}`;
}
var TIME = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;
function factsOf(data) {
  return Object.entries(data ?? {}).map(([name, value]) => {
    const text = typeof value === "number" ? count.format(value) : typeof value === "string" ? value : JSON.stringify(value);
    const label = ownText(texts.trail.data, name) ?? name.replaceAll("_", " ");
    return { label, value: text, isTime: TIME.test(text) };
  });
}
function ownText(words5, name) {
  return Object.hasOwn(words5, name) ? words5[name] : void 0;
}
function splitReference(reference) {
  const colon = reference.indexOf(":");
  return colon > 0 && colon < reference.length - 1 ? [reference.slice(0, colon), reference.slice(colon + 1)] : void 0;
}
function actorColumns(name) {
  const part = (key) => [`${name}_${key}`, (event) => event[name]?.[key]];
  return [part("type"), part("id"), part("display_name")];
}
var COLUMNS = [
  ["occurred_at", (event) => event.occurred_at],
  ["status", (event) => event.status],
  ["action", (event) => event.action],
  ["resource_type", (event) => event.resource_type],
  ["resource_id", (event) => event.resource_id],
  ...actorColumns("actor"),
  ...actorColumns("authenticated_as"),
  ...actorColumns("on_behalf_of"),
  ["credential_id", (event) => event.credential_id],
  ["source", (event) => event.source],
  ["api_route", (event) => event.api_route],
  ["tool_name", (event) => event.tool_name],
  ["command", (event) => event.command],
  ["client_address", (event) => event.client_address],
  ["user_agent", (event) => event.user_agent],
  ["error_code", (event) => event.error_code],
  ["fields", (event) => event.fields?.join(" ")],
  ["data", (event) => event.data && JSON.stringify(event.data)],
  ["input_hash", (event) => event.input_hash],
  ["request_id", (event) => event.request_id],
  ["tenant_id", (event) => event.tenant_id],
  ["id", (event) => event.id]
];
var eventColumns = COLUMNS.map(([name]) => name);
function eventCells(event) {
  return COLUMNS.map(([, value]) => value(event) ?? "");
}

// src/field-values.ts
function asJson(value) {
  return h("code", {}, JSON.stringify(value) ?? "");
}
function asText(value) {
  return typeof value === "string" || typeof value === "number" ? h("span", { dir: "auto", class: "prose" }, String(value)) : asJson(value);
}
function isRecord(value) {
  return typeof value === "object" && value !== null;
}
function asOption(value) {
  return isRecord(value) && typeof value.name === "string" ? written(value.name) : asJson(value);
}
function asMoney(value) {
  if (!isRecord(value) || typeof value.amount !== "number") {
    return asJson(value);
  }
  const { amount, currency, symbol } = value;
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency: String(currency) }).format(
      amount
    );
  } catch {
    return `${symbol ?? currency ?? ""} ${amount}`.trim();
  }
}
function asList(value, item) {
  if (!Array.isArray(value)) {
    return asJson(value);
  }
  if (value.length === 0) {
    return texts.record_page.nothing;
  }
  return h(
    "ul",
    { class: "values" },
    value.map((one) => h("li", {}, item(one)))
  );
}
function asId(value) {
  return typeof value === "string" ? h("code", {}, value) : asJson(value);
}
function createFieldValue({ field_type: kind, value }) {
  switch (kind) {
    case "text":
    case "longtext":
    case "email":
    case "wysiwyg":
    case "integer":
    case "rating":
    case "decimal":
    case "phonenumber":
    case "timezone":
      return asText(value);
    case "money":
      return asMoney(value);
    case "date":
      return typeof value === "string" ? calendarDay(value) : asJson(value);
    case "datetime":
      return typeof value === "string" ? exactTime(value) : asJson(value);
    case "dropdown":
    case "radio":
    case "choices":
    case "status":
    case "selector":
      return asOption(value);
    case "checkboxes":
    case "dynamictags":
      return asList(value, asOption);
    case "checkbox":
      return typeof value === "boolean" ? value ? texts.record_page.yes : texts.record_page.no : asJson(value);
    case "yesnomaybe":
      return value === "yes" || value === "no" || value === "maybe" ? texts.record_page[value] : asJson(value);
    case "relationship":
    case "team_selector":
      return asId(value);
    case "files":
      return asList(value, asId);
    default:
      kind;
      return asJson(value);
  }
}

// src/records.ts
function relatedRecords(activity) {
  if (activity.related_objects !== void 0) {
    return activity.related_objects.map(({ type, id, display_name: name }) => ({ type, id, name }));
  }
  if (activity.related_resource_type === void 0 || activity.related_resource_id === void 0) {
    return [];
  }
  return [
    {
      type: activity.related_resource_type,
      id: activity.related_resource_id,
      name: activity.related_resource_display_name
    }
  ];
}
function isBuiltIn(type) {
  return Object.hasOwn(texts.record, type);
}
function recordTypeText(type) {
  if (isBuiltIn(type)) {
    return texts.record[type];
  }
  const words5 = type.replaceAll("_", " ");
  return words5.charAt(0).toUpperCase() + words5.slice(1);
}
function createRecord(record, within) {
  const type = recordTypeText(record.type);
  const name = record.name ?? record.id;
  const said = [
    icon(...LINK),
    h("span", { class: "record-type" }, `${type} `),
    h("span", { dir: "auto", class: "name" }, name)
  ];
  if (!isBuiltIn(record.type)) {
    return h("span", { class: "record", title: record.id }, said);
  }
  const parameters = new URLSearchParams(within);
  parameters.set("related_resource_type", record.type);
  parameters.set("related_resource_id", record.id);
  return h(
    "a",
    {
      class: "record",
      href: formatRoute([], parameters),
      title: texts.timeline.record(type, record.id)
    },
    said
  );
}

// src/pages/record.ts
var words4 = texts.record_page;
var EVENT_ROWS = 20;
function entry(name, value) {
  if (value === void 0 || value === null || value === false) {
    return null;
  }
  return h("div", { class: "entry" }, h("dt", {}, name), h("dd", {}, value));
}
function section(title, ...content) {
  return h("section", { class: "panel stack" }, h("h2", {}, title), content);
}
function timeEntry(name, iso) {
  return entry(name, iso ? [exactTime(iso), h("span", { class: "fine utc" }, inUtc(iso))] : null);
}
function actorEntry(name, actor) {
  return entry(
    name,
    actor && [
      written(actorName(actor), "name"),
      h("code", { class: "fine" }, ` ${actor.type}:${actor.id}`)
    ]
  );
}
function renderSubmission({ fields, mentions, ...rest }) {
  const completed = rest.completed_at !== void 0 || rest.scheduled_activity_id !== void 0;
  return [
    fields.length > 0 && section(
      words4.fields,
      h(
        "dl",
        { class: "entries" },
        fields.map((field) => entry(field.display_name || field.name, createFieldValue(field)))
      )
    ),
    mentions.length > 0 && section(
      words4.mentions,
      h(
        "ul",
        { class: "values" },
        mentions.map((id) => h("li", {}, h("code", {}, id)))
      )
    ),
    completed && section(
      words4.completion,
      h(
        "dl",
        { class: "entries" },
        timeEntry(words4.completedAt, rest.completed_at),
        entry(
          words4.scheduled,
          rest.scheduled_activity_id && h("code", {}, rest.scheduled_activity_id)
        )
      )
    )
  ];
}
function renderKind({ type, submission }) {
  const category = texts.category[type];
  const own = submission?.activity_object.name ?? category;
  return [icon(...CATEGORY[type]), own !== category && [written(own), " · "], category];
}
function renderEvent(event) {
  const refusal2 = refusalText(event);
  return h(
    "li",
    { class: "trail-event" },
    h(
      "div",
      { class: "trail-event-head" },
      h("span", {}, createDeed(event), ` ${deedText(event)}`),
      h("span", { class: `badge status-${event.status}` }, texts.trail.statuses[event.status]),
      h("span", { class: "row-time" }, dateTime(event.occurred_at))
    ),
    refusal2 !== void 0 && h("p", {}, refusal2),
    h(
      "div",
      { class: "row-meta fine" },
      h("span", {}, doorText(event)),
      event.client_address !== void 0 && h("span", {}, event.client_address),
      h("code", {}, event.request_id)
    )
  );
}
function openRecord(context, route) {
  const id = route.path[1] ?? "";
  const about = new URLSearchParams({ resource_id: id });
  const calls = new AbortController();
  const heading = pageHeading(words4.title);
  const kind = h("p", { class: "kind" });
  const content = h("div", { class: "stack" });
  const events = may(context, "audit:read") ? createEvents() : void 0;
  const element2 = h("article", { class: "record-page" }, kind, heading, content);
  function createEvents() {
    return createPager({
      async load(cursor, signal) {
        const parameters = new URLSearchParams(about);
        parameters.set("limit", String(EVENT_ROWS));
        if (cursor !== void 0) {
          parameters.set("cursor", cursor);
        }
        const answer = await context.client.listAuditEvents(parameters, signal);
        return { rows: answer.audit_events, next: answer.next_cursor };
      },
      render: (rows) => h("ol", { class: "events" }, rows.map(renderEvent)),
      empty: () => h("p", { class: "fine" }, words4.trailEmpty),
      // The trail stands beside what the page is about, and is read when the reader gets there.
      announce: () => void 0
    });
  }
  function show(activity) {
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
        dateTime(activity.occurred_at)
      ),
      activity.body !== void 0 && activity.body !== "" && h(
        "div",
        { class: "panel prose", dir: "auto", role: "region", "aria-label": words4.body },
        activity.body
      ),
      records.length > 0 && section(
        words4.records,
        h(
          "ul",
          { class: "values" },
          records.map(
            (record) => h(
              "li",
              {},
              createRecord(record, new URLSearchParams()),
              record.name !== void 0 && h("code", { class: "fine" }, ` ${record.id}`)
            )
          )
        )
      ),
      activity.submission !== void 0 && renderSubmission(activity.submission),
      section(
        words4.details,
        h(
          "dl",
          { class: "entries" },
          timeEntry(words4.occurredAt, activity.occurred_at),
          timeEntry(words4.loggedAt, activity.logged_at),
          actorEntry(words4.actor, activity.actor),
          actorEntry(words4.authenticatedAs, activity.authenticated_as),
          actorEntry(words4.onBehalfOf, activity.on_behalf_of),
          entry(
            words4.lastAgent,
            activity.last_agent_actor_id !== void 0 && h("code", {}, activity.last_agent_actor_id)
          ),
          entry(words4.source, texts.source[activity.source]),
          entry(words4.id, h("code", {}, activity.id)),
          entry(words4.tenant, h("code", {}, activity.tenant_id))
        )
      ),
      events !== void 0 && section(
        words4.trail,
        events.element,
        h("p", {}, h("a", { href: formatRoute(["trail"], about) }, words4.openTrail))
      )
    );
    events?.restart();
  }
  async function load() {
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
        error.failure === "not_found" ? h("p", { class: "notice", role: "alert" }, words4.notFoundText) : createReadProblem(error, () => void load()),
        h("p", {}, h("a", { href: "#/" }, texts.notFound.back))
      );
    }
  }
  void load();
  return {
    title: words4.title,
    element: element2,
    stop() {
      calls.abort();
      events?.stop();
    }
  };
}

// src/days.ts
function createDays(rows, above, createRow) {
  const element2 = h("div", { class: "page" });
  let day2 = above === void 0 ? void 0 : dayKey(new Date(above.occurred_at));
  let list;
  for (const row of rows) {
    const key = dayKey(new Date(row.occurred_at));
    if (list === void 0 || key !== day2) {
      const heading = h("h2", { class: "day" }, dayTitle(row.occurred_at, texts.days));
      heading.dataset.at = row.occurred_at;
      heading.classList.toggle("continues", list === void 0 && key === day2);
      list = h("ol", { class: "rows" });
      element2.append(heading, list);
      day2 = key;
    }
    list.append(createRow(row));
  }
  return element2;
}
var MINUTE_MS = 6e4;
function keepDaysCurrent(root2) {
  let today = dayKey(/* @__PURE__ */ new Date());
  const timer = setInterval(() => {
    const now = dayKey(/* @__PURE__ */ new Date());
    if (now !== today) {
      today = now;
      for (const heading of root2.querySelectorAll("[data-at]")) {
        fill(heading, dayTitle(heading.dataset.at ?? "", texts.days));
      }
    }
  }, MINUTE_MS);
  return () => clearInterval(timer);
}

// src/filters.ts
var FIRST_DAY = "1970-01-01";
var LAST_DAY = "9999-12-31";
var DATE_PAUSE_MS = 600;
function chosenDay(value, kind) {
  const at = new Date(value);
  if (Number.isNaN(at.getTime())) {
    return void 0;
  }
  const days = kind === "to" ? 1 : 0;
  const chosen = new Date(at);
  chosen.setDate(chosen.getDate() - days);
  const key = dayKey(chosen);
  return startOfDay(key, days) === at.toISOString() ? key : void 0;
}
function makeControl(field) {
  switch (field.kind) {
    case "choice":
      return createField(createSelect(field.name, texts.filters.any, field.options), field);
    case "text":
      return createField(
        h("input", { name: field.name, type: "text", autocomplete: "off", spellcheck: "false" }),
        field
      );
    default:
      return createField(
        h("input", { name: field.name, type: "date", min: FIRST_DAY, max: LAST_DAY }),
        field
      );
  }
}
function isDate(control) {
  return control instanceof HTMLInputElement && control.type === "date";
}
function isHalfTyped(control) {
  return isDate(control) && !control.validity.valid;
}
function createFilters(parts) {
  let shown = new URLSearchParams();
  let pending;
  const controls = /* @__PURE__ */ new Map();
  for (const field of parts.fields) {
    controls.set(field.name, makeControl(field));
  }
  function read() {
    const next = new URLSearchParams(shown);
    for (const field of parts.fields) {
      const value = controls.get(field.name)?.control.value.trim() ?? "";
      next.delete(field.name);
      if (field.kind === "choice" || field.kind === "text") {
        next.set(field.name, value);
      } else {
        const before = shown.get(field.name) ?? "";
        const within = value === "" && before !== "" && chosenDay(before, field.kind) === void 0;
        const kept3 = within || isHalfTyped(controls.get(field.name)?.control);
        next.set(
          field.name,
          kept3 ? before : startOfDay(value, field.kind === "to" ? 1 : 0) ?? ""
        );
      }
    }
    for (const field of parts.fields) {
      if (field.needs !== void 0 && (next.get(field.needs) ?? "") === "") {
        next.delete(field.name);
      }
    }
    for (const [name, value] of [...next]) {
      if (value === "") {
        next.delete(name);
      }
    }
    return next;
  }
  function halves() {
    const found = [];
    for (const { name, label, needs } of parts.fields) {
      const control = controls.get(name)?.control;
      if (isHalfTyped(control) && document.activeElement !== control) {
        found.push({ field: name, message: texts.filters.wholeDay });
      }
      const other = needs === void 0 ? void 0 : controls.get(needs);
      if (needs !== void 0 && control?.value.trim() && other?.control.value.trim() === "") {
        found.push({ field: needs, message: texts.filters.goesWith(label) });
      }
    }
    return found;
  }
  function apply() {
    clearTimeout(pending);
    pending = void 0;
    if (!form.isConnected) {
      return;
    }
    const missing = halves();
    showViolations(controls, missing);
    if (missing.length > 0) {
      parts.announce(missing.map(({ message }) => message).join(" "));
    }
    parts.changed(read());
  }
  const form = h(
    "form",
    {
      class: "filters",
      novalidate: true,
      on: {
        submit: (event) => {
          event.preventDefault();
          apply();
        },
        // Of a date without a year there is no change to be told of.
        focusout: ({ target }) => {
          if (isDate(target) && isHalfTyped(target)) {
            controls.get(target.name)?.setError(texts.filters.wholeDay);
          }
        },
        change: ({ target }) => {
          if (isDate(target)) {
            clearTimeout(pending);
            pending = setTimeout(apply, DATE_PAUSE_MS);
          } else {
            apply();
          }
        }
      }
    },
    [...controls.values()].map((field) => field.element)
  );
  const chips = h("ul", { class: "chips", "aria-label": texts.filters.set });
  function valueText(field, value) {
    switch (field.kind) {
      case "choice":
        return field.options.find((option) => option.value === value)?.label ?? value;
      case "text":
        return field.say?.(value) ?? value;
      default: {
        const key = chosenDay(value, field.kind);
        return key === void 0 ? dateTimeText(value) : dateText(startOfDay(key) ?? value);
      }
    }
  }
  function chip(label, value, names) {
    return h(
      "li",
      {},
      h(
        "button",
        {
          type: "button",
          class: "chip",
          "aria-label": texts.filters.remove(label, value),
          on: {
            click: () => {
              const next = new URLSearchParams(shown);
              for (const name of names) {
                next.delete(name);
              }
              parts.changed(next);
              (chips.querySelector("button") ?? placeOfFilters())?.focus();
            }
          }
        },
        h("span", { class: "chip-label" }, `${label}:`),
        h("span", { dir: "auto", class: "chip-value" }, value),
        icon(...CROSS)
      )
    );
  }
  function placeOfFilters() {
    const closed = form.closest("details:not([open])");
    return closed?.querySelector("summary") ?? form.querySelector("select, input");
  }
  function clear() {
    const next = new URLSearchParams(shown);
    for (const { name } of [...parts.fields, ...parts.others ?? []]) {
      next.delete(name);
    }
    parts.changed(next);
    placeOfFilters()?.focus();
  }
  function showChips() {
    const items = [];
    for (const other of parts.others ?? []) {
      const value = shown.get(other.name);
      if (value) {
        items.push(chip(other.label, value, [other.name]));
      }
    }
    for (const field of parts.fields) {
      const value = shown.get(field.name);
      if (value) {
        const dependent = parts.fields.filter((other) => other.needs === field.name);
        const names = [field.name, ...dependent.map((other) => other.name)];
        items.push(chip(field.label, valueText(field, value), names));
      }
    }
    if (items.length > 1) {
      items.push(
        h(
          "li",
          {},
          h(
            "button",
            { type: "button", class: "chip clear", on: { click: clear } },
            texts.filters.clear
          )
        )
      );
    }
    fill(chips, items);
    chips.hidden = items.length === 0;
  }
  return {
    form,
    chips,
    show(parameters) {
      const before = shown;
      shown = new URLSearchParams(parameters);
      for (const field of parts.fields) {
        const control = controls.get(field.name)?.control;
        if (control === void 0) {
          continue;
        }
        const value = shown.get(field.name) ?? "";
        const text = field.kind === "choice" || field.kind === "text" ? value : chosenDay(value, field.kind) ?? "";
        const half = field.needs !== void 0 && !shown.has(field.needs) && !before.has(field.name);
        const unread = isHalfTyped(control) || isDate(control) && pending !== void 0;
        const typed = document.activeElement === control && (field.kind === "text" || unread);
        if (!half && !typed && control.value !== text) {
          control.value = text;
        }
      }
      showChips();
    },
    showViolations(violations) {
      const named = new Set(violations.map(({ field }) => field));
      const missing = halves().filter(({ field }) => !named.has(field));
      return showViolations(controls, [...violations, ...missing]).rest;
    }
  };
}

// src/poller.ts
var SHORTEST_MS = 2e4;
var LONGEST_MS = 12e4;
var LONGEST_AFTER_ERRORS_MS = 6e5;
function startPolling(ask) {
  let pauseMs = SHORTEST_MS;
  let timer;
  let asking;
  let stopped = false;
  const mayAsk = () => !stopped && !document.hidden && navigator.onLine;
  function wait() {
    clearTimeout(timer);
    if (mayAsk()) {
      timer = setTimeout(() => void askOnce(), pauseMs);
    }
  }
  async function askOnce() {
    if (!mayAsk() || asking !== void 0) {
      return;
    }
    const own = new AbortController();
    asking = own;
    try {
      const news = await ask(own.signal);
      pauseMs = news ? SHORTEST_MS : Math.min(pauseMs * 1.5, LONGEST_MS);
    } catch (thrown) {
      if (isAborted(thrown)) {
        return;
      }
      const error = asApiError(thrown);
      if (["unauthorized", "forbidden", "invalid", "malformed", "not_found"].includes(error.failure)) {
        stop();
        return;
      }
      pauseMs = Math.min(pauseMs * 2, LONGEST_AFTER_ERRORS_MS);
      pauseMs = Math.max(pauseMs, error.retryAfterMs ?? 0);
    } finally {
      if (asking === own) {
        asking = void 0;
      }
    }
    wait();
  }
  function awake() {
    if (mayAsk()) {
      pauseMs = Math.max(1e3, Math.min(pauseMs, SHORTEST_MS));
      wait();
    } else {
      clearTimeout(timer);
      asking?.abort();
      asking = void 0;
    }
  }
  function stop() {
    stopped = true;
    clearTimeout(timer);
    asking?.abort();
    document.removeEventListener("visibilitychange", awake);
    window.removeEventListener("online", awake);
    window.removeEventListener("offline", awake);
  }
  document.addEventListener("visibilitychange", awake);
  window.addEventListener("online", awake);
  window.addEventListener("offline", awake);
  wait();
  return { stop };
}

// src/pages/timeline.ts
var PAGE_ROWS2 = 50;
var POLL_ROWS = 10;
var TYPING_PAUSE_MS = 250;
var WRITING_PAUSE_MS = 1e3;
var categories = Object.keys(texts.category);
var options2 = (words5) => Object.entries(words5).map(([value, label]) => ({ value, label }));
var { user, service, agent } = texts.actor;
var FILTERS = [
  {
    kind: "choice",
    name: "related_resource_type",
    label: texts.timeline.recordType,
    options: options2(texts.record),
    needs: "related_resource_id"
  },
  {
    kind: "text",
    name: "related_resource_id",
    label: texts.timeline.recordId,
    hint: texts.timeline.recordHint,
    needs: "related_resource_type"
  },
  {
    kind: "choice",
    name: "actor_type",
    label: texts.timeline.actorType,
    options: options2({ user, service, agent }),
    needs: "actor_id"
  },
  {
    kind: "text",
    name: "actor_id",
    label: texts.timeline.actor,
    hint: texts.timeline.actorHint
  },
  {
    kind: "choice",
    name: "source",
    label: texts.timeline.source,
    options: options2(texts.source)
  },
  { kind: "from", name: "occurred_after", label: texts.timeline.from },
  { kind: "to", name: "occurred_before", label: texts.timeline.to }
];
var TYPE_AND_FILTERS = [
  {
    kind: "choice",
    name: "type",
    label: texts.timeline.types,
    options: options2(texts.category)
  },
  ...FILTERS
];
function boundText(name, value) {
  const field = TYPE_AND_FILTERS.find((known3) => known3.name === name);
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
var PARAMETERS = ["query", "type", ...FILTERS.map(({ name }) => name)];
function known(parameters) {
  const kept3 = new URLSearchParams();
  for (const name of PARAMETERS) {
    const value = parameters.get(name);
    const field = TYPE_AND_FILTERS.find((own) => own.name === name);
    const isChoice = field?.kind === "choice";
    if (value && !(isChoice && field.options.every((option) => option.value !== value))) {
      kept3.set(name, value);
    }
  }
  return kept3;
}
function withLimit(parameters, limit, cursor) {
  const all = new URLSearchParams(parameters);
  all.set("limit", String(limit));
  if (cursor !== void 0) {
    all.set("cursor", cursor);
  }
  return all;
}
function snippetOf({ snippet = "", summary }) {
  return (snippet.startsWith(summary) ? snippet.slice(summary.length) : snippet).trim();
}
function openTimeline(context, route) {
  let parameters = known(route.parameters);
  let firstPage;
  let polling;
  let typing;
  let telling;
  const bound = Object.entries(context.me.filters ?? {});
  const boundNames = new Set(bound.map(([name]) => name));
  const boundType = context.me.filters?.type;
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
          if (!event.isComposing) {
            typing = setTimeout(searchNow, TYPING_PAUSE_MS);
          }
        },
        compositionend: () => {
          typing = setTimeout(searchNow, TYPING_PAUSE_MS);
        }
      }
    }),
    { label: texts.timeline.search, class: "search" }
  );
  function stopTyping() {
    clearTimeout(telling);
    clearTimeout(typing);
    typing = void 0;
  }
  function isTyping2() {
    return typing !== void 0 && search.control.value.trim() !== (parameters.get("query") ?? "");
  }
  function searchNow() {
    stopTyping();
    const next = new URLSearchParams(parameters);
    const query = search.control.value.trim();
    next.delete("query");
    if (query !== "") {
      next.set("query", query);
    }
    if (next.get("query") === parameters.get("query")) {
      return;
    }
    const isStep = parameters.has("query") !== next.has("query");
    context.go(formatRoute([], next), isStep ? "push" : "replace");
  }
  const filters = createFilters({
    fields: FILTERS.filter(({ name }) => !boundNames.has(name)),
    changed: (next) => context.go(formatRoute([], next)),
    announce: context.announce
  });
  const count2 = h("span", { class: "badge" });
  const more = h(
    "details",
    { class: "more" },
    h("summary", {}, texts.filters.title, " ", count2),
    filters.form
  );
  const types = h("div", { class: "types", role: "group", "aria-label": texts.timeline.types });
  function typeButton(type) {
    const label = type === void 0 ? texts.timeline.allTypes : texts.category[type];
    return h(
      "button",
      {
        type: "button",
        class: "type",
        "data-type": type ?? "",
        on: {
          click: () => {
            const next = new URLSearchParams(parameters);
            next.delete("type");
            if (type !== void 0) {
              next.set("type", type);
            }
            context.go(formatRoute([], next));
          }
        }
      },
      type !== void 0 && icon(...CATEGORY[type]),
      label
    );
  }
  const choice = boundType === void 0 ? categories : [boundType];
  fill(types, typeButton(void 0), choice.map(typeButton));
  types.hidden = choice.length === 1;
  function showFilters() {
    if (search.control.value.trim() !== (parameters.get("query") ?? "")) {
      search.control.value = parameters.get("query") ?? "";
    }
    filters.show(parameters);
    fill(logAction, may(context, "activity:write") && createLogAction());
    const set = FILTERS.filter(({ name }) => parameters.has(name)).length;
    fill(count2, set);
    count2.hidden = set === 0;
    for (const button of types.querySelectorAll("[data-type]")) {
      const pressed = button.dataset.type === (parameters.get("type") ?? "");
      button.setAttribute("aria-pressed", String(pressed));
    }
  }
  const refused = h("p", { class: "empty" }, texts.timeline.invalid);
  refused.hidden = true;
  const pager = createPager({
    async load(cursor, signal) {
      const answer = await context.client.searchActivities(
        withLimit(parameters, PAGE_ROWS2, cursor),
        signal
      );
      refused.hidden = true;
      search.setError(void 0);
      filters.showViolations([]);
      return { rows: answer.activities, next: answer.next_cursor };
    },
    render: (rows, above) => createDays(rows, above, renderRow),
    empty: renderEmpty,
    end: texts.pager.end,
    announce: context.announce,
    began(rows, newest) {
      firstPage = { ids: new Set(rows.map(({ id }) => id)), whole: rows.length < PAGE_ROWS2 };
      showFresh(0, false);
      polling?.stop();
      if (newest) {
        window.history.replaceState(null, "");
        poll();
      }
    },
    failed: showViolations2
  });
  function showViolations2(error) {
    if (error.failure !== "invalid") {
      return false;
    }
    if (error.fieldErrors.some(({ field }) => field === "cursor")) {
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
      search.setError(message === "" ? void 0 : message);
      refused.hidden = false;
      context.announce(error.fieldErrors.map((violation) => violation.message).join("; "));
    };
    const isWriting = own.length > 0 && document.activeElement === search.control;
    telling = setTimeout(tell, isWriting ? WRITING_PAUSE_MS : 0);
    return true;
  }
  function renderRow(activity) {
    const records = relatedRecords(activity);
    const snippet = snippetOf(activity);
    return h(
      "li",
      { class: "row", "data-type": activity.type },
      h(
        "div",
        { class: "row-kind" },
        icon(...CATEGORY[activity.type]),
        h("span", {}, texts.category[activity.type])
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
              }
            }
          },
          activity.summary
        ),
        snippet !== "" && h("p", { class: "snippet", dir: "auto" }, snippet),
        h(
          "div",
          { class: "row-meta" },
          createDeed(activity, { path: [], parameters }),
          records.map((record) => createRecord(record, parameters)),
          // By which door it came in tells nothing to customers of those who run it.
          !context.viewer && h("span", { class: "source" }, texts.source[activity.source])
        )
      ),
      h("div", { class: "row-time" }, timeOfDay(activity.occurred_at))
    );
  }
  function renderEmpty() {
    if (parameters.size > 0) {
      return h(
        "div",
        { class: "empty" },
        h("h2", {}, texts.timeline.nothing),
        h("p", {}, texts.timeline.nothingText),
        h("button", { type: "button", on: { click: () => context.go("#/") } }, texts.filters.clear)
      );
    }
    const mayLog = may(context, "activity:write");
    return h(
      "div",
      { class: "empty" },
      h("h2", {}, texts.timeline.empty),
      h("p", {}, context.viewer ? texts.timeline.emptyViewer : texts.timeline.emptyText),
      !context.viewer && !mayLog && h("p", {}, texts.timeline.emptyReader),
      mayLog && createLogAction()
    );
  }
  function keepPlace(activity) {
    const place = pager.placeOf(activity);
    window.history.replaceState({ place, row: activity.id }, "");
  }
  function begin() {
    const state = window.history.state;
    if (state?.place === void 0) {
      pager.restart();
      return;
    }
    pager.resume(state.place, () => {
      const rows = pager.element.querySelectorAll("[data-row]");
      const row = [...rows].find(({ dataset }) => dataset.row === state.row);
      row?.focus();
      row?.scrollIntoView({ block: "center" });
    });
  }
  const fresh = h("div", { class: "fresh" });
  function showFresh(found, orMore) {
    fresh.hidden = found === 0;
    fill(
      fresh,
      found > 0 && h(
        "button",
        {
          type: "button",
          class: "primary",
          on: {
            click: () => {
              pager.restart();
              window.scrollTo({ top: 0 });
              heading.focus({ preventScroll: true });
            }
          }
        },
        texts.timeline.showFresh(found, orMore)
      )
    );
  }
  function poll() {
    const end = parameters.get("occurred_before");
    if (end !== null && Date.parse(end) < Date.now()) {
      return;
    }
    let told = 0;
    polling = startPolling(async (signal) => {
      const seen = firstPage;
      const answer = await context.client.searchActivities(
        withLimit(parameters, POLL_ROWS),
        signal
      );
      if (seen === void 0 || seen !== firstPage) {
        return false;
      }
      const rows = answer.activities;
      const lastSeen = rows.findLastIndex(({ id }) => seen.ids.has(id));
      const reach = seen.whole || lastSeen < 0 ? rows.length : lastSeen;
      const found = rows.slice(0, reach).filter(({ id }) => !seen.ids.has(id)).length;
      const orMore = lastSeen < 0 && answer.next_cursor !== void 0;
      if (found !== told) {
        told = found;
        showFresh(found, orMore);
        context.announce(texts.timeline.fresh(found, orMore));
        return true;
      }
      return false;
    });
  }
  function createLogAction() {
    const about = new URLSearchParams();
    for (const name of ["related_resource_type", "related_resource_id"]) {
      about.set(name, parameters.get(name) ?? "");
    }
    return createMainAction(formatRoute(["log"], about), texts.nav.log);
  }
  const logAction = h("div");
  const heading = pageHeading(texts.timeline.title);
  const element2 = h(
    "div",
    { class: "timeline" },
    h("div", { class: "page-head" }, heading, logAction),
    bound.length > 0 && h(
      "div",
      { class: "notice limits" },
      h("p", {}, texts.timeline.limited),
      h(
        "dl",
        {},
        bound.map(
          ([name, value]) => h(
            "div",
            {},
            h("dt", {}, TYPE_AND_FILTERS.find((field) => field.name === name)?.label ?? name),
            h("dd", {}, written(boundText(name, value)))
          )
        )
      )
    ),
    h(
      "form",
      {
        role: "search",
        class: "find",
        on: {
          submit: (event) => {
            event.preventDefault();
            if (search.control.value.trim() === (parameters.get("query") ?? "")) {
              pager.restart();
            } else {
              searchNow();
            }
          }
        }
      },
      search.element,
      types
    ),
    more,
    filters.chips,
    fresh,
    h("section", { "aria-label": texts.timeline.results }, refused, pager.element)
  );
  const stopDays = keepDaysCurrent(pager.element);
  showFilters();
  showFresh(0, false);
  begin();
  return {
    title: texts.timeline.title,
    element: element2,
    update(next) {
      const query = parameters.get("query");
      parameters = known(next.parameters);
      if (isTyping2() && parameters.get("query") === query) {
        searchNow();
        return;
      }
      stopTyping();
      polling?.stop();
      showFilters();
      begin();
    },
    stop() {
      stopTyping();
      polling?.stop();
      pager.stop();
      stopDays();
    }
  };
}

// src/download.ts
function download(name, mediaType, text) {
  const url = URL.createObjectURL(new Blob([text], { type: `${mediaType};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.hidden = true;
  document.body.appendChild(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
var FORMULA = /^(?:[\t\r]|\s*[=+\-@＝＋－＠])/;
function cell(value) {
  const harmless = FORMULA.test(value) ? `'${value}` : value;
  return `"${harmless.replaceAll('"', '""')}"`;
}
function toCsv(header, rows) {
  const lines = [header, ...rows].map((row) => row.map(cell).join(","));
  return `\uFEFF${lines.join("\r\n")}\r
`;
}
function toJsonLines(values) {
  return values.map((value) => `${JSON.stringify(value)}
`).join("");
}

// src/event-files.ts
var { trail } = texts;
var MAX_FILE_EVENTS = 5e3;
var FILE_PAGE_EVENTS = 100;
var MAX_FILE_PAGES = 200;
async function collectEvents(load, signal, progress) {
  const events = [];
  let cursor;
  for (let pages = 0; pages < MAX_FILE_PAGES && events.length < MAX_FILE_EVENTS; pages += 1) {
    signal.throwIfAborted();
    const limit = Math.min(FILE_PAGE_EVENTS, MAX_FILE_EVENTS - events.length);
    const answer = await load(cursor, limit, signal);
    events.push(...answer.audit_events);
    cursor = answer.next_cursor;
    if (cursor === void 0) {
      return { events, areMore: false };
    }
    progress(events.length);
  }
  return { events, areMore: true };
}
function createEventFiles(parts) {
  let running;
  const csv = button(trail.csv, () => void take("csv"));
  const jsonLines = button(trail.jsonLines, () => void take("jsonl"));
  const stop = button(texts.cancel, () => running?.abort());
  const told = h("div", { class: "downloaded" });
  function button(label, click) {
    return h("button", { type: "button", class: "quiet", on: { click } }, label);
  }
  function show(any) {
    csv.hidden = !any;
    jsonLines.hidden = !any;
  }
  function showRunning(now) {
    running = now;
    csv.disabled = now !== void 0;
    jsonLines.disabled = now !== void 0;
    stop.hidden = now === void 0;
  }
  function tell(text) {
    fill(told, h("p", {}, text));
    parts.announce(text);
  }
  function save(form, { events, areMore }) {
    const at = (/* @__PURE__ */ new Date()).toISOString().replace(/[:.]/g, "-");
    const name = `audit-trail-${parts.workspace}-${at}.${form}`;
    if (form === "csv") {
      download(name, "text/csv", toCsv(eventColumns, events.map(eventCells)));
    } else {
      download(name, "application/x-ndjson", toJsonLines(events));
    }
    const count2 = events.length.toLocaleString("en");
    tell(
      areMore ? trail.downloadedFirst(name, count2) : trail.downloaded(name, count2, events.length === 1)
    );
  }
  function showError(form, thrown) {
    if (isAborted(thrown)) {
      tell(trail.downloadStopped);
    } else {
      fill(
        told,
        createProblem(asApiError(thrown), () => void take(form))
      );
    }
  }
  async function take(form) {
    const own = new AbortController();
    showRunning(own);
    stop.focus();
    try {
      const collected = await collectEvents(
        parts.load,
        own.signal,
        (count2) => fill(told, h("p", {}, trail.downloading(count2.toLocaleString("en"))))
      );
      save(form, collected);
    } catch (thrown) {
      if (running === own) {
        showError(form, thrown);
      }
    } finally {
      if (running === own) {
        const hadFocus = document.activeElement === stop;
        showRunning(void 0);
        if (hadFocus) {
          (form === "csv" ? csv : jsonLines).focus();
        }
      }
    }
  }
  show(false);
  showRunning(void 0);
  return {
    tools: [csv, jsonLines, stop],
    told,
    show,
    forget() {
      running?.abort();
      showRunning(void 0);
      fill(told);
    }
  };
}

// src/event-row.ts
var { trail: trail2 } = texts;
var PLAIN = [
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
  "id"
];
function createEventRow(event, list) {
  const refusal2 = refusalText(event);
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
        createChoice(list, { action: event.action }, trail2.action, deedText(event))
      ),
      createAbout(event, list),
      refusal2 !== void 0 && h("p", { class: "refusal" }, refusal2),
      facts.length > 0 && h("p", { class: "facts fine" }, facts.map(createFact)),
      h("div", { class: "row-meta fine" }, createWay(event, list)),
      createDetails(event, list)
    ),
    h("div", { class: "row-time" }, timeOfDay(event.occurred_at))
  );
}
function createChoice({ parameters }, values, label, said) {
  if (Object.entries(values).every(([name, value]) => parameters.get(name) === value)) {
    return said;
  }
  const next = new URLSearchParams(parameters);
  for (const [name, value] of Object.entries(values)) {
    next.set(name, value);
  }
  const title = trail2.only(label, Object.values(values).join(" "));
  return h("a", { href: formatRoute(["trail"], next), title }, said);
}
function createStatus({ status }, list) {
  const said = h(
    "span",
    { class: `badge status-${status}` },
    icon(...STATUS[status]),
    " ",
    trail2.statuses[status]
  );
  return createChoice(list, { status }, trail2.status, said);
}
function createAbout(event, list) {
  const { resource_type: type, resource_id: id } = event;
  if (id === void 0) {
    return null;
  }
  const said = [`${trail2.resources[type]} `, h("code", { dir: "auto" }, id)];
  const onward = onwardFrom(event, id, list);
  return h(
    "p",
    { class: "about" },
    createChoice(list, { resource_type: type, resource_id: id }, trail2.resource, said),
    onward !== void 0 && [" · ", h("a", { class: "way-on", href: onward[0] }, onward[1])]
  );
}
function onwardFrom(event, id, { mayRead }) {
  const trailOf = (parameters) => formatRoute(["trail"], new URLSearchParams(parameters));
  switch (event.resource_type) {
    case "activity":
      return mayRead && event.status === "succeeded" ? [formatRoute(["activities", id]), trail2.openActivity] : void 0;
    case "resource": {
      const [type, own] = splitReference(id) ?? ["", ""];
      if (!mayRead || !Object.hasOwn(texts.record, type)) {
        return void 0;
      }
      const about = { related_resource_type: type, related_resource_id: own };
      return [formatRoute([], new URLSearchParams(about)), trail2.openRecord];
    }
    case "actor":
      return [trailOf({ actor_id: id }), trail2.openActor];
    case "key":
      return [trailOf({ credential_id: id }), trail2.openKey];
    default:
      return void 0;
  }
}
function createFact({ label, value, isTime }) {
  return h("span", {}, `${label}: `, isTime ? dateTime(value) : written(value));
}
function createWay(event, list) {
  const { source, credential_id: credential, client_address: address, user_agent: program } = event;
  const rights = ownText(trail2.credentials, credential);
  const key = rights ?? h("code", {}, credential);
  return [
    h(
      "span",
      {},
      createChoice(list, { source }, trail2.source, trail2.sources[source]),
      " ",
      doorText(event)
    ),
    h(
      "span",
      {},
      rights === void 0 && `${trail2.key} `,
      createChoice(list, { credential_id: credential }, trail2.credential, key)
    ),
    address !== void 0 && h("span", {}, `${trail2.client} `, h("code", {}, address)),
    program !== void 0 && h("span", { class: "program", dir: "auto", title: program }, program)
  ];
}
function createDetails(event, list) {
  const details = h(
    "details",
    {
      class: "all",
      on: {
        toggle: () => {
          if (details.open && details.children.length === 1) {
            details.append(createProperties(event, list));
          }
        }
      }
    },
    h("summary", { "data-row": event.id }, trail2.more)
  );
  return details;
}
function createProperties(event, list) {
  const pairs = [
    [trail2.property.occurred_at, exactTime(event.occurred_at)],
    [trail2.property.occurred_at_utc, h("code", {}, inUtc(event.occurred_at))]
  ];
  for (const name of ["actor", "authenticated_as", "on_behalf_of"]) {
    const actor = event[name];
    if (actor !== void 0) {
      const id = h("code", { dir: "auto" }, `${actor.type}:${actor.id}`);
      const named = actor.display_name !== void 0 && [written(actor.display_name), " "];
      pairs.push([trail2.property[name], [named, id]]);
    }
  }
  for (const name of PLAIN) {
    const value = event[name];
    if (value !== void 0) {
      const text = typeof value === "string" ? value : value.join(", ");
      const said = h("code", { dir: "auto" }, text);
      const chosen = () => createChoice(list, { request_id: text }, trail2.request, said);
      pairs.push([trail2.property[name], name === "request_id" ? chosen() : said]);
    }
  }
  return h(
    "dl",
    { class: "properties" },
    pairs.map(([label, value]) => [h("dt", {}, label), h("dd", {}, value)])
  );
}

// src/pages/trail.ts
var PAGE_ROWS3 = 50;
var { trail: trail3 } = texts;
var capitalized = (text) => text.charAt(0).toUpperCase() + text.slice(1);
var options3 = (words5) => Object.entries(words5).map(([value, label]) => ({ value, label }));
var FILTERS2 = [
  { kind: "choice", name: "status", label: trail3.status, options: options3(trail3.statuses) },
  {
    kind: "choice",
    name: "action",
    label: trail3.action,
    options: Object.entries(trail3.actions).map(([value, [did]]) => ({
      value,
      label: capitalized(did)
    }))
  },
  {
    kind: "choice",
    name: "resource_type",
    label: trail3.resourceType,
    options: options3(trail3.resources)
  },
  { kind: "text", name: "resource_id", label: trail3.resource, hint: trail3.resourceHint },
  { kind: "text", name: "actor_id", label: trail3.actor, hint: trail3.actorHint },
  {
    kind: "choice",
    name: "actor_type",
    label: trail3.actorType,
    options: options3({
      user: texts.actor.user,
      service: texts.actor.service,
      agent: texts.actor.agent
    })
  },
  { kind: "text", name: "credential_id", label: trail3.credential, hint: trail3.credentialHint },
  { kind: "text", name: "request_id", label: trail3.request, hint: trail3.requestHint },
  { kind: "choice", name: "source", label: trail3.source, options: options3(trail3.sources) },
  { kind: "from", name: "occurred_after", label: trail3.from },
  { kind: "to", name: "occurred_before", label: trail3.to }
];
function known2(parameters) {
  const kept3 = new URLSearchParams();
  for (const { name } of FILTERS2) {
    const value = parameters.get(name);
    if (value) {
      kept3.set(name, value);
    }
  }
  return kept3;
}
function openTrail(context, route) {
  let parameters = known2(route.parameters);
  let choseInList = false;
  const filters = createFilters({
    fields: FILTERS2,
    changed: (next) => context.go(formatRoute(["trail"], next)),
    announce: context.announce
  });
  filters.chips.tabIndex = -1;
  const count2 = h("span", { class: "badge" });
  const more = h(
    "details",
    { class: "more" },
    h("summary", {}, texts.filters.title, " ", count2),
    filters.form
  );
  function showFilters() {
    filters.show(parameters);
    fill(count2, parameters.size);
    count2.hidden = parameters.size === 0;
  }
  const mayRead = may(context, "activity:read");
  const refused = h("p", { class: "empty" }, trail3.invalid);
  refused.hidden = true;
  function loadPage(limit, cursor, signal) {
    const all = new URLSearchParams(parameters);
    all.set("limit", String(limit));
    if (cursor !== void 0) {
      all.set("cursor", cursor);
    }
    return context.client.listAuditEvents(all, signal);
  }
  const pager = createPager({
    async load(cursor, signal) {
      const answer = await loadPage(PAGE_ROWS3, cursor, signal);
      refused.hidden = true;
      filters.showViolations([]);
      return { rows: answer.audit_events, next: answer.next_cursor };
    },
    render: (rows, above) => createDays(rows, above, (event) => createEventRow(event, { parameters, mayRead })),
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
    failed: showViolations2
  });
  pager.element.addEventListener("click", (click) => {
    const { target } = click;
    if (opensElsewhere(click)) {
      return;
    }
    const link = target instanceof Element ? target.closest("a[href]") : null;
    const id = link?.closest("[data-event]")?.dataset.event;
    const event = pager.rows().find((row) => row.id === id);
    if (link === null || event === void 0) {
      return;
    }
    window.history.replaceState({ place: pager.placeOf(event), row: id }, "");
    choseInList = link.getAttribute("href")?.startsWith("#/trail?") === true;
  });
  function begin() {
    const state = window.history.state;
    if (state?.place === void 0) {
      pager.restart();
      return;
    }
    pager.resume(state.place, () => {
      const rows = pager.element.querySelectorAll("[data-event]");
      const row = [...rows].find(({ dataset }) => dataset.event === state.row);
      row?.querySelector("[data-row]")?.focus();
      row?.scrollIntoView({ block: "center" });
    });
  }
  function showViolations2(error) {
    files.show(false);
    choseInList = false;
    if (error.failure !== "invalid") {
      return false;
    }
    if (error.fieldErrors.some(({ field }) => field === "cursor")) {
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
  function renderEmpty() {
    const filtered = parameters.size > 0;
    return h(
      "div",
      { class: "empty" },
      h("h2", {}, filtered ? trail3.nothing : trail3.empty),
      h("p", {}, filtered ? trail3.nothingText : trail3.emptyText),
      filtered && h(
        "button",
        { type: "button", on: { click: () => context.go(formatRoute(["trail"])) } },
        texts.filters.clear
      )
    );
  }
  const files = createEventFiles({
    load: (cursor, limit, signal) => loadPage(limit, cursor, signal),
    workspace: context.me.tenant_id,
    announce: context.announce
  });
  const element2 = h(
    "div",
    { class: "timeline" },
    h(
      "div",
      { class: "page-head" },
      h("div", {}, pageHeading(trail3.title), h("p", { class: "lead" }, trail3.lead))
    ),
    more,
    filters.chips,
    h(
      "div",
      { class: "tools" },
      h(
        "button",
        { type: "button", class: "quiet", on: { click: () => pager.restart() } },
        trail3.reload
      ),
      files.tools
    ),
    files.told,
    h("section", { "aria-label": trail3.results }, refused, pager.element)
  );
  const stopDays = keepDaysCurrent(pager.element);
  showFilters();
  begin();
  return {
    title: trail3.title,
    element: element2,
    update(next) {
      parameters = known2(next.parameters);
      files.forget();
      showFilters();
      begin();
    },
    stop() {
      files.forget();
      stopDays();
      pager.stop();
    }
  };
}

// src/pages/table.ts
var pageTable = [
  { path: [], scope: "activity:read", nav: texts.nav.timeline, open: openTimeline },
  { path: ["activities", ":id"], scope: "activity:read", open: openRecord },
  { path: ["log"], scope: "activity:write", action: texts.nav.log, open: openLog },
  { path: ["trail"], scope: "audit:read", nav: texts.nav.trail, open: openTrail },
  { path: ["keys"], scope: "keys:manage", nav: texts.nav.keys, open: openKeys }
];

// src/api/clock.ts
var ahead = 0;
function noteServerTime(date) {
  const at = Date.parse(date ?? "");
  if (!Number.isNaN(at)) {
    ahead = at - Date.now();
  }
}
function serverNow() {
  return Date.now() + ahead;
}

// src/api/transport.ts
var ATTEMPT_TIMEOUT_MS = 2e4;
var MAX_ATTEMPTS = 3;
var FIRST_PAUSE_MS = 400;
var MAX_PAUSE_MS = 5e3;
var FAILURES = {
  400: "malformed",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  413: "too_large",
  422: "invalid",
  429: "rate_limited",
  500: "unavailable",
  502: "unavailable",
  503: "unavailable",
  504: "unavailable"
};
function retryAfter(response) {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1e3 : void 0;
}
async function readJson(response) {
  try {
    return await response.json();
  } catch (error) {
    if (isAborted(error)) {
      throw error;
    }
    return void 0;
  }
}
async function refusal(response) {
  const body = await readJson(response);
  const detail = body?.error;
  const parts = {
    status: response.status,
    requestId: response.headers.get("x-request-id") ?? detail?.request_id,
    requiredScope: detail?.required_scope,
    fieldErrors: detail?.field_errors,
    retryAfterMs: retryAfter(response)
  };
  const failure = FAILURES[response.status] ?? "unexpected";
  return new ApiError(failure, detail?.message ?? response.statusText, parts);
}
async function attempt(credential, call) {
  const clock = new AbortController();
  const timer = setTimeout(() => clock.abort(), ATTEMPT_TIMEOUT_MS);
  const giveUp = () => clock.abort();
  call.signal?.addEventListener("abort", giveUp);
  try {
    call.signal?.throwIfAborted();
    const query = call.parameters?.toString() ?? "";
    const response = await fetch(query === "" ? call.path : `${call.path}?${query}`, {
      method: call.method,
      headers: {
        Authorization: `Bearer ${credential.token}`,
        ...credential.user === void 0 ? {} : { "X-USER-ID": headerText(credential.user) },
        ...call.body === void 0 ? {} : { "Content-Type": "application/json" },
        ...call.headers
      },
      body: call.body === void 0 ? null : JSON.stringify(call.body),
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: clock.signal
    });
    noteServerTime(response.headers.get("date"));
    if (!response.ok) {
      throw await refusal(response);
    }
    const answer = await readJson(response);
    if (typeof answer !== "object" || answer === null) {
      throw new ApiError("unexpected", "The answer is not JSON.", { status: response.status });
    }
    return answer;
  } catch (error) {
    if (error instanceof ApiError) {
      throw error;
    }
    if (call.signal?.aborted) {
      throw new DOMException("nobody waits for the answer", "AbortError");
    }
    if (isAborted(error)) {
      throw new ApiError("timeout", "There was no answer in time.");
    }
    throw new ApiError("offline", "The API could not be reached.");
  } finally {
    clearTimeout(timer);
    call.signal?.removeEventListener("abort", giveUp);
  }
}
function headerText(text) {
  return String.fromCharCode(...new TextEncoder().encode(text));
}
function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(new DOMException("nobody waits for the answer", "AbortError"));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", end);
      resolve();
    }, ms);
    signal?.addEventListener("abort", end, { once: true });
  });
}
function pauseAfter(error, attempts, call) {
  if (!(error instanceof ApiError) || !call.repeatable || attempts >= MAX_ATTEMPTS) {
    return void 0;
  }
  const passing = ["offline", "timeout", "rate_limited", "unavailable"].includes(error.failure);
  if (!passing || error.failure === "offline" && !navigator.onLine) {
    return void 0;
  }
  const asked = error.retryAfterMs ?? 0;
  if (asked > MAX_PAUSE_MS) {
    return void 0;
  }
  const own = FIRST_PAUSE_MS * 2 ** (attempts - 1) * (1 + Math.random() / 2);
  return Math.max(asked, own);
}
async function send(credential, call) {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt(credential, call);
    } catch (error) {
      const ms = pauseAfter(error, attempts, call);
      if (ms === void 0) {
        throw error;
      }
      await pause(ms, call.signal);
    }
  }
}

// src/api/client.ts
function createClient(credential, refused) {
  async function call(call2) {
    try {
      return await send(credential, call2);
    } catch (error) {
      if (error instanceof ApiError && error.failure === "unauthorized") {
        refused();
      }
      throw error;
    }
  }
  const get = (path, parameters, signal) => call({ method: "GET", path, parameters, signal, repeatable: true });
  const post = (path, body, key, signal) => call({
    method: "POST",
    path,
    body,
    headers: { "Idempotency-Key": key },
    signal,
    repeatable: true
  });
  const none = new URLSearchParams();
  return {
    me: (signal) => get("v1/me", none, signal),
    searchActivities: (parameters, signal) => get("v1/activities", parameters, signal),
    getActivity: (id, signal) => get(`v1/activities/${encodeURIComponent(id)}`, none, signal),
    logActivity: (input, signal) => call({ method: "POST", path: "v1/activities", body: input, signal, repeatable: true }),
    listAuditEvents: (parameters, signal) => get("v1/audit-events", parameters, signal),
    listKeys: (parameters, signal) => get("v1/keys", parameters, signal),
    getKey: (keyId, signal) => get(`v1/keys/${encodeURIComponent(keyId)}`, none, signal),
    createKey: (input, key, signal) => post("v1/keys", input, key, signal),
    rotateKey: (keyId, input, key, signal) => post(`v1/keys/${encodeURIComponent(keyId)}/rotate`, input, key, signal),
    revokeKey: (keyId, signal) => call({
      method: "DELETE",
      path: `v1/keys/${encodeURIComponent(keyId)}`,
      signal,
      repeatable: true
    })
  };
}

// src/session.ts
var KEPT = "activity-log.credential";
var VIEWER = "activity-log.viewer";
function isViewerToken(token) {
  return token.startsWith("alv_");
}
function kept2(name) {
  try {
    return window.sessionStorage.getItem(name);
  } catch {
    return null;
  }
}
function keep(name, text) {
  try {
    if (text === void 0) {
      window.sessionStorage.removeItem(name);
    } else {
      window.sessionStorage.setItem(name, text);
    }
  } catch {
  }
}
function keptCredential() {
  try {
    const { token, user: user2 } = JSON.parse(kept2(KEPT) ?? "{}");
    if (typeof token !== "string") {
      return void 0;
    }
    return typeof user2 === "string" ? { token, user: user2 } : { token };
  } catch {
    return void 0;
  }
}
function isViewersTab() {
  return kept2(VIEWER) !== null;
}
function forgetViewer() {
  keep(VIEWER, void 0);
}
function takeViewerToken() {
  const fragment = new URLSearchParams(window.location.hash.slice(1));
  const token = fragment.get("viewer_token");
  if (token === null) {
    return void 0;
  }
  keep(VIEWER, "1");
  const to = (fragment.get("to") ?? "").replace(/^#/, "");
  window.history.replaceState(null, "", `#${to.startsWith("/") ? to : "/"}`);
  return isViewerToken(token) ? { token } : "none";
}
var CLOCK_STEP_MS = 1e4;
function timeLeft({ expires_at: end }) {
  return end === void 0 ? Number.POSITIVE_INFINITY : Date.parse(end) - serverNow();
}
function createSession(changed) {
  let state;
  let ending = "none";
  let clock;
  function end(why) {
    clearTimeout(clock);
    state = void 0;
    ending = why;
    keep(KEPT, void 0);
    changed();
  }
  function endInTime(signedIn) {
    clearTimeout(clock);
    const left = timeLeft(signedIn.me);
    if (!Number.isFinite(left)) {
      return;
    }
    const step = Math.min(Math.max(left, 0), CLOCK_STEP_MS);
    clock = setTimeout(() => {
      if (timeLeft(signedIn.me) <= 0) {
        end("expired");
      } else {
        endInTime(signedIn);
      }
    }, step);
  }
  const session = {
    current: () => state,
    ending: () => ending,
    async signIn(credential, stay) {
      const client = createClient(credential, () => {
        if (state?.client === client) {
          end(timeLeft(state.me) <= 0 ? "expired" : "refused");
        }
      });
      const me = await client.me();
      state = { client, me, credential, viewer: isViewerToken(credential.token) };
      ending = "none";
      endInTime(state);
      keep(KEPT, stay && !state.viewer ? JSON.stringify(credential) : void 0);
      return state;
    },
    async resume(credential, stay) {
      try {
        await session.signIn(credential, stay);
      } catch (error) {
        if (!(error instanceof ApiError) || error.failure !== "unauthorized") {
          throw error;
        }
        if (state === void 0) {
          end("refused");
        }
      }
    },
    signOut() {
      window.history.replaceState(null, "", "#/");
      end("signed_out");
    }
  };
  return session;
}

// src/main.ts
function kindOf({ path }) {
  return pageTable.find(
    (kind) => kind.path.length === path.length && kind.path.every((part, index) => part.startsWith(":") || part === path[index])
  );
}
function startOf(signedIn) {
  return signedIn === void 0 || may(signedIn, "activity:read") ? void 0 : pageTable.find(({ scope }) => may(signedIn, scope));
}
function start(root2) {
  const session = createSession(() => reopen());
  const shell = createShell(root2, pageTable, () => {
    forgetDraft();
    session.signOut();
  });
  let router;
  let page;
  let path;
  let viewer = false;
  let opened = 0;
  let resuming = false;
  function openPage(route) {
    const signedIn = session.current();
    if (signedIn === void 0) {
      return openSignIn({ ending: session.ending(), viewer, useKey, signIn });
    }
    const kind = kindOf(route);
    if (kind === void 0) {
      return openNotFound();
    }
    if (!may(signedIn, kind.scope)) {
      const others = pageTable.filter((other) => may(signedIn, other.scope));
      return openNoAccess(kind.scope, signedIn, others);
    }
    const context = {
      client: signedIn.client,
      me: signedIn.me,
      viewer: signedIn.viewer,
      announce: shell.announce,
      go: (fragment, how) => router?.go(fragment, how)
    };
    return kind.open(context, route);
  }
  function show(route) {
    const token = takeViewerToken();
    if (token === "none") {
      forgetOtherView();
      show(parseRoute(window.location.hash));
      return;
    }
    if (token !== void 0) {
      void resume(token, false);
      return;
    }
    if (resuming) {
      return;
    }
    const start2 = route.path.length === 0 ? startOf(session.current()) : void 0;
    if (start2 !== void 0) {
      window.history.replaceState(null, "", formatRoute(start2.path));
      show(parseRoute(window.location.hash));
      return;
    }
    const samePath = path !== void 0 && path.join("/") === route.path.join("/");
    if (samePath && page?.update !== void 0) {
      page.update(route);
      return;
    }
    path = route.path;
    page?.stop?.();
    page = void 0;
    put(openPage(route), route.path);
  }
  function put(next, at) {
    page?.stop?.();
    page = next;
    shell.showPage(page, at, opened > 0);
    opened += 1;
  }
  function reopen() {
    path = void 0;
    shell.showAccount(session.current());
    if (router !== void 0) {
      show(router.current());
    }
  }
  function useKey() {
    viewer = false;
    forgetViewer();
    reopen();
  }
  async function signIn(credential, keep2) {
    const signedIn = await session.signIn(credential, keep2);
    viewer = signedIn.viewer;
    forgetViewer();
    reopen();
    shell.announce(texts.signIn.signedIn(actorName(signedIn.me.actor)));
  }
  async function resume(credential, keep2) {
    viewer = isViewerToken(credential.token);
    path = void 0;
    resuming = true;
    put(openWaiting(), []);
    try {
      await session.resume(credential, keep2);
    } catch (error) {
      put(
        openUnreachable(asApiError(error), () => void resume(credential, keep2)),
        []
      );
      return;
    }
    resuming = false;
    forgetOtherView();
    reopen();
  }
  function forgetOtherView() {
    const signedIn = session.current();
    if (signedIn !== void 0 && !signedIn.viewer) {
      viewer = false;
      forgetViewer();
    }
  }
  async function begin() {
    const token = takeViewerToken();
    const brought = token === "none" ? void 0 : token;
    const credential = brought ?? keptCredential();
    viewer = isViewersTab();
    shell.showAccount(void 0);
    listenForShortcuts();
    if (credential !== void 0) {
      await resume(credential, brought === void 0);
    }
    router = startRouter(show);
  }
  void begin();
}
var root = document.getElementById("app");
if (root !== null) {
  start(root);
}
