// Pictures are no tests, and so have a folder of their own.

import config from "./playwright.config.ts";

export default {
  ...config,
  testDir: "pictures",
  workers: 1,
  reporter: [["list"]],
};
