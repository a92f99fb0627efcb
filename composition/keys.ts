import type * as pulumi from "@pulumi/pulumi";
import { EncryptionKey, type KeyPurpose } from "../components/encryption/encryptionKey";
import { type KeyUser } from "../components/encryption/keyPolicy";
import { type Configuration } from "../config/configuration";
import { type System } from "../config/system";
import { jobKinds } from "../contracts/jobs";
import { databasePurpose, jobPurpose, physicalName, type Place, roleArn } from "../contracts/names";
import { everyGenerationOf } from "../config/generations";
import { noticeKeyUsers } from "./notices";
import { type Landscape } from "./places";

/** The keys of a region, by purpose. The archive has no database, no secrets and no images. */
export type Keys = Readonly<Record<"records" | "snapshots" | "notices", EncryptionKey>> &
  Readonly<Partial<Record<"database" | "secrets" | "images", EncryptionKey>>>;

/** Declares the keys of a stack's region. */
export function declareKeys(
  { system }: Configuration,
  landscape: Landscape,
  options: pulumi.ComponentResourceOptions,
): Keys {
  const key = (purpose: KeyPurpose, users: readonly KeyUser[]) =>
    new EncryptionKey(
      `key-${purpose}`,
      {
        place: landscape.own,
        purpose,
        users,
        tags: landscape.tags,
        disposable: landscape.disposable,
      },
      options,
    );
  const shared = {
    records: key("records", recordUsers(landscape)),
    snapshots: key("snapshots", snapshotUsers(landscape)),
    notices: key("notices", [{ kind: "publishers", services: noticeKeyUsers(landscape) }]),
  };
  return landscape.own === landscape.archive
    ? shared
    : {
        ...shared,
        database: key("database", databaseUsers(system, landscape)),
        secrets: key("secrets", [{ kind: "through-service", service: "secretsmanager" }]),
        images: key("images", [{ kind: "through-service", service: "ecr" }]),
      };
}

function recordUsers({
  own,
  primary,
  standby,
  copiesFrom,
  copiesTo,
  tradingAccount,
}: Landscape): KeyUser[] {
  return [
    ...(copiesTo.length === 0
      ? []
      : [
          {
            kind: "roles",
            purpose: "copy-records",
            account: own.account,
            roleArns: [roleArn("record-replication", own)],
            actions: ["decrypt"],
          } as const,
          {
            kind: "roles",
            purpose: "jobs",
            account: own.account,
            roleArns: jobKinds.map((kind) => roleArn(jobPurpose(kind), own)),
            actions: ["encrypt", "decrypt"],
          } as const,
          {
            kind: "roles",
            purpose: "compare-records",
            account: own.account,
            roleArns: [roleArn(jobPurpose("check"), own === primary ? standby : primary)],
            actions: ["decrypt"],
          } as const,
        ]),
    {
      kind: "roles",
      purpose: "receive-records",
      account: tradingAccount,
      roleArns: copiesFrom.map((place) => roleArn("record-replication", place)),
      actions: ["encrypt", "decrypt"],
    },
  ];
}

function snapshotUsers(landscape: Landscape): KeyUser[] {
  const { own, archive, copiesFrom, copiesTo, tradingAccount, archiveIsForeign } = landscape;
  return [
    { kind: "through-service", service: "backup" },
    ...(copiesTo.length === 0 ? [] : [snapshotRoles(landscape)]),
    {
      kind: "roles",
      purpose: "receive-snapshots",
      account: tradingAccount,
      roleArns: copiesFrom.map((place) => roleArn("snapshots", place)),
      actions: ["encrypt", "decrypt"],
      mayGrant: true,
    },
    ...(archiveIsForeign && own === archive ? [copyingService(archive)] : []),
  ];
}

function databaseUsers(system: System, landscape: Landscape): KeyUser[] {
  const { own, archive, archiveIsForeign } = landscape;
  return [
    { kind: "through-service", service: "rds" },
    snapshotRoles(landscape),
    // Snapshots keep the database's key until they have been copied: the archive reads with it.
    ...(archiveIsForeign ? [copyingService(archive)] : []),
    {
      kind: "logs",
      // Of retired generations too: their logs are kept, and could not be read without the key.
      logGroupArnPatterns: everyGenerationOf(system, own.region).map(({ generation }) => {
        const name = physicalName("databaseCluster", databasePurpose(generation), own);
        return `arn:aws:logs:${own.region}:${own.account}:log-group:/aws/rds/*/${name}/*`;
      }),
    },
  ];
}

function snapshotRoles({ own }: Landscape): KeyUser {
  return {
    kind: "roles",
    purpose: "snapshots",
    account: own.account,
    roleArns: [roleArn("snapshots", own), roleArn("restore-test", own)],
    actions: ["encrypt", "decrypt"],
    mayGrant: true,
  };
}

/** AWS Backup copies into another account under a role of its own there. */
function copyingService({ account }: Place): KeyUser {
  return {
    kind: "roles",
    purpose: "copy-between-accounts",
    account,
    roleArns: [
      `arn:aws:iam::${account}:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup`,
    ],
    actions: ["encrypt", "decrypt"],
    mayGrant: true,
  };
}
