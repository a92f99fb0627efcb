import { type Rule } from "../rule";

/** Rules of this concern. */
export const encryptionRules: readonly Rule[] = [];
