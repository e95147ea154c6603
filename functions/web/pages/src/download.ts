// Hands a text to the reader as a file, without a server.

export function download(name: string, mediaType: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${mediaType};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.hidden = true;
  document.body.appendChild(link);
  link.click();
  link.remove();
  // The browser has taken the text by the next turn; until then the address has to hold.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}

/** Spreadsheets take a cell with one of these in front for a formula, and may run it. */
const FORMULA = /^(?:[\t\r]|\s*[=+\-@＝＋－＠])/;

/** Every cell is quoted, so that no separator of any country's spreadsheet parts one. */
function cell(value: string): string {
  const harmless = FORMULA.test(value) ? `'${value}` : value;
  return `"${harmless.replaceAll('"', '""')}"`;
}

/** RFC 4180, with a byte order mark for the spreadsheets that guess without one. */
export function toCsv(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows].map((row) => row.map(cell).join(","));
  return `\ufeff${lines.join("\r\n")}\r\n`;
}

export function toJsonLines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join("");
}
