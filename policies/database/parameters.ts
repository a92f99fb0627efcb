import { z } from "zod";
import { databaseOf } from "../../config/generations";
import { rule } from "../rule";
import { listAt, textAt } from "../values";

const clusterGroupType = "aws:rds/clusterParameterGroup:ClusterParameterGroup";
const instanceGroupType = "aws:rds/parameterGroup:ParameterGroup";

const memberType = "aws:rds/clusterInstance:ClusterInstance";

/** Where a database names its parameter group, and the type of that. */
const groupsOf: Readonly<Record<string, { readonly setting: string; readonly type: string }>> = {
  "aws:rds/cluster:Cluster": { setting: "dbClusterParameterGroupName", type: clusterGroupType },
  [memberType]: { setting: "dbParameterGroupName", type: instanceGroupType },
  "aws:rds/instance:Instance": { setting: "parameterGroupName", type: instanceGroupType },
};

/** What PostgreSQL is told is told to the databases that there are. */
export const databaseOwnParameters = rule({
  id: "database-own-parameters",
  severity: "critical",
  scope: "stack",
  description:
    "A database takes its parameters from a group that its stack declares, whose values are judged.",
  serves: "replicationLagLimit with rpoEnforcement; PCI DSS 4.2: encrypted in transit",
  peers: [],
  types: Object.keys(groupsOf),
  example: {
    good: "dbClusterParameterGroupName: parameterGroup.name",
    bad: 'dbClusterParameterGroupName: "default.aurora-postgresql16"',
  },
  *check({ type, inputs }, { stack }) {
    const group = groupsOf[type];
    if (group === undefined) {
      return;
    }
    const name = textAt(inputs, group.setting);
    // An instance of a cluster that names none takes every value from the cluster's.
    const isSound =
      name === undefined
        ? type === memberType
        : stack.ofType(group.type).some((one) => textAt(one.inputs, "name") === name);
    if (!isSound) {
      yield {
        setting: group.setting,
        ...(name === undefined ? {} : { found: name }),
        required: "the name of a group that the stack declares",
        mend: "pass it: AWS's own group has no rds.global_db_rpo, and nobody can change it",
      };
    }
  },
});

/** What PostgreSQL is told. */
export const databaseParameters = rule({
  id: "database-parameters",
  severity: "critical",
  scope: "resource",
  description:
    "PostgreSQL takes connections over TLS 1.2 or newer alone, and commits wait for the standby exactly where the system's file says so.",
  serves: "replicationLagLimit with rpoEnforcement; PCI DSS 4.2: encrypted in transit",
  peers: ["CKV2_AWS_69"],
  types: [clusterGroupType, instanceGroupType],
  example: {
    good: '{ name: "rds.force_ssl", value: "1" }',
    bad: '{ name: "rds.global_db_rpo", value: "86400" }',
  },
  settings: z.strictObject({
    /** Seconds of lag above which commits wait; 0 where nothing waits. */
    lagLimit: z.int(),
  }),
  settingsFor: ({ configuration: { system } }) => {
    const database = databaseOf(system);
    return database === undefined
      ? undefined
      : {
          lagLimit: database.rpoEnforcement === "block" ? database.replicationLagLimit.seconds : 0,
        };
  },
  *check({ inputs }, { settings: { lagLimit } }) {
    const values = new Map(
      listAt(inputs, "parameters").map((one) => [textAt(one, "name"), textAt(one, "value")]),
    );
    const forced = values.get("rds.force_ssl");
    if (forced !== "1") {
      yield {
        setting: "rds.force_ssl",
        ...(forced === undefined ? {} : { found: forced }),
        required: "1",
        mend: "set it: passwords would go over the wire in clear text",
      };
    }
    const version = values.get("ssl_min_protocol_version");
    if (version !== "TLSv1.2" && version !== "TLSv1.3") {
      yield {
        setting: "ssl_min_protocol_version",
        ...(version === undefined ? {} : { found: version }),
        required: "TLSv1.2 or TLSv1.3",
        mend: "set it",
      };
    }
    const written = values.get("rds.global_db_rpo");
    // The very limit of the file, so that both regions have the same: either may be the writer one day.
    if (written !== (lagLimit === 0 ? undefined : String(lagLimit))) {
      yield {
        setting: "rds.global_db_rpo",
        ...(written === undefined ? {} : { found: written }),
        required:
          lagLimit === 0
            ? "left out: it stops trading when the standby lags, which rpoEnforcement: block asks for"
            : `${String(lagLimit)} seconds, in both regions`,
        mend: "let it follow rpoEnforcement and replicationLagLimit of the system's file",
      };
    }
  },
});
