// Says to screen readers and keyboards what Swagger UI leaves out: names of its fields,
// levels of its headings, and a way into what scrolls.

/** What an element is called where nothing else names it, by a selector. */
const NAMES: [selector: string, name: (element: Element) => string][] = [
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
  [".authorization__btn", (button) => `Authorize ${operationOf(button)}`],
];

/** What scrolls by itself where the screen is narrow. */
const SCROLLING = "pre, .table-container, .responses-inner";

/** Its headings begin with `h1`, and go on with `h3`. */
const LEVELS: [heading: string, level: string][] = [
  ["h3", "2"],
  ["h4", "3"],
  ["h5", "4"],
];

function parameterOf(field: Element): string {
  return field.closest("[data-param-name]")?.getAttribute("data-param-name") ?? "";
}

function operationOf(element: Element): string {
  const summary = element.closest(".opblock")?.querySelector(".opblock-summary");
  const parts = [".opblock-summary-method", ".opblock-summary-path"];
  return parts.map((part) => summary?.querySelector(part)?.textContent ?? "").join(" ");
}

/** What is secret, and is not to be read by whoever looks at the screen as well. */
const SECRET = ["bearer", "X-API-KEY"];

/** A field of Authorize: its own name and id (it has those of its neighbours), and no secret. */
function nameCredential(part: Element): void {
  const name = part.querySelector("h4 code")?.textContent ?? "";
  const input = part.querySelector("input");
  if (input === null || name === "") return;
  input.setAttribute("aria-label", name);
  input.setAttribute("autocomplete", "off");
  input.id = `auth-${name}-value`;
  part.querySelector("label")?.setAttribute("for", input.id);
  if (SECRET.includes(name)) input.type = "password";
}

function correct(root: HTMLElement): void {
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
  // What can be read on them is their name.
  for (const button of root.querySelectorAll(".auth-btn-wrapper [aria-label]")) {
    button.removeAttribute("aria-label");
  }
  for (const part of root.querySelectorAll(SCROLLING)) part.setAttribute("tabindex", "0");
}

/** Corrects what is shown in `root`, and what ever will be, once for each frame. */
export function keepAccessible(root: HTMLElement): void {
  let isDue = false;
  let dialog: Element | null = null;
  let opener: HTMLElement | undefined;

  root.addEventListener("focusin", ({ target }) => {
    if (target instanceof HTMLElement && target.closest(".modal-ux") === null) opener = target;
  });

  /** When a dialog has closed, the focus goes back to what opened it. */
  function followDialog(): void {
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
