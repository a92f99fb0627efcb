import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { cachePort, type CachePlace } from "../../contracts/cacheNames";
import { keepRunning } from "../dataProtection";
import { type CacheUser, cacheUsers, sentinelUsers, serverUsers } from "./accessControl";
import { type Address } from "./layout";
import { metricsPasswords, objectMeta } from "./podParts";

/** Inputs of {@link CacheCredentials}. */
export interface CacheCredentialsArgs {
  readonly place: CachePlace;
  /** Name under which Sentinels know the group; clients need it. */
  readonly masterName: string;
  readonly sentinels: readonly Address[];
  readonly sentinelPort: number;
  /** A date; another one makes new passwords. */
  readonly passwordsRotated: string;
  /** @default false */
  readonly disposable?: boolean;
}

/** Whose passwords the scripts of a part need. */
const usersOfScripts = {
  server: ["hand-over", "promotion", "reload", "probe"],
  sentinel: ["sentinel", "promotion", "probe"],
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
    const passwords: pulumi.Output<Record<CacheUser, string>> = pulumi.secret(
      pulumi.output(
        Object.fromEntries(
          cacheUsers.map((user) => [
            user,
            new random.RandomPassword(
              `${name}-${user}`,
              // Letters and digits: nothing to quote in configuration files and scripts.
              { length: 40, special: false, keepers: { rotated: args.passwordsRotated } },
              { parent: this },
            ).result,
          ]),
        ) as Record<CacheUser, pulumi.Output<string>>,
      ),
    );
    const secret = (
      suffix: "server" | "sentinel" | "application" | "backup",
      contents: (known: Record<CacheUser, string>) => Record<string, string>,
    ) => {
      new kubernetes.core.v1.Secret(
        `${name}-for-${suffix}`,
        { metadata: objectMeta(suffix, place), stringData: passwords.apply(contents) },
        { parent: this, ...keepRunning(args.disposable ?? false) },
      );
    };
    secret("server", (known) => ({
      ...pick(known, usersOfScripts.server),
      "users.acl": serverUsers(known),
      "metrics.json": metricsPasswords(cachePort, known.metrics),
    }));
    secret("sentinel", (known) => ({
      ...pick(known, usersOfScripts.sentinel),
      "users.acl": sentinelUsers(known),
      "metrics.json": metricsPasswords(args.sentinelPort, known.metrics),
    }));
    for (const user of ["application", "backup"] as const) {
      secret(user, (known) => ({
        username: user,
        password: known[user],
        masterName: args.masterName,
        sentinels: args.sentinels.map(({ host, port }) => `${host}:${String(port)}`).join(","),
      }));
    }
    this.registerOutputs();
  }
}

function pick(
  passwords: Readonly<Record<CacheUser, string>>,
  users: readonly CacheUser[],
): Record<string, string> {
  return Object.fromEntries(users.map((user) => [user, passwords[user]]));
}
