import { type DeclaredResource } from "../../objectives/declared";
import {
  account,
  alarm,
  bucketOf,
  copiesOf,
  copyTo,
  groupOf,
  jobOf,
  of,
  planOf,
  removalPolicy,
  selectionOf,
} from "./landscapeShapes";

/**
 * What looks like the thing in question and is another: whoever reads it instead comes to another bound.
 * It is declared before the real one, so that whoever takes the first is wrong, too.
 */
export function decoys(
  region: string,
  { algorithm }: { readonly algorithm: "aws:kms" | "AES256" },
): DeclaredResource[] {
  return [
    ...otherBucket(region, algorithm === "aws:kms" ? "AES256" : "aws:kms"),
    ...(region === "us-east-1" ? activeDecoys() : []),
    ...(region === "us-west-2" ? otherDecoys() : []),
  ];
}

/** A bucket whose objects are kept, copied within a minute, and cold from their first day on. */
function otherBucket(region: string, algorithm: "aws:kms" | "AES256"): DeclaredResource[] {
  const cold = { storageClass: "DEEP_ARCHIVE" };
  return [
    ...bucketOf({
      bucket: `logs-${region}`,
      versioned: true,
      algorithm,
      lifecycles: [
        {
          filter: {},
          transitions: [{ ...cold, days: 0 }],
          noncurrentVersionTransitions: [{ ...cold, noncurrentDays: 1 }],
          noncurrentVersionExpiration: { noncurrentDays: 1 },
        },
      ],
    }),
    copiesOf(
      `logs-${region}`,
      ["us-west-2", "eu-west-1"].flatMap((to) => [
        copyTo({ bucket: `logs-${to}`, minutes: 1, filter: {} }),
        copyTo({ bucket: `records-${to}`, minutes: 1, filter: {} }),
      ]),
    ),
  ];
}

const everyMinute = {
  schedule: "* * * * *",
  timeZone: "Etc/UTC",
  latestStart: 10,
  deadline: 10,
  suspended: false,
};

const better = {
  servers: 5,
  sentinels: 5,
  quorum: 1,
  spread: "all",
  appendOnly: "yes",
  minReplicas: 1,
  maxLag: 1,
  memoryMebibytes: 64,
  downAfter: 1_000,
  failoverTimeout: 10_000,
} as const;

function activeDecoys(): DeclaredResource[] {
  return [
    // Of another store, and of another command.
    ...["database", "cache", "configuration"].flatMap((store) => [
      jobOf({ ...everyMinute, name: "dr-verify", store, command: "verify" }),
      ...["backup database", "snapshot cache", "snapshot configuration"].map((command) =>
        jobOf({ ...everyMinute, name: `dr-${store}-of-another`, store: `${store}-2`, command }),
      ),
    ]),
    jobOf({
      ...everyMinute,
      name: "dr-drill",
      store: "database",
      command: "drill recovery",
      volumes: { "scratch-temporary": 9_000, data: 9_000 },
    }),
    ...groupOf({ ...better, store: "sessions", region: "us-east-1", upstream: "" }),
    // Of the region that is lost.
    ...alarm("market/heartbeats-in/us-east-1", 1, { treatMissingData: "breaching" }),
    ...alarm("market/failover-switch/us-east-1", 1),
    of("aws:route53/record:Record", { type: "NS", ttl: 86_400 }),
    of("aws:route53/healthCheck:HealthCheck", { type: "CLOUDWATCH_METRIC" }),
    of("aws:route53/healthCheck:HealthCheck", {
      type: "TCP",
      requestInterval: 10,
      failureThreshold: 1,
    }),
    of("aws:rds/clusterParameterGroup:ClusterParameterGroup", {
      name: "parameters-of-another",
      parameters: [{ name: "rds.global_db_rpo", value: "21" }],
    }),
    ...Array.from({ length: 3 }, () =>
      of("aws:rds/clusterInstance:ClusterInstance", { clusterIdentifier: "cluster-of-another" }),
    ),
    of("aws:rds/globalCluster:GlobalCluster", {
      globalClusterIdentifier: "nobody's",
      sourceDbClusterIdentifier: "anybody's",
    }),
    of("aws:rds/globalCluster:GlobalCluster", { globalClusterIdentifier: "apart" }),
    removalPolicy("trading-dr/another/api", { Effect: "Deny", Action: "ecr:BatchDeleteImage" }),
  ];
}

function otherDecoys(): DeclaredResource[] {
  return [
    jobOf({
      ...everyMinute,
      name: "dr-database",
      store: "database",
      command: "backup database",
      volumes: { "scratch-data": 9_000 },
    }),
    planOf({ schedule: "cron(0 * * * ? *)", timeZone: "Etc/UTC", windows: [10, 10] }),
    selectionOf(`arn:aws:rds:us-west-2:${account}:cluster:market-database-generation-10-us-west-2`),
    ...groupOf({ ...better, store: "sessions", region: "us-west-2", upstream: "feed 6379\n" }),
    ...["heartbeats-in-test", "late-heartbeats-in"].flatMap((purpose) =>
      alarm(`market/${purpose}/us-west-2`, 1, { treatMissingData: "breaching" }),
    ),
    ...alarm("market/failover-switch-test/us-west-2", 2),
  ];
}
