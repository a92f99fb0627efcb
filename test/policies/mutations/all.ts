import { type Mutation } from "../mutation";
import { placementMutations } from "./placement";
import { databaseMutations } from "./database";
import { vaultsMutations } from "./vaults";
import { storageMutations } from "./storage";
import { replicationMutations } from "./replication";
import { encryptionMutations } from "./encryption";
import { imagesMutations } from "./images";
import { cacheMutations } from "./cache";
import { scheduleMutations } from "./schedule";
import { dnsMutations } from "./dns";
import { monitoringMutations } from "./monitoring";
import { accessMutations } from "./access";

/** All mutations. */
export const allMutations: readonly Mutation[] = [
  ...placementMutations,
  ...databaseMutations,
  ...vaultsMutations,
  ...storageMutations,
  ...replicationMutations,
  ...encryptionMutations,
  ...imagesMutations,
  ...cacheMutations,
  ...scheduleMutations,
  ...dnsMutations,
  ...monitoringMutations,
  ...accessMutations,
];
