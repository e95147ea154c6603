// Says to screen readers what others see happen. Polite: it waits for a pause in what is read.

import { h } from "./dom";

export interface Announcer {
  readonly element: HTMLElement;
  announce(text: string): void;
}

export function createAnnouncer(): Announcer {
  const element = h("div", { class: "visually-hidden", role: "status", "aria-live": "polite" });
  return {
    element,
    announce(text) {
      // The same text again is no change of the text, so nobody would hear it.
      element.textContent = element.textContent === text ? `${text}\u00a0` : text;
    },
  };
}
