import { createHash } from "node:crypto";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Address, podLayout } from "../../components/cache/layout";
import { cachePort } from "../../contracts/cacheNames";
import { type Group, ordinals } from "./group";
import { ended, type Lab, until } from "./lab";
import { Load } from "./load";
import { outageSeconds } from "./measures";
import { compared, type Laboratory, type Measured, primaryOf } from "./round";

/** Keys that are in the snapshot: enough that a copy of them is not over at once. */
const keyCount = 20_000;

/** How much longer each key takes to be written to disk, in microseconds. */
const saveDelayMicroseconds = "200";

const key = (index: number) => `snapshot:${String(index)}`;
const value = (index: number) => createHash("sha256").update(String(index)).digest("hex");
const indexes = Array.from({ length: keyCount }, (_, index) => index);

/**
 * A snapshot is taken from a replica; what it has is then lost by somebody's mistake, and restored while
 * writers have stopped. The whole group is killed right afterwards, with append-only files on.
 */
export async function restoreUnderSentinel(laboratory: Laboratory): Promise<Measured> {
  const { lab, group, clients } = laboratory;
  await group.settled();
  const primary = primaryOf(group);
  // What other cases have left would be saved with the same delay, and take the longer the more it is.
  group.ask(group.server(primary), "FLUSHALL");
  group.askAll(
    group.server(primary),
    indexes.map((index) => `SET ${key(index)} ${value(index)}`),
  );
  const snapshot = lab.path("restore.rdb");
  const [replica = 0] = ordinals.filter((ordinal) => ordinal !== primary);
  await until(
    "the replica has them",
    () => group.info(replica, "slave_repl_offset") === group.info(primary, "master_repl_offset"),
  );
  await group.saveSnapshot(group.server(replica), snapshot);
  group.askAll(
    group.server(primary),
    indexes.map((index) => `SET ${key(index)} wrong`),
  );
  group.askAs("application", group.server(primary), "SET", "after-snapshot", "1");

  // Writers stop here; what they wrote after the snapshot is given up with it.
  const since = Date.now();
  const loader = await startLoader(lab, group, snapshot);
  group.carryOutAll("sentinel", "stand-by.sh");
  // As long as a larger store takes: a fill that does not wait for the new append-only file shows.
  group.ask(group.server(primary), "CONFIG", "SET", "rdb-key-save-delay", saveDelayMicroseconds);
  group.carryOut("server", primary, "fill.sh", loader.address.host, String(loader.address.port));
  group.carryOutAll("sentinel", "promote.sh", String(primary));
  await group.killAll();
  await ended(loader.process);
  group.startProcesses();
  const load = Load.start(lab, group, { pods: [clients[0]], pauseMilliseconds: 5 });
  await load.flowing([clients[0]], since);
  await group.settled(60_000);
  const redundancySeconds = (Date.now() - since) / 1_000;
  await sleep(1_000);
  const stopped = Date.now();
  const records = await load.stop();
  const writes = records.flatMap(({ acknowledged }) => acknowledged);
  await until(
    "replicas have everything",
    () => group.info(replica, "slave_repl_offset") === group.info(primary, "master_repl_offset"),
  );
  return {
    ...compared(records, group, [since]),
    outageSeconds: outageSeconds(writes, since, stopped),
    redundancySeconds,
    missingKeys: ordinals.reduce((sum, ordinal) => sum + wrongAt(group, ordinal), 0),
  };
}

/** Keys of the snapshot that a server has not, or not as they were, and those that it should not have. */
function wrongAt(group: Group, ordinal: number): number {
  const server = group.server(ordinal);
  const values = group.askAll(
    server,
    indexes.map((index) => `GET ${key(index)}`),
  );
  const extra = group.askAll(server, ["EXISTS after-snapshot"])[0] === "0" ? 0 : 1;
  return extra + indexes.filter((index) => values[index] !== value(index)).length;
}

/**
 * A server in a pod of its own that has loaded a snapshot, and that replicas of the group may follow.
 *
 * @param snapshot Its file. @default - it has none, as when somebody has put it in another place
 */
export async function startLoader(lab: Lab, group: Group, snapshot?: string) {
  const name = `loader-${String(Date.now())}`;
  const address: Address = { host: name, port: cachePort };
  const pod = await lab.addPod(name, [name]);
  const { configuration, data, certificates, credentials } = podLayout;
  if (snapshot !== undefined) {
    copyFileSync(snapshot, join(pod.volumes.data, "dump.rdb"));
  }
  lab.issueCertificate(pod.volumes.certificates, [name]);
  group.installCredentials(pod.volumes.credentials, "server");
  writeFileSync(
    join(pod.volumes.configuration, "loader.conf"),
    [
      "port 0",
      `tls-port ${String(cachePort)}`,
      `tls-cert-file ${certificates}/tls.crt`,
      `tls-key-file ${certificates}/tls.key`,
      `tls-ca-cert-file ${certificates}/ca.crt`,
      "tls-auth-clients no",
      "tls-replication yes",
      // With an append-only file the snapshot would not even be read.
      "appendonly no",
      `dir ${data}`,
      `aclfile ${data}/users.acl`,
    ].join("\n"),
  );
  const process = lab.spawn(
    pod,
    "sh",
    [
      "-c",
      `cat ${credentials}/users.acl ${credentials}/replication.acl >${data}/users.acl
exec redis-server ${configuration}/loader.conf`,
    ],
    `${name}.log`,
  );
  await until("the loader answers", () => group.ask(address, "PING") === "PONG");
  return { address, process };
}
