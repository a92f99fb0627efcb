import { z } from "zod";
import { hostName } from "./dns";
import {
  duration,
  identifier,
  named,
  oneOf,
  region,
  section,
  text,
  whenSound,
  whole,
} from "./field";
import { longestJobPart, longestNamespace } from "../contracts/jobs";
import { noRecipients, recipient } from "../contracts/recoveryKey";
import { type Scenario, scenarioNames } from "../contracts/scenarios";
import { mayWeaken, measuredRates, unmetObjectives } from "./objectives";
import { awsBackupSchedule, schedule } from "./schedule";
import { store, tier } from "./stores";

/**
 * The schema of a system file, `systems/<id>.yaml`: one trading system, its data, how much of each
 * it may lose, how long it may be down and how long records are kept.
 */

const regions = section({
  primary: region(),
  standby: region(),
  archive: region(),
  /** Where the writer is. Changed by the operator in the course of a failover. */
  active: region(),
}).superRefine(
  ({ primary, standby, archive, active }, context) => {
    const complain = (path: string, message: string) => {
      context.addIssue({ code: "custom", path: [path], message });
    };
    if (standby === primary) {
      complain("standby", `must differ from regions.primary (${primary}); name another region`);
    }
    if (archive === primary || archive === standby) {
      complain(
        "archive",
        "must differ from regions.primary and regions.standby; name a third region",
      );
    }
    if (active !== primary && active !== standby) {
      complain(
        "active",
        `must be regions.primary (${primary}) or regions.standby (${standby}); set it to one of them`,
      );
    }
  },
  whenSound("primary", "standby", "archive", "active"),
);

const failover = section({
  /** `operator`: a person decides. `automatic`: what the endpoints say decides too. */
  mode: oneOf("operator", "automatic"),
  /** The name that clients resolve. */
  recordName: hostName(),
  /** Clients go on to the old address for as long as this. */
  recordTtl: duration({ minimum: "1s", maximum: "60s" }),
  /** What health checkers ask a region's endpoint for: a status of 2xx or 3xx means the writer is here. */
  healthPath: text(
    'must be a path without spaces, at most 255 characters; write it like "/health"',
    /^\/[!-~]{0,254}$/,
  ),
  /** Seconds between two probes of a health checker; Route 53 knows two values. */
  checkInterval: duration().refine((interval) => [10, 30].includes(interval.seconds), {
    error: "must be 10s or 30s, the two intervals that Route 53 offers; choose one of them",
  }),
  /** Probes in a row that must fail. */
  checkFailures: whole(1, 10, "failures"),
  /** Time that the operator is given to decide. Counts towards the recovery time. */
  operatorDecision: duration(),
});

/**
 * A lock class: how strongly and how long objects and snapshots are protected against deletion.
 * There is one record bucket and one vault for each.
 */
const lockClass = section({
  /**
   * `governance`: a named role can lift it. `compliance`: nobody can, the account's owner included;
   * it needs an acknowledgement in the stack's file.
   */
  mode: oneOf("governance", "compliance", "none"),
  /** How long deletion is refused. Absent only with mode `none`. */
  period: duration({ minimum: "1d" }).optional(),
}).superRefine(
  ({ mode, period }, context) => {
    if ((mode === "none") !== (period === undefined)) {
      context.addIssue({
        code: "custom",
        path: ["period"],
        message:
          mode === "none"
            ? "must be absent with mode none; remove it, or set mode to governance"
            : `must be given with mode ${mode}; write it like "90d"`,
      });
    }
  },
  whenSound("mode", "period"),
);

const dataClass = section({
  description: text("must say in a few words which data this is; write a short text"),
  /** Recovery time objective: longest time that this data may be unavailable. */
  rto: duration(),
  /** Recovery point objective: longest span of writes that may be lost. */
  rpo: duration(),
  /** How long this data must be kept. */
  retention: duration({ minimum: "1h" }),
  /** The stores that hold it. */
  stores: z
    .array(identifier(32), { error: "must be a list of names of stores; write one a line" })
    .min(1, { error: "must name at least one store" }),
});

/** A disaster that the plan gives objectives of its own for. */
const scenario = section({ rto: duration(), rpo: duration().optional() });

const scenarios = section(
  Object.fromEntries(scenarioNames.map((name) => [name, scenario.optional()])) as Record<
    Scenario,
    z.ZodOptional<typeof scenario>
  >,
);

/** When the jobs run that belong to no single store. Kubernetes schedules in one time zone. */
const schedules = section({
  timeZone: text('must be an IANA time zone; write it like "Etc/UTC"').refine(isTimeZone, {
    error: 'must be an IANA time zone; write it like "Etc/UTC"',
  }),
  verify: schedule(),
  missingBackupMonitor: schedule(),
  catalogLoad: schedule(),
  recoveryTest: awsBackupSchedule(),
  disasterTest: schedule(),
});

/** Kubernetes takes names alone, spelt as the time zone database spells them. */
function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Z]/.test(name);
  } catch {
    return false;
  }
}

/**
 * An image in the registry of the stack's own account and region, by its digest, which is the same
 * in both regions; or `pending` as long as there is none, which suspends what runs it. Which
 * repositories it may be in, `systemRules.ts` says.
 */
function image() {
  return text(
    'must be pending, or an image of the own registry by its digest, since a tag may name another image tomorrow; write it like "trading-dr/ID/recovery@sha256:" and 64 hexadecimal digits, ID being the id of the system',
    /^(pending|[a-z0-9]+([_/-][a-z0-9]+)*@sha256:[0-9a-f]{64})$/,
  );
}

const recoveryRecipientsRule =
  "must be pending, or a list of recipients of age; write age1 and 58 more characters a line, as age-keygen prints the public key";

/** What the jobs run, and where they write what they did. */
const jobs = section({
  /** The image with the `trading-dr` command. */
  image: image(),
  /** PostgreSQL of the database's major version or newer, to restore into. */
  scratchImage: image(),
  /**
   * Public parts of the recovery keys that saved Secrets are encrypted for, as age-keygen prints them; the
   * keys themselves are kept offline. Or `pending` as long as there is none, which suspends what saves them.
   */
  recoveryRecipients: z.union(
    [z.literal(noRecipients), z.array(recipient).min(1, { error: recoveryRecipientsRule })],
    { error: recoveryRecipientsRule },
  ),
  /** Disk of the node that a restored database may take. */
  scratchGibibytes: whole(1, 16_384, "gibibytes"),
  /** The store of kind `objects` that takes the events of backups, restores and drills. */
  events: identifier(longestJobPart),
});

/** Monthly cost, in US dollars, that raises a notice. */
const budgets = section({
  backup: whole(1, 10_000_000, "US dollars a month"),
  transfer: whole(1, 10_000_000, "US dollars a month"),
  storage: whole(1, 10_000_000, "US dollars a month"),
});

/** Delays that raise an alarm. */
const alarms = section({
  /** Time since the last good backup. */
  backupLate: duration({ minimum: "1m" }),
  /** Time until an object has been copied to the other regions. */
  objectCopyLate: duration({ minimum: "1m" }),
});

/** Settings of an account and region that only one system may own. */
const singletons = ["backup-region-settings", "image-registry"] as const;

/** The shape of a system file, section by section; `systemRules.ts` adds what joins sections. */
export const systemShape = section({
  /** Part of every physical name. 15 characters, or a bucket's name would pass 63. */
  id: identifier(15),
  name: text("must be the system's name for people; write a short text"),
  /** The recovery plan that the figures come from, a file name. */
  plan: text('must name the recovery plan; write it like "trademaster.md"', /\.md$/),
  /** Kubernetes namespace of the system, in both clusters. */
  namespace: identifier(longestNamespace),
  regions,
  failover,
  /** Lowest TLS version that buckets accept. */
  minimumTlsVersion: oneOf("1.2", "1.3"),
  /** Settings shared by all systems of an account and region, that this system declares. */
  owns: z.array(oneOf(...singletons), {
    error: `must be a list out of ${singletons.join(", ")}; write [] when another system owns them`,
  }),
  /** How long old and deleted versions of objects are kept, so that a deletion can be undone. */
  oldVersionRetention: duration({ minimum: "1d" }),
  /** When uploads that were never completed are removed. */
  incompleteUploadRetention: duration({ minimum: "1d" }),
  /** How long records of access to buckets are kept. */
  accessLogRetention: duration({ minimum: "1d" }),
  lockClasses: named(lockClass, 11),
  tiers: named(tier, 20),
  dataClasses: named(dataClass),
  scenarios,
  stores: named(store, longestJobPart),
  schedules,
  jobs,
  budgets,
  alarms,
  unmetObjectives,
  mayWeaken,
  measuredRates,
});

/** A trading system, validated. */
export type System = z.output<typeof systemShape>;
