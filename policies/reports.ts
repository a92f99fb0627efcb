/** The policies of the pack that are no rules but report on them, with what they say. */
export const reports = {
  exceptionsInForce: {
    name: "exceptions-in-force",
    description: "Lists the exceptions that excuse something, on every run.",
  },
  valuesKnown: {
    name: "values-known",
    description:
      "Lists what could not be judged because a value is not known before deployment, so that silence is never taken for consent.",
  },
  wholeSystem: {
    name: "rules-for-all-stacks",
    description:
      "Lists the rules that compare stacks with each other, which a pack does not see together: `npm run preview` judges them.",
  },
} as const;
