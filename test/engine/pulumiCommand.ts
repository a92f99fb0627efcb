import { homedir } from "node:os";
import { join } from "node:path";
import { goProgram } from "../support/goProgram";

/** Version that is built where there is no Pulumi CLI, and that the workflows install. */
export const pulumiVersion = "v3.257.0";

/**
 * A real Pulumi CLI: the one on PATH, else the one in PULUMI_HOME, else one that is built from its
 * Go module. That takes about five minutes, once; it is kept in the user's cache.
 *
 * @returns Path of the executable.
 * @throws Error that says what to install when there is neither a CLI nor Go.
 */
export function pulumiCommand(): Promise<string> {
  return goProgram({
    name: "pulumi",
    title: "Pulumi CLI",
    version: pulumiVersion,
    source: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    goVersion: "1.25",
    replacements: [
      "github.com/atotto/clipboard => github.com/tgummerer/clipboard v0.0.0-20241001131231-d02d263e614e",
    ],
    linkerFlags: `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${pulumiVersion}`,
    buildTime: "about four minutes",
    versionArguments: ["version"],
    elsewhere: {
      directory: join(process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi"), "bin"),
      title: "PULUMI_HOME",
    },
  });
}
