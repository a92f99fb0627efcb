"use strict";
const { writeSync } = require("node:fs");

/** Tells the parent process, on a channel of its own, the most memory that this one ever held. */
process.on("exit", () => {
  writeSync(3, String(process.resourceUsage().maxRSS));
});
