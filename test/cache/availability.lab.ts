import { missingForPods } from "./requirements";

// In CI everything has to be there; elsewhere what is missing is told, and nothing is tested.
before(function () {
  const missing = missingForPods();
  if (missing === undefined) {
    return;
  }
  if (process.env["CI"] !== undefined) {
    throw new Error(missing);
  }
  process.stderr.write(`\nCACHE TESTS SKIPPED: ${missing}\n\n`);
  this.skip();
});
