// What the modules need of a browser, for Node.

process.env.TZ = "Europe/Berlin";
globalThis.window ??= globalThis;
Object.defineProperty(globalThis, "navigator", {
  value: { onLine: true, languages: ["de-DE", "en-GB"] },
  configurable: true,
  writable: true,
});
