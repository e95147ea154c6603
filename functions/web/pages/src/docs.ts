// The API reference: Swagger UI over the description that this server serves.
//
// It runs under the policy of all pages. Swagger UI writes the texts of a description
// as HTML, which that policy forbids; here they become elements, and never HTML.

import { keepAccessible } from "./docs/accessible";
import { type Description, prepare } from "./docs/description";
import { markdown } from "./docs/markdown";
import type { System } from "./docs/swagger-ui";

const byId = (id: string): HTMLElement => {
  const element = document.getElementById(id);
  if (!element) throw new Error(`docs.html has no ${id}`);
  return element;
};

/** Swagger UI is dark where its root element has this class. */
function followColorScheme(): void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", follow);
  follow();
}

async function load(): Promise<Description> {
  // Relative, so that it works below a prefix as well.
  const answer = await fetch("openapi.json", { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`the server answered with ${answer.status}`);
  return (await answer.json()) as Description;
}

function show(description: Description): void {
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
      ({ React }: System) => ({
        wrapComponents: {
          Markdown: () => markdown(React),
          // A link within the button of an operation is a second stop for the keyboard.
          DeepLink:
            () =>
            ({ text }) =>
              React.createElement("span", null, text),
        },
      }),
    ],
  });
}

async function start(): Promise<void> {
  const state = byId("docs-state");
  try {
    show(await load());
    // Swagger UI brings a heading and landmarks along.
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
