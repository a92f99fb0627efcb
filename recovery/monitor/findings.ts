import { type Checked, type Finding } from "../../contracts/events";
import { type ExitReason, RecoveryFailure } from "../failure";

/** What a check comes to, while it goes on. */
export class Findings {
  public readonly findings: Finding[] = [];
  /** What could not be looked at, as sentences. */
  public readonly unseen: string[] = [];
  /** What is worth knowing and nothing wrong, as sentences. */
  public readonly notes: string[] = [];
  public readonly places: Checked["places"] = [];
  public bytesExamined = 0;

  public add(...findings: readonly (Finding | undefined)[]): void {
    this.findings.push(...findings.filter((finding) => finding !== undefined));
  }

  /**
   * Looks at something. What the bucket does not let us see, or what goes away meanwhile, must not hide the
   * rest, and is never taken for good: it is kept as a sentence.
   *
   * @returns What `act` does; undefined when it could not be looked at.
   */
  public async look<Result>(what: string, act: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await act();
    } catch (error) {
      if (
        error instanceof RecoveryFailure &&
        (error.reason === "storage" || error.reason === "damaged")
      ) {
        this.unseen.push(`${what}: ${error.message}`);
        return undefined;
      }
      throw error;
    }
  }
}

/** Findings that mean that something cannot be relied on which is there. */
const damage: readonly Finding["kind"][] = ["damaged", "replica-different"];

/** How a check ends: by the worst that it came to; undefined when all is well and all was seen. */
export function reasonFor(
  findings: readonly Pick<Finding, "kind">[],
  unseen: readonly string[],
): ExitReason | undefined {
  return findings.some(({ kind }) => damage.includes(kind))
    ? "damaged"
    : findings.length > 0
      ? "overdue"
      : unseen.length > 0
        ? "storage"
        : undefined;
}
