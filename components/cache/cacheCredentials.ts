import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { cachePort, type CachePlace } from "../../contracts/cacheNames";
import { keepRunning } from "../dataProtection";
import {
  type CachePasswords,
  type CacheUser,
  cacheUsers,
  sentinelUsers,
  serverUsers,
} from "./accessControl";
import { type Address } from "./layout";
import { metricsPasswords, objectMeta } from "./podParts";

/** Inputs of {@link CacheCredentials}. */
export interface CacheCredentialsArgs {
  readonly place: CachePlace;
  /** Name under which Sentinels know the group; clients need it. */
  readonly masterName: string;
  readonly sentinels: readonly Address[];
  readonly sentinelPort: number;
  /**
   * Dates of the passwords that are accepted; those of the first are in use. Pods get new ones one
   * after the other: with those of the date before, all of them understand each other meanwhile.
   */
  readonly passwordsRotated: readonly [string, ...string[]];
  /** @default false */
  readonly disposable?: boolean;
}

/** Whose passwords the scripts of a part need. */
const usersOfScripts = {
  server: ["hand-over", "promotion", "reload", "probe"],
  sentinel: ["sentinel", "promotion", "reload", "probe"],
} as const satisfies Record<string, readonly CacheUser[]>;

/**
 * A password for each user, and the Secrets that hold them: for the servers, for the Sentinels, for
 * applications and for jobs that back up. Each holds no more than its readers need; servers know the
 * users' passwords only as hashes.
 */
export class CacheCredentials extends pulumi.ComponentResource {
  public constructor(
    name: string,
    args: CacheCredentialsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("trading-dr:cache:CacheCredentials", name, {}, opts);
    const { place } = args;
    const accepted = pulumi.all(args.passwordsRotated.map((date) => passwordsOf(name, date, this)));
    const secret = (
      suffix: "server" | "sentinel" | "application" | "backup",
      contents: (known: readonly CachePasswords[]) => Record<string, string>,
    ) => {
      new kubernetes.core.v1.Secret(
        `${name}-for-${suffix}`,
        { metadata: objectMeta(suffix, place), stringData: accepted.apply(contents) },
        { parent: this, ...keepRunning(args.disposable ?? false) },
      );
    };
    secret("server", serverSecret);
    secret("sentinel", (known) => sentinelSecret(known, args.sentinelPort));
    for (const user of ["application", "backup"] as const) {
      secret(user, (known) => clientSecret(user, known, args));
    }
    this.registerOutputs();
  }
}

function passwordsOf(
  name: string,
  date: string,
  parent: pulumi.Resource,
): pulumi.Output<CachePasswords> {
  const made = cacheUsers.map((user) => {
    // By date: after a rotation the one before is the same resource as it was.
    const password = new random.RandomPassword(
      `${name}-${user}-${date}`,
      // Letters and digits: nothing to quote in configuration files and scripts.
      { length: 40, special: false },
      { parent },
    );
    return [user, password.result] as const;
  });
  return pulumi.secret(
    pulumi.output(Object.fromEntries(made) as Record<CacheUser, pulumi.Output<string>>),
  );
}

/** What servers read: the passwords that their scripts use, and of the others the hashes. */
export function serverSecret(accepted: readonly CachePasswords[]): Record<string, string> {
  const inUse = passwordsInUse(accepted);
  return {
    ...pick(inUse, usersOfScripts.server),
    "users.acl": serverUsers(accepted),
    "metrics.json": metricsPasswords(cachePort, inUse.metrics),
  };
}

/** What Sentinels read. */
export function sentinelSecret(
  accepted: readonly CachePasswords[],
  sentinelPort: number,
): Record<string, string> {
  const inUse = passwordsInUse(accepted);
  return {
    ...pick(inUse, usersOfScripts.sentinel),
    "users.acl": sentinelUsers(accepted),
    "metrics.json": metricsPasswords(sentinelPort, inUse.metrics),
  };
}

/** What a client reads, to find the primary and log in. */
export function clientSecret(
  user: "application" | "backup",
  accepted: readonly CachePasswords[],
  { masterName, sentinels }: Pick<CacheCredentialsArgs, "masterName" | "sentinels">,
): Record<string, string> {
  return {
    username: user,
    password: passwordsInUse(accepted)[user],
    masterName,
    sentinels: sentinels.map(({ host, port }) => `${host}:${String(port)}`).join(","),
  };
}

function passwordsInUse([inUse]: readonly CachePasswords[]): CachePasswords {
  if (inUse === undefined) {
    throw new RangeError("there have to be passwords of one date at least");
  }
  return inUse;
}

function pick(passwords: CachePasswords, users: readonly CacheUser[]): Record<string, string> {
  return Object.fromEntries(users.map((user) => [user, passwords[user]]));
}
