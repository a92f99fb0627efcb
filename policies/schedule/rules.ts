import { type Rule } from "../rule";
import { backupIsVerified, jobKeepsSchedule } from "./backups";
import { jobsAlikeInBothRegions, jobLeavesRoutingAlone } from "./failover";
import { imageIsPinned, imageOfOwnRegion } from "./images";
import { restoreIsIsolated } from "./isolation";
import { kubernetesRoleIsNarrow, kubernetesTokenWhereNeeded } from "./kubernetesAccess";
import { podHasLimits, podIsRestricted } from "./pods";
import { jobRunIsBounded, jobRunsWhereDue } from "./runs";
import { secretNotInPlainSight } from "./secrets";

/** Rules of jobs, and of everything that runs pods. */
export const scheduleRules: readonly Rule[] = [
  jobKeepsSchedule,
  jobRunsWhereDue,
  jobRunIsBounded,
  backupIsVerified,
  restoreIsIsolated,
  jobLeavesRoutingAlone,
  jobsAlikeInBothRegions,
  podIsRestricted,
  podHasLimits,
  imageIsPinned,
  imageOfOwnRegion,
  secretNotInPlainSight,
  kubernetesTokenWhereNeeded,
  kubernetesRoleIsNarrow,
];
