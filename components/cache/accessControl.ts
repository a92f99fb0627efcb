import { createHash } from "node:crypto";

/**
 * Who may do what at servers and Sentinels. Each list is what the user's work was seen to need on
 * Redis 7.0.15 and no more (docs/cache.md); the default user is off.
 */

/** Channel on which Sentinels tell each other of the primary. Who may publish there can force a failover. */
const helloChannel = "&__sentinel__:hello";

/** Channels that applications may use; any other would include {@link helloChannel}. */
const applicationChannels = "&application:*";

/** Users that each region makes passwords for, in the order of the lists. */
export const cacheUsers = [
  "sentinel",
  "hand-over",
  "promotion",
  "reload",
  "probe",
  "backup",
  "metrics",
  "application",
] as const;

/** A user with a password of its own in each region. */
export type CacheUser = (typeof cacheUsers)[number];

/** A password for each user, made at one date. */
export type CachePasswords = Readonly<Record<CacheUser, string>>;

/** Permissions at a server. */
const atServers: Readonly<Record<CacheUser, string>> = {
  sentinel: `${helloChannel} +ping +info +publish +subscribe +multi +exec +slaveof +config|rewrite +client|setname +client|kill +script|kill`,
  "hand-over": "+role +client|pause +client|unpause +replicaof",
  promotion: "+role +replicaof +config|rewrite +info",
  reload: "+acl|load +config|set",
  probe: "+ping +role",
  backup: "+psync +replconf +role",
  metrics:
    "+ping +info +client|setname +slowlog|get +slowlog|len +latency|latest +latency|histogram",
  application: `~* ${applicationChannels} +@read +@write +@transaction +@pubsub +@connection +eval +evalsha +eval_ro +evalsha_ro +fcall +fcall_ro +script|load +script|exists -@admin -@dangerous +info +role`,
};

/** Permissions at a Sentinel; who is missing has none. */
const atSentinels: Readonly<Partial<Record<CacheUser, string>>> = {
  sentinel: `${helloChannel} +ping +publish +client|setname +sentinel|is-master-down-by-addr`,
  "hand-over": "+sentinel|failover +sentinel|get-master-addr-by-name +sentinel|ckquorum",
  promotion: "+sentinel|get-master-addr-by-name +sentinel|monitor +sentinel|set +sentinel|remove",
  reload: "+acl|load",
  probe: "+ping",
  backup: "+sentinel|get-master-addr-by-name +sentinel|replicas",
  metrics:
    "+ping +info +client|setname +sentinel|masters +sentinel|ckquorum +sentinel|slaves +sentinel|sentinels",
  application:
    "&+switch-master +ping +info +role +client|setname +subscribe +unsubscribe +sentinel|get-master-addr-by-name +sentinel|replicas +sentinel|slaves +sentinel|sentinels",
};

/** What a replica needs at the server that it copies from, in its own region or the other. */
const replicationPermissions = "+psync +replconf +ping";

/** SHA-256 of a password in hexadecimal: all that a server has to know of it. */
export function passwordHash(password: string): string {
  return createHash("sha256").update(password).digest("hex");
}

/**
 * The file of users for servers; that of replication is beside it, {@link replicationUser}.
 *
 * @param accepted The passwords that are in use, then those that still hold.
 */
export function serverUsers(accepted: readonly CachePasswords[]): string {
  return usersFile(atServers, accepted);
}

/** The file of users for Sentinels; see {@link serverUsers}. */
export function sentinelUsers(accepted: readonly CachePasswords[]): string {
  return usersFile(atSentinels, accepted);
}

/** The line of the user that replicates, with its password in use first. */
export function replicationUser(accepted: readonly string[]): string {
  return `user replication on ${hashes(accepted)} resetchannels ${replicationPermissions}\n`;
}

function usersFile(
  permissions: Readonly<Partial<Record<CacheUser, string>>>,
  accepted: readonly CachePasswords[],
): string {
  const lines = cacheUsers.flatMap((user) => {
    const granted = permissions[user];
    return granted === undefined
      ? []
      : [
          `user ${user} on ${hashes(accepted.map((passwords) => passwords[user]))} resetchannels ${granted}`,
        ];
  });
  return ["user default off resetpass resetkeys resetchannels -@all", ...lines, ""].join("\n");
}

function hashes(passwords: readonly string[]): string {
  return passwords.map((password) => `#${passwordHash(password)}`).join(" ");
}
