/** A reason not to go on that a person can act on: shown without a stack trace. */
export class PreviewRefusal extends Error {}
