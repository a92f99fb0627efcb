import { type Rule } from "../rule";

/** Rules of this concern. */
export const scheduleRules: readonly Rule[] = [];
