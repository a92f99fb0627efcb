import assert from "node:assert/strict";
import { databaseOf } from "../../config/generations";
import { notBuiltYet, remarksOn } from "../../composition/remarks";
import { type Configuration } from "../../config/configuration";
import { readRegionStacks } from "../support/regionStacks";
import { projectDirectory } from "../support/projectCopy";

type Rebuilds = NonNullable<ReturnType<typeof databaseOf>>["rebuilds"];

/** The stacks of a system, with the writer in some region and after some rebuilds. */
function stacksOf(id: string, active: string, ...rebuilds: Rebuilds): Configuration[] {
  return readRegionStacks({ directory: projectDirectory, system: id }).map(({ configuration }) => {
    const { system } = configuration;
    const stores = Object.entries(system.stores).map(([name, store]) => [
      name,
      store.kind === "database" ? { ...store, rebuilds } : store,
    ]);
    return {
      ...configuration,
      system: {
        ...system,
        regions: { ...system.regions, active },
        stores: Object.fromEntries(stores) as typeof system.stores,
      },
    };
  });
}

function inSandbox(configuration: Configuration): Configuration {
  return { ...configuration, settings: { ...configuration.settings, profile: "sandbox" } };
}

function promotionRemarks(configuration: Configuration): string[] {
  return remarksOn(configuration).filter((remark) => remark.includes("promoted"));
}

describe("remark on a promoted replica", () => {
  const remark = (region: string) =>
    `the database in ${region} has been promoted and is not protected any more: rebuild the other side (docs/operations.md)`;
  const rebuilt = { survivor: "us-west-2", lost: "kept" } as const;
  const again = { survivor: "us-east-1", lost: "kept" } as const;

  const given: readonly (readonly [string, string, Rebuilds])[] = [
    ["the standby's replica has become the writer", "us-west-2", []],
    ["the rebuilt replica has become the writer in its turn", "us-east-1", [rebuilt]],
    ["the third generation has become the writer", "us-west-2", [rebuilt, again]],
  ];
  for (const [when, active, rebuilds] of given) {
    it(`is made by every stack of a plain RDS system once ${when}`, () => {
      assert.deepEqual(
        stacksOf("smc", active, ...rebuilds).map(promotionRemarks),
        Array.from({ length: 3 }, () => [remark(active)]),
      );
    });
  }

  const notGiven: readonly (readonly [string, string, string, Rebuilds])[] = [
    ["before anything was promoted", "smc", "us-east-1", []],
    ["once the other side is rebuilt", "smc", "us-west-2", [rebuilt]],
    ["once it is rebuilt again", "smc", "us-east-1", [rebuilt, again]],
    ["of Aurora, whose writer moves within the pair", "market-scanning", "us-west-2", []],
    ["of Aurora that was rebuilt", "market-scanning", "us-east-1", [rebuilt]],
  ];
  for (const [when, system, active, rebuilds] of notGiven) {
    it(`is not made ${when}`, () => {
      assert.deepEqual(stacksOf(system, active, ...rebuilds).map(promotionRemarks), [[], [], []]);
    });
  }

  it("is not made in a sandbox, where nothing is protected to begin with", () => {
    const [stack] = stacksOf("smc", "us-west-2");
    assert.ok(stack);
    assert.deepEqual(promotionRemarks(inSandbox(stack)), []);
  });
});

describe("remark on the administrator's password", () => {
  const passwordRemarks = (configuration: Configuration) =>
    remarksOn(configuration).filter((remark) => remark.includes("administratorPasswordRotated"));
  const remark = (region: string) =>
    `do not change administratorPasswordRotated now: the secret would get a new password, and the writer in ${region} would keep the old one (docs/operations.md)`;
  const westSurvived = { survivor: "us-west-2", lost: "kept" } as const;
  const eastSurvived = { survivor: "us-east-1", lost: "kept" } as const;

  const given: readonly (readonly [string, string, string, Rebuilds])[] = [
    ["the writer has moved to the standby", "market-scanning", "us-west-2", []],
    ["the replica of plain RDS has been promoted", "smc", "us-west-2", []],
    ["the other side is rebuilt", "market-scanning", "us-west-2", [westSurvived]],
    [
      "the writer has gone home to what was rebuilt",
      "market-scanning",
      "us-east-1",
      [westSurvived],
    ],
    ["the first database is retired", "smc", "us-east-1", [{ ...westSurvived, lost: "retired" }]],
    ["it has moved to a rebuilt standby", "market-scanning", "us-west-2", [eastSurvived]],
  ];
  for (const [when, system, active, rebuilds] of given) {
    it(`is made by every stack once ${when}`, () => {
      assert.deepEqual(
        stacksOf(system, active, ...rebuilds).map(passwordRemarks),
        Array.from({ length: 3 }, () => [remark(active)]),
      );
    });
  }

  const notGiven: readonly (readonly [string, string, Rebuilds])[] = [
    ["while the first database is the writer", "market-scanning", []],
    ["while the first database of plain RDS is the writer", "smc", []],
    ["while it has survived its standby", "market-scanning", [eastSurvived]],
    ["while it has survived two standbys", "smc", [eastSurvived, eastSurvived]],
  ];
  for (const [when, system, rebuilds] of notGiven) {
    it(`is not made ${when}`, () => {
      assert.deepEqual(stacksOf(system, "us-east-1", ...rebuilds).map(passwordRemarks), [
        [],
        [],
        [],
      ]);
    });
  }

  it("is not made of a system without a database", () => {
    const [stack] = stacksOf("market-scanning", "us-west-2");
    assert.ok(stack);
    assert.deepEqual(passwordRemarks({ ...stack, system: { ...stack.system, stores: {} } }), []);
  });

  it("is made in a sandbox too, where failovers are tried out", () => {
    const [stack] = stacksOf("market-scanning", "us-west-2");
    assert.ok(stack);
    assert.deepEqual(remarksOn(inSandbox(stack)), [
      "sandbox: nothing is locked or protected, and everything can be deleted",
      remark("us-west-2"),
    ]);
  });
});

describe("what is not built yet", () => {
  /** What the preview of a system whose caches' standbys are kept warm in some way reports of them. */
  function reportedOf(standby: "replication" | "snapshots") {
    const [stack] = stacksOf("market-scanning", "us-east-1");
    assert.ok(stack);
    const stores = Object.entries(stack.system.stores).map(([name, store]) => [
      name,
      store.kind === "cache" ? { ...store, standby } : store,
    ]);
    const system = {
      ...stack.system,
      stores: Object.fromEntries(stores) as typeof stack.system.stores,
    };
    return notBuiltYet({ ...stack, system }).filter(({ path }) => path.startsWith("stores.cache"));
  }

  it("says that nothing fills a standby from snapshots, or watches one that is fed", () => {
    assert.deepEqual(reportedOf("replication"), [
      {
        path: "stores.cache.standby",
        what: "an alarm on a standby that no longer follows, or lags",
      },
    ]);
    assert.deepEqual(reportedOf("snapshots"), [
      {
        path: "stores.cache.standby",
        what: "a job that fills the standby's servers from snapshots",
      },
    ]);
  });
});

describe("remark on jobs that fail unheard", () => {
  const isGiven = (configuration: Configuration) =>
    remarksOn(configuration).some((remark) => remark.startsWith("nobody is told of a backup"));

  it("is made by stacks with jobs that name nowhere that signals go", () => {
    const stacks = stacksOf("hft", "us-east-1");
    assert.deepEqual(stacks.map(isGiven), [false, false, false]);
    const silent = stacks.map((configuration) => ({
      ...configuration,
      settings: { ...configuration.settings, signals: undefined },
    }));
    assert.deepEqual(silent.map(isGiven), [true, true, false]);
  });
});

describe("remarks on what is not watched", () => {
  const lag =
    /^the alarm on the replica's lag is at 300 s, not at 30s: a replica of plain RDS is up to that far behind/;
  const trail = /^calls to IAM, .* are logged in us-east-1, where no stack has a trail$/;
  const given = (configurations: Configuration[], remark: RegExp) =>
    configurations.map((configuration) =>
      remarksOn(configuration).some((found) => remark.test(found)),
    );

  it("say that a lag of plain RDS is told from five minutes on", () => {
    assert.deepEqual(given(stacksOf("smc", "us-east-1"), lag), [true, true, false]);
    assert.deepEqual(given(stacksOf("hft", "us-east-1"), lag), [false, false, false]);
  });

  it("say that nobody logs calls to IAM where no trading region is us-east-1", () => {
    const stacks = stacksOf("hft", "us-east-1");
    assert.deepEqual(given(stacks, trail), [false, false, false]);
    const moved = stacks.map((configuration) => {
      const { system } = configuration;
      const regions = { ...system.regions, primary: "us-east-2" };
      return { ...configuration, system: { ...system, regions } };
    });
    assert.deepEqual(given(moved, trail), [true, false, false]);
  });
});
