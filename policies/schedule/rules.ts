import { type Rule } from "../rule";
import { jobKeepsSchedule } from "./backups";
import { jobsAlikeInBothRegions, jobLeavesRoutingAlone } from "./failover";
import { imageIsPinned, imageOfOwnRegion } from "./images";
import { restoreIsIsolated } from "./isolation";
import { kubernetesRoleIsNarrow, kubernetesTokenWhereNeeded } from "./kubernetesAccess";
import { podHasLimits, podIsRestricted } from "./pods";
import { jobRunIsBounded, jobRunsWhereDue } from "./runs";
import { secretNotInPlainSight } from "./secrets";
import { jobWritesWhereDue } from "./told";
import { backupIsVerified } from "./verified";

/** Rules of jobs, and of everything that runs pods. */
export const scheduleRules: readonly Rule[] = [
  jobKeepsSchedule,
  jobWritesWhereDue,
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
