// The Markdown of the description, as elements: paragraphs, lists, `code`, **strong**
// and [links](https://example.com), with the <i> that Swagger UI writes itself. Anything else
// stays the text that it is.

import type { Component, Node, React } from "./swagger-ui";

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|<i>([^<]+)<\/i>|\[([^\]]+)\]\((https:\/\/[^\s)]+)\)/g;
const ITEM = /^\s*[*-] +/;

function inline(React: React, text: string): Node[] {
  const nodes: Node[] = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, strong, emphasis, label, href] = match;
    if (match.index > at) nodes.push(text.slice(at, match.index));
    if (code !== undefined) nodes.push(React.createElement("code", null, code));
    else if (strong !== undefined) nodes.push(React.createElement("strong", null, strong));
    else if (emphasis !== undefined) nodes.push(React.createElement("i", null, emphasis));
    else nodes.push(React.createElement("a", { href, rel: "noreferrer" }, label));
    at = match.index + whole.length;
  }
  if (at < text.length) nodes.push(text.slice(at));
  return nodes;
}

/** Lines that belong together: a list where the first one is an item of one. */
function block(React: React, lines: string[]): Node {
  if (!ITEM.test(lines[0] ?? "")) {
    return React.createElement("p", null, ...inline(React, lines.join("\n")));
  }
  const items: string[] = [];
  for (const line of lines) {
    if (ITEM.test(line)) items.push(line.replace(ITEM, ""));
    else items.push(`${items.pop() ?? ""} ${line.trim()}`);
  }
  const item = (text: string) => React.createElement("li", null, ...inline(React, text));
  return React.createElement("ul", null, ...items.map(item));
}

/** What stands for the component of Swagger UI that writes Markdown as HTML. */
export function markdown(React: React): Component {
  return ({ source, className = "" }) => {
    if (typeof source !== "string" || source.trim() === "") return null;
    const blocks = source.trim().split(/\n\s*\n/);
    return React.createElement(
      "div",
      { className: `markdown ${className}` },
      ...blocks.map((text) => block(React, text.split("\n"))),
    );
  };
}
