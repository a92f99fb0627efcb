import { backupRetention } from "../../../policies/database/backupRetention";
import { survivesZone } from "../../../policies/database/instances";
import { breaks, passes, resource, type RuleCases, unknown, waits } from "../ruleCases";

const cluster = (inputs: Record<string, unknown>) => resource("aws:rds/cluster:Cluster", inputs);
const instance = (inputs: Record<string, unknown>) => resource("aws:rds/instance:Instance", inputs);
const member = (clusterIdentifier: unknown) =>
  resource("aws:rds/clusterInstance:ClusterInstance", { clusterIdentifier });

const aurora = cluster({ clusterIdentifier: "database" });

/** Cases of the rules of databases. */
export const databaseCases: readonly RuleCases[] = [
  {
    rule: backupRetention,
    settings: { minimumDays: 30 },
    good: [passes("the longest there is", cluster({ backupRetentionPeriod: 35 }))],
    bad: [
      breaks("a week", instance({ backupRetentionPeriod: 7 }), "backupRetentionPeriod"),
      breaks(
        "longer than RDS can",
        cluster({ backupRetentionPeriod: 36 }),
        "backupRetentionPeriod",
      ),
    ],
    absent: [breaks("one day, AWS's default", cluster({}), "backupRetentionPeriod")],
    limit: [
      passes("the very term", cluster({ backupRetentionPeriod: 30 })),
      breaks("a day less", cluster({ backupRetentionPeriod: 29 }), "backupRetentionPeriod"),
    ],
    unknown: [
      waits("not known", cluster({ backupRetentionPeriod: unknown }), "backupRetentionPeriod"),
    ],
  },
  {
    rule: survivesZone,
    good: [
      passes("an instance with a standby", instance({ multiAz: true })),
      passes("three instances", aurora, { beside: Array(3).fill(member("database")) }),
    ],
    bad: [breaks("an instance without a standby", instance({ multiAz: false }), "multiAz")],
    absent: [
      breaks("nothing said of a standby", instance({}), "multiAz"),
      breaks("no instance", aurora, "its number of instances"),
    ],
    limit: [
      passes("two instances", aurora, { beside: [member("database"), member("database")] }),
      breaks("one, and one of another cluster", aurora, "its number of instances", {
        beside: [member("database"), member("another")],
      }),
    ],
    unknown: [
      waits("not known whether there is a standby", instance({ multiAz: unknown }), "multiAz"),
      waits("an instance of nobody knows which cluster", aurora, "clusterIdentifier", {
        beside: [member(unknown)],
      }),
    ],
  },
];
