import assert from "node:assert/strict";
import { join } from "node:path";
import { loadSystem, systemIds } from "../../config/configuration";
import { parseDuration } from "../../config/duration";
import { checkFailoverTime, failoverTime, unmetFailoverTime } from "../../config/failoverTime";
import { type System } from "../../config/system";
import { projectDirectory } from "../support/projectCopy";

type Failover = System["failover"];

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

const systemsDirectory = join(projectDirectory, "systems");

function duration(text: string) {
  const parsed = parseDuration(text);
  assert.ok(parsed);
  return parsed;
}

/** A system's failover, an operator's with the slow interval, and its objective for a region. */
function plan(objective: string | undefined, changes: Partial<Failover> = {}) {
  const failover: Failover = {
    mode: "operator",
    recordName: "api.example.com",
    recordTtl: duration("60s"),
    healthPath: "/health",
    checkInterval: duration("30s"),
    checkFailures: 3,
    operatorDecision: duration("5m"),
    ...changes,
  };
  const scenarios = objective === undefined ? {} : { region: { rto: duration(objective) } };
  return { failover, scenarios };
}

/** What the rule complains of. */
function issuesOf(system: ReturnType<typeof plan>): Issue[] {
  const issues: Issue[] = [];
  checkFailoverTime(system, { addIssue: (issue: Issue) => issues.push(issue) } as never);
  return issues.map(({ path, message }) => ({ path, message }));
}

describe("time until users are sent to the standby region", () => {
  it("counts the operator's decision and the switch where an operator decides", () => {
    assert.deepEqual(failoverTime(plan(undefined).failover), {
      seconds: 510,
      arithmetic:
        "checkInterval 30s × checkFailures 3 + operatorDecision 5m + 60s until the switch is read + recordTtl 60s = 510s",
    });
  });

  it("counts neither where nobody decides", () => {
    assert.deepEqual(failoverTime(plan(undefined, { mode: "automatic" }).failover), {
      seconds: 150,
      arithmetic: "checkInterval 30s × checkFailures 3 + recordTtl 60s = 150s",
    });
  });

  it("is met by every system that has a file", () => {
    for (const id of systemIds(systemsDirectory)) {
      assert.deepEqual(unmetFailoverTime(loadSystem(id, systemsDirectory)), [], id);
    }
  });

  it("may be as long as the objective", () => {
    assert.deepEqual(issuesOf(plan("510s")), []);
    assert.deepEqual(unmetFailoverTime(plan("510s")), []);
  });

  it("refuses the slow interval where the fast one is soon enough, with the arithmetic", () => {
    const message = (objective: string) =>
      `too slow for scenarios.region.rto (${objective}): users would be sent to the standby region after ${failoverTime(plan(undefined).failover).arithmetic}; set it to 10s, which makes 450s`;
    for (const objective of ["509s", "450s"]) {
      assert.deepEqual(issuesOf(plan(objective)), [
        { path: ["failover", "checkInterval"], message: message(objective) },
      ]);
    }
  });

  it("refuses nothing where neither interval is soon enough: the preview says that it is not met", () => {
    assert.deepEqual(issuesOf(plan("449s")), []);
    assert.deepEqual(unmetFailoverTime(plan("449s", { checkInterval: duration("10s") })), [
      "scenarios.region.rto (449s) is not met: users are sent to the standby region after checkInterval 10s × checkFailures 3 + operatorDecision 5m + 60s until the switch is read + recordTtl 60s = 450s",
    ]);
  });

  it("is compared with nothing where the plan has no objective for a region", () => {
    const slow = plan(undefined, { operatorDecision: duration("9d") });
    assert.deepEqual(issuesOf(slow), []);
    assert.deepEqual(unmetFailoverTime(slow), []);
  });
});
