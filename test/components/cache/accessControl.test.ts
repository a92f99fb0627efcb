import assert from "node:assert/strict";
import {
  type CachePasswords,
  cacheUsers,
  passwordHash,
  replicationUser,
  sentinelUsers,
  serverUsers,
} from "../../../components/cache/accessControl";

const made = (prefix: string) =>
  Object.fromEntries(
    cacheUsers.map((user) => [user, `${prefix}-of-${user}`]),
  ) as unknown as CachePasswords;
const passwords = made("password");

/** A file with each hash replaced by the user's name in brackets. */
function readable(file: string): string[] {
  return cacheUsers
    .reduce((text, user) => text.replace(passwordHash(passwords[user]), `[${user}]`), file)
    .split("\n");
}

describe("users of a cache", () => {
  it("may do this at servers, and nothing else", () => {
    assert.deepEqual(readable(serverUsers([passwords])), [
      "user default off resetpass resetkeys resetchannels -@all",
      "user sentinel on #[sentinel] resetchannels &__sentinel__:hello +ping +info +publish +subscribe +multi +exec +slaveof +config|rewrite +client|setname +client|kill +script|kill",
      "user hand-over on #[hand-over] resetchannels +role +client|pause +client|unpause +replicaof",
      "user promotion on #[promotion] resetchannels +role +replicaof +config|rewrite +info",
      "user reload on #[reload] resetchannels +acl|load +config|set",
      "user probe on #[probe] resetchannels +ping +role",
      "user backup on #[backup] resetchannels +psync +replconf +role",
      "user metrics on #[metrics] resetchannels +ping +info +client|setname +slowlog|get +slowlog|len +latency|latest +latency|histogram",
      "user application on #[application] resetchannels ~* &application:* +@read +@write +@transaction +@pubsub +@connection +eval +evalsha +eval_ro +evalsha_ro +fcall +fcall_ro +script|load +script|exists -@admin -@dangerous +info +role",
      "",
    ]);
  });

  it("may do this at Sentinels, where there is no data", () => {
    assert.deepEqual(readable(sentinelUsers([passwords])), [
      "user default off resetpass resetkeys resetchannels -@all",
      "user sentinel on #[sentinel] resetchannels &__sentinel__:hello +ping +publish +client|setname +sentinel|is-master-down-by-addr",
      "user hand-over on #[hand-over] resetchannels +sentinel|failover +sentinel|get-master-addr-by-name +sentinel|ckquorum",
      "user promotion on #[promotion] resetchannels +sentinel|get-master-addr-by-name +sentinel|monitor +sentinel|set +sentinel|remove",
      "user reload on #[reload] resetchannels +acl|load",
      "user probe on #[probe] resetchannels +ping",
      "user backup on #[backup] resetchannels +sentinel|get-master-addr-by-name +sentinel|replicas",
      "user metrics on #[metrics] resetchannels +ping +info +client|setname +sentinel|masters +sentinel|ckquorum +sentinel|slaves +sentinel|sentinels",
      "user application on #[application] resetchannels &+switch-master +ping +info +role +client|setname +subscribe +unsubscribe +sentinel|get-master-addr-by-name +sentinel|replicas +sentinel|slaves +sentinel|sentinels",
      "",
    ]);
  });

  it("are known by hashes only", () => {
    const files = serverUsers([passwords]) + sentinelUsers([passwords]);
    assert.equal(files.includes("password-of-"), false);
    assert.equal(
      passwordHash("abc"),
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });

  it("keep the passwords of the date before, beside those that are in use", () => {
    const old = made("old");
    for (const users of [serverUsers, sentinelUsers]) {
      const only = users([passwords]).split("\n");
      assert.deepEqual(
        users([passwords, old]).split("\n"),
        only.map((line) =>
          cacheUsers.reduce((text, user) => {
            const hash = passwordHash(passwords[user]);
            return text.replace(`#${hash}`, `#${hash} #${passwordHash(old[user])}`);
          }, line),
        ),
      );
    }
  });

  it("replicate as a user that both regions know, whose password before holds, too", () => {
    assert.equal(
      replicationUser(["new", "old"]),
      `user replication on #${passwordHash("new")} #${passwordHash("old")} resetchannels +psync +replconf +ping\n`,
    );
  });
});
