// What of Swagger UI is used. It comes as a script of its own, not as a module.

/** A part of a page, as React has it. */
export type Node = unknown;

export interface React {
  createElement(
    kind: string,
    properties: Record<string, unknown> | null,
    ...children: Node[]
  ): Node;
}

/** What a plugin is given. */
export interface System {
  React: React;
}

export type Component = (properties: {
  source?: unknown;
  className?: string;
  text?: string;
}) => Node;

export interface Options {
  spec: unknown;
  domNode: HTMLElement;
  deepLinking: boolean;
  defaultModelsExpandDepth: number;
  displayRequestDuration: boolean;
  persistAuthorization: boolean;
  validatorUrl: null;
  plugins: ((system: System) => { wrapComponents: Record<string, () => Component> })[];
}

declare global {
  interface Window {
    SwaggerUIBundle(options: Options): void;
  }
}
