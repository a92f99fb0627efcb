import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { executableIn, pathOf } from "../support/goProgram";

/** Name of the executable with which a Pulumi CLI runs programs for Node. */
export const languageHost = "pulumi-language-nodejs";

const howToInstall = "https://www.pulumi.com/docs/install/";

/** The variables that say where things are. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The Pulumi CLI that is installed, with its language host.
 *
 * @throws Error that says what to install.
 */
export function installedPulumi(environment: Environment = process.env): {
  readonly pulumi: string;
  readonly languageHost: string;
} {
  const home = environment["PULUMI_HOME"] ?? join(homedir(), ".pulumi");
  const pulumi = executableIn([...pathOf(environment), join(home, "bin")], "pulumi");
  if (pulumi === undefined) {
    throw new Error(
      `there is no Pulumi CLI on PATH or in PULUMI_HOME; install it, see ${howToInstall}`,
    );
  }
  const found = languageHostOf(pulumi, environment);
  if (found === undefined) {
    throw new Error(
      `${pulumi} has no ${languageHost} beside it, and there is none on PATH: alone it runs programs of the Automation API only; install the whole of Pulumi, see ${howToInstall}`,
    );
  }
  return { pulumi, languageHost: found };
}

/** The language host that came with a CLI, else the one on PATH. */
export function languageHostOf(
  pulumi: string,
  environment: Environment = process.env,
): string | undefined {
  return executableIn([dirname(realpathSync(pulumi)), ...pathOf(environment)], languageHost);
}
