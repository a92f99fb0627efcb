import { type Mutation } from "../mutation";

/** Mutations of where things are. */
export const placementMutations: readonly Mutation[] = [
  {
    title: "a firewall in the other region",

    stack: "dr",
    change: (declared) => {
      declared.one("aws:ec2/securityGroup:SecurityGroup").region = "us-east-1";
    },
    trips: ["placement-own-region"],
  },
  {
    title: "a provider for the archive's region",

    stack: "prod",
    change: (declared) => {
      const provider = declared.copy("pulumi:providers:aws", "aws", "ireland");
      provider.region = "eu-west-1";
      provider.inputs["region"] = "eu-west-1";
    },
    trips: ["placement-own-region"],
  },
  {
    title: "a password of whatever provider",

    stack: "dr",
    change: (declared) => {
      Reflect.deleteProperty(
        declared.one("random:index/randomPassword:RandomPassword").options,
        "provider",
      );
    },
    trips: ["placement-explicit-provider"],
  },
  {
    title: "a job in whatever cluster",

    stack: "prod",
    change: (declared) => {
      Reflect.deleteProperty(declared.one("kubernetes:batch/v1:CronJob").options, "provider");
    },
    trips: ["placement-explicit-provider"],
  },
  {
    title: "a budget in the standby region's stack",

    stack: "dr",
    change: (declared) => {
      declared.one("aws:ec2/securityGroup:SecurityGroup").type = "aws:budgets/budget:Budget";
    },
    trips: ["placement-global-services"],
  },
  {
    title: "a smaller database in the standby region",

    stack: "dr",
    change: (declared) => {
      declared.set(
        "aws:rds/clusterInstance:ClusterInstance",
        undefined,
        "instanceClass",
        "db.r6g.xlarge",
      );
    },
    trips: ["placement-symmetry"],
  },
  {
    title: "another version of plain RDS in the primary region",
    system: "smc",
    stack: "prod",
    change: (declared) => {
      declared.set("aws:rds/instance:Instance", undefined, "engineVersion", "15.13");
    },
    trips: ["placement-symmetry"],
  },
  {
    title: "logs that are kept for less time in the standby region",

    stack: "dr",
    change: (declared) => {
      declared.set("aws:cloudwatch/logGroup:LogGroup", undefined, "retentionInDays", 30);
    },
    trips: ["log-group-kept", "placement-symmetry"],
  },
  {
    title: "a role of the primary region alone",

    stack: "prod",
    change: (declared) => {
      declared.remove("aws:iam/role:Role", "notice-forwarding-us-west-2");
    },
    trips: ["placement-symmetry"],
  },
  {
    title: "no trail in the standby region",

    stack: "dr",
    change: (declared) => {
      declared.remove("aws:cloudtrail/trail:Trail");
    },
    trips: ["audit-trail-logs-everything", "placement-symmetry"],
  },
  {
    title: "a queue that the standby region does not have",

    stack: "dr",
    change: (declared) => {
      declared.remove("aws:sqs/queue:Queue");
    },
    trips: ["placement-symmetry"],
  },
];
