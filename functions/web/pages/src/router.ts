// Where the reader is: the fragment of the address, as `#/activities/<id>?query=…`.
//
// A browser sends no fragment to a server, so neither ids nor the texts of a search reach a
// log by way of a link. What is behind `?` has the names and the forms of the API's own
// parameters.

export interface Route {
  /** The parts of the path, decoded: `[]` is the timeline. */
  readonly path: readonly string[];
  readonly parameters: URLSearchParams;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A `%` that begins no escape is one that somebody typed.
    return part;
  }
}

/** Reads a fragment, with or without its `#`. Whatever it is, it is a route. */
export function parseRoute(fragment: string): Route {
  const text = fragment.replace(/^#/, "");
  const mark = text.indexOf("?");
  const path = mark < 0 ? text : text.slice(0, mark);
  return {
    path: path.split("/").filter(Boolean).map(decode),
    parameters: new URLSearchParams(mark < 0 ? "" : text.slice(mark + 1)),
  };
}

/** Writes a route as a fragment, with its `#`. Parameters without a value are left out. */
export function formatRoute(path: readonly string[], parameters?: URLSearchParams): string {
  const kept = new URLSearchParams();
  for (const [name, value] of parameters ?? []) {
    if (value !== "") {
      kept.append(name, value);
    }
  }
  const query = kept.toString();
  return `#/${path.map(encodeURIComponent).join("/")}${query === "" ? "" : `?${query}`}`;
}

export interface Router {
  current(): Route;
  /** Goes there: as a step of the history, or in place of the present one. */
  go(fragment: string, how?: "push" | "replace"): void;
}

/** Follows the address, and calls `show` for each route, also for the first one. */
export function startRouter(show: (route: Route) => void): Router {
  const current = (): Route => parseRoute(window.location.hash);
  window.addEventListener("hashchange", () => show(current()));
  show(current());
  return {
    current,
    go(fragment, how = "push") {
      if (fragment === (window.location.hash || "#/")) {
        return;
      }
      // Neither of the two fires `hashchange`.
      if (how === "replace") {
        window.history.replaceState(null, "", fragment);
      } else {
        window.history.pushState(null, "", fragment);
      }
      show(current());
    },
  };
}
