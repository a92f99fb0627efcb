import { type Configuration, isAccess } from "../config/configuration";
import { type Environment } from "./environment";

/**
 * The configuration of a stack that runs a cache and jobs: one of a trading region, deployed whole.
 * Undefined for every other, and for a sandbox, whose stacks of any role have the same settings.
 */
export function tradingConfigurationOf({
  name,
  configuration,
}: Environment): Configuration | undefined {
  return (name === "prod" || name === "dr") &&
    !isAccess(configuration) &&
    configuration.settings.phase === "whole"
    ? configuration
    : undefined;
}
