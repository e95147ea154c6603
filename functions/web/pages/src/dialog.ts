// A dialog: the browser's own, so focus stays within, Escape closes it, and focus goes back.

import { type Child, freshId, h } from "./dom";
import { texts } from "./texts";

export interface DialogParts {
  readonly title: string;
  readonly content: readonly Child[];
  /** Beside "Close", the last one being what most want. */
  readonly actions?: readonly HTMLElement[];
  readonly closeLabel?: string;
  /** Asked when the reader closes it: `false` keeps it open, having said why. */
  readonly mayClose?: () => boolean;
  readonly closed?: () => void;
}

/** Opens it; it leaves the document when it is closed. */
export function openDialog(parts: DialogParts): { close(): void } {
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
        },
      },
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
            },
          },
        },
        parts.closeLabel ?? texts.close,
      ),
      parts.actions,
    ),
  );
  document.body.appendChild(dialog);
  dialog.showModal();
  return { close: () => dialog.close() };
}
