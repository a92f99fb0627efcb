import type * as pulumi from "@pulumi/pulumi";
import { ServiceRole } from "../components/access/serviceRole";
import { repositoryCreationPolicy } from "../components/images/imagePolicies";
import { replicationPolicy } from "../components/storage/replicationPolicy";
import {
  restoreTestPolicy,
  snapshotPolicy,
  type SnapshotScope,
} from "../components/vaults/snapshotPolicies";
import { type Configuration } from "../config/configuration";
import { defaultEventBusArn, type Place, recordsPurpose, vaultPurpose } from "../contracts/names";
import { policyDocument } from "../contracts/policyDocument";
import { databaseOf, everyGenerationOf } from "../config/generations";
import { imagesOf } from "./images";
import { declareJobRoles } from "./jobRoles";
import { type Landscape } from "./places";
import { lifecyclesByLockClass } from "./records";
import { snapshotRetentions } from "./snapshots";

/**
 * Declares the roles of both regions. AWS keeps roles in us-east-1, so they belong to the primary
 * region's stack, and a failover changes none.
 */
export function declareRoles(
  configuration: Configuration,
  landscape: Landscape,
  options: pulumi.ComponentResourceOptions,
): ServiceRole[] {
  const { system } = configuration;
  const { primary, standby, archive, tags, disposable } = landscape;
  const engine = databaseOf(system)?.engine;
  const purposes = Object.keys(lifecyclesByLockClass(system)).map(recordsPurpose);
  const vaultPurposes = Object.keys(snapshotRetentions(system)).map(vaultPurpose);
  const rolesOf = (place: Place, other: Place): ServiceRole[] => {
    const shared = { place, tags, disposable };
    const replication = new ServiceRole(
      `record-replication-${place.region}`,
      {
        ...shared,
        purpose: "record-replication",
        description: `Copies records of ${system.id} from ${place.region} to the other regions`,
        service: "s3.amazonaws.com",
        policy: replicationPolicy({ source: place, destinations: [other, archive], purposes }),
        taggedPurpose: "replication",
      },
      options,
    );
    const repositories =
      imagesOf(system) === undefined
        ? []
        : [
            new ServiceRole(
              `repository-creation-${place.region}`,
              {
                ...shared,
                purpose: "repository-creation",
                description: `Makes image repositories of ${system.id} for replicas in ${place.region}`,
                service: "ecr.amazonaws.com",
                policy: repositoryCreationPolicy(place),
                taggedPurpose: "images",
              },
              options,
            ),
          ];
    const forwarding = new ServiceRole(
      `notice-forwarding-${place.region}`,
      {
        ...shared,
        purpose: "notice-forwarding",
        description: `Sends notices and heartbeats of ${system.id} from ${place.region} to ${other.region}`,
        service: "events.amazonaws.com",
        policy: policyDocument([
          {
            Sid: "SendToOtherRegion",
            Effect: "Allow",
            Action: "events:PutEvents",
            Resource: defaultEventBusArn(other),
          },
        ]),
        taggedPurpose: "monitoring",
      },
      options,
    );
    if (engine === undefined) {
      return [replication, forwarding, ...repositories];
    }
    const scope: SnapshotScope = {
      place,
      copiesTo: [other, archive],
      engine,
      // Retired ones too: they stay in the plan as they stay in the account.
      generations: everyGenerationOf(system, place.region).map(({ generation }) => generation),
      vaultPurposes,
    };
    const snapshots = new ServiceRole(
      `snapshots-${place.region}`,
      {
        ...shared,
        purpose: "snapshots",
        description: `Takes and copies snapshots of ${system.id} in ${place.region}`,
        service: "backup.amazonaws.com",
        policy: snapshotPolicy(scope),
        taggedPurpose: "snapshot-plan",
      },
      options,
    );
    const restoreTest = new ServiceRole(
      `restore-test-${place.region}`,
      {
        ...shared,
        purpose: "restore-test",
        description: `Rehearses restores of ${system.id} in ${place.region}`,
        service: "backup.amazonaws.com",
        policy: restoreTestPolicy(scope),
        taggedPurpose: "restore-test",
      },
      options,
    );
    return [replication, forwarding, ...repositories, snapshots, restoreTest];
  };
  return [
    ...rolesOf(primary, standby),
    ...rolesOf(standby, primary),
    ...declareJobRoles(configuration, landscape, options),
  ];
}
