import { type Rule } from "../rule";

/** Rules of this concern. */
export const accessRules: readonly Rule[] = [];
