import { join } from "node:path";
import { PolicyPack } from "@pulumi/policy";
import { readExceptions } from "./exceptions";
import { policiesOf } from "./pack";
import { rules } from "./rules";

/** Entry point of the policy pack. Compiled to `bin/index.js`, beside which everything else is read. */
const exceptions = readExceptions(
  join(__dirname, "..", "exceptions.yaml"),
  rules.map(({ id }) => id),
);

new PolicyPack("trading-dr", {
  description: "Blocks what would break the recovery of a trading system.",
  enforcementLevel: "mandatory",
  policies: policiesOf(rules, exceptions),
});
