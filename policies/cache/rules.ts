import { type Rule } from "../rule";
import { durability } from "./durability";
import { quorum } from "./quorum";

/** Rules of caches. */
export const cacheRules: readonly Rule[] = [durability, quorum];
