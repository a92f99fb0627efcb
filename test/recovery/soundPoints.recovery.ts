import assert from "node:assert/strict";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { verificationName } from "../../contracts/events";
import { events, points, useLaboratory } from "./laboratory";

describe("what a restore chooses", () => {
  const laboratory = useLaboratory();
  const otherRegion = events.prefix.replace("us-east-1", "us-west-2");
  let older: string;
  let newer: string;

  before(async () => {
    const { source } = laboratory();
    source.asSuperuser("postgres", "CREATE DATABASE trading");
    source.asSuperuser("trading", "CREATE TABLE trade AS SELECT 1 AS n");
    older = await laboratory().backup("trading");
    // Ids sort by seconds.
    source.asSuperuser("trading", "SELECT pg_sleep(1.1)");
    newer = await laboratory().backup("trading");
  });

  const restoring = () => ({
    ...laboratory().restoreOn(laboratory().scratch),
    TRADING_DR_VERIFICATIONS: `s3://${events.bucket}/${events.prefix} s3://${events.bucket}/${otherRegion}`,
  });

  async function put(key: string, body: string): Promise<void> {
    await laboratory().store.client.send(
      new PutObjectCommand({ Bucket: points.bucket, Key: key, Body: body }),
    );
  }

  async function restored(options: string, status = 0): Promise<string> {
    const outcome = await laboratory().run(`restore database ${options}`, restoring());
    assert.equal(outcome.status, status, outcome.errors);
    return outcome.output + outcome.errors;
  }

  it("is the latest, without a word, while nothing is known against it", async () => {
    const said = await restored("--point latest --into first");
    assert.match(said, new RegExp(`first is restored from ${newer}`));
    assert.doesNotMatch(said, /left out|instead/);
  });

  it("is one before that which another region found damaged, and says so", async () => {
    const failed = { point: newer, finishedAt: "2026-01-01T00:00:00.000Z", passed: false };
    await put(otherRegion + verificationName(failed), "{}");
    const said = await restored("--point latest --into second");
    assert.match(said, new RegExp(`second is restored from ${older}`));
    assert.match(said, new RegExp(`left out.*${newer}/.*failed its verification of 2026-01-01T`));
    assert.match(said, new RegExp(`chosen instead.*${older}/`));
  });

  it("is a damaged one only when it is named, and that is said to be meant", async () => {
    const refused = await restored(`--point ${newer} --into third`, 3);
    assert.match(refused, /failed its verification of 2026-01-01T.*--damaged-too/);
    const meant = await restored(`--point ${newer} --into third --damaged-too`);
    assert.match(meant, new RegExp(`third is restored from ${newer}`));
  });

  it("is the latest again, when a later verification has found it whole", async () => {
    const passed = { point: newer, finishedAt: "2026-01-02T00:00:00.000Z", passed: true };
    await put(events.prefix + verificationName(passed), "{}");
    const said = await restored("--point latest --into fourth");
    assert.match(said, new RegExp(`fourth is restored from ${newer}`));
  });

  it("is one before that which has not arrived whole from another region", async () => {
    const there = await laboratory().run("backup database", {
      ...laboratory().backupOf("trading"),
      TRADING_DR_REGION: "us-west-2",
    });
    assert.equal(there.status, 0, there.errors);
    const arriving = there.output.trim();
    const [object] = await laboratory().keys(`${points.prefix}${arriving}/`);
    await laboratory().store.client.send(
      new DeleteObjectCommand({ Bucket: points.bucket, Key: object }),
    );
    const said = await restored("--point latest --into whole");
    assert.match(said, new RegExp(`whole is restored from ${newer}`));
    assert.match(
      said,
      new RegExp(`left out.*${arriving}/.*1 of its objects have not arrived from`),
    );
    const byName = await restored(`--point ${arriving} --into not_whole`, 6);
    assert.match(byName, /is not there/);
    assert.match(await laboratory().verify("latest"), new RegExp(newer));
    const { verification } = laboratory();
    const waited = await laboratory().run(`verify --point ${arriving}`, verification);
    assert.equal(waited.status, 7, waited.errors);
    assert.match(waited.errors, /has not arrived whole from us-west-2 yet: 1 objects/);
  });

  it("is one before that whose manifest is damaged, and says so", async () => {
    const damaged = "20991231T235959Z-0badcafe";
    await put(`${points.prefix}${damaged}/manifest.json`, "{");
    const said = await restored("--point latest --into fifth");
    assert.match(said, new RegExp(`fifth is restored from ${newer}`));
    assert.match(said, new RegExp(`left out.*${damaged}/.*is no JSON`));
    await restored(`--point ${damaged} --into sixth`, 6);
  });
});
