import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutObjectRetentionCommand,
} from "@aws-sdk/client-s3";
import { type Event, eventName } from "../../../contracts/events";
import { objectName } from "../../../contracts/manifest";
import { checkAll, type CheckRequest } from "../../../recovery/monitor/check";
import { type Findings } from "../../../recovery/monitor/findings";
import { type CheckReport } from "../../../recovery/monitor/report";
import { Answers } from "../../../recovery/monitor/watchedClient";
import { BucketPrefix } from "../../../recovery/storage/bucket";
import { events, points, useLaboratory } from "../laboratory";
import { fieldsOf, idAt, makePoint, put, sealedText } from "./madePoints";

const { bucket } = points;
const copies = "lab-copies";
const checks = { bucket, prefix: "records/audit/events/us-east-1/check/" };
const hour = 3_600_000;
const url = ({ bucket: name, prefix }: { bucket: string; prefix: string }) =>
  `s3://${name}/${prefix}`;

describe("the monitor", () => {
  const laboratory = useLaboratory();
  const now = new Date();
  const ago = (hours: number) => new Date(Math.floor(now.getTime() / 1_000) * 1_000 - hours * hour);

  /** What the command is told. */
  const told = (watched: object = {}) => ({
    TRADING_DR_EVENTS: url(checks),
    TRADING_DR_WATCHED: JSON.stringify([
      {
        ...{ store: "database", series: "daily", maximumAgeSeconds: 90_000 },
        locations: [url(points)],
        ...watched,
      },
    ]),
  });
  const check = (words = "check", watched: object = {}, more: object = {}) =>
    laboratory().run(words, { ...told(watched), ...more });

  /** Looks at one made series, as the command does, at a time of the test's choice. */
  const look = async (prefix: string, otherwise: Partial<CheckRequest> = {}, watched = {}) => {
    const { client } = laboratory().store;
    const at = (_: string, name: string, within: string) =>
      new BucketPrefix(client, { bucket: name, prefix: within });
    return checkAll(
      {
        system: "lab",
        region: "us-east-1",
        watched: [
          {
            ...{ store: "database", series: "daily", maximumAgeSeconds: 25 * 3_600 },
            locations: [{ bucket, prefix }],
            ...watched,
          },
        ],
        verified: undefined,
        examinedBytes: undefined,
        events: at("", bucket, `${prefix}events/`),
        at,
        now,
        ...otherwise,
      },
      { say: () => undefined, warn: () => undefined, fail: () => undefined, at: () => undefined },
    );
  };
  const kinds = ({ findings }: Findings) => findings.map(({ kind }) => kind);
  const make = (prefix: string, ages: readonly number[], sizes: readonly number[] = []) =>
    Promise.all(
      ages.map((hours, index) =>
        makePoint(laboratory().store.client, bucket, prefix, {
          at: ago(hours),
          bytes: sizes[index] ?? 100,
        }),
      ),
    );
  /** Leaves the event of a check, as if it had been half an hour ago. */
  const leave = async (prefix: string, { findings, unseen, places }: Findings) => {
    const finishedAt = new Date(now.getTime() - 30 * 60_000).toISOString();
    const happened = {
      ...{ format: 1, id: `${finishedAt.replaceAll(/[-:.]/g, "")}-0badcafe`, kind: "check" },
      ...{ system: "lab", account: "111122223333", region: "us-east-1", actor: "test" },
      ...{ version: "0", startedAt: finishedAt, finishedAt },
      checked: { findings, unseen, places, requests: 1, bytesExamined: 1 },
    } as unknown as Event;
    await put(
      laboratory().store.client,
      bucket,
      `${prefix}events/${eventName(happened)}`,
      Buffer.from(JSON.stringify(happened)),
    );
  };

  before(async () => {
    await laboratory().store.makeBucket(copies, 90);
  });

  describe("as a command, with a real recovery point", () => {
    it("says of a new system that there is nothing yet, and that this is well for now", async () => {
      const { status, output, errors } = await check();
      assert.equal(status, 0, errors);
      assert.match(
        output,
        /note: There is no good recovery point daily of the store database in s3:/,
      );
      assert.match(output, /All is well\. 1 places were watched/);
      const event = await laboratory().lastEvent(checks);
      assert(event.kind === "check" && event.failure === undefined);
      assert.equal(event.checked?.places[0]?.newest, undefined);
      assert.ok(event.checked?.places[0]?.emptySince !== undefined);
    });

    it("finds nothing wrong with what was just taken, and leaves an event", async () => {
      const { source } = laboratory();
      source.asSuperuser("postgres", "CREATE DATABASE trading");
      source.asSuperuser(
        "trading",
        "CREATE TABLE trades (id int); INSERT INTO trades SELECT generate_series(1, 1000)",
      );
      const id = await laboratory().backup("trading");
      const { status, output, errors } = await check("check --json");
      assert.equal(status, 0, errors);
      const report = JSON.parse(output) as CheckReport;
      assert.deepEqual([report.findings, report.unseen], [[], []]);
      assert.deepEqual(report.places, [{ url: url(points), newest: id, examined: [id] }]);
      const objects = (await laboratory().manifestOf(id)).objects;
      assert.equal(
        report.bytesExamined,
        objects.reduce((sum, { bytes }) => sum + bytes, 0),
      );
      const event = await laboratory().lastEvent(checks);
      assert(event.kind === "check");
      assert.deepEqual(event.checked?.places, report.places);
    });

    it("misses a younger one, with status 8, and tells it in the event", async () => {
      await sleep(2_500);
      const { status, output, errors } = await check("check", { maximumAgeSeconds: 1 });
      assert.equal(status, 8, errors);
      assert.match(
        output,
        /^WRONG \(missing\): No recovery point daily of the store database in s3:/m,
      );
      assert.match(errors, /^trading-dr: Not all is well: 1 wrong\.$/m);
      const event = await laboratory().lastEvent(checks);
      assert(event.kind === "check" && event.failure?.reason === "overdue");
      assert.equal(event.checked?.findings[0]?.kind, "missing");
    });

    it("misses verifications, once they had their time, and counts those that passed", async () => {
      const verified = { maximumAgeSeconds: 90_000, locations: [url(events)] };
      const more = { TRADING_DR_VERIFIED: JSON.stringify(verified) };
      const first = await check("check", {}, more);
      assert.equal(first.status, 0, first.errors);
      assert.match(first.output, /note: No verification has passed yet/);
      await laboratory().verify("latest");
      const second = await check("check --json", {}, more);
      assert.equal(second.status, 0, second.errors);
      const { findings } = await look("unverified/", {
        now: new Date(Date.now() + 26 * hour),
        verified: { ...verified, locations: [events] },
      });
      assert.deepEqual(
        findings.map(({ kind, where }) => [kind, where]),
        [["unverified", url(events)]],
      );
    });

    it("finds a changed object, with status 6, and then says so of a failed verification", async () => {
      const { client } = laboratory().store;
      const id = (await laboratory().keys(points.prefix)).at(-1)?.split("/").at(-2) ?? "";
      const { objects } = await laboratory().manifestOf(id);
      const key = `${points.prefix}${id}/${objectName(1)}`;
      await put(client, bucket, key, Buffer.alloc(objects[0]?.bytes ?? 0, 7));
      const { status, output } = await check();
      assert.equal(status, 6, output);
      assert.match(output, /^WRONG \(damaged\): .* has SHA-256 [0-9a-f]{64}, and has to have/m);
      const verification = await laboratory().run("verify", laboratory().verification);
      assert.equal(verification.status, 6);
      const verified = { maximumAgeSeconds: 90_000, locations: [url(events)] };
      const again = await check("check", {}, { TRADING_DR_VERIFIED: JSON.stringify(verified) });
      assert.equal(again.status, 6);
      assert.match(again.output, /failed its last verification, at .*: s3:.* have SHA-256/);
    });

    it("never says that all is well when it could not look", async () => {
      const nowhere = { bucket: "no-such-bucket", prefix: points.prefix };
      const { status, output } = await check("check", { locations: [url(nowhere)] });
      assert.equal(status, 5, output);
      assert.match(output, /^NOT LOOKED AT: recovery points daily .*there is no bucket no-such/m);
      assert.doesNotMatch(output, /All is well/);
    });

    it("refuses what it cannot read, and touches nothing", async () => {
      const there = (await laboratory().keys(checks.prefix)).length;
      const { status, errors } = await check("check", { maximumAgeSeconds: "1h" });
      assert.equal(status, 2);
      assert.match(errors, /TRADING_DR_WATCHED/);
      assert.equal((await laboratory().keys(checks.prefix)).length, there);
    });
  });

  describe("of a series", () => {
    it("gives one that is empty its time from the first check on", async () => {
      const prefix = "empty/";
      const first = await look(prefix, { now: ago(26) });
      assert.deepEqual(kinds(first), []);
      assert.equal(first.places[0]?.emptySince, ago(26).toISOString());
      await leave(prefix, first);
      assert.deepEqual(kinds(await look(prefix)), ["missing"]);
    });

    it("misses all at once what was there at the last check", async () => {
      const prefix = "vanished/";
      const [id = ""] = await make(prefix, [2]);
      await leave(prefix, await look(prefix));
      await laboratory().store.client.send(
        new DeleteObjectCommand({ Bucket: bucket, Key: `${prefix}${id}/manifest.json` }),
      );
      const { findings } = await look(prefix);
      assert.match(findings[0]?.message ?? "", new RegExp(`the check before this one found ${id}`));
    });

    it("counts no point without a manifest, and names what is stuck", async () => {
      const prefix = "stuck/";
      await make(prefix, [30]);
      const begun = idAt(ago(6));
      const { client } = laboratory().store;
      await put(client, bucket, `${prefix}${begun}/${objectName(1)}`, Buffer.alloc(1));
      const { findings } = await look(prefix);
      assert.deepEqual(
        findings.map(({ kind, since }) => [kind, since]),
        [["missing", new Date(ago(30).getTime() + 60_000).toISOString()]],
      );
      assert.match(findings[0]?.message ?? "", new RegExp(`never finished: ${begun}\\.`));
    });

    it("takes no damaged manifest for a point, and not the next older one for damaged", async () => {
      const prefix = "manifest/";
      const [newest = "", older = ""] = await make(prefix, [1, 2]);
      const { client } = laboratory().store;
      await put(client, bucket, `${prefix}${newest}/manifest.json`, Buffer.from("{}"));
      const report = await look(prefix);
      assert.deepEqual(kinds(report), ["damaged"]);
      assert.equal(report.places[0]?.newest, older);
    });

    it("is not satisfied by a point of the future", async () => {
      const prefix = "future/";
      await make(prefix, [-48, 30]);
      assert.deepEqual(kinds(await look(prefix)), ["clock", "missing"]);
    });

    it("tells a gap once", async () => {
      const prefix = "gap/";
      await make(prefix, [1, 25, 73, 97]);
      const first = await look(prefix);
      assert.deepEqual(kinds(first), ["gap"]);
      assert.match(first.findings[0]?.message ?? "", /for 2d, between/);
      await leave(prefix, first);
      assert.deepEqual(kinds(await look(prefix)), []);
    });

    it("finds a tiny backup by bytes and by rows, and not an ordinary one", async () => {
      const ages = Array.from({ length: 16 }, (_, index) => 24 * index + 1);
      const sizes = ages.map((_, index) => 10_000 - 100 * index);
      await make("tiny/", ages, [300, ...sizes.slice(1)]);
      const { findings } = await look("tiny/");
      assert.deepEqual(
        findings.map(({ kind }) => kind),
        ["size", "size"],
      );
      assert.match(findings[0]?.message ?? "", /has 300 B; by the 15 before it 9\.8 KiB were/);
      await make("ordinary/", ages, sizes);
      assert.deepEqual(kinds(await look("ordinary/")), []);
    });

    it("says that it says nothing of sizes where there are few", async () => {
      await make("few/", [1, 25, 49]);
      const { notes } = await look("few/");
      assert.match(notes.join(), /nothing is said: 2 were read before .* at least 10 are needed/);
    });

    it("reads no more objects than it may, and at least one", async () => {
      await make("budget/", [1, 2], [5_000, 5_000]);
      assert.equal((await look("budget/", { examinedBytes: 1 })).bytesExamined, 10_000);
      assert.equal((await look("budget/", { examinedBytes: 0 })).bytesExamined, 0);
    });

    it("finds objects of another size, that are missing, and that are too many", async () => {
      const [id = ""] = await make("objects/", [1]);
      const { client } = laboratory().store;
      await put(client, bucket, `objects/${id}/${objectName(1)}`, Buffer.alloc(99));
      await put(client, bucket, `objects/${id}/${objectName(2)}`, Buffer.alloc(1));
      const { findings } = await look("objects/");
      assert.match(
        findings[0]?.message ?? "",
        /000001 has 99 bytes, and has to have 100, .*000002 is not in the manifest/,
      );
    });
  });

  describe("of copies in the other region", () => {
    const copiedTo = { region: "us-west-2", bucket: copies };
    /** An hour later, when all has to be there. */
    const later = new Date(now.getTime() + hour);
    const lookThere = (prefix: string, at = later) => look(prefix, { now: at }, { copiedTo });

    /** Copies what is under a prefix, as replication does: locks too. */
    const replicate = async (prefix: string) => {
      const { client } = laboratory().store;
      const { Contents = [] } = await client.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }),
      );
      for (const { Key = "" } of Contents) {
        await client.send(
          new CopyObjectCommand({ Bucket: copies, Key, CopySource: `${bucket}/${Key}` }),
        );
        await lock(Key, 91);
      }
    };
    const lock = (Key: string, days: number) =>
      laboratory().store.client.send(
        new PutObjectRetentionCommand({
          Bucket: copies,
          Key,
          BypassGovernanceRetention: true,
          Retention: {
            Mode: "GOVERNANCE",
            RetainUntilDate: new Date(now.getTime() + days * 24 * hour),
          },
        }),
      );

    it("is content with equal ones", async () => {
      await make("equal/", [1, 2]);
      await replicate("equal/");
      assert.deepEqual(kinds(await lookThere("equal/")), []);
    });

    it("gives them 15 minutes, and misses them then, in either direction", async () => {
      await make("uncopied/", [1]);
      assert.deepEqual(kinds(await lookThere("uncopied/", new Date())), []);
      const { findings } = await lookThere("uncopied/");
      assert.deepEqual(
        findings.map(({ kind, where }) => [kind, where]),
        [["replica-missing", `s3://${copies}/uncopied/`]],
      );
      const id = idAt(ago(2));
      await makePoint(laboratory().store.client, copies, "uncopied/", { at: ago(2) });
      const both = await lookThere("uncopied/");
      assert.deepEqual(
        both.findings.map(({ where }) => where),
        [`s3://${copies}/uncopied/`, `s3://${bucket}/uncopied/`],
      );
      assert.match(both.findings[1]?.message ?? "", new RegExp(`: ${id}\\. The first`));
    });

    it("misses a manifest there, where the objects are", async () => {
      const [id = ""] = await make("half/", [1]);
      await replicate("half/");
      await laboratory().store.client.send(
        new DeleteObjectCommand({ Bucket: copies, Key: `half/${id}/manifest.json` }),
      );
      assert.deepEqual(kinds(await lookThere("half/")), ["replica-missing"]);
    });

    it("finds another checksum, though names and sizes are equal", async () => {
      const [id = ""] = await make("changed/", [1]);
      await replicate("changed/");
      const key = `changed/${id}/${objectName(1)}`;
      await put(laboratory().store.client, copies, key, Buffer.alloc(100, 2));
      await lock(key, 91);
      const { findings } = await lookThere("changed/");
      assert.deepEqual(
        findings.map(({ kind }) => kind),
        ["replica-different"],
      );
      assert.match(findings[0]?.message ?? "", /lab-copies.* has SHA-256 .*, and the original/);
    });

    it("finds a copy whose lock ends sooner", async () => {
      const [id = ""] = await make("unlocked/", [1]);
      await replicate("unlocked/");
      await lock(`unlocked/${id}/${objectName(1)}`, 10);
      const { findings } = await lookThere("unlocked/");
      assert.match(findings[0]?.message ?? "", /is locked until .*, and the original until/);
    });

    it("says that it could not look there, and still tells the rest", async () => {
      await make("lost/", [30]);
      const report = await look("lost/", {}, { copiedTo: { ...copiedTo, bucket: "no-such-one" } });
      assert.deepEqual(kinds(report), ["missing"]);
      assert.match(report.unseen.join(), /copies daily .* in us-west-2: .*no bucket no-such-one/);
    });
  });

  it("looks at a series of 10,000 points with few requests, in seconds", async function () {
    this.timeout("300s");
    const { client } = laboratory().store;
    const prefix = "many/";
    for (let first = 0; first < 10_000; first += 100) {
      await Promise.all(
        Array.from({ length: 100 }, async (_, index) => {
          const fields = fieldsOf({ at: ago((first + index) / 12), rows: 7 });
          await put(
            client,
            bucket,
            `${prefix}${fields.id}/manifest.json`,
            Buffer.from(sealedText({ ...fields, objects: [] })),
          );
        }),
      );
    }
    const answers = new Answers();
    answers.listenTo(client);
    const started = Date.now();
    const report = await look(prefix, {}, { maximumAgeSeconds: 900 });
    process.stdout.write(
      `        ${String(answers.requests)} requests, ${String(Date.now() - started)} ms\n`,
    );
    assert.deepEqual([report.findings, report.unseen, report.notes], [[], [], []]);
    assert.ok(answers.requests < 1_000);
  });
});
