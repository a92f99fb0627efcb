import * as pulumi from "@pulumi/pulumi";
import { physicalName, type Place, recordsPurpose, replicationRuleId } from "../../contracts/names";
import { keepData } from "../dataProtection";
import { rejectProblems } from "../problems";
import { type AlarmsArgs, declareAlarm } from "./alarm";

/** Inputs of {@link IncomingCopyAlarms}. */
export interface IncomingCopyAlarmsArgs extends AlarmsArgs {
  /** Lock classes whose record buckets take copies here. */
  readonly lockClasses: readonly string[];
  /** Regions that copy into them, of the same account: S3 measures for the account that copies. */
  readonly sources: readonly Place[];
  /** Seconds behind the source above which copies are late. */
  readonly limitSeconds: number;
}

/**
 * Alarms on how far a region's record buckets are behind those that copy into them. S3 publishes
 * this where copies arrive, whether there is anything to copy or not: so they are raised, too, when
 * the source's region has fallen silent.
 */
export class IncomingCopyAlarms extends pulumi.ComponentResource {
  public constructor(
    name: string,
    args: IncomingCopyAlarmsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    rejectProblems("IncomingCopyAlarms", name, incomingCopyAlarmsProblems(args));
    super("trading-dr:monitoring:IncomingCopyAlarms", name, {}, opts);
    const child = { parent: this, ...keepData(args.disposable ?? false) };
    const { place, limitSeconds } = args;
    for (const lockClass of args.lockClasses) {
      const purpose = recordsPurpose(lockClass);
      for (const source of args.sources) {
        declareAlarm(
          `${name}-${lockClass}-${source.region}`,
          {
            purpose: `${lockClass}-copies-late-from-${source.region}`,
            description: `Copies of ${lockClass} records from ${source.region} come to ${place.region} more than ${String(limitSeconds)} s late, or come no more.`,
            metric: [
              "AWS/S3",
              "ReplicationLatency",
              {
                SourceBucket: physicalName("bucket", purpose, source),
                DestinationBucket: physicalName("bucket", purpose, place),
                RuleId: replicationRuleId(place),
              },
            ],
            statistic: "Maximum",
            limit: { above: limitSeconds },
            // Five minutes at a time: single minutes may be missing, as S3 says itself.
            periodSeconds: 300,
            periods: 1,
            missing: "breaching",
          },
          args,
          child,
        );
      }
    }
    this.registerOutputs({});
  }
}

/** Everything wrong with the inputs; empty when they are sound. */
export function incomingCopyAlarmsProblems(args: IncomingCopyAlarmsArgs): string[] {
  return [
    ...(args.lockClasses.length > 0 ? [] : ["lockClasses must have at least one entry"]),
    ...(args.sources.length > 0 ? [] : ["sources must have at least one entry"]),
    ...(args.limitSeconds > 0
      ? []
      : [`limitSeconds must be above 0, got ${String(args.limitSeconds)}`]),
    ...args.sources
      .filter(({ account }) => account !== args.place.account)
      .map(
        ({ region, account }) =>
          `sources must be of account ${args.place.account}, but ${region} is of ${account}, where the metric is`,
      ),
  ];
}
