import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseEnvironment } from "../../contracts/jobEnvironment";
import { type Hooks, whileQuiet } from "../../recovery/hooks";
import { type Progress } from "../../recovery/progress";

describe("a hook", () => {
  let directory: string;
  let warnings: string[];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "trading-dr-hooks-"));
    warnings = [];
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const bash = (script: string) => ["bash", "-c", script, directory];
  const calls = () => {
    const file = join(directory, "calls");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  };
  const resume = () => bash("echo resumed >> $0/calls");
  const pidIn = (name: string) => Number(readFileSync(join(directory, name), "utf8"));

  /** Does nothing while writers are stopped, and says how many seconds it all took. */
  async function quiet(hooks: Hooks): Promise<number> {
    const progress: Progress = {
      say: () => undefined,
      warn: (message) => warnings.push(message),
      fail: () => undefined,
      at: () => undefined,
    };
    const started = performance.now();
    await whileQuiet({ hookSeconds: 1, ...hooks }, () => sleep(10), progress);
    return (performance.now() - started) / 1000;
  }

  function isRunning(pid: number): boolean {
    try {
      // What has ended, and whose end nobody has asked for, is there and does not run.
      const state = execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
      return !state.startsWith("Z");
    } catch {
      return false;
    }
  }

  it("that hangs is ended when its time is over, and writers go on", async () => {
    await assert.rejects(
      quiet({ quiesce: bash("echo $$ > $0/hook; exec sleep 600"), resume: resume() }),
      {
        reason: "refused",
        message:
          "the quiesce hook, bash, was ended, since it had not ended within 1 s: see what it waits for, or give it longer by TRADING_DR_HOOK_SECONDS; nothing was restored",
      },
    );
    assert.ok(!isRunning(pidIn("hook")));
    assert.equal(calls(), "resumed\n");
  });

  it("that ignores SIGTERM is killed after a grace, with what it has started", async () => {
    const started = performance.now();
    await assert.rejects(
      quiet({
        quiesce: bash("trap '' TERM; echo $$ > $0/hook; sleep 600 & echo $! > $0/child; wait"),
      }),
      /was ended, since it had not ended within 1 s/,
    );
    const seconds = (performance.now() - started) / 1000;
    assert.ok(seconds > 10 && seconds < 20, `it took ${String(seconds)} s`);
    assert.ok(!isRunning(pidIn("hook")));
    assert.ok(!isRunning(pidIn("child")));
  });

  it("that ends at SIGTERM, and whose child does not, has its child killed", async () => {
    await assert.rejects(
      quiet({ quiesce: bash("(trap '' TERM; sleep 600) & echo $! > $0/child; exec sleep 600") }),
      /was ended/,
    );
    assert.ok(!isRunning(pidIn("child")));
  });

  it("that has ended is not waited for because a child of its holds the output", async () => {
    const seconds = await quiet({
      hookSeconds: 60,
      quiesce: bash("sleep 600 & echo $! > $0/child"),
      resume: resume(),
    });
    const child = pidIn("child");
    try {
      assert.ok(seconds < 10, `it took ${String(seconds)} s`);
      assert.equal(calls(), "resumed\n");
      // What it leaves is its own business.
      assert.ok(isRunning(child));
    } finally {
      process.kill(child, "SIGKILL");
    }
  });

  it("that lets writers go on is ended too when its time is over", async () => {
    await assert.rejects(quiet({ resume: ["sleep", "600"] }), {
      message:
        /^the resume hook, sleep, was ended, .*HOOK_SECONDS; see whether writers go on, and let them/,
    });
  });

  it("that lets writers go on does not hide why they were stopped for nothing", async () => {
    await assert.rejects(
      quiet({ quiesce: bash("exit 7"), resume: ["sleep", "600"] }),
      /: the quiesce hook, bash, ended with status 7; nothing was restored$/,
    );
    assert.match(warnings.join("\n"), /^the resume hook, sleep, was ended/);
  });

  it("leads a process group of its own", async () => {
    await quiet({ quiesce: bash("echo $$ > $0/hook; ps -o pgid= -p $$ > $0/group") });
    assert.equal(pidIn("group"), pidIn("hook"));
  });

  for (const seconds of ["0", "86401", "5m", "-1", ""]) {
    it(`is given no time of ${JSON.stringify(seconds)}`, () => {
      assert.throws(
        () => parseEnvironment("restore", { TRADING_DR_HOOK_SECONDS: seconds }),
        /TRADING_DR_HOOK_SECONDS must be a (?:whole number|number of seconds from 1 to 86400)/,
      );
    });
  }
});
