import { goProgram } from "../support/goProgram";

/**
 * actionlint, which knows what GitHub makes of a workflow: the one on PATH, else one that is built.
 *
 * @returns Path of the executable.
 * @throws Error that says what to install when there is neither actionlint nor Go.
 */
export function actionlintCommand(): Promise<string> {
  return goProgram({
    name: "actionlint",
    title: "actionlint",
    version: "v1.7.12",
    source: "github.com/rhysd/actionlint/cmd/actionlint",
    goVersion: "1.25",
    buildTime: "about half a minute",
    versionArguments: ["-version"],
  });
}
