import { randomBytes } from "node:crypto";
import { type CacheGroupSettings } from "../../components/cache/cacheGroup";
import { type Extent, type FailureCase } from "./cases";
import { Group } from "./group";
import { Lab } from "./lab";
import { caseReport, type CaseReport } from "./report";
import { type Laboratory, type Measured } from "./round";

/** The extent of `npm run lab:cache`. */
export const whole: Extent = { kills: 20, calmSeconds: 300 };

/** The extent of `npm test`, and of `npm run lab:cache -- --short`. */
export const short: Extent = { kills: 2, calmSeconds: 24 };

/**
 * Opens a laboratory with a cache of a system: the serving group runs, that of the other region does not yet.
 */
export async function openLaboratory(
  serving: CacheGroupSettings,
  standingBy: CacheGroupSettings,
): Promise<Laboratory> {
  const lab = new Lab();
  const passwords = [randomBytes(20).toString("hex")];
  const group = await Group.create(lab, serving, passwords);
  const standby = await Group.create(lab, standingBy, passwords);
  const clients = [await lab.addPod("client-0"), await lab.addPod("client-1")] as const;
  await group.startAll();
  return { lab, group, standby, objectives: serving.objectives, clients };
}

/**
 * Runs the rounds of a case.
 *
 * @param progress Is told of each round as it ends.
 */
export async function runCase(
  failure: FailureCase,
  laboratory: Laboratory,
  extent: Extent,
  progress: (measured: Measured) => void = () => undefined,
): Promise<CaseReport> {
  const rounds: Measured[] = [];
  for (let round = 0; round < failure.rounds(extent); round += 1) {
    const measured = await failure.run(laboratory, extent);
    progress(measured);
    rounds.push(measured);
  }
  return caseReport(failure, rounds, laboratory.objectives);
}
