import { type AccessConfiguration } from "../config/access";
import { type Configuration } from "../config/configuration";

/** What a configuration file of the pack is for: the role of a stack, or a sandbox's stack of any role. */
export const environmentNames = ["prod", "dr", "archive", "access", "sandbox"] as const;

/** The name of an environment, and of its configuration file. */
export type EnvironmentName = (typeof environmentNames)[number];

/** What the settings of rules are derived from. */
export interface Environment {
  readonly name: EnvironmentName;
  readonly configuration: Configuration | AccessConfiguration;
}

/** The environment that a stack is in. */
export function environmentOf(configuration: Environment["configuration"]): Environment {
  const { profile, role } = configuration.settings;
  return { name: profile === "sandbox" ? "sandbox" : role, configuration };
}

/** No settings, and none at all in a sandbox: what is for trying things out is neither kept nor locked. */
export function outsideSandbox({
  name,
}: Pick<Environment, "name">): Readonly<Record<string, never>> | undefined {
  return name === "sandbox" ? undefined : {};
}
