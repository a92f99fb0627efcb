import { z } from "zod";

/** What events of all kinds are made of. */

export const seconds = z.number().nonnegative();
export const count = z.int().nonnegative();
/** In UTC. */
export const time = z.iso.datetime();
/** In hexadecimal digits. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What every event says. */
export const run = {
  format: z.literal(1),
  /** Sorts by the time of the run's end. */
  id: z.string().regex(/^\d{8}T\d{9}Z-[0-9a-f]{8}$/),
  system: z.string(),
  account: z.string(),
  /** Region in which it ran. */
  region: z.string(),
  /** Who ran it: a job's pod, or the operator's name on the machine that it ran on. */
  actor: z.string(),
  /** Version of the command. */
  version: z.string(),
  startedAt: time,
  finishedAt: time,
  /** Absent where it succeeded. */
  failure: z
    .strictObject({
      /** As in docs/recovery.md, "When it fails": `database`, `damaged`. */
      reason: z.string(),
      message: z.string(),
    })
    .optional(),
};
