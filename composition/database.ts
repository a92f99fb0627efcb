import type * as pulumi from "@pulumi/pulumi";
import { AuroraDatabase } from "../components/database/auroraDatabase";
import { type Database, type DatabaseArgs } from "../components/database/database";
import { RdsDatabase } from "../components/database/rdsDatabase";
import { type Configuration } from "../config/configuration";
import { wholeDays } from "../config/duration";
import { type StoreOf } from "../config/stores";
import { type System } from "../config/system";
import { physicalName } from "../contracts/names";
import { type Keys } from "./keys";
import { type Landscape } from "./places";

/** The system's database; a system has one at most. */
export function databaseOf(system: System): StoreOf<"database"> | undefined {
  return Object.values(system.stores).find((store) => store.kind === "database");
}

/** Declares the database's member in a stack's region; nothing in the archive. */
export function declareDatabase(
  { settings, system, region }: Configuration,
  landscape: Landscape,
  keys: Keys,
  options: pulumi.ComponentResourceOptions,
): (Database & pulumi.Resource) | undefined {
  const store = databaseOf(system);
  const { network, cluster, role } = settings;
  if (
    store === undefined ||
    network === undefined ||
    cluster === undefined ||
    keys.database === undefined ||
    keys.secrets === undefined
  ) {
    return undefined;
  }
  const common: DatabaseArgs = {
    place: landscape.own,
    engineVersion: store.engineVersion,
    instanceClass: store.instanceClass,
    vpcId: network.vpcId,
    subnetIds: network.subnetIds,
    clientSecurityGroupId: cluster.securityGroupId,
    kmsKeyArn: keys.database.arn,
    pointInTimeRecoveryDays: wholeDays(store.pointInTimeRecovery),
    backupWindow: store.backupWindow,
    maintenanceWindow: store.maintenanceWindow,
    logRetentionDays: wholeDays(store.logRetention),
    tags: landscape.tags,
    disposable: landscape.disposable,
  };
  const primary = {
    kind: "primary",
    databaseName: store.databaseName,
    administrator: {
      userName: store.administrator,
      passwordRotated: store.administratorPasswordRotated,
      secretsKeyArn: keys.secrets.arn,
      replica: {
        region: landscape.standby.region,
        keyAlias: physicalName("keyAlias", "secrets", landscape.standby),
      },
    },
  } as const;
  const primaryRegion = landscape.primary.region;
  if (store.engine === "aurora-postgresql") {
    return new AuroraDatabase(
      "database",
      {
        ...common,
        member: role === "prod" ? primary : { kind: "standby", primaryRegion },
        instances: role === "prod" ? store.primaryInstances : store.standbyInstances,
        ...(store.rpoEnforcement === "block"
          ? { blockCommitsAtLagSeconds: store.replicationLagLimit.seconds }
          : {}),
      },
      options,
    );
  }
  return new RdsDatabase(
    "database",
    {
      ...common,
      member:
        role === "prod"
          ? { ...primary, storageGibibytes: store.storageGibibytes }
          : { kind: "standby", primaryRegion, promoted: system.regions.active === region },
    },
    options,
  );
}
