import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { cacheManifestText } from "../../contracts/cacheManifest";
import { configurationManifestText } from "../../contracts/configurationManifest";
import {
  type Manifest,
  manifestName,
  manifestText,
  objectName,
  sealed,
  unsealed,
} from "../../contracts/manifest";
import { type PointList } from "../../recovery/list";
import { needsPostgresql } from "../support/databaseServer";
import { event as eventSchema, parseVerificationName } from "../../contracts/events";
import { FaultyStore } from "./faultyStore";
import { events, Laboratory, type Outcome, points } from "./laboratory";
import { databasesOf, fillDatabase, workingDatabases } from "./remains";
import { sampleCacheManifest, sampleConfigurationManifest } from "./sampleManifest";
import { seededRandom } from "./seededRandom";

/** Statuses that the command ends with. */
const done = 0;
const damaged = 6;
const absent = 7;

/** Bits that are flipped, each in a copy of its own. */
const flips = 30;

/** The objects of a recovery point, by their names under its key. */
type Content = Map<string, Buffer>;

describe("damage of a recovery point", () => {
  needsPostgresql();

  let lab: Laboratory;
  let id: string;
  let content: Content;
  let manifest: Manifest;
  let copies = 0;

  before(async function () {
    this.timeout(300_000);
    lab = await Laboratory.start();
    fillDatabase(lab.source, "trading", 15);
    const { output, errors } = await lab.run("backup database", lab.backupOf("trading"));
    id = output.trim();
    assert.match(id, /^\d{8}T\d{6}Z-[0-9a-f]{8}$/, errors);
    content = new Map();
    for (const key of await lab.keys(`${points.prefix}${id}/`)) {
      content.set(key.slice(points.prefix.length + id.length + 1), await objectAt(key));
    }
    const { fields } = unsealed(textOf(manifestName));
    manifest = fields as Manifest;
  });

  after(async () => {
    await lab.close();
  });

  async function objectAt(key: string): Promise<Buffer> {
    const { Body } = await lab.store.client.send(
      new GetObjectCommand({ Bucket: points.bucket, Key: key }),
    );
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }

  function textOf(name: string): string {
    return (content.get(name) ?? assert.fail(`there is no ${name}`)).toString();
  }

  async function put(key: string, body: Buffer): Promise<void> {
    await lab.store.client.send(
      new PutObjectCommand({ Bucket: points.bucket, Key: key, Body: body }),
    );
  }

  /** Copies the recovery point to a place of its own, changed, and tells verify and restore of it. */
  async function placed(change: (copy: Content) => void) {
    copies += 1;
    const place = `recovery-points/copies/${String(copies)}/`;
    const recorded = `records/copies/${String(copies)}/`;
    const copy = new Map(content);
    change(copy);
    for (const [name, bytes] of copy) {
      await put(`${place}${id}/${name}`, bytes);
    }
    const there = {
      TRADING_DR_RECOVERY_POINTS: `s3://${points.bucket}/${place}`,
      TRADING_DR_EVENTS: `s3://${points.bucket}/${recorded}`,
    };
    return {
      place,
      environment: { ...lab.verification, ...there },
      listing: { ...lab.listing, ...there },
      restoring: {
        ...lab.restoreOn(lab.scratch),
        TRADING_DR_RECOVERY_POINTS: there.TRADING_DR_RECOVERY_POINTS,
      },
      events: () => lab.keys(recorded),
    };
  }

  /** Sees that verify finds the damage, records it, and leaves nothing. */
  async function isFound(change: (copy: Content) => void): Promise<Outcome> {
    const { environment, events: recorded } = await placed(change);
    const outcome = await lab.run(`verify --point ${id}`, environment);
    assert.equal(outcome.status, damaged, `${outcome.output}${outcome.errors}`);
    const [event = "", ...others] = await recorded();
    assert.match(event, /-failed\.json$/);
    assert.deepEqual(others, []);
    const happened = eventSchema.parse(JSON.parse((await objectAt(event)).toString()));
    assert.ok(happened.kind === "verification");
    assert.equal(happened.failure?.reason, "damaged");
    assert.notDeepEqual(happened.judged?.problems, []);
    return outcome;
  }

  /** Sees that restore does not let the database appear. */
  async function isNotRestored(change: (copy: Content) => void): Promise<void> {
    const { restoring } = await placed(change);
    const outcome = await lab.run(`restore database --point ${id} --into damaged`, restoring);
    assert.equal(outcome.status, damaged, `${outcome.output}${outcome.errors}`);
    assert.deepEqual(databasesOf(lab.scratch), []);
  }

  afterEach(() => {
    assert.deepEqual(workingDatabases(lab.scratch), []);
  });

  it("a copy that is not damaged passes, so that what fails below fails by its damage", async () => {
    const { environment, restoring, events: recorded } = await placed(() => undefined);
    const verified = await lab.run(`verify --point ${id}`, environment);
    assert.equal(verified.status, done, verified.errors);
    assert.match((await recorded()).join(), /-passed\.json$/);
    const restored = await lab.run(`restore database --point ${id} --into undamaged`, restoring);
    assert.equal(restored.status, done, restored.errors);
    assert.deepEqual(databasesOf(lab.scratch), ["undamaged"]);
    lab.scratch.asSuperuser("postgres", "DROP DATABASE undamaged");
  });

  /** A copy's manifest with a change, and with a seal that is right for it. */
  function resealed(change: (written: Manifest) => void): (copy: Content) => void {
    return (copy) => {
      const written = structuredClone(manifest);
      change(written);
      copy.set(manifestName, Buffer.from(manifestText(written)));
    };
  }

  /** The text of a manifest that is not as its schema wants it. */
  function rewritten(text: (written: string) => string): (copy: Content) => void {
    return (copy) => {
      const before = textOf(manifestName);
      const after = text(before);
      assert.notEqual(after, before);
      copy.set(manifestName, Buffer.from(after));
    };
  }

  function largest({ tables }: Manifest): Manifest["tables"][number] {
    const [first] = [...tables].sort((one, other) => other.rows - one.rows);
    return first ?? assert.fail("there is no table");
  }

  const first = "content/000001";
  const second = "content/000002";
  const damages: Readonly<Record<string, readonly [(copy: Content) => void, RegExp]>> = {
    "a truncated object": [
      (copy) => {
        copy.set(first, (copy.get(first) ?? assert.fail()).subarray(0, -1));
      },
      /content\/000001 has \d+ bytes, and has to have \d+/,
    ],
    "an empty object": [
      (copy) => {
        copy.set(first, Buffer.alloc(0));
      },
      /content\/000001 has 0 bytes, and has to have \d+/,
    ],
    "a missing object": [
      (copy) => {
        assert.ok(copy.delete(second));
      },
      /content\/000002 is not there/,
    ],
    "two objects exchanged": [
      (copy) => {
        const [one, other] = [copy.get(first), copy.get(second)];
        copy.set(first, other ?? assert.fail());
        copy.set(second, one ?? assert.fail());
      },
      /content\/000001 has \d+ bytes, and has to have \d+/,
    ],
    "an object of the same size that holds another's bytes": [
      (copy) => {
        const bytes = Buffer.from(copy.get(first) ?? assert.fail());
        copy.set(first, bytes.reverse());
      },
      /content\/000001, bytes \d+ to \d+, have SHA-256/,
    ],
    "an object too many": [
      (copy) => {
        copy.set("content/999999", Buffer.from("extra"));
      },
      /content\/999999 is not in the manifest/,
    ],
    "a manifest of another format": [
      rewritten((text) => text.replace('{"format":1,', '{"format":2,')),
      /has format 2, and this version of trading-dr reads 1/,
    ],
    "a manifest that is no JSON": [rewritten((text) => text.slice(0, -10)), /is no JSON/],
    "an empty manifest": [rewritten(() => ""), /is no JSON/],
    "a manifest that is JSON of something else": [
      rewritten(() => "[]"),
      /has format undefined, and this version/,
    ],
    "a manifest without a seal": [
      rewritten((text) => JSON.stringify(unsealed(text).fields)),
      /is not what was written/,
    ],
    "a manifest with a date changed": [
      rewritten((text) => text.replace(/"retainUntil":"2/, '"retainUntil":"3')),
      /is not what was written/,
    ],
    "a sealed manifest with a count changed": [
      resealed((written) => {
        largest(written).rows += 1;
      }),
      /got 15000 rows, and its manifest says 15001/,
    ],
    "a sealed manifest with a table's digest changed": [
      resealed((written) => {
        largest(written).digest = "0123456789abcdef";
      }),
      /with digest [0-9a-f]{16}, backed up were 15000 with 0123456789abcdef/,
    ],
    "a sealed manifest with a checksum changed": [
      resealed((written) => {
        (written.structure.segments[0] ?? assert.fail()).sha256 = "0".repeat(64);
      }),
      /have SHA-256 [0-9a-f]{64}, and have to have 0{64}/,
    ],
    "a sealed manifest with a segment of rows left out": [
      resealed((written) => {
        largest(written).segments.pop();
      }),
      /content of object \d+ /,
    ],
    "a sealed manifest without the structure": [
      resealed((written) => {
        written.structure.segments = [];
      }),
      /content of object \d+ /,
    ],
    "a sealed manifest without a table and its object": [
      resealed((written) => {
        written.tables = written.tables.filter(({ name }) => name !== "empty");
      }),
      /"public"\."empty" was not backed up/,
    ],
    "a sealed manifest without the large object's digest": [
      resealed((written) => {
        written.largeObjects.digest = "0123456789abcdef";
      }),
      /large objects: 1 with digest/,
    ],
    "a sealed manifest with a setting of two values": [
      resealed((written) => {
        written.settings = ["first secret", "second secret"].map((value) => ({
          name: "app.key",
          value,
        }));
      }),
      /setting app\.key does not have the value that was backed up/,
    ],
    "a sealed manifest with a setting of a role that is not there": [
      resealed((written) => {
        written.settings = [{ role: "nobody", name: "work_mem", value: "7MB" }];
      }),
      /setting work_mem of role "nobody" is not there/,
    ],
    "a sealed manifest with another owner": [
      resealed((written) => {
        written.properties.owner = "nobody";
      }),
      /owner: postgres, backed up was nobody/,
    ],
    "a sealed manifest with a privilege of two kinds": [
      resealed((written) => {
        const connect = { role: "postgres", privilege: "CONNECT" } as const;
        written.properties.grants = [true, false].map((isGrantable) => ({
          ...connect,
          isGrantable,
        }));
      }),
      /privileges: CONNECT to "postgres" with grant option, backed up was CONNECT to "postgres", /,
    ],
    "a sealed manifest with the encoding in other letters": [
      resealed((written) => {
        written.source.encoding = "utf-8";
      }),
      /encoding: UTF8, backed up was utf-8/,
    ],
    "a sealed manifest of another recovery point": [
      resealed((written) => {
        written.id = "20260101T000000Z-0badcafe";
      }),
      /is of recovery point 20260101T000000Z-0badcafe/,
    ],
  };

  describe("is found by verify, and recorded:", () => {
    for (const [name, [change, message]] of Object.entries(damages)) {
      it(name, async () => {
        const { errors, log } = await isFound(change);
        assert.match(errors, message);
        assert.doesNotMatch(log, /secret/);
      });
    }

    it("a missing manifest is no recovery point", async () => {
      const { environment, events: recorded } = await placed((copy) => copy.delete(manifestName));
      const outcome = await lab.run(`verify --point ${id}`, environment);
      assert.equal(outcome.status, absent, outcome.errors);
      const [event = "", ...others] = await recorded();
      assert.deepEqual(others, []);
      // It is told that nothing could be verified, and of no recovery point that it is good or bad.
      assert.equal(parseVerificationName(event.split("/").slice(-2).join("/")), undefined);
    });
  });

  describe("keeps restore from letting the database appear:", () => {
    // What only a comparison finds is verify's to find: restore counts rows, and sums up none.
    const unnoticed = [
      "digest changed",
      "without a table",
      "large object's digest",
      "of two values",
      "of a role that is not there",
      "another owner",
      "of two kinds",
      "in other letters",
    ];
    for (const [name, [change]] of Object.entries(damages)) {
      if (!unnoticed.some((part) => name.includes(part))) {
        it(name, () => isNotRestored(change));
      }
    }
  });

  describe("is found by a restore of tables, and by its dry run,", () => {
    const tables = async (change: (copy: Content) => void, name: string, more = "") => {
      const { place } = await placed(change);
      return lab.run(
        `restore tables --point ${id} --database trading --schema beside --tables public.${name}${more}`,
        {
          ...lab.restoreOn(lab.source),
          TRADING_DR_RECOVERY_POINTS: `s3://${points.bucket}/${place}`,
        },
      );
    };

    /** Names of the objects that a restore of a table needs. */
    const neededFor = (name: string) => {
      const table = manifest.tables.find((one) => one.name === name) ?? assert.fail();
      const segments = [...manifest.structure.segments, ...table.segments];
      return new Set(segments.map(({ object }) => objectName(object)));
    };

    for (const [what, more] of [
      ["restore", ""],
      ["dry run", " --dry-run"],
    ] as const) {
      it(`${what}: objects that they need are missing, and nothing is made`, async () => {
        const needed = neededFor("accounts");
        const { status, errors } = await tables(
          (copy) => {
            needed.forEach((name) => copy.delete(name));
          },
          "accounts",
          more,
        );
        assert.equal(status, damaged, errors);
        for (const name of needed) {
          assert.ok(errors.includes(`${name} is not there`), errors);
        }
        assert.doesNotMatch(errors, /tables declared/);
      });

      it(`${what}: what is not theirs does not matter`, async () => {
        const kept = new Set([manifestName, ...neededFor("accounts")]);
        const { status, errors } = await tables(
          (copy) => {
            const others = [...copy.keys()].filter((name) => !kept.has(name));
            assert.notDeepEqual(others, []);
            others.forEach((name) => copy.delete(name));
            copy.set("content/999999", Buffer.from("extra"));
          },
          "accounts",
          more,
        );
        lab.source.asSuperuser("trading", "DROP SCHEMA IF EXISTS beside CASCADE");
        assert.equal(status, done, errors);
      });
    }
  });

  describe(`one flipped bit, at ${String(flips)} random places`, () => {
    const random = seededRandom(Number(process.env["SEED"] ?? randomInt(1_000_000)));

    function flipped(copy: Content, names: readonly string[]): string {
      const sizes = names.map((name) => copy.get(name)?.length ?? 0);
      let place = random.below(sizes.reduce((sum, size) => sum + size, 0));
      for (const [index, name] of names.entries()) {
        const size = sizes[index] ?? 0;
        if (place < size) {
          const bytes = Buffer.from(copy.get(name) ?? assert.fail());
          const bit = random.below(8);
          bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
          copy.set(name, bytes);
          return `bit ${String(bit)} of byte ${String(place)} of ${name}`;
        }
        place -= size;
      }
      return assert.fail("there is no such place");
    }

    for (const [where, of] of [
      ["of the content", (name: string) => name !== manifestName],
      ["of the manifest", (name: string) => name === manifestName],
    ] as const) {
      it(`${where}: verify finds each (seed ${String(random.seed)})`, async function () {
        this.timeout(300_000);
        let left = flips;
        const one = async () => {
          while (left > 0) {
            left -= 1;
            let place = "";
            try {
              await isFound((copy) => {
                place = flipped(copy, [...copy.keys()].filter(of));
              });
            } catch (error) {
              throw new Error(`${place} went unnoticed`, { cause: error });
            }
          }
        };
        await Promise.all([one(), one()]);
      });
    }
  });

  describe("of some manifests", () => {
    const cache = sampleCacheManifest.id;
    const configuration = sampleConfigurationManifest.id;
    const idOf = (number: number) => `2020010${String(number)}T000000Z-0badcafe`;
    const [noJson, changed, queue, hft, withheld, unfinished] = [1, 2, 3, 4, 5, 6].map(idOf) as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    let faulty: FaultyStore;
    let place: string;
    let looking: Record<string, string>;

    before(async () => {
      const there = await placed(() => undefined);
      ({ place } = there);
      faulty = await FaultyStore.start(lab.store.port);
      faulty.inject("forbidden", { method: "GET", path: new RegExp(`${withheld}/manifest.json`) });
      looking = { ...there.listing, ...faulty.environment };
      const caches = `${place}cache/us-east-1/`;
      const configurations = `${place}configuration/us-east-1/`;
      const cacheText = cacheManifestText(sampleCacheManifest);
      for (const [key, text] of [
        [`${caches}${cache}/manifest.json`, cacheText],
        [`${caches}${noJson}/manifest.json`, "no manifest"],
        [`${caches}${changed}/manifest.json`, cacheText.replace('"keys":3', '"keys":4')],
        [`${caches}${queue}/manifest.json`, sealed({ format: 1, kind: "queue", id: queue })],
        [
          `${caches}${hft}/manifest.json`,
          cacheManifestText({ ...sampleCacheManifest, id: hft, system: "hft" }),
        ],
        [`${caches}${withheld}/manifest.json`, cacheText],
        [`${caches}${unfinished}/content/000001`, "half"],
        [`${caches}${cache}-copy/manifest.json`, cacheText],
        [
          `${configurations}${configuration}/manifest.json`,
          configurationManifestText(sampleConfigurationManifest),
        ],
        [`${configurations}content/20261129/${"0".repeat(64)}.age`, "sealed"],
      ] as const) {
        await put(key, Buffer.from(text));
      }
    });

    after(() => faulty.close());

    const listOf = async (options = "") => {
      const { status, output, errors } = await lab.run(`list --json${options}`, looking);
      assert.equal(status, done, errors);
      return JSON.parse(output) as PointList;
    };

    it("does not hide the other recovery points, of whatever kind, from a list of all", async () => {
      const { status, output, errors } = await lab.run("list", looking);
      assert.equal(status, done, errors);
      assert.match(output, new RegExp(`^${id} +database +database +trading .* not verified$`, "m"));
      assert.match(
        output,
        new RegExp(`^${cache} +cache +cache +mymaster .* 99 B +9s +2026-02-05 +when taken$`, "m"),
      );
      assert.match(
        output,
        new RegExp(
          `^${configuration} +configuration +configuration +trading .* 400 B +2s +2027-01-03 +not verified$`,
          "m",
        ),
      );
      const { points: listed, others, ...named } = await listOf();
      assert.deepEqual(
        listed.map((point) => point.id),
        [id, cache, configuration].sort().reverse(),
      );
      assert.equal(others, 0);
      const url = `s3://${points.bucket}/${place}cache/us-east-1/`;
      const [noJsonSaid = "", ...damagedSaid] = [...named.damaged].reverse();
      assert.match(noJsonSaid, new RegExp(`^${url}${noJson}/manifest.json is no JSON: `));
      assert.deepEqual(damagedSaid, [
        `${url}${changed}/manifest.json is not what was written: its seal is of another text`,
        `${url}${queue}/manifest.json is of kind "queue", and this version of trading-dr reads database, cache, configuration`,
      ]);
      const [refused = "", ...none] = named.unreadable;
      assert.deepEqual(none, []);
      assert.match(refused, new RegExp(`^cannot read ${url}${withheld}/manifest.json: .*role`));
      assert.deepEqual(named.foreign, [
        `${url}${cache}-copy/manifest.json is in a folder that has not the name of a recovery point`,
        `${url}${hft}/ is of hft, and TRADING_DR_SYSTEM is lab`,
      ]);
      assert.deepEqual(named.unfinished, [`${url}${unfinished}/`]);
      for (const said of [
        named.damaged,
        named.unreadable,
        named.foreign,
        named.unfinished,
      ].flat()) {
        assert.ok(output.includes(`: ${said}\n`), said);
      }
    });

    it("is named by a list of some kinds or stores too", async () => {
      for (const [options, wanted] of [
        [" --kinds cache", [cache]],
        [" --kinds configuration database", [id, configuration]],
        [" --stores cache database", [id, cache]],
        [" --kinds cache --stores database", []],
      ] as const) {
        const { points: listed, others, damaged: named } = await listOf(options);
        assert.deepEqual(
          listed.map((point) => point.id),
          [...wanted].sort().reverse(),
          options,
        );
        assert.equal(others, 3 - wanted.length);
        assert.equal(named.length, 3);
      }
      const { status, errors } = await lab.run("list --kinds queue", looking);
      assert.equal(status, 2);
      assert.match(errors, /Allowed choices are database, cache, configuration/);
    });

    it("does not hide the other recovery points from whoever looks at one", async () => {
      for (const [words, wanted] of [
        [cache, /^cache +mymaster, Redis 7\.0\.15$/m],
        [configuration, /^objects +1 Secret$/m],
        [id, /^database +trading, PostgreSQL /m],
        ["latest --kinds cache", new RegExp(`^recovery point +${cache}$`, "m")],
        ["latest --stores configuration", new RegExp(`^recovery point +${configuration}$`, "m")],
      ] as const) {
        const { status, output, errors } = await lab.run(`show ${words}`, looking);
        assert.equal(status, done, errors);
        assert.match(output, wanted);
      }
      for (const [words, wanted, said] of [
        [changed, damaged, /is not what was written/],
        [queue, damaged, /is of kind "queue"/],
        [hft, 3, /is of hft, and TRADING_DR_SYSTEM is lab/],
        [withheld, 5, /cannot read s3:/],
        [unfinished, absent, /there is no recovery point 20200106/],
        ["latest --stores sessions", 5, /cannot read s3:/],
      ] as const) {
        const { status, output, errors } = await lab.run(`show ${words}`, looking);
        assert.equal(status, wanted, errors);
        assert.match(errors, said);
        assert.equal(output, "");
      }
    });

    it("is left out where the latest is shown, and said", async () => {
      const { listing, place: elsewhere } = await placed(() => undefined);
      const newer = "29990101T000000Z-0badcafe";
      await put(`${elsewhere}${newer}/${manifestName}`, Buffer.from("no manifest"));
      const { status, output, log } = await lab.run("show latest", listing);
      assert.equal(status, done, log);
      assert.match(output, new RegExp(`^recovery point +${id}$`, "m"));
      assert.match(log, new RegExp(`a damaged recovery point is left out.*${newer}`));
    });

    it("ends a list with an error where the bucket gives none of them", async () => {
      const all = await FaultyStore.start(lab.store.port);
      try {
        all.inject("forbidden", { method: "GET", path: /\/manifest\.json/ });
        const { listing } = await placed(() => undefined);
        const { status, errors } = await lab.run("list", { ...listing, ...all.environment });
        assert.equal(status, 5, errors);
        assert.match(errors, /cannot read s3:.*; see that the job's role may do this/);
      } finally {
        await all.close();
      }
    });
  });

  it("changes nothing of the recovery point itself", async () => {
    const { status, errors } = await lab.run(`verify --point ${id}`, lab.verification);
    assert.equal(status, done, errors);
    assert.equal((await lab.keys(events.prefix)).length, 1);
  });
});
