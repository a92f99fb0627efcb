import { z } from "zod";
import { isAccess } from "../../config/configuration";
import { databaseOf, generationsIn } from "../../config/generations";
import { type System } from "../../config/system";
import {
  alarmNamePrefix,
  databaseClusterArn,
  databaseInstanceArn,
  databaseInstanceArnPrefix,
  defaultEventBusArn,
  type Place,
  roleArn,
} from "../../contracts/names";
import { type Environment } from "../environment";
import { tradingRegionOf } from "../places";
import { rule } from "../rule";
import { stackType } from "../stack";
import { type BusEvent, lets } from "./eventPattern";
import { type Way, waysOf } from "./eventRules";

/** Where trouble happens, and what of it is news. */
const originSettings = z.strictObject({
  region: z.string(),
  account: z.string(),
  /** ARNs of the database and of one of its instances; none in the archive. */
  databases: z.array(z.string()),
  /** What the names of the system's alarms begin with. */
  alarmPrefix: z.string(),
  /** ARNs of the roles whose use is news. */
  breakGlassRoles: z.array(z.string()),
});

type Origin = z.output<typeof originSettings>;

const noticeSettings = z.strictObject({
  /** The stack's own region. */
  own: originSettings,
  /** The other trading region; none for the archive, which has no partner. */
  other: originSettings.optional(),
  /** ARN of that region's event bus. */
  otherBus: z.string().optional(),
});

/** What people hear of through rules. */
interface Trouble {
  readonly what: string;
  readonly event: BusEvent;
  /** Reads count too, which a rule sees in one state only. */
  readonly isRead?: boolean;
}

const call = { "detail-type": "AWS API Call via CloudTrail" } as const;

/** What nothing else tells the region's own topic. */
function emergencies({ databases, breakGlassRoles, ...where }: Origin): Trouble[] {
  const { region, account } = where;
  const common = { region, account };
  const watch = (source: string, eventName: string): Trouble => ({
    what: eventName,
    event: { ...common, ...call, source, detail: { eventName } },
  });
  return [
    ...breakGlassRoles.map((arn) => ({
      what: `use of ${arn.split("/").pop() ?? ""}`,
      isRead: true,
      event: {
        ...common,
        ...call,
        source: "aws.sts",
        detail: { eventName: "AssumeRole", requestParameters: { roleArn: arn } },
      },
    })),
    watch("aws.backup", "DeleteBackupVaultLockConfiguration"),
    ...["DeleteTrail", "PutEventSelectors", "StopLogging", "UpdateTrail"].map((name) =>
      watch("aws.cloudtrail", name),
    ),
    ...databases.flatMap((arn) =>
      // Categories of "Amazon RDS event categories and event messages", Amazon RDS User Guide.
      ["availability", "failover", "failure", "global failover", "low storage", "read replica"].map(
        (category) => ({
          what: `${category} of ${arn.split(":").slice(5).join(":")}`,
          event: {
            ...common,
            source: "aws.rds",
            detail: { SourceArn: arn, EventCategories: [category] },
          },
        }),
      ),
    ),
  ];
}

/** What the region's alarms and vaults tell its own topic themselves, and the other region is sent. */
function elsewhereToo({ region, account, databases, alarmPrefix }: Origin): Trouble[] {
  const common = { region, account };
  const [database] = databases;
  const jobs = ["Backup Job State Change", "Copy Job State Change"].flatMap((kind) =>
    ["ABORTED", "EXPIRED", "FAILED", "PARTIAL"].map((state) => ({
      what: `${kind.split(" ")[0] ?? ""} job that is ${state}`,
      event: {
        ...common,
        source: "aws.backup",
        "detail-type": kind,
        detail: { resourceArn: database ?? "", state },
      },
    })),
  );
  return [
    ...(database === undefined ? [] : jobs),
    {
      what: "raised alarms",
      event: {
        ...common,
        source: "aws.cloudwatch",
        "detail-type": "CloudWatch Alarm State Change",
        detail: { alarmName: `${alarmPrefix}heartbeats-in/${region}`, state: { value: "ALARM" } },
      },
    },
  ];
}

/** What a lost region cannot tell, the other one has been sent. */
export const noticesReachPeople = rule({
  id: "notices-reach-people",
  severity: "critical",
  scope: "stack",
  description:
    "Trouble with the database, failed backups and copies, raised alarms, and whoever takes on a break-glass role, takes off a lock or turns off a trail are told by the region's topic and, between the trading regions, by the other one's too.",
  serves: "the recovery time, which begins when somebody is told",
  peers: [],
  types: [stackType],
  example: {
    good: 'state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS", eventPattern: sharedNoticePattern(scope)',
    bad: 'state: "DISABLED"',
  },
  settings: noticeSettings,
  settingsFor: noticeSettingsFor,
  *check(_, { settings: { own, other, otherBus }, stack }) {
    const ways = waysOf(stack);
    const toTopic = ways.filter(({ isToTopic }) => isToTopic);
    const toBus = ways.filter(({ bus }) => bus === otherBus);
    const here = [...emergencies(own), ...elsewhereToo(own)];
    const needed: readonly (readonly [readonly Way[], string, readonly Trouble[]])[] = [
      [toTopic, `the topic, of ${own.region}`, emergencies(own)],
      ...(other === undefined
        ? []
        : ([
            [toBus, `the bus of ${other.region}, of ${own.region}`, here],
            [
              toTopic,
              `the topic, of ${other.region}`,
              [...emergencies(other), ...elsewhereToo(other)],
            ],
          ] as const)),
    ];
    for (const [through, destination, troubles] of needed) {
      const lost = troubles.filter(
        ({ event, isRead = false }) =>
          !through.some((way) => (!isRead || way.seesReads) && lets(way.pattern, event)),
      );
      if (lost.length > 0) {
        yield {
          setting: `a rule that takes to ${destination}: ${lost.map(({ what }) => what).join(", ")}`,
          required: "declared and enabled, for reads too where it watches a role",
          mend: "let NoticeRule take noticePattern.ts's patterns, each with its target",
        };
      }
    }
  },
});

function noticeSettingsFor(environment: Environment): z.output<typeof noticeSettings> | undefined {
  const { name, configuration } = environment;
  const region = tradingRegionOf(environment);
  if (region === undefined) {
    if (name !== "archive" || isAccess(configuration)) {
      return undefined;
    }
    const { system, settings } = configuration;
    const { primary, standby, archive } = system.regions;
    const { trading, archive: account } = settings.accounts;
    const own: Place = { system: system.id, region: archive, account };
    const regions = account === trading ? [primary, standby, archive] : [archive];
    return { own: { ...originOf(own, regions), databases: [] } };
  }
  const { system, own, other, archive } = region;
  const regions = [system.regions.primary, system.regions.standby];
  if (archive.account === own.account) {
    regions.push(archive.region);
  }
  const databases = (place: Place) => databaseArns(region.system, place);
  return {
    own: { ...originOf(own, regions), databases: databases(own) },
    other: { ...originOf(other, regions), databases: databases(other) },
    otherBus: defaultEventBusArn(other),
  };
}

function originOf(place: Place, breakGlassRegions: readonly string[]): Omit<Origin, "databases"> {
  return {
    region: place.region,
    account: place.account,
    alarmPrefix: alarmNamePrefix(place.system),
    breakGlassRoles: breakGlassRegions.map((region) =>
      roleArn("break-glass", { ...place, region }),
    ),
  };
}

/** The region's database that counts, and with Aurora an instance of it, which is what fails. */
function databaseArns(system: System, place: Place): string[] {
  const store = databaseOf(system);
  const current = generationsIn(system, place.region).at(-1);
  if (store === undefined || current === undefined) {
    return [];
  }
  return store.engine === "rds-postgresql"
    ? [databaseInstanceArn(place, current.generation)]
    : [
        databaseClusterArn(place, current.generation),
        `${databaseInstanceArnPrefix(place)}1-${place.region}`,
      ];
}
