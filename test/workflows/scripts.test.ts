import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { systemIds } from "../../config/configuration";
import { projectDirectory } from "../support/projectCopy";

describe("scripts of the workflows", () => {
  let scratch: string;

  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), "trading-dr-scripts-"));
  });

  afterEach(() => {
    rmSync(scratch, { recursive: true, force: true });
  });

  /** Runs a script with stand-ins for the programs that it calls, each a body of shell. */
  function run(
    script: string,
    args: readonly string[],
    programs: Readonly<Record<string, string>>,
    environment: Readonly<Record<string, string>> = {},
  ) {
    for (const [program, body] of Object.entries(programs)) {
      writeFileSync(join(scratch, program), `#!/bin/sh\n${body}\n`);
      chmodSync(join(scratch, program), 0o755);
    }
    const file = join(projectDirectory, ".github", "scripts", script);
    const command = script.endsWith(".cjs") ? [process.execPath, "--require", "tsx/cjs"] : [];
    const [first = "", ...rest] = [...command, file, ...args];
    const summary = join(scratch, "summary");
    const { status, stdout, stderr } = spawnSync(first, rest, {
      cwd: projectDirectory,
      encoding: "utf8",
      maxBuffer: 10_000_000,
      env: {
        ...process.env,
        GITHUB_RUN_ID: undefined,
        ...environment,
        PATH: [scratch, process.env["PATH"]].join(delimiter),
        GITHUB_STEP_SUMMARY: summary,
      },
    });
    const summed = existsSync(summary) ? readFileSync(summary, "utf8") : "";
    return { status, stdout, stderr, summary: summed };
  }

  describe("engine-preview.sh", () => {
    for (const [status, verdict] of [
      [0, "can be applied"],
      [7, "differs from what is deployed"],
      [255, "was refused or could not be looked at (status 255)"],
    ] as const) {
      it(`ends with ${String(status)} when the engine does, and shows what it said`, () => {
        const result = run("engine-preview.sh", ["dr", "--refresh"], {
          pulumi: `echo "$@"; echo trouble >&2; exit ${String(status)}`,
        });
        const said =
          "preview --stack dr --diff --non-interactive --color never --suppress-progress --policy-pack policies --policy-pack-config policies/config/dr.json --refresh\ntrouble\n";
        assert.deepEqual(result, {
          status,
          stdout: said,
          stderr: "",
          summary: `## Stack dr ${verdict}\n\n~~~~~~~~\n${said}\n~~~~~~~~\n\n`,
        });
      });
    }

    it("keeps the summary within what GitHub takes", () => {
      const { status, summary } = run("engine-preview.sh", ["dr"], {
        pulumi: "head -c 2000000 /dev/zero | tr '\\0' x",
      });
      assert.equal(status, 0);
      assert.ok(summary.length > 900_000 && summary.length < 901_000, String(summary.length));
    });
  });

  describe("preview-systems.sh", () => {
    const systems = systemIds(join(projectDirectory, "systems"));

    it("previews the stack files and every system, and keeps the summaries", () => {
      const summaries = join(scratch, "summaries");
      const { status, summary } = run("preview-systems.sh", [summaries], {
        npm: 'echo "$*"',
      });
      assert.equal(status, 0);
      assert.deepEqual(
        Object.fromEntries(
          readdirSync(summaries).map((name) => [name, readFileSync(join(summaries, name), "utf8")]),
        ),
        Object.fromEntries([
          ["stack-files.md", "run --silent preview -- --markdown\n"],
          ...systems.map((system) => [
            `${system}.md`,
            `run --silent preview -- --markdown --system ${system}\n`,
          ]),
        ]),
      );
      assert.ok(
        summary.startsWith("## stack-files\n\nrun --silent preview -- --markdown\n## hft\n"),
      );
    });

    it("compares each with another commit when it is named", () => {
      const summaries = join(scratch, "summaries");
      const { status } = run("preview-systems.sh", [summaries, "HEAD^1"], { npm: 'echo "$*"' });
      assert.equal(status, 0);
      assert.equal(
        readFileSync(join(summaries, "hft.md"), "utf8"),
        "run --silent preview -- --markdown --against HEAD^1 --system hft\n",
      );
    });

    it("goes through all of them when one is refused, and fails then", () => {
      const { status, summary } = run("preview-systems.sh", [join(scratch, "summaries")], {
        npm: 'echo "$*"; case "$*" in *hft) exit 1 ;; esac',
      });
      assert.equal(status, 1);
      assert.equal([...summary.matchAll(/^## /gm)].length, systems.length + 1);
    });
  });

  describe("snapshot.cjs", () => {
    it("says what became of it, in the log and in the summary", () => {
      const result = run("snapshot.cjs", ["prod"], { pulumi: "echo '{}'" });
      const said = "Stack prod has no database yet: there is nothing to take a snapshot of.\n";
      assert.deepEqual(result, { status: 0, stdout: said, stderr: "", summary: `${said}\n` });
    });

    it("fails when a program fails, and says which", () => {
      const { status, stdout, stderr } = run("snapshot.cjs", ["prod"], {
        pulumi: "echo 'error: no stack named prod' >&2; exit 6",
      });
      assert.deepEqual({ status, stdout }, { status: 1, stdout: "" });
      assert.match(
        stderr,
        /^error: no stack named prod\nCommand failed: pulumi stack output --stack prod --json\n/,
      );
    });

    const outputs = {
      ...{ system: "hft", region: "us-east-1", database: { arn: "arn:database" } },
      vaults: { daily: "arn:aws:backup:us-east-1:111122223333:backup-vault:hft-daily" },
    };
    for (const [who, environment, token] of [
      ["a run", { GITHUB_RUN_ID: "7", GITHUB_RUN_ATTEMPT: "2" }, /^deployment-7-2-prod$/],
      ["an operator", {}, /^by-hand-\d{13}-prod$/],
    ] as const) {
      it(`starts a job of its own for ${who}`, () => {
        const { status, stdout } = run(
          "snapshot.cjs",
          ["prod"],
          {
            pulumi: `echo '${JSON.stringify(outputs)}'`,
            aws: `echo "$*" >>${join(scratch, "calls")}
echo '{"BackupJobId": "job", "State": "COMPLETED", "RecoveryPointArn": "arn:point"}'`,
          },
          environment,
        );
        assert.equal(status, 0);
        assert.equal(stdout, "Snapshot of arn:database, kept 90 days in hft-daily: arn:point\n");
        const calls = readFileSync(join(scratch, "calls"), "utf8");
        assert.match(/--idempotency-token (\S+)/.exec(calls)?.[1] ?? "", token);
      });
    }
  });
});
