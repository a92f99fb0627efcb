import type * as pulumi from "@pulumi/pulumi";
import { type AlarmsArgs } from "../components/monitoring/alarm";
import { DatabaseLagAlarms } from "../components/monitoring/databaseLagAlarms";
import { HealthCheckAlarm } from "../components/monitoring/healthCheckAlarm";
import { Heartbeats } from "../components/monitoring/heartbeats";
import { IncomingCopyAlarms } from "../components/monitoring/incomingCopyAlarms";
import {
  localNoticePattern,
  type NoticeScope,
  sharedNoticePattern,
} from "../components/monitoring/noticePattern";
import { NoticeRule } from "../components/monitoring/noticeRule";
import { NoticeSubscribers } from "../components/monitoring/noticeSubscribers";
import { OutgoingCopyAlarms } from "../components/monitoring/outgoingCopyAlarms";
import { WatchedQueue } from "../components/monitoring/watchedQueue";
import { type Configuration } from "../config/configuration";
import { healthCheckRegion } from "../contracts/monitoring";
import {
  databaseClusterArn,
  databaseInstanceArn,
  databaseInstanceArnPrefix,
  defaultEventBusArn,
  eventRuleArn,
  type Place,
  type Purpose,
  roleArn,
} from "../contracts/names";
import { breakGlassRoleArns } from "./breakGlass";
import { databaseOf, generationsIn } from "../config/generations";
import { type Landscape } from "./places";

/** What of a stack is watched, and who is told. */
export interface Watched {
  readonly topicArn: pulumi.Input<string>;
  /** ARN of the key for notices. */
  readonly noticeKeyArn: pulumi.Input<string>;
  /** Lock classes that have a record bucket. */
  readonly lockClasses: readonly string[];
  /** Id of the health check on the primary region's endpoint; only its stack has one. */
  readonly healthCheckId: pulumi.Input<string> | undefined;
}

/**
 * Declares the alarms of a stack's region, in the region where each metric lives, and the ways on
 * which people hear of them: this region's topic, and the other trading region's.
 */
export function declareMonitoring(
  configuration: Configuration,
  landscape: Landscape,
  watched: Watched,
  options: pulumi.ComponentResourceOptions,
): void {
  const { settings, system } = configuration;
  const { own, primary, standby, archive, tags, disposable } = landscape;
  const shared = { place: own, topicArn: watched.topicArn, tags, disposable };
  new NoticeSubscribers(
    "notice-subscribers",
    { topicArn: watched.topicArn, emails: settings.notify, disposable },
    options,
  );
  if (settings.phase === "landing") {
    return;
  }
  const undelivered = declareLocalNotices(configuration, landscape, watched, shared, options);
  if (own === archive) {
    if (!landscape.archiveIsForeign) {
      declareIncomingCopyAlarms(configuration, watched, shared, landscape.copiesFrom, options);
    }
    return;
  }
  const other = own === primary ? standby : primary;
  declareForwarding(configuration, landscape, other, undelivered, options);
  const forwarding = { other, roleArn: roleArn("notice-forwarding", own) };
  new Heartbeats(
    "heartbeats",
    { ...shared, ...forwarding, kmsKeyArn: watched.noticeKeyArn },
    options,
  );
  new OutgoingCopyAlarms(
    "outgoing-copies",
    {
      ...shared,
      lockClasses: watched.lockClasses,
      destinations: landscape.copiesTo,
      kmsKeyArn: watched.noticeKeyArn,
    },
    options,
  );
  declareIncomingCopyAlarms(configuration, watched, shared, [other], options);
  const database = databaseOf(system);
  const current = generationsIn(system, own.region).at(-1);
  // Of plain RDS, an instance that did not begin as a replica never follows another.
  const follows = database?.engine === "aurora-postgresql" || current?.source !== undefined;
  if (database !== undefined && current !== undefined && follows) {
    new DatabaseLagAlarms(
      "database-lag",
      {
        ...shared,
        engine: database.engine,
        generation: current.generation,
        sourceRegion: other.region,
        limitSeconds: database.replicationLagLimit.seconds,
        following: system.regions.active !== own.region,
      },
      options,
    );
  }
  if (watched.healthCheckId !== undefined && own.region === healthCheckRegion) {
    new HealthCheckAlarm(
      "health-check-alarm",
      {
        ...shared,
        healthCheckId: watched.healthCheckId,
        writerExpected: system.regions.active === own.region,
      },
      options,
    );
  }
}

/** Events of a place that people are told about. */
function noticeScope({ system }: Configuration, landscape: Landscape, origin: Place): NoticeScope {
  const current = generationsIn(system, origin.region).at(-1);
  const scope = { origin, breakGlassRoleArns: breakGlassRoleArns(landscape) };
  if (current === undefined) {
    return scope;
  }
  return databaseOf(system)?.engine === "rds-postgresql"
    ? { ...scope, databaseArn: databaseInstanceArn(origin, current.generation) }
    : {
        ...scope,
        databaseArn: databaseClusterArn(origin, current.generation),
        databaseInstances: databaseInstanceArnPrefix(origin),
      };
}

/** Events of this region to this region's topic; returns the queue of what does not arrive. */
function declareLocalNotices(
  configuration: Configuration,
  landscape: Landscape,
  watched: Watched,
  shared: AlarmsArgs,
  options: pulumi.ComponentResourceOptions,
): Undelivered {
  const { own, archive } = landscape;
  const rules: readonly Purpose[] =
    own === archive ? ["local-notices"] : ["local-notices", "notices-out", "notices-in"];
  const queue = new WatchedQueue(
    "undelivered-notices",
    {
      ...shared,
      purpose: "undelivered-notices",
      kmsKeyArn: watched.noticeKeyArn,
      sender: {
        service: "events.amazonaws.com",
        sourceArns: rules.map((purpose) => eventRuleArn(purpose, own)),
      },
      expects: "nothing",
      description: `Notices of ${own.region} could not be delivered for a day: read them in the queue, and mend the way.`,
    },
    options,
  );
  new NoticeRule(
    "local-notices",
    {
      ...shared,
      purpose: "local-notices",
      description: `Tells of emergencies and of trouble with the database in ${own.region}`,
      pattern: localNoticePattern(noticeScope(configuration, landscape, own)),
      target: { kind: "topic", arn: watched.topicArn },
      undeliveredQueueArn: queue.arn,
    },
    options,
  );
  return { ...shared, undeliveredQueueArn: queue.arn };
}

/** What rules share: the region's topic, and the queue of what could not be delivered. */
type Undelivered = AlarmsArgs & { readonly undeliveredQueueArn: pulumi.Input<string> };

/** Every notice of one trading region is known in the other, whichever of them survives. */
function declareForwarding(
  configuration: Configuration,
  landscape: Landscape,
  other: Place,
  shared: Undelivered,
  options: pulumi.ComponentResourceOptions,
): void {
  const { own } = landscape;
  new NoticeRule(
    "notices-out",
    {
      ...shared,
      purpose: "notices-out",
      description: `Sends notices of ${own.region} to ${other.region}`,
      pattern: sharedNoticePattern(noticeScope(configuration, landscape, own)),
      target: {
        kind: "bus",
        arn: defaultEventBusArn(other),
        roleArn: roleArn("notice-forwarding", own),
      },
    },
    options,
  );
  new NoticeRule(
    "notices-in",
    {
      ...shared,
      purpose: "notices-in",
      description: `Tells of notices that come from ${other.region}`,
      pattern: sharedNoticePattern(noticeScope(configuration, landscape, other)),
      target: { kind: "topic", arn: shared.topicArn },
    },
    options,
  );
}

function declareIncomingCopyAlarms(
  { system }: Configuration,
  { lockClasses }: Watched,
  shared: AlarmsArgs,
  sources: readonly Place[],
  options: pulumi.ComponentResourceOptions,
): void {
  new IncomingCopyAlarms(
    "incoming-copies",
    { ...shared, lockClasses, sources, limitSeconds: system.alarms.objectCopyLate.seconds },
    options,
  );
}
