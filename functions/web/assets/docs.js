// src/docs/accessible.ts
var NAMES = [
  ["select.content-type", () => "Media type"],
  [".content-type-wrapper select", () => "Media type"],
  ["select.examples-select-element", () => "Example"],
  ["[data-param-name] :is(select, input, textarea)", parameterOf],
  ["textarea.body-param__text", () => "Request body"],
  [".responses-table[role='region']", (table) => `Responses of ${operationOf(table)}`],
  [".information-container", () => "About the API"],
  [".scheme-container", () => "Authorization"],
  [".modal-ux", () => "Authorize"],
  [".close-modal", () => "Close"],
  [".authorization__btn", (button) => `Authorize ${operationOf(button)}`]
];
var SCROLLING = "pre, .table-container, .responses-inner";
var LEVELS = [
  ["h3", "2"],
  ["h4", "3"],
  ["h5", "4"]
];
function parameterOf(field) {
  return field.closest("[data-param-name]")?.getAttribute("data-param-name") ?? "";
}
function operationOf(element) {
  const summary = element.closest(".opblock")?.querySelector(".opblock-summary");
  const parts = [".opblock-summary-method", ".opblock-summary-path"];
  return parts.map((part) => summary?.querySelector(part)?.textContent ?? "").join(" ");
}
var SECRET = ["bearer", "X-API-KEY"];
function nameCredential(part) {
  const name = part.querySelector("h4 code")?.textContent ?? "";
  const input = part.querySelector("input");
  if (input === null || name === "") return;
  input.setAttribute("aria-label", name);
  input.setAttribute("autocomplete", "off");
  input.id = `auth-${name}-value`;
  part.querySelector("label")?.setAttribute("for", input.id);
  if (SECRET.includes(name)) input.type = "password";
}
function correct(root) {
  for (const [selector, name] of NAMES) {
    for (const element of root.querySelectorAll(selector)) {
      if (!element.hasAttribute("aria-label")) element.setAttribute("aria-label", name(element));
    }
  }
  for (const [heading, level] of LEVELS) {
    for (const element of root.querySelectorAll(heading)) {
      element.setAttribute("role", "heading");
      element.setAttribute("aria-level", level);
    }
  }
  for (const part of root.querySelectorAll(".information-container, .scheme-container")) {
    part.setAttribute("role", "region");
  }
  for (const dialog of root.querySelectorAll(".modal-ux")) {
    dialog.setAttribute("role", "dialog");
    dialog.setAttribute("aria-modal", "true");
  }
  for (const part of root.querySelectorAll(".auth-container")) nameCredential(part);
  for (const button of root.querySelectorAll(".auth-btn-wrapper [aria-label]")) {
    button.removeAttribute("aria-label");
  }
  for (const part of root.querySelectorAll(SCROLLING)) part.setAttribute("tabindex", "0");
}
function keepAccessible(root) {
  let isDue = false;
  let dialog = null;
  let opener;
  root.addEventListener("focusin", ({ target }) => {
    if (target instanceof HTMLElement && target.closest(".modal-ux") === null) opener = target;
  });
  function followDialog() {
    const now = root.querySelector(".modal-ux");
    if (now === null && dialog !== null && document.activeElement === document.body) {
      opener?.focus();
    }
    dialog = now;
  }
  const observer = new MutationObserver(() => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      correct(root);
      followDialog();
    });
  });
  observer.observe(root, { childList: true, subtree: true });
}

// src/docs/description.ts
function isFilledIn({ name, in: place, required }) {
  return required === true && !(place === "path" && /(^|_)id$/.test(name));
}
function tellExample(parameter) {
  const { example, description } = parameter;
  if (example === void 0 || isFilledIn(parameter)) return;
  delete parameter.example;
  parameter.description = `${description ?? ""} Example: \`${String(example)}\``.trim();
}
function prepare(description, base) {
  for (const path of Object.values(description.paths)) {
    for (const { parameters = [] } of Object.values(path)) parameters.forEach(tellExample);
  }
  const { bearer, ...others } = description.components?.securitySchemes ?? {};
  const components = { ...description.components, securitySchemes: { bearer, ...others } };
  return { ...description, components, servers: [{ url: base.href.replace(/\/$/, "") }] };
}

// src/docs/markdown.ts
var INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|<i>([^<]+)<\/i>|\[([^\]]+)\]\((https:\/\/[^\s)]+)\)/g;
var ITEM = /^\s*[*-] +/;
function inline(React, text) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, strong, emphasis, label, href] = match;
    if (match.index > at) nodes.push(text.slice(at, match.index));
    if (code !== void 0) nodes.push(React.createElement("code", null, code));
    else if (strong !== void 0) nodes.push(React.createElement("strong", null, strong));
    else if (emphasis !== void 0) nodes.push(React.createElement("i", null, emphasis));
    else nodes.push(React.createElement("a", { href, rel: "noreferrer" }, label));
    at = match.index + whole.length;
  }
  if (at < text.length) nodes.push(text.slice(at));
  return nodes;
}
function block(React, lines) {
  if (!ITEM.test(lines[0] ?? "")) {
    return React.createElement("p", null, ...inline(React, lines.join("\n")));
  }
  const items = [];
  for (const line of lines) {
    if (ITEM.test(line)) items.push(line.replace(ITEM, ""));
    else items.push(`${items.pop() ?? ""} ${line.trim()}`);
  }
  const item = (text) => React.createElement("li", null, ...inline(React, text));
  return React.createElement("ul", null, ...items.map(item));
}
function markdown(React) {
  return ({ source, className = "" }) => {
    if (typeof source !== "string" || source.trim() === "") return null;
    const blocks = source.trim().split(/\n\s*\n/);
    return React.createElement(
      "div",
      { className: `markdown ${className}` },
      ...blocks.map((text) => block(React, text.split("\n")))
    );
  };
}

// src/docs.ts
var byId = (id) => {
  const element = document.getElementById(id);
  if (!element) throw new Error(`docs.html has no ${id}`);
  return element;
};
function followColorScheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", follow);
  follow();
}
async function load() {
  const answer = await fetch("openapi.json", { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`the server answered with ${answer.status}`);
  return await answer.json();
}
function show(description) {
  const root = byId("docs");
  keepAccessible(root);
  window.SwaggerUIBundle({
    spec: prepare(description, new URL(".", document.baseURI)),
    domNode: root,
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    // The key of Authorize is forgotten with the page.
    persistAuthorization: false,
    // The validator of Swagger UI is another server.
    validatorUrl: null,
    plugins: [
      ({ React }) => ({
        wrapComponents: {
          Markdown: () => markdown(React),
          // A link within the button of an operation is a second stop for the keyboard.
          DeepLink: () => ({ text }) => React.createElement("span", null, text)
        }
      })
    ]
  });
}
async function start() {
  const state = byId("docs-state");
  try {
    show(await load());
    state.remove();
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    const said = document.createElement("p");
    said.setAttribute("role", "alert");
    said.textContent = `The description of the API can't be shown: ${cause}. Reload the page to try again.`;
    state.querySelector("[role=status]")?.replaceWith(said);
  }
}
followColorScheme();
void start();
