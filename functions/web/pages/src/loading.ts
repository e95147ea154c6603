// What is said while there is no answer yet. It says more when it takes long.

import { type Attributes, fill, h } from "./dom";
import { texts } from "./texts";

const LONG_MS = 8_000;

export function createLoading(attributes: Attributes): HTMLElement {
  const element = h("p", { class: "loading", ...attributes }, texts.pager.loading);
  sayWhenLong(element);
  return element;
}

/** For where a button says that something is under way. */
export function createWaiting(): HTMLElement {
  const element = h("p", { class: "hint", role: "status" });
  sayWhenLong(element);
  return element;
}

function sayWhenLong(element: HTMLElement): void {
  setTimeout(() => {
    // It has left the document where there was an answer.
    if (element.isConnected) {
      fill(element, texts.pager.slow);
    }
  }, LONG_MS);
}
