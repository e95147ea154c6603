// src/dom.ts
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
var lastId = 0;
function freshId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

// src/icons.ts
var LINK = ["M9 15L15 9", "M10 6l1-1a4 4 0 0 1 6 6l-2 2", "M14 18l-1 1a4 4 0 0 1-6-6l2-2"];

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
  const kept = new URLSearchParams();
  for (const [name, value] of parameters ?? []) {
    if (value !== "") {
      kept.append(name, value);
    }
  }
  const query = kept.toString();
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
var plural = (count, one, many) => count === 1 ? one : many;
var texts = {
  product: "Activity log",
  close: "Close",
  cancel: "Cancel",
  skipToContent: "Skip to the content",
  navigation: "Pages",
  nav: {
    timeline: "Timeline",
    log: "Log an activity",
    reference: "API reference",
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
    notAKey: "This is no key: it has characters that none has. Copy it again, from alk_ on.",
    refused: "This key is not accepted. It may be mistyped, expired, revoked, or for another address or user. Ask whoever gave it to you for a new one.",
    expired: "The session has ended, because the key has expired. Sign in with a new one.",
    ended: "The session has ended, because the key is no longer accepted: it has expired or was revoked. Sign in with another one.",
    viewerExpired: "The time of this view is over. Go back to the page that brought you here, and open it again.",
    signedOut: "You are signed out. The key is forgotten.",
    viewerRefused: "This view can't be opened: its link has expired or is not valid. Go back to the page that brought you here, and open it again."
  },
  noAccess: {
    title: "Nothing to see with this key",
    text: (scopes) => `This page needs the scope ${scopes}, which the key does not have. Sign in with another key, or ask whoever manages the keys.`,
    has: "The key may:",
    nothing: "The key may do nothing at all."
  },
  notFound: {
    title: "There is no such page",
    text: "The address names none of the pages here.",
    back: "Go to the timeline"
  },
  filters: {
    title: "Filters",
    any: "Any",
    set: "Filters that are set",
    remove: (label, value) => `Remove the filter ${label}: ${value}`,
    clear: "Clear all"
  },
  pager: {
    loading: "Loading…",
    older: "Show older",
    newer: "Show newer",
    newest: "Back to the newest",
    end: "That is everything.",
    searching: "Nothing found yet. There is more to look through.",
    keepLooking: "Keep looking",
    shown: (count, more) => `${count} ${plural(count, "row", "rows")} shown${more ? ", and there is more" : ""}`
  },
  problem: {
    retry: "Try again",
    request: (id) => `Request ${id}`,
    titles: {
      offline: "No connection",
      timeout: "No answer",
      unexpected: "An answer that makes no sense",
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
      forbidden: "The key lacks a scope that this needs.",
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
function actorName(actor) {
  return actor.display_name ?? actor.id;
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
function openNoAccess(scope, me) {
  return {
    title: texts.noAccess.title,
    element: h(
      "div",
      { class: "narrow" },
      pageHeading(texts.noAccess.title),
      h("p", {}, texts.noAccess.text(scope)),
      me.scopes.length === 0 ? h("p", {}, texts.noAccess.nothing) : [
        h("p", {}, texts.noAccess.has),
        h(
          "ul",
          {},
          me.scopes.map((own) => h("li", {}, h("code", {}, own), ` – ${texts.scope[own]}`))
        )
      ]
    )
  };
}
function openWaiting() {
  return {
    title: texts.product,
    element: h("p", { class: "loading", role: "status" }, texts.pager.loading)
  };
}
function openUnreachable(error, retry) {
  return {
    title: texts.product,
    element: h("div", { class: "narrow" }, pageHeading(texts.product), createProblem(error, retry))
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

// src/pages/sign-in.ts
var KEY = /^[\x21-\x7e]+$/;
function noticeOf(ending, viewer) {
  switch (ending) {
    case "none":
      return void 0;
    case "signed_out":
      return texts.signIn.signedOut;
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
  if (parts.viewer && parts.ending !== "signed_out") {
    fill(element2, heading, said);
    return { title: texts.signIn.title, element: element2 };
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
  const user = createField(
    h("input", {
      name: "user",
      type: "text",
      autocomplete: "off",
      autocapitalize: "none",
      spellcheck: "false"
    }),
    { label: texts.signIn.user, hint: texts.signIn.userHint }
  );
  const keep = h("input", { type: "checkbox", name: "keep" });
  const submit = h("button", { type: "submit", class: "primary" }, texts.signIn.submit);
  const problem = h("div");
  async function send2() {
    const token = key.control.value.trim();
    if (!KEY.test(token)) {
      key.setError(token === "" ? texts.signIn.missing : texts.signIn.notAKey);
      key.control.focus();
      return;
    }
    const named = user.control.value.trim();
    key.setError(void 0);
    fill(problem);
    submit.disabled = true;
    fill(submit, texts.signIn.working);
    try {
      await parts.signIn(named === "" ? { token } : { token, user: named }, keep.checked);
    } catch (thrown) {
      const error = asApiError(thrown);
      if (error instanceof ApiError && error.failure === "unauthorized") {
        key.setError(texts.signIn.refused);
        key.control.focus();
      } else if (error.failure === "invalid") {
        user.setError(adviceOf(error));
      } else {
        fill(problem, createProblem(error));
      }
    } finally {
      submit.disabled = false;
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
      user.element,
      h("label", { class: "tick" }, keep, texts.signIn.keep),
      h("p", { class: "hint" }, texts.signIn.keepHint),
      problem,
      h("div", { class: "actions" }, submit)
    )
  );
  return { title: texts.signIn.title, element: element2 };
}

// src/pages/table.ts
var pageTable = [];

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
  async function call(call2, as = credential) {
    try {
      return await send(as, call2);
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
    getLoggedActivity: (id, as, signal) => (
      // Its 401 may be about the user that is named here, so it doesn't end the session.
      send(
        { token: credential.token },
        {
          method: "GET",
          path: `api/activities/logged/${encodeURIComponent(id)}`,
          headers: {
            "X-API-KEY": credential.token,
            "X-BUSINESS-ID": as.tenant,
            "X-USER-ID": headerText(as.user)
          },
          signal,
          repeatable: true
        }
      )
    ),
    logActivity: (input, key, signal) => post("v1/activities", input, key, signal),
    listAuditEvents: (parameters, signal) => get("v1/audit-events", parameters, signal),
    listKeys: (parameters, signal) => get("v1/keys", parameters, signal),
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
function isViewerToken(token) {
  return token.startsWith("alv_");
}
function storage() {
  try {
    return window.sessionStorage;
  } catch {
    return void 0;
  }
}
function keptCredential() {
  try {
    const kept = JSON.parse(storage()?.getItem(KEPT) ?? "null");
    if (typeof kept?.token !== "string") {
      return void 0;
    }
    return typeof kept.user === "string" ? { token: kept.token, user: kept.user } : { token: kept.token };
  } catch {
    return void 0;
  }
}
function takeViewerToken() {
  const fragment = new URLSearchParams(window.location.hash.slice(1));
  const token = fragment.get("viewer_token");
  if (token === null) {
    return void 0;
  }
  const to = (fragment.get("to") ?? "").replace(/^#/, "");
  window.history.replaceState(null, "", `#${to.startsWith("/") ? to : "/"}`);
  return { token };
}
function createSession(changed) {
  let state;
  let ending = "none";
  function end(why) {
    state = void 0;
    ending = why;
    storage()?.removeItem(KEPT);
    changed();
  }
  const session = {
    current: () => state,
    ending: () => ending,
    async signIn(credential, keep) {
      const client = createClient(credential, () => {
        if (state?.client === client) {
          const expiresAt = Date.parse(state.me.expires_at ?? "");
          end(expiresAt <= Date.now() ? "expired" : "refused");
        }
      });
      const me = await client.me();
      state = { client, me, credential, viewer: isViewerToken(credential.token) };
      ending = "none";
      if (keep && !state.viewer) {
        storage()?.setItem(KEPT, JSON.stringify(credential));
      } else {
        storage()?.removeItem(KEPT);
      }
      return state;
    },
    async resume(credential, keep) {
      try {
        await session.signIn(credential, keep);
      } catch (error) {
        if (!(error instanceof ApiError) || error.failure !== "unauthorized") {
          throw error;
        }
        end("refused");
      }
    },
    signOut: () => end("signed_out")
  };
  return session;
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
        { type: "button", on: { click: () => dialog.close() } },
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
function written(format, iso) {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : format.format(at);
}
function inUtc(iso) {
  return iso.replace("T", " ").replace(/Z$/, " UTC");
}
function element(format, iso) {
  return h("time", { datetime: iso, title: inUtc(iso) }, written(format, iso));
}
var dateTime = (iso) => element(dateAndTime, iso);

// src/shell.ts
function createShell(root2, table, signOut) {
  const announcer = createAnnouncer();
  const header = h("header", { class: "header" });
  const main = h("main", { id: "content", class: "main", tabindex: "-1" });
  const skip = h(
    "a",
    {
      class: "skip",
      href: "#/",
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
    const links = table.filter((kind) => kind.nav !== void 0 && may(signedIn, kind.scope)).map(
      (kind) => h(
        "li",
        {},
        h("a", { href: formatRoute(kind.path), "data-page": kind.path.join("/") }, kind.nav)
      )
    );
    return h("nav", { "aria-label": texts.navigation }, h("ul", {}, links));
  }
  function account({ me, viewer }) {
    return h(
      "div",
      { class: "account" },
      h(
        "p",
        { class: "account-name" },
        h("span", { class: "visually-hidden" }, `${texts.account.label}: `),
        h("span", { dir: "auto", class: "name" }, actorName(me.actor)),
        h(
          "span",
          { class: "fine" },
          h("span", { class: "visually-hidden" }, ` ${texts.account.tenant} `),
          h("span", {}, me.tenant_id),
          viewer && me.expires_at !== void 0 && [
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
      const brand = h("a", { class: "brand", href: "#/" }, icon(...LINK), texts.product);
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
      if (focus) {
        (main.querySelector("[data-focus], h1") ?? main).focus();
      }
    }
  };
}

// src/main.ts
function kindOf({ path }) {
  return pageTable.find(
    (kind) => kind.path.length === path.length && kind.path.every((part, index) => part.startsWith(":") || part === path[index])
  );
}
function start(root2) {
  const session = createSession(() => reopen());
  const shell = createShell(root2, pageTable, () => session.signOut());
  let router;
  let page;
  let path;
  let viewer = false;
  let opened = 0;
  function openPage(route) {
    const signedIn = session.current();
    if (signedIn === void 0) {
      return openSignIn({ ending: session.ending(), viewer, signIn });
    }
    const kind = kindOf(route);
    if (kind === void 0) {
      return openNotFound();
    }
    if (!may(signedIn, kind.scope)) {
      return openNoAccess(kind.scope, signedIn.me);
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
    if (token !== void 0) {
      void resume(token, false);
      return;
    }
    const samePath = path !== void 0 && path.join("/") === route.path.join("/");
    if (samePath && page?.update !== void 0) {
      page.update(route);
      return;
    }
    path = route.path;
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
  async function signIn(credential, keep) {
    const signedIn = await session.signIn(credential, keep);
    viewer = signedIn.viewer;
    reopen();
    shell.announce(texts.signIn.signedIn(actorName(signedIn.me.actor)));
  }
  async function resume(credential, keep) {
    viewer = isViewerToken(credential.token);
    path = void 0;
    put(openWaiting(), []);
    try {
      await session.resume(credential, keep);
    } catch (error) {
      put(
        openUnreachable(asApiError(error), () => void resume(credential, keep)),
        []
      );
      return;
    }
    reopen();
  }
  async function begin() {
    const token = takeViewerToken();
    const credential = token ?? keptCredential();
    shell.showAccount(void 0);
    listenForShortcuts();
    if (credential !== void 0) {
      await resume(credential, token === void 0);
    }
    router = startRouter(show);
  }
  void begin();
}
var root = document.getElementById("app");
if (root !== null) {
  start(root);
}
