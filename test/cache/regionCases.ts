import { setTimeout as sleep } from "node:timers/promises";
import { type Group, ordinals } from "./group";
import { until } from "./lab";
import { Load } from "./load";
import { outageSeconds } from "./measures";
import { compared, type Laboratory, type Measured, primaryOf } from "./round";

/**
 * Every process of one region is killed, and an operator promotes the other at once. One client is in
 * each region; that of the other finds no primary until then.
 */
export async function regionIsLost(laboratory: Laboratory): Promise<Measured> {
  const { lab, group, standby, clients } = laboratory;
  const [here, there] = clients;
  await standby.startAll();
  await until("the standby is in step", () => standby.run("server", 2, "ready.sh").status === 0);
  const writing = Load.start(lab, group, { pods: [here], pauseMilliseconds: 5 });
  const waiting = Load.start(lab, standby, { pods: [there], pauseMilliseconds: 5 });
  await writing.flowing([here], 0);
  await sleep(2_000);
  const since = Date.now();
  await group.killAll();
  standby.carryOut("server", 0, "promote.sh");
  standby.carryOutAll("sentinel", "promote.sh");
  await waiting.flowing([there], since);
  await standby.settled();
  const redundancySeconds = (Date.now() - since) / 1_000;
  await sleep(1_000);
  const stopped = Date.now();
  const records = [...(await writing.stop()), ...(await waiting.stop())];
  return {
    ...compared(records, standby, [since]),
    outageSeconds: outageSeconds(
      records.flatMap(({ acknowledged }) => acknowledged),
      since,
      stopped,
    ),
    redundancySeconds,
  };
}

/** The lost region comes back with its old data, becomes the standby, and is moved to as planned. */
export async function regionComesBack(laboratory: Laboratory): Promise<Measured> {
  const { lab, group, standby, clients } = laboratory;
  const [here, there] = clients;
  group.startProcesses();
  await until("the old region answers", () =>
    (["server", "sentinel"] as const).every((part) =>
      ordinals.every((ordinal) => group.run(part, ordinal, "live.sh").status === 0),
    ),
  );
  await makeStandby(group);

  const before = Load.start(lab, standby, { pods: [there], pauseMilliseconds: 5 });
  await before.flowing([there], 0);
  await sleep(2_000);
  const records = await before.stop();
  const since = Date.now();
  const offset = () => standby.info(primaryOf(standby), "master_repl_offset");
  await until("every write is there", () => group.info(2, "slave_repl_offset") === offset());
  standby.carryOutAll("sentinel", "stand-by.sh");
  group.carryOut("server", 0, "promote.sh");
  group.carryOutAll("sentinel", "promote.sh");
  await makeStandby(standby);
  const after = Load.start(lab, group, { pods: [here], pauseMilliseconds: 5 });
  await after.flowing([here], since);
  await group.settled();
  const redundancySeconds = (Date.now() - since) / 1_000;
  await sleep(1_000);
  const stopped = Date.now();
  records.push(...(await after.stop()));
  return {
    ...compared(records, group, [since]),
    outageSeconds: outageSeconds(
      records.flatMap(({ acknowledged }) => acknowledged),
      since,
      stopped,
    ),
    redundancySeconds,
  };
}

/** Has a region's Sentinels rest and its servers follow the other region, as docs/cache.md says. */
async function makeStandby(group: Group): Promise<void> {
  group.carryOutAll("sentinel", "stand-by.sh");
  group.carryOutAll("server", "stand-by.sh");
  await group.kill("server", 0);
  group.start("server", 0);
  await until("it is fed", () =>
    ordinals.every((ordinal) => group.run("server", ordinal, "ready.sh").status === 0),
  );
}
