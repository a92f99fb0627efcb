import { createHash } from "node:crypto";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Address, podLayout } from "../../components/cache/layout";
import { cachePort } from "../../contracts/cacheNames";
import { type Group, ordinals } from "./group";
import { ended, type Lab, until } from "./lab";
import { type Laboratory, type Measured, primaryOf, Round } from "./round";

/** Keys that are in the snapshot: enough that a copy of them is not over at once. */
const keyCount = 20_000;

const key = (index: number) => `snapshot:${String(index)}`;
const value = (index: number) => createHash("sha256").update(String(index)).digest("hex");
const indexes = Array.from({ length: keyCount }, (_, index) => index);

/**
 * A snapshot is taken from a replica; what it has is then lost by somebody's mistake, and restored while
 * writers have stopped. The whole group is killed right afterwards, with append-only files on.
 */
export async function restoreUnderSentinel(laboratory: Laboratory): Promise<Measured> {
  const { lab, group } = laboratory;
  await group.settled();
  const primary = primaryOf(group);
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
  group.askAs("backup", group.server(replica), "--rdb", snapshot);
  group.askAll(
    group.server(primary),
    indexes.map((index) => `SET ${key(index)} wrong`),
  );
  group.askAs("application", group.server(primary), "SET", "after-snapshot", "1");

  const round = await Round.begin(laboratory);
  round.fails();
  const loader = await startLoader(lab, group, snapshot);
  // Writers stop here; what they wrote after the snapshot is given up with it.
  const before = await round.load.stop();
  const stopped = Date.now();
  for (const ordinal of ordinals) {
    succeed(group.run("sentinel", ordinal, "stand-by.sh"));
  }
  succeed(
    group.run("server", primary, "fill.sh", loader.address.host, String(loader.address.port)),
  );
  for (const ordinal of ordinals) {
    succeed(group.run("sentinel", ordinal, "promote.sh", String(primary)));
  }
  await group.killAll();
  await ended(loader.process);
  group.startProcesses();
  await group.settled(60_000);
  const serving = (Date.now() - stopped) / 1_000;

  const server = group.server(primaryOf(group));
  const found = group.askAll(
    server,
    indexes.map((index) => `GET ${key(index)}`),
  );
  const missing = indexes.filter((index) => found[index] !== value(index)).length;
  const extra = group.askAs("application", server, "EXISTS", "after-snapshot") === "0" ? 0 : 1;
  return {
    outageSeconds: serving,
    acknowledgedWrites: before.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0),
    lostWrites: 0,
    primariesAtOnce: 1,
    redundancySeconds: serving,
    missingKeys: missing + extra,
  };
}

/** A server in a pod of its own that has loaded a snapshot, and that replicas of the group may follow. */
export async function startLoader(lab: Lab, group: Group, snapshot: string) {
  const name = `loader-${String(Date.now())}`;
  const address: Address = { host: name, port: cachePort };
  const pod = await lab.addPod(name, [name]);
  const { configuration, data, certificates, credentials } = podLayout;
  copyFileSync(snapshot, join(pod.volumes.data, "dump.rdb"));
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

function succeed({ status, output }: { status: number | null; output: string }): void {
  if (status !== 0) {
    throw new Error(output);
  }
}
