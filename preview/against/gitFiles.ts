import { spawnSync } from "node:child_process";
import { show } from "../../config/problem";
import { exceptionsFile } from "../../policies/exceptions";
import { PreviewRefusal } from "../refusal";

/** What another commit has of the files that are compared, as text. */
export interface FilesBefore {
  /** The system files, by the id of their system. */
  readonly systems: ReadonlyMap<string, string>;
  /** The exceptions from the policy pack's rules; undefined where there was no such file. */
  readonly exceptions: string | undefined;
}

/**
 * The files of a commit.
 *
 * @param reference What a person calls the commit: a branch, a tag or an id.
 * @param directory Directory of the project, which may be a folder inside of the repository.
 * @throws PreviewRefusal that says what the reference is not, or why git did not answer.
 */
export function filesBefore(reference: string, directory: string): FilesBefore {
  const ask = (...args: string[]) => answerOf(reference, directory, args);
  // By its id from here on: a branch may move between two questions.
  const commit = commitOf(reference, directory);
  const files = ask("ls-tree", "-z", "--name-only", commit, "./systems/", `./${exceptionsFile}`);
  const names = files.split("\0");
  const ids = names.flatMap((file) => /^systems\/([^/]+)\.yaml$/.exec(file)?.[1] ?? []);
  return {
    systems: new Map(ids.map((id) => [id, ask("show", `${commit}:./systems/${id}.yaml`)])),
    exceptions: names.includes(exceptionsFile)
      ? ask("show", `${commit}:./${exceptionsFile}`)
      : undefined,
  };
}

/** The id of the commit that a reference names. */
function commitOf(reference: string, directory: string): string {
  if (!/^(?!-)[^\s:\p{C}]+$/u.test(reference)) {
    throw new PreviewRefusal(
      `--against ${show(reference)} is no name of a commit, which is not empty, does not begin with "-" and has neither spaces nor ":"; give a branch, a tag or a commit, like origin/main.`,
    );
  }
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${reference}^{commit}`];
  const { status, stdout, complaint } = runGit(directory, args);
  // Whoever asks for `^main` is given an id, too: of what to leave out.
  if (status === 0 && /^[0-9a-f]{40,64}\n$/.test(stdout)) {
    return stdout.trim();
  }
  throw complaint === ""
    ? new PreviewRefusal(
        `--against ${show(reference)}: there is no such commit here; correct the name, or have git fetch it first.`,
      )
    : noAnswer(reference, complaint);
}

function answerOf(reference: string, directory: string, args: readonly string[]): string {
  const { status, stdout, complaint } = runGit(directory, args);
  if (status !== 0) {
    throw noAnswer(reference, complaint);
  }
  return stdout;
}

function noAnswer(reference: string, complaint: string): PreviewRefusal {
  return new PreviewRefusal(`--against ${show(reference)}: git does not answer: ${complaint}`);
}

/** Runs git without a shell: an argument is nothing but an argument. */
function runGit(directory: string, args: readonly string[]) {
  const { status, stdout, stderr, error } = spawnSync("git", ["-C", directory, ...args], {
    encoding: "utf8",
    maxBuffer: 64 * 1_024 * 1_024,
    // A hook of git has them set, and `./` would be the repository's top in place of the directory.
    env: { ...process.env, GIT_DIR: undefined, GIT_WORK_TREE: undefined },
  });
  return error === undefined
    ? { status, stdout, complaint: stderr.trim() }
    : { status: null, stdout: "", complaint: error.message };
}
