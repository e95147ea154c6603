// What the reference changes of a description before it shows it.

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  example?: unknown;
  description?: string | null;
}

interface Operation {
  parameters?: Parameter[];
}

export interface Description {
  paths: Record<string, Record<string, Operation>>;
  servers?: { url: string }[];
  components?: { securitySchemes?: Record<string, unknown> };
}

/**
 * Whether "Try it out" should begin with the example. Of all optional parameters at once it
 * would make a search with every filter, and the cursor of another one; and an id that the
 * server gave to something is nobody else's.
 */
function isFilledIn({ name, in: place, required }: Parameter): boolean {
  return required === true && !(place === "path" && /(^|_)id$/.test(name));
}

/** What is not filled in is told with what the parameter is. */
function tellExample(parameter: Parameter): void {
  const { example, description } = parameter;
  if (example === undefined || isFilledIn(parameter)) return;
  delete parameter.example;
  parameter.description = `${description ?? ""} Example: \`${String(example)}\``.trim();
}

/** `base` is where the server is found that sent it. */
export function prepare(description: Description, base: URL): Description {
  for (const path of Object.values(description.paths)) {
    for (const { parameters = [] } of Object.values(path)) parameters.forEach(tellExample);
  }
  // The key of most routes is asked for first.
  const { bearer, ...others } = description.components?.securitySchemes ?? {};
  const components = { ...description.components, securitySchemes: { bearer, ...others } };
  // Calls go where the page came from, below the same prefix.
  return { ...description, components, servers: [{ url: base.href.replace(/\/$/, "") }] };
}
