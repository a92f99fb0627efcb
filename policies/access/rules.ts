import { type Rule } from "../rule";
import { databaseConnection, databaseGrants, databaseRoleRights } from "./database";
import { nobodyDeletes, rolesAlone, trust } from "./roles";
import { noWildcards } from "./wildcards";

/** Rules of who may do what. */
export const accessRules: readonly Rule[] = [
  noWildcards,
  trust,
  nobodyDeletes,
  rolesAlone,
  databaseConnection,
  databaseRoleRights,
  databaseGrants,
];
