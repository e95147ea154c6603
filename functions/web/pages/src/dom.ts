// Makes elements out of names, attributes and texts.
//
// Nothing here parses markup: a text of a record becomes a text node, whatever it holds. That
// is why the pages run under Trusted Types with no policy at all. Attributes that are code
// (`onclick`, `style`) can't be written; listeners go into `on`.

export type Child = Node | string | number | null | undefined | false | readonly Child[];

type Listeners = {
  [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void;
};

export interface Attributes {
  readonly class?: string | undefined;
  readonly on?: Listeners;
  readonly [name: `${"aria-" | "data-"}${string}`]: string | number | boolean | null | undefined;
  readonly [name: string]: unknown;
}

/** Whether a click opens a link in another tab or window, and this page stays. */
export function opensElsewhere(click: MouseEvent): boolean {
  return click.ctrlKey || click.metaKey || click.shiftKey;
}

/** Puts children behind those that are there. */
export function append(parent: Node, ...children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) {
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

/** Puts children in place of those that are there. */
export function fill(parent: Element, ...children: readonly Child[]): void {
  parent.replaceChildren();
  append(parent, ...children);
}

function setAttribute(element: Element, name: string, value: unknown): void {
  if (value === null || value === undefined || value === false) {
    // ARIA has states whose "false" is not the same as their absence.
    if (value === false && name.startsWith("aria-")) {
      element.setAttribute(name, "false");
    }
    return;
  }
  if (name.startsWith("on") || name === "style") {
    throw new TypeError(`the attribute ${name} is code`);
  }
  element.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : String(value));
}

/** An element: its name, its attributes (`null` and `false` leave one out), its children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "on") {
      for (const [type, listener] of Object.entries(value as Record<string, EventListener>)) {
        element.addEventListener(type, listener);
      }
    } else {
      setAttribute(element, key, value);
    }
  }
  append(element, ...children);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** A picture of lines in a square of 24, for eyes alone: whoever shows it says it in words too. */
export function icon(...paths: readonly string[]): SVGSVGElement {
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

/** A text that somebody wrote: its direction is its own. */
export function written(text: string, className?: string): HTMLElement {
  return h("span", { dir: "auto", class: className }, text);
}

let lastId = 0;

/** An id for an element that another one points to. */
export function freshId(prefix: string): string {
  lastId += 1;
  return `${prefix}-${lastId}`;
}
