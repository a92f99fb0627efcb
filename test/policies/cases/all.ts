import { type RuleCases } from "../ruleCases";
import { placementCases } from "./placement";
import { databaseCases } from "./database";
import { vaultsCases } from "./vaults";
import { storageCases } from "./storage";
import { replicationAllowedCases } from "./replicationAllowed";
import { encryptionCases } from "./encryption";
import { imagesCases } from "./images";
import { cacheCases } from "./cache";
import { scheduleCases } from "./schedule";
import { dnsCases } from "./dns";
import { monitoringCases } from "./monitoring";
import { accessCases } from "./access";

/** The cases of all rules. */
export const allCases: readonly RuleCases[] = [
  ...placementCases,
  ...databaseCases,
  ...vaultsCases,
  ...storageCases,
  replicationAllowedCases,
  ...encryptionCases,
  ...imagesCases,
  ...cacheCases,
  ...scheduleCases,
  ...dnsCases,
  ...monitoringCases,
  ...accessCases,
];
