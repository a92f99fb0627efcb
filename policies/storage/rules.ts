import { type Rule } from "../rule";
import { logsTaken } from "./accessLogs";
import { bucketComplete, bucketKept, bucketLogged, bucketPrivate, bucketsDeclared } from "./bucket";
import { bucketEncrypted } from "./encryption";
import { bucketLifecycle } from "./lifecycle";
import { bucketLocked } from "./lock";
import { bucketPolicy } from "./policy";
import { bucketReplicates, copiesKept } from "./replication";
import { replicationAllowed } from "./replicationAllowed";

/** Rules of record buckets, and of the buckets of logs. */
export const storageRules: readonly Rule[] = [
  bucketsDeclared,
  bucketComplete,
  bucketKept,
  bucketPrivate,
  bucketEncrypted,
  bucketPolicy,
  bucketLocked,
  bucketLifecycle,
  bucketLogged,
  logsTaken,
  bucketReplicates,
  copiesKept,
  replicationAllowed,
];
