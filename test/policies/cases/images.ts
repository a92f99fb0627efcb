import { type RuleCases } from "../ruleCases";

/** Cases of the rules of this concern. */
export const imagesCases: readonly RuleCases[] = [];
