import { type Rule } from "../rule";
import { detectionTime } from "./detection";
import { failoverChecks, failoverPair } from "./failoverPair";
import { dnsProtected, switchLatches, switchPair } from "./failoverSwitch";

/** Rules of what sends users to a region. */
export const dnsRules: readonly Rule[] = [
  failoverPair,
  failoverChecks,
  detectionTime,
  switchLatches,
  switchPair,
  dnsProtected,
];
