// Single keys for what is done often. They rest while somebody types, and can be switched off:
// speech input and screen readers have keys of their own.

import { openDialog } from "./dialog";
import { h } from "./dom";
import { texts } from "./texts";

const OFF = "activity-log.shortcuts-off";

/** localStorage, which a browser may refuse in a frame of another site. It holds no secret. */
function isOff(): boolean {
  try {
    return window.localStorage.getItem(OFF) !== null;
  } catch {
    return false;
  }
}

function setOff(off: boolean): void {
  try {
    if (off) {
      window.localStorage.setItem(OFF, "1");
    } else {
      window.localStorage.removeItem(OFF);
    }
  } catch {
    // Then it holds for as long as the browser says.
  }
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("input, select, textarea"))
  );
}

/** Goes to the next row of the page, or the one before: the links that are marked as rows. */
function moveAmongRows(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  const active = document.activeElement;
  const within = rows.findIndex((row) => row === active || row.parentElement?.contains(active));
  const next = rows[within < 0 ? (step > 0 ? 0 : rows.length - 1) : within + step];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

export function openShortcutsHelp(): void {
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
          h("dd", {}, what),
        ]),
      ),
      h(
        "label",
        { class: "tick" },
        h("input", {
          type: "checkbox",
          checked: !off,
          on: { change: (event) => setOff(!(event.target as HTMLInputElement).checked) },
        }),
        texts.shortcuts.enabled,
      ),
      h("p", { class: "hint" }, texts.shortcuts.hint),
    ],
  });
}

export function listenForShortcuts(): void {
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
        const search = document.querySelector<HTMLElement>("input[type=search]");
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
