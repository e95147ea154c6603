// An error, told so that the reader knows what to do: what happened, what to try, a button to
// try it, and the request's id for whoever is asked for help.

import type { ApiError } from "./api/errors";
import { h } from "./dom";
import { texts } from "./texts";

export function adviceOf(error: ApiError): string {
  if (error.requiredScope !== undefined) {
    return texts.problem.scope(error.requiredScope);
  }
  if (error.retryAfterMs !== undefined && error.retryAfterMs > 0) {
    return texts.problem.after(Math.ceil(error.retryAfterMs / 1000));
  }
  // The API's own words on an input are better than any that are kept here.
  if (error.failure === "invalid" || error.failure === "malformed") {
    const violations = error.fieldErrors.map(({ field, message }) => `${field}: ${message}`);
    return violations.length > 0 ? violations.join("; ") : error.message;
  }
  return texts.problem.advice[error.failure];
}

/** `retry` is what the button does. Nothing is done until it is pressed. */
export function createProblem(error: ApiError, retry?: () => void): HTMLElement {
  return h(
    "div",
    { class: "problem", role: "alert", "data-failure": error.failure },
    h("p", { class: "problem-title" }, texts.problem.titles[error.failure]),
    h("p", {}, adviceOf(error)),
    error.requestId !== undefined &&
      h("p", { class: "fine" }, texts.problem.request(error.requestId)),
    retry !== undefined &&
      h("button", { type: "button", on: { click: retry } }, texts.problem.retry),
  );
}

/**
 * Of what was read: it is read again by itself once there is a connection. Nothing is written
 * so, because a form may say something else by then.
 */
export function createReadProblem(error: ApiError, retry: () => void): HTMLElement {
  const element = createProblem(error, retry);
  if (error.failure === "offline") {
    const online = () => element.isConnected && retry();
    window.addEventListener("online", online, { once: true });
  }
  return element;
}
