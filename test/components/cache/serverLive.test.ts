import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serverLive } from "../../../components/cache/serverConfiguration";
import { cacheMemberSettings } from "../minimalArgs";

describe("liveness of a cache's server", () => {
  let directory: string;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), "trading-dr-live-"));
    writeFileSync(join(directory, "probe"), "password");
    writeFileSync(join(directory, "redis-cli"), '#!/bin/sh\necho "$ANSWER"\n', { mode: 0o755 });
  });

  after(() => {
    rmSync(directory, { recursive: true });
  });

  const answers: readonly (readonly [string, number])[] = [
    ["PONG", 0],
    ["LOADING Redis is loading the dataset in memory", 0],
    ["BUSY Redis is busy running a script.", 0],
    // A restart would lose what could not be saved.
    ["MISCONF Redis is configured to save RDB snapshots, but it's currently unable to", 0],
    ["NOAUTH Authentication required.", 1],
    ["", 1],
  ];
  for (const [answer, expected] of answers) {
    it(`${expected === 0 ? "is given" : "is not given"} by the answer "${answer}"`, () => {
      const script = serverLive(cacheMemberSettings, {
        configuration: directory,
        credentials: directory,
        certificates: directory,
        data: directory,
      });
      const { status } = spawnSync("sh", ["-c", script], {
        env: {
          PATH: `${directory}:${String(process.env["PATH"])}`,
          HOSTNAME: "cache-0",
          ANSWER: answer,
        },
      });
      assert.equal(status, expected);
    });
  }
});
