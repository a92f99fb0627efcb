import { type Rule } from "../rule";

/** Rules of this concern. */
export const imagesRules: readonly Rule[] = [];
