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

/** The same with nobody to decide. */
function automatic(objective: string | undefined, changes: Partial<Failover> = {}) {
  return plan(objective, { mode: "automatic", ...changes });
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
      seconds: 720,
      arithmetic:
        "300s without heartbeats + operatorDecision 5m + 60s until the switch is read + recordTtl 60s = 720s",
    });
  });

  it("does not depend on the checks where an operator decides, who hears by the heartbeats", () => {
    const { failover } = plan(undefined, { checkInterval: duration("10s"), checkFailures: 1 });
    assert.equal(failoverTime(failover).seconds, 720);
  });

  it("counts the checks of both regions, one after the other, where nobody decides", () => {
    assert.deepEqual(failoverTime(automatic(undefined).failover), {
      seconds: 240,
      arithmetic: "2 × checkInterval 30s × checkFailures 3 + recordTtl 60s = 240s",
    });
  });

  it("is met by every system that has a file", () => {
    for (const id of systemIds(systemsDirectory)) {
      assert.deepEqual(unmetFailoverTime(loadSystem(id, systemsDirectory)), [], id);
    }
  });

  it("may be as long as the objective", () => {
    for (const system of [plan("720s"), automatic("240s")]) {
      assert.deepEqual(issuesOf(system), []);
      assert.deepEqual(unmetFailoverTime(system), []);
    }
  });

  it("refuses the slow interval where the fast one is soon enough, with the arithmetic", () => {
    const message = (objective: string) =>
      `too slow for scenarios.region.rto (${objective}): users would be sent to the standby region after ${failoverTime(automatic(undefined).failover).arithmetic}; set it to 10s, which makes 120s`;
    for (const objective of ["239s", "120s"]) {
      assert.deepEqual(issuesOf(automatic(objective)), [
        { path: ["failover", "checkInterval"], message: message(objective) },
      ]);
    }
  });

  it("refuses nothing where neither interval is soon enough: the preview says that it is not met", () => {
    assert.deepEqual(issuesOf(automatic("119s")), []);
    const fast = { checkInterval: duration("10s") };
    assert.deepEqual(unmetFailoverTime(automatic("119s", fast)), [
      "scenarios.region.rto (119s) is not met: users are sent to the standby region after 2 × checkInterval 10s × checkFailures 3 + recordTtl 60s = 120s",
    ]);
  });

  it("refuses no interval where an operator decides: a faster one would help nobody", () => {
    assert.deepEqual(issuesOf(plan("719s")), []);
    assert.deepEqual(unmetFailoverTime(plan("719s")), [
      "scenarios.region.rto (719s) is not met: users are sent to the standby region after 300s without heartbeats + operatorDecision 5m + 60s until the switch is read + recordTtl 60s = 720s",
    ]);
  });

  it("is compared with nothing where the plan has no objective for a region", () => {
    const slow = plan(undefined, { operatorDecision: duration("9d") });
    assert.deepEqual(issuesOf(slow), []);
    assert.deepEqual(unmetFailoverTime(slow), []);
  });
});
