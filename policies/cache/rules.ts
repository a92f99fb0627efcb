import { type Rule } from "../rule";
import { durability } from "./durability";
import { encryption } from "./encryption";
import { members } from "./members";
import { quorum } from "./quorum";
import { retained } from "./retained";
import { standby } from "./standby";

/** Rules of caches. */
export const cacheRules: readonly Rule[] = [
  durability,
  quorum,
  members,
  standby,
  encryption,
  retained,
];
