"use strict";
const { reporters, Runner } = require("mocha");

/** Mocha's usual report, and a last line that a machine can read: `N passed, N failed`. */
class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      // After the report itself, which is printed at the same event.
      setImmediate(() => {
        process.stdout.write(`${this.stats.passes} passed, ${this.stats.failures} failed\n`);
      });
    });
  }
}

module.exports = CountingReporter;
