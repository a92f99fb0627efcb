import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { Administrator } from "../components/database/administrator";
import { AuroraDatabase } from "../components/database/auroraDatabase";
import {
  type AdministratorLogin,
  type Database,
  type DatabaseArgs,
} from "../components/database/database";
import { RdsDatabase } from "../components/database/rdsDatabase";
import { type Configuration } from "../config/configuration";
import { wholeDays } from "../config/duration";
import { type StoreOf } from "../config/stores";
import { databasePurpose, physicalName } from "../contracts/names";
import { databaseOf, generationsIn } from "../config/generations";
import { type Keys } from "./keys";
import { type Landscape } from "./places";

/** What a stack's region has of the database. */
export interface DeclaredDatabase {
  /** The generation that counts. */
  readonly current: Database & pulumi.Resource;
  /** ARN of the administrator's secret; absent in the standby region, which has a replica of it. */
  readonly administratorSecretArn: pulumi.Output<string> | undefined;
}

/** Declares the databases of a stack's region, one for each generation; none in the archive. */
export function declareDatabase(
  { settings, system, region }: Configuration,
  landscape: Landscape,
  keys: Keys,
  options: pulumi.ComponentResourceOptions,
): DeclaredDatabase | undefined {
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
  const { own: place, tags, disposable } = landscape;
  const administrator =
    role === "prod" ? declareAdministrator(store, landscape, keys.secrets.arn, options) : undefined;
  const common: Omit<DatabaseArgs, "generation"> = {
    place,
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
    tags,
    disposable,
    // Each rebuild ended the pair of the generation before it.
    cutPairs: Object.fromEntries(store.rebuilds.map(({ lost }, index) => [index + 1, lost])),
  };
  const first = administrator && {
    databaseName: store.databaseName,
    administrator: { userName: administrator.userName, password: administrator.password() },
  };
  const generations = generationsIn(system, region);
  const declared = generations.flatMap((history, index) => {
    const origin = history.source ?? first;
    return origin === undefined
      ? []
      : [
          declareGeneration(
            origin,
            {
              ...common,
              generation: history.generation,
              laterGenerations: history.laterGenerations,
              superseded: history.lost !== undefined,
              released: history.lost === "released",
            },
            {
              store,
              role,
              isActive: system.regions.active === region,
              successorOf: generations
                .slice(0, index)
                .filter(({ source }) => isDeepStrictEqual(source, history.source))
                .at(-1)?.generation,
            },
            options,
          ),
        ];
  });
  const current = declared.at(-1);
  return current && { current, administratorSecretArn: administrator?.secretArn };
}

/** Declares the administrator by itself: it has to outlive the first database, whose child it was. */
function declareAdministrator(
  store: StoreOf<"database">,
  { own, standby, tags, disposable }: Landscape,
  secretsKeyArn: pulumi.Input<string>,
  options: pulumi.ComponentResourceOptions,
): Administrator {
  const type = store.engine === "aurora-postgresql" ? "AuroraDatabase" : "RdsDatabase";
  const formerParent = pulumi.createUrn("database", `trading-dr:database:${type}`);
  return new Administrator(
    "database-administrator",
    {
      place: own,
      userName: store.administrator,
      passwordRotated: store.administratorPasswordRotated,
      secretsKeyArn,
      replica: {
        region: standby.region,
        keyAlias: physicalName("keyAlias", "secrets", standby),
      },
      tags,
      disposable,
    },
    { ...options, aliases: [{ parent: formerParent }] },
  );
}

/** How a database begins: with an administrator and nothing in it, or as a copy of another. */
type Origin =
  | { readonly databaseName: string; readonly administrator: AdministratorLogin }
  | { readonly region: string; readonly generation: number };

function declareGeneration(
  origin: Origin,
  args: DatabaseArgs,
  context: {
    readonly store: StoreOf<"database">;
    readonly role: "prod" | "dr" | "archive";
    /** True while the writer is in this region. */
    readonly isActive: boolean;
    /** The region's earlier generation that was a copy of the same database. */
    readonly successorOf: number | undefined;
  },
  options: pulumi.ComponentResourceOptions,
): Database & pulumi.Resource {
  const { store, role, isActive, successorOf } = context;
  const name = databasePurpose(args.generation);
  const isFirst = "administrator" in origin;
  if (store.engine === "aurora-postgresql") {
    return new AuroraDatabase(
      name,
      {
        ...args,
        member: isFirst
          ? { kind: "primary", ...origin }
          : { kind: "standby", primaryRegion: origin.region },
        instances: role === "prod" ? store.primaryInstances : store.standbyInstances,
        ...(store.rpoEnforcement === "block"
          ? { blockCommitsAtLagSeconds: store.replicationLagLimit.seconds }
          : {}),
      },
      options,
    );
  }
  const standsAlone = args.superseded === true || (args.laterGenerations ?? []).length > 0;
  return new RdsDatabase(
    name,
    {
      ...args,
      member: isFirst
        ? { kind: "primary", ...origin, storageGibibytes: store.storageGibibytes }
        : {
            kind: "standby",
            source: origin,
            promoted: isActive || standsAlone,
            ...(successorOf === undefined ? {} : { successorOf }),
          },
    },
    options,
  );
}
