import assert from "node:assert/strict";
import { event } from "../../contracts/events";
import { useLaboratory } from "./laboratory";
import { databasesOf, fillDatabase } from "./remains";

const drills = {
  bucket: "lab-daily-records",
  prefix: "records/audit/events/us-east-1/drill-recovery/",
};

describe("a drill of a recovery", () => {
  const laboratory = useLaboratory();
  let point: string;

  before(async () => {
    fillDatabase(laboratory().source, "trading", 1);
    point = await laboratory().backup("trading");
  });

  /** What a drill is told: what is promised, and how old the newest recovery point may be. */
  function told(seconds: number, maximumAgeSeconds = 3_600): Record<string, string> {
    return {
      ...laboratory().verification,
      TRADING_DR_EVENTS: `s3://${drills.bucket}/${drills.prefix}`,
      TRADING_DR_OBJECTIVES: JSON.stringify([
        { dataClass: "signals", kind: "rto", objectiveSeconds: seconds },
        { dataClass: "signals", kind: "rpo", objectiveSeconds: 0, accepted: 3_600 },
      ]),
      TRADING_DR_MAXIMUM_AGE_SECONDS: String(maximumAgeSeconds),
    };
  }

  afterEach(() => {
    assert.deepEqual(databasesOf(laboratory().scratch), []);
  });

  it("restores, measures, reports and leaves an event", async () => {
    const { status, output, errors } = await laboratory().run("drill recovery", told(600));
    assert.equal(status, 0, errors);
    assert.match(output, /\| Result \| passed \|/);
    assert.match(output, new RegExp(point));
    assert.match(output, /\| signals \| RTO \| 10m \| \d+s \| yes \|/);
    assert.match(output, /\| signals \| RPO \| 0s \| .* \| NO \| 1h \|/);
    const happened = await laboratory().lastEvent(drills);
    assert.ok(happened.kind === "drill");
    assert.equal(happened.failure, undefined);
    assert.equal(happened.judged?.point, point);
  });

  it("gives the report for machines as the event itself", async () => {
    const { status, output, errors } = await laboratory().run("drill recovery --json", told(600));
    assert.equal(status, 0, errors);
    assert.deepEqual(event.parse(JSON.parse(output)), await laboratory().lastEvent(drills));
  });

  it("fails when recovery takes longer than is promised, and still shows the report", async () => {
    const { status, output, errors } = await laboratory().run("drill recovery", told(0.001));
    assert.equal(status, 10, errors);
    assert.match(output, /\| Result \| FAILED \|/);
    assert.match(
      errors,
      /was restored whole, but:\n {2}recovery took .*, and signals is promised 0s/,
    );
    const happened = await laboratory().lastEvent(drills);
    assert.ok(happened.kind === "drill");
    assert.equal(happened.failure?.reason, "unmet");
    assert.equal(happened.objectives?.length, 2);
  });

  it("fails when the newest recovery point is older than its schedule lets it be", async () => {
    const { status, errors } = await laboratory().run("drill recovery", told(600, 0));
    assert.equal(status, 10, errors);
    assert.match(errors, /a backup is missing/);
  });

  it("fails when a baseline query takes longer than in the drill before", async () => {
    const slowing = (seconds: number) => ({
      ...told(600),
      TRADING_DR_BASELINE_QUERIES: JSON.stringify({ sleep: `SELECT pg_sleep(${String(seconds)})` }),
    });
    const first = await laboratory().run("drill recovery", slowing(0.2));
    assert.equal(first.status, 0, first.errors);
    const second = await laboratory().run("drill recovery", slowing(0.5));
    assert.equal(second.status, 10, second.errors);
    assert.match(
      second.errors,
      /baseline query sleep took 0\.5\d s, and 0\.2\d s after the restore of/,
    );
  });

  it("fails as a verification does when there is nothing to restore", async () => {
    const { status, output } = await laboratory().run("drill recovery", {
      ...told(600),
      TRADING_DR_DATABASE_NAME: "nothing",
    });
    assert.equal(status, 7);
    assert.match(output, /FAILED/);
  });

  it("names every variable that is missing", async () => {
    const { status, errors } = await laboratory().run("drill recovery", laboratory().verification);
    assert.equal(status, 2);
    assert.match(
      errors,
      /TRADING_DR_OBJECTIVES is missing; TRADING_DR_MAXIMUM_AGE_SECONDS is missing/,
    );
  });
});
