// What the reference changes of a description before it shows it.

interface Parameter {
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
 * "Try it out" would fill in the example of every parameter, and so ask for all filters
 * at once, with the cursor of another search. Optional ones begin empty instead, and
 * their examples are told with what they are.
 */
function tellExample(parameter: Parameter): void {
  const { required, example, description } = parameter;
  if (required || example === undefined) return;
  delete parameter.example;
  parameter.description = `${description ?? ""} Example: \`${String(example)}\``.trim();
}

/** `base` is where the server is found that sent it. */
export function prepare(description: Description, base: URL): Description {
  for (const path of Object.values(description.paths)) {
    for (const { parameters = [] } of Object.values(path)) parameters.forEach(tellExample);
  }
  // Calls go where the page came from, below the same prefix.
  // The key of most routes is asked for first.
  const { bearer, ...others } = description.components?.securitySchemes ?? {};
  const components = { ...description.components, securitySchemes: { bearer, ...others } };
  return { ...description, components, servers: [{ url: base.href.replace(/\/$/, "") }] };
}
