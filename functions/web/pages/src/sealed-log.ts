// How much of the trail is sealed: read when the reader opens it.

import { asApiError, isAborted } from "./api/errors";
import type { TextAnswer } from "./api/transport";
import { type Child, fill, h } from "./dom";
import { download } from "./download";
import type { ProofParts } from "./event-proof";
import { createWaiting } from "./loading";
import { createProblem } from "./problem";
import { texts } from "./texts";
import { exactTime } from "./times";

const { log: words } = texts.trail;

const SIZE = /^[^\n]+\n(\d{1,15})\n/;

export function createSealedLog(parts: ProofParts): HTMLElement {
  const told = h("div", { class: "proof-told" });
  const details = h(
    "details",
    {
      class: "more",
      on: {
        toggle: () => {
          if (details.open) {
            void load();
          }
        },
      },
    },
    h("summary", {}, words.title),
    told,
  );

  async function load(): Promise<void> {
    fill(told, createWaiting());
    try {
      show(await parts.client.newestCheckpoint(parts.signal));
    } catch (thrown) {
      if (!isAborted(thrown)) {
        fill(
          told,
          createProblem(asApiError(thrown), () => void load()),
        );
      }
    }
  }

  function show(newest: TextAnswer | undefined): void {
    if (newest === undefined) {
      tell(words.none);
      return;
    }
    const { text, lastModified } = newest;
    const size = Number(SIZE.exec(text)?.[1] ?? Number.NaN);
    const at = new Date(lastModified ?? Number.NaN);
    if (Number.isNaN(size) || Number.isNaN(at.getTime())) {
      tell(words.unread);
      return;
    }
    tell(words.size(size.toLocaleString("en"), size === 1), exactTime(at.toISOString()), ".");
    const name = `checkpoint-${parts.workspace}-${size}.txt`;
    told.append(
      h("p", { class: "fine" }, words.keep),
      h(
        "div",
        { class: "tools" },
        h(
          "button",
          {
            type: "button",
            class: "quiet",
            on: { click: () => download(name, "text/plain", text) },
          },
          words.download,
        ),
      ),
    );
  }

  function tell(...said: readonly Child[]): void {
    const sentence = h("p", {}, said);
    fill(told, sentence);
    parts.announce(sentence.textContent ?? "");
  }

  return details;
}
