"use strict";
const { reporters } = require("mocha");

/** Mocha's usual report, and a last line that a machine can read: `N passed, N failed`. */
class CountingReporter extends reporters.Spec {
  /** Mocha calls this after the report, and ends by what it is given here. */
  done(failures, end) {
    process.stdout.write(`${this.stats.passes} passed, ${this.stats.failures} failed\n`, () => {
      end(failures);
    });
  }
}

module.exports = CountingReporter;
