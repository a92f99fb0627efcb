import { type Mutation } from "../mutation";

/** Mutations that these rules notice. */
export const dnsMutations: readonly Mutation[] = [];
