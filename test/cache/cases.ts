import { setTimeout as sleep } from "node:timers/promises";
import { shutdownSeconds } from "../../components/cache/serverConfiguration";
import { type CacheObjectives } from "../../contracts/cacheTimings";
import { ordinals } from "./group";
import { until } from "./lab";
import { regionComesBack, regionIsLost } from "./regionCases";
import { restoreUnderSentinel } from "./restoreCase";
import { type Laboratory, type Measured, Round } from "./round";

/** How long and how often cases run. */
export interface Extent {
  /** Rounds of the plain kill. */
  readonly kills: number;
  /** How long members are frozen one after the other, in seconds. */
  readonly calmSeconds: number;
}

/** A failure, what it is called, and what the objectives allow. */
export interface FailureCase {
  /** Name in the report for machines. */
  readonly name: string;
  readonly title: string;
  readonly rounds: (extent: Extent) => number;
  readonly run: (laboratory: Laboratory, extent: Extent) => Promise<Measured>;
  readonly limits: (objectives: CacheObjectives) => Limits;
}

/** What a case may come to. What is not limited is only reported. */
export interface Limits {
  /** Outage in every round. */
  readonly outageSeconds: number;
  /** Outage in 19 of 20 rounds. */
  readonly usualOutageSeconds?: number;
  /** How far from the failure lost writes may have been acknowledged, before or after; 0: none is lost. */
  readonly lostWriteSeconds?: number;
  readonly recoveredSeconds?: number;
  /** Servers that acknowledge writes at the same time. @default 1 */
  readonly primariesAtOnce?: number;
  /** How often Sentinels have to promote a server, at least; 0: never. @default - it does not matter */
  readonly failovers?: number;
}

const oneRound = () => 1;

/**
 * Beyond detection: Sentinels agree, vote and promote, which takes a second or two. With a detection of
 * 5 s that is 8 s in 19 of 20 rounds, and 15 s in every one. A vote that nobody wins would take longer.
 */
const usualElectionSeconds = 3;
const longestElectionSeconds = 10;

/** What a single failover may take, if the objective allows as much. */
const singleFailover = ({ detectionSeconds, recoverySeconds }: CacheObjectives) =>
  Math.min(recoverySeconds, detectionSeconds + longestElectionSeconds);

const byFailover = ({ recoverySeconds, lostWriteSeconds }: CacheObjectives): Limits => ({
  outageSeconds: recoverySeconds,
  lostWriteSeconds,
  failovers: 1,
});

/** How long the primary is frozen for less than what Sentinels notice, in seconds. */
const shortFreeze = ({ detectionSeconds }: CacheObjectives) => detectionSeconds - 2;

/** How long each member is frozen that is only slow, in seconds. */
const calmFreezeSeconds = 1;

/** Every case, in the order in which they run. */
export const failureCases: readonly FailureCase[] = [
  {
    name: "kill",
    title: "primary killed",
    rounds: ({ kills }) => kills,
    run: killed,
    limits: (objectives) => ({
      ...byFailover(objectives),
      outageSeconds: singleFailover(objectives),
      usualOutageSeconds: objectives.detectionSeconds + usualElectionSeconds,
    }),
  },
  {
    name: "restartInPlace",
    title: "primary killed, its container restarted at once",
    rounds: oneRound,
    run: restartedInPlace,
    limits: ({ detectionSeconds }) => ({
      outageSeconds: detectionSeconds,
      lostWriteSeconds: 0,
      failovers: 0,
    }),
  },
  {
    name: "killWithReplicasBehind",
    title: "primary killed after it lost both replicas",
    rounds: oneRound,
    run: killedWithReplicasBehind,
    limits: byFailover,
  },
  {
    name: "shortFreeze",
    title: "primary frozen for less than detection",
    rounds: oneRound,
    run: frozenForAMoment,
    limits: (objectives) => ({
      outageSeconds: shortFreeze(objectives) + 1,
      lostWriteSeconds: 0,
      failovers: 0,
    }),
  },
  {
    name: "longFreeze",
    title: "primary frozen until another serves",
    rounds: oneRound,
    run: frozenForLong,
    limits: byFailover,
  },
  {
    name: "partitionWithClients",
    title: "primary and a client cut off from all others",
    rounds: oneRound,
    run: partitionedWithClients,
    // The old one goes on until its replicas have been silent for too long.
    limits: (objectives) => ({ ...byFailover(objectives), primariesAtOnce: 2 }),
  },
  {
    name: "isolation",
    title: "primary cut off from everything",
    rounds: oneRound,
    run: isolated,
    limits: byFailover,
  },
  {
    name: "sentinelLost",
    title: "a Sentinel killed",
    rounds: oneRound,
    run: sentinelLost,
    limits: () => ({ outageSeconds: 1, lostWriteSeconds: 0, failovers: 0 }),
  },
  {
    name: "sentinelAndPrimary",
    title: "a Sentinel and the primary killed",
    rounds: oneRound,
    run: sentinelAndPrimaryLost,
    limits: byFailover,
  },
  {
    name: "twoFailovers",
    title: "primary killed, then the next one",
    rounds: oneRound,
    run: twoFailovers,
    limits: (objectives) => ({
      ...byFailover(objectives),
      outageSeconds: singleFailover(objectives),
      failovers: 2,
      recoveredSeconds: objectives.recoverySeconds,
    }),
  },
  {
    name: "newAddresses",
    title: "everything killed and restarted with new addresses",
    rounds: oneRound,
    run: restartedElsewhere,
    limits: ({ recoverySeconds }) => ({ outageSeconds: recoverySeconds, lostWriteSeconds: 0 }),
  },
  {
    name: "handOver",
    title: "primary's pod evicted, at full load",
    rounds: oneRound,
    run: evicted,
    limits: ({ detectionSeconds }) => ({
      outageSeconds: detectionSeconds,
      lostWriteSeconds: 0,
      failovers: 1,
    }),
  },
  {
    name: "calm",
    title: "every member frozen in turn for a second",
    rounds: oneRound,
    run: frozenInTurn,
    limits: () => ({
      outageSeconds: calmFreezeSeconds + 1,
      lostWriteSeconds: 0,
      failovers: 0,
    }),
  },
  {
    name: "restore",
    title: "snapshot restored, then everything restarted",
    rounds: oneRound,
    run: restoreUnderSentinel,
    limits: ({ recoverySeconds }) => ({ outageSeconds: recoverySeconds, lostWriteSeconds: 0 }),
  },
  {
    name: "regionLost",
    title: "region lost, the other promoted at once",
    rounds: oneRound,
    run: regionIsLost,
    limits: ({ recoverySeconds, lostWriteSeconds }) => ({
      outageSeconds: recoverySeconds,
      lostWriteSeconds,
    }),
  },
  {
    name: "regionBack",
    title: "the lost region back, and a planned move there",
    rounds: oneRound,
    run: regionComesBack,
    limits: ({ recoverySeconds }) => ({ outageSeconds: recoverySeconds, lostWriteSeconds: 0 }),
  },
];

/** Something breaks; clients write again; it is mended, if it is still broken, and the group is whole again. */
async function broken(
  laboratory: Laboratory,
  breaks: (round: Round) => unknown,
  mends: (round: Round) => unknown = () => undefined,
): Promise<Measured> {
  const round = await Round.begin(laboratory);
  round.fails();
  await breaks(round);
  await round.writesAgain();
  await mends(round);
  await round.redundant();
  return round.end();
}

function killed(laboratory: Laboratory): Promise<Measured> {
  const { group } = laboratory;
  return broken(
    laboratory,
    ({ primary }) => group.kill("server", primary),
    ({ primary }) => {
      group.start("server", primary);
    },
  );
}

function restartedInPlace(laboratory: Laboratory): Promise<Measured> {
  const { group } = laboratory;
  return broken(laboratory, async ({ primary }) => {
    await group.kill("server", primary);
    group.start("server", primary);
  });
}

/**
 * As long as writes are acknowledged that no replica has, they are lost with the primary. It is cut off
 * from its replicas alone, and gets another address before the cut is mended: what the kernel still had
 * to send for it is lost, too.
 */
async function killedWithReplicasBehind(laboratory: Laboratory): Promise<Measured> {
  const { lab, group, objectives } = laboratory;
  const round = await Round.begin(laboratory);
  const primary = group.pod("server", round.primary);
  lab.network.cut(
    [primary],
    round.replicas.map((ordinal) => group.pod("server", ordinal)),
  );
  const limit = (objectives.lostWriteSeconds + 5) * 1_000;
  await until("writes are refused", () => Date.now() - round.load.lastWrite > 500, limit);
  round.fails(round.load.lastWrite);
  await group.kill("server", round.primary);
  lab.network.moveToNewAddress(primary);
  lab.network.mend();
  await round.writesAgain();
  group.start("server", round.primary);
  await round.redundant();
  return round.end();
}

async function frozenForAMoment(laboratory: Laboratory): Promise<Measured> {
  const { group, objectives } = laboratory;
  const round = await Round.begin(laboratory);
  const primary = group.process("server", round.primary);
  round.fails();
  primary.kill("SIGSTOP");
  await sleep(shortFreeze(objectives) * 1_000);
  primary.kill("SIGCONT");
  await round.writesAgain();
  // Long enough for a failover that somebody had begun.
  await sleep(objectives.detectionSeconds * 1_000);
  await round.redundant();
  return round.end();
}

function frozenForLong(laboratory: Laboratory): Promise<Measured> {
  const { group } = laboratory;
  return broken(
    laboratory,
    ({ primary }) => {
      group.process("server", primary).kill("SIGSTOP");
    },
    async ({ primary }) => {
      await sleep(1_000);
      group.process("server", primary).kill("SIGCONT");
    },
  );
}

/** Two clients, one on either side: the one that is with the primary goes on writing there. */
async function partitionedWithClients(laboratory: Laboratory): Promise<Measured> {
  const { lab, group, objectives, clients } = laboratory;
  const [outside, inside] = clients;
  const round = await Round.begin(laboratory, { pods: clients });
  const primary = group.pod("server", round.primary);
  const others = group.podsOf("server", "sentinel").filter((pod) => pod !== primary);
  round.fails();
  lab.network.cut([primary, inside], [...others, outside]);
  await round.writesAgain([outside]);
  await sleep(Math.max(0, round.since + (objectives.lostWriteSeconds + 2) * 1_000 - Date.now()));
  lab.network.mend();
  await round.redundant();
  return round.end([outside]);
}

function isolated(laboratory: Laboratory): Promise<Measured> {
  const { lab, group, clients } = laboratory;
  return broken(
    laboratory,
    ({ primary }) => {
      const pod = group.pod("server", primary);
      const others = group.podsOf("server", "sentinel").filter((other) => other !== pod);
      lab.network.cut([pod], [...others, ...clients]);
    },
    async () => {
      await sleep(1_000);
      lab.network.mend();
    },
  );
}

async function sentinelLost(laboratory: Laboratory): Promise<Measured> {
  const { group, objectives } = laboratory;
  const round = await Round.begin(laboratory);
  round.fails();
  await group.kill("sentinel", 1);
  await sleep((objectives.detectionSeconds + usualElectionSeconds) * 1_000);
  group.start("sentinel", 1);
  await round.redundant();
  return round.end();
}

function sentinelAndPrimaryLost(laboratory: Laboratory): Promise<Measured> {
  const { group } = laboratory;
  return broken(
    laboratory,
    ({ primary }) => Promise.all([group.kill("sentinel", 1), group.kill("server", primary)]),
    ({ primary }) => {
      group.start("sentinel", 1);
      group.start("server", primary);
    },
  );
}

/** The first server comes back as soon as the second serves; the second one is killed all the same. */
async function twoFailovers(laboratory: Laboratory): Promise<Measured> {
  const { group } = laboratory;
  const round = await Round.begin(laboratory);
  round.fails();
  await group.kill("server", round.primary);
  await round.writesAgain();
  group.start("server", round.primary);
  // The first Sentinel may not have heard of it yet.
  const next = round.replicas.find((ordinal) => group.info(ordinal, "role") === "master");
  if (next === undefined) {
    throw new Error("clients write, but no other server is a primary");
  }
  round.fails();
  await group.kill("server", next);
  await round.writesAgain();
  const recoveredSeconds = (Date.now() - round.since) / 1_000;
  group.start("server", next);
  await round.redundant();
  return { ...(await round.end()), recoveredSeconds };
}

function restartedElsewhere(laboratory: Laboratory): Promise<Measured> {
  const { lab, group } = laboratory;
  return broken(laboratory, async () => {
    await group.killAll();
    group.podsOf("server", "sentinel").forEach((pod) => {
      lab.network.moveToNewAddress(pod);
    });
    group.startProcesses();
  });
}

/** The hook, the signal and the end, as a kubelet goes through them; then the pod is back elsewhere. */
async function evicted(laboratory: Laboratory): Promise<Measured> {
  const { lab, group, clients } = laboratory;
  const round = await Round.begin(laboratory, { pods: clients, pauseMilliseconds: 0 });
  const server = group.process("server", round.primary);
  round.fails();
  const { status, output } = await group.runBeside(round.primary, "hand-over.sh").end;
  if (status !== 0) {
    throw new Error(`the hand-over has failed: ${output}`);
  }
  server.kill("SIGTERM");
  await until(
    "it has stopped as quickly as pods have to",
    () => server.exitCode !== null || server.signalCode !== null,
    shutdownSeconds * 1_000,
  );
  lab.network.moveToNewAddress(group.pod("server", round.primary));
  group.start("server", round.primary);
  await round.writesAgain();
  await round.redundant();
  return round.end();
}

async function frozenInTurn(laboratory: Laboratory, extent: Extent): Promise<Measured> {
  const { group } = laboratory;
  const round = await Round.begin(laboratory, { pods: laboratory.clients });
  const members = [
    ...ordinals.map((ordinal) => group.process("server", ordinal)),
    ...ordinals.map((ordinal) => group.process("sentinel", ordinal)),
  ];
  round.fails();
  for (let turn = 0; Date.now() - round.since < extent.calmSeconds * 1_000; turn += 1) {
    const member = members[turn % members.length];
    member?.kill("SIGSTOP");
    await sleep(calmFreezeSeconds * 1_000);
    member?.kill("SIGCONT");
    await sleep(calmFreezeSeconds * 1_000);
  }
  await round.redundant();
  return round.end();
}
