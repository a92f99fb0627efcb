/** How the command ends. Numbers are part of its interface: docs/recovery.md says what to do about each. */
export const exitCodes = {
  /** Done as asked. */
  success: 0,
  /** A fault of this program, or one that it did not foresee. */
  unforeseen: 1,
  /** Options or the environment are wrong. Nothing was touched. */
  usage: 2,
  /** It would not be safe, or not whole, and so was not begun. */
  refused: 3,
  /** The database, or the cache, does not answer, or did not do as it was asked. */
  database: 4,
  /** The bucket does not answer, or does not let us in. */
  storage: 5,
  /** A recovery point is not what its manifest says, or what was restored is not what was backed up. */
  damaged: 6,
  /** There is no such recovery point. */
  absent: 7,
  /** Recovery points are missing, late, unproven or unlike those before: the monitor found it. */
  overdue: 8,
  /** The Kubernetes API does not answer, or did not do as it was asked. */
  cluster: 9,
  /** A recovery point was restored whole, but later than is promised, slower than before, or it is too old; or a check of a drill did not pass. */
  unmet: 10,
} as const;

export type ExitReason = Exclude<keyof typeof exitCodes, "success">;

/** Something that a person can act on. Its message says what is wrong and how to mend it. */
export class RecoveryFailure extends Error {
  public constructor(
    public readonly reason: ExitReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The text of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
