import { randomBytes } from "node:crypto";

/** Names this run of the command: lines of its log have it, and ids of its events end in it. */
export const runId = randomBytes(4).toString("hex");
