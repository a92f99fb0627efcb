import assert from "node:assert/strict";
import { type CacheRole } from "../../../recovery/cache/roles";
import {
  knownReplicas,
  namedPrimaries,
  type SentinelAnswer,
} from "../../../recovery/cache/sentinels";
import { chooseReplica } from "../../../recovery/cache/source";

const at = (host: string) => ({ host, port: 6379 });

function names(primary: string, ...replicas: string[]): SentinelAnswer {
  return { sentinel: at("sentinel"), primary: at(primary), replicas: replicas.map(at) };
}

const idle: SentinelAnswer = { sentinel: at("sentinel"), replicas: [] };
const silent: SentinelAnswer = { sentinel: at("gone"), replicas: [], silence: "no answer for 5 s" };

describe("the primary that Sentinels name", () => {
  const cases: readonly (readonly [string, readonly SentinelAnswer[], readonly string[]])[] = [
    ["is the one that all name", [names("a"), names("a"), names("a")], ["a"]],
    ["is not what one says against two", [names("b"), names("a"), names("a")], ["a"]],
    ["is what the only one says that answers", [silent, names("a"), silent], ["a"]],
    ["is what those say that watch", [idle, idle, names("a")], ["a"]],
    ["is either where they are at odds", [names("b"), names("a"), silent], ["b", "a"]],
    ["is any where each names another", [names("c"), names("b"), names("a")], ["c", "b", "a"]],
  ];
  for (const [title, answers, expected] of cases) {
    it(title, () => {
      assert.deepEqual(namedPrimaries(answers, "mymaster"), expected.map(at));
    });
  }

  it("is not there when no Sentinel answers, or none watches", () => {
    assert.throws(() => namedPrimaries([silent, silent], "mymaster"), {
      reason: "database",
      message: "no Sentinel answers:\ngone:6379: no answer for 5 s\ngone:6379: no answer for 5 s",
    });
    assert.throws(() => namedPrimaries([idle, silent, idle], "mymaster"), {
      reason: "refused",
      message: /^no Sentinel watches mymaster: this region stands by/,
    });
  });

  it("has the replicas that those know who name it", () => {
    const answers = [names("a", "c", "b"), names("a", "b"), names("b", "d"), silent];
    assert.deepEqual(knownReplicas(answers, at("a")), [at("b"), at("c")]);
  });
});

describe("the replica that a snapshot is read from", () => {
  const mebibyte = 1024 * 1024;
  const offset = 100 * mebibyte;
  const replica = (lag: number, link = "connected", follows = "a"): CacheRole => ({
    kind: "replica",
    follows: at(follows),
    link,
    offset: offset - lag,
  });
  const choose = (...roles: (CacheRole | string)[]) =>
    chooseReplica(
      at("a"),
      offset,
      roles.map((role, index) => ({ server: at(`r${String(index)}`), role })),
    );

  it("is the one that lacks least", () => {
    const chosen = { server: at("r1"), role: "replica", lagBytes: 10 };
    assert.deepEqual(choose(replica(11), replica(10), replica(12)), chosen);
  });

  it("may have come further than the primary had when it was asked", () => {
    assert.deepEqual(choose(replica(-5)), { server: at("r0"), role: "replica", lagBytes: 0 });
  });

  const unusable: readonly (readonly [CacheRole | string, string])[] = [
    [replica(16 * mebibyte + 1), "r0:6379 lacks 16777217 bytes"],
    [replica(0, "sync"), "r0:6379 is not connected (sync)"],
    [replica(0, "connected", "other"), "r0:6379 follows other:6379"],
    [{ kind: "primary", offset }, "r0:6379 is a primary"],
    ["no answer for 5 s", "r0:6379 says nothing (no answer for 5 s)"],
  ];
  for (const [role, problem] of unusable) {
    it(`is none that ${problem.slice("r0:6379 ".length)}`, () => {
      assert.equal(choose(role), `no replica is in step: ${problem}`);
    });
  }

  it("is none when Sentinels know of none, and one that lacks 16 MiB is one", () => {
    assert.equal(choose(), "no replica is in step: Sentinels know of none");
    assert.notEqual(typeof choose(replica(16 * mebibyte)), "string");
  });
});
