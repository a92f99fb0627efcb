import { z } from "zod";
import { type Finding, rule } from "../rule";
import { textAt } from "../values";
import { configurationFile, directivesIn, overridden, shown, startScript } from "./directives";
import { configMap, membershipOf, runsCaches } from "./groups";

/** Versions of TLS, the oldest first, as the system's file and as Redis write them. */
const versions = [
  ["1.2", "TLSv1.2"],
  ["1.3", "TLSv1.3"],
] as const;

/** What Redis accepts when nothing is said. */
const defaultProtocols = "TLSv1.2 TLSv1.3";

/** Nobody listens in, and nobody is let in without a password. */
export const encryption = rule({
  id: "cache-encrypted-connections",
  severity: "critical",
  scope: "resource",
  description:
    "A cache's servers and Sentinels speak nothing but TLS of the version that the system's file asks for, with clients and with each other, and know their users by a file.",
  serves: "minimumTlsVersion, and access to what the cache holds",
  peers: ["CKV_AWS_30", "CKV_AWS_31"],
  types: [configMap],
  example: {
    good: '"redis.conf": "port 0\\ntls-replication yes\\naclfile /data/users.acl\\n…"',
    bad: '"redis.conf": "port 6379\\n…"',
  },
  settings: z.strictObject({
    /** Lowest version accepted. */
    minimumTlsVersion: z.enum(["1.2", "1.3"]),
  }),
  settingsFor: (environment) =>
    runsCaches(environment)
      ? { minimumTlsVersion: environment.configuration.system.minimumTlsVersion }
      : undefined,
  *check(
    { inputs }: { readonly inputs: unknown },
    { settings: { minimumTlsVersion } },
  ): Iterable<Finding> {
    const membership = membershipOf({ inputs });
    if (membership === undefined) {
      return;
    }
    const file = configurationFile[membership.part];
    const directives = directivesIn(inputs, file);
    const accepted = versions.slice(
      versions.findIndex(([version]) => version === minimumTlsVersion),
    );
    const protocols = (directives?.get("tls-protocols") ?? defaultProtocols)
      .replaceAll(/["']/g, "")
      .split(/\s+/);
    for (const { directive, holds, required, mend } of demands) {
      const value = directives?.get(directive);
      if (!holds(value)) {
        yield { setting: `data.${file}: ${directive}`, ...shown(value), required, mend };
      }
    }
    if (!protocols.every((protocol) => accepted.some(([, name]) => name === protocol))) {
      yield {
        setting: `data.${file}: tls-protocols`,
        found: "an older version, too",
        required: accepted.map(([, name]) => name).join(" and "),
        mend: "set it from minimumTlsVersion",
      };
    }
    const startsWithTls = /(?<![\w-])tls-port\s/.test(textAt(inputs, "data", startScript) ?? "");
    if (!startsWithTls && directives?.has("tls-port") !== true) {
      yield {
        setting: `data.${startScript}: tls-port`,
        required: "the member's own port",
        mend: "write it into the file that the member starts with",
      };
    }
    const names = [...demands.map(({ directive }) => directive), "tls-protocols"];
    // Renewed certificates are loaded into a server that runs.
    const fixed = names.filter((name) => !name.endsWith("-file"));
    for (const { script, name } of overridden(inputs, fixed)) {
      yield {
        setting: `data.${script}: ${name}`,
        found: "set",
        required: `left to ${file}`,
        mend: "take it out of the script: it wins over the file",
      };
    }
  },
});

/** What one directive has to be. */
interface Demand {
  readonly directive: string;
  readonly holds: (value: string | undefined) => boolean;
  readonly required: string;
  readonly mend: string;
}

const isThere = (value: string | undefined): boolean => value !== undefined;

const demands: readonly Demand[] = [
  {
    directive: "port",
    holds: (value) => value === "0",
    required: "0, which turns plain text off",
    mend: "set it; members have their port from tls-port",
  },
  {
    directive: "tls-replication",
    holds: (value) => value === "yes",
    required: "yes",
    mend: "set it: members speak plain text to each other without it",
  },
  ...["tls-cert-file", "tls-key-file", "tls-ca-cert-file"].map((directive) => ({
    directive,
    holds: isThere,
    required: "a file of the certificate's volume",
    mend: "set it: without it nobody knows whom they speak to",
  })),
  {
    directive: "aclfile",
    holds: isThere,
    required: "the file of users",
    mend: "set it: without it the default user may do everything without a password",
  },
];
