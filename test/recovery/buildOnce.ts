import { execFileSync } from "node:child_process";
import { projectDirectory } from "../support/projectCopy";

/** Runs once, before the tests: builds the command as it is shipped, in one file of JavaScript. */
export function mochaGlobalSetup(): void {
  execFileSync("npm", ["run", "--silent", "recovery:build"], { cwd: projectDirectory });
}
