import assert from "node:assert/strict";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { jobPolicy } from "../../components/schedule/jobPolicies";
import { jobScope } from "../../composition/jobRoles";
import { areaOf, databaseAreas, eventsOf, locationOf, seriesOf } from "../../composition/jobs";
import { type Location } from "../../contracts/variables";
import { type JobKind } from "../../contracts/jobs";
import { physicalName, type Place } from "../../contracts/names";
import { objectStoreRegion } from "../support/objectStore";
import { projectDirectory } from "../support/projectCopy";
import { readRegionStacks } from "../support/regionStacks";
import { type Call, FaultyStore } from "./faultyStore";
import { useLaboratory } from "./laboratory";

const [stack] = readRegionStacks({ directory: projectDirectory, stack: "prod", system: "smc" });
assert(stack !== undefined);
const { system } = stack.configuration;
const regions = [system.regions.primary, system.regions.standby];
const place: Place = { system: system.id, region: objectStoreRegion, account: "111122223333" };
assert.equal(system.regions.primary, objectStoreRegion);

interface Statement {
  readonly Sid: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: { readonly StringLike?: { readonly "s3:prefix"?: readonly string[] } };
}

/** What the role of a kind's jobs may do in S3, unchanged. MinIO refuses actions of AWS's other services. */
function statementsOf(kind: JobKind): Statement[] {
  const { Statement } = JSON.parse(
    jobPolicy(jobScope(kind, system, place, { ...place, region: system.regions.standby })),
  ) as {
    Statement: Statement[];
  };
  return Statement.filter(({ Action }) => [Action].flat().every((one) => one.startsWith("s3:")));
}

/** Each action and where it may be done: `s3:GetObject bucket/prefix/*`. */
function allowedTo(kind: JobKind): Set<string> {
  return new Set(
    statementsOf(kind).flatMap(({ Action, Resource, Condition }) =>
      [Action].flat().flatMap((action) =>
        [Resource].flat().flatMap((resource) => {
          const where = resource.replace("arn:aws:s3:::", "");
          const prefixes = Condition?.StringLike?.["s3:prefix"];
          return prefixes === undefined
            ? [`${action} ${where}`]
            : prefixes.map((prefix) => `${action} ${where}/${prefix}`);
        }),
      ),
    ),
  );
}

/** The action that S3 asks a permission for. */
function actionOf({ method, bucket, key, query }: Call): { action: string; path: string } {
  if (key !== "" && [...query.keys()].every((name) => name === "x-id")) {
    const action = { GET: "s3:GetObject", HEAD: "s3:GetObject", PUT: "s3:PutObject" }[method];
    assert(action !== undefined, `${method} ${key} is not known to this test`);
    return { action, path: `${bucket}/${key}` };
  }
  assert(method === "GET" && key === "" && query.get("list-type") === "2", `${method} ${key}`);
  return { action: "s3:ListBucket", path: `${bucket}/${query.get("prefix") ?? ""}` };
}

/** What of the allowed was used: everything that was done is among it. */
function usedBy(kind: JobKind, calls: readonly Call[]): Set<string> {
  const allowed = allowedTo(kind);
  return new Set(
    calls.map((call) => {
      const { action, path } = actionOf(call);
      const found = [...allowed].find((one) => `${action} ${path}`.startsWith(one.slice(0, -1)));
      assert(found !== undefined, `${action} ${path} is not allowed`);
      return found;
    }),
  );
}

/** Id of a backup that has no manifest, and would be the latest. */
const unfinished = "20991231T235959Z-0badcafe";

function urlOf({ bucket, prefix }: Location): string {
  return `s3://${bucket}/${prefix}`;
}

describe("what the roles of jobs may do in S3", () => {
  const laboratory = useLaboratory();
  const series = seriesOf(system).filter(({ kind }) => kind === "backup-database");
  /** Where each series of this region goes. */
  const areas = series.map((one) => locationOf(areaOf(system, one, place.region), place));
  const eventsOfJob = (kind: JobKind) =>
    urlOf(locationOf(eventsOf(system, kind, place.region), place));
  const told = { TRADING_DR_SYSTEM: system.id, TRADING_DR_ACCOUNT: place.account };
  let proxy: FaultyStore;

  before(async () => {
    const { source, store } = laboratory();
    const purposes = new Set(
      [...statementsOf("verify"), ...statementsOf("backup-database")]
        .flatMap(({ Resource }) => Resource)
        .map((resource) => resource.replace("arn:aws:s3:::", "").replace(/\/.*/, "")),
    );
    for (const bucket of purposes) {
      await store.makeBucket(bucket, 30);
    }
    source.asSuperuser("postgres", "CREATE DATABASE trading");
    source.asSuperuser("trading", "CREATE TABLE trade AS SELECT generate_series(1, 1000) AS id");
    proxy = await FaultyStore.start(store.port);
  });
  after(() => proxy.close());
  afterEach(() => {
    proxy.mend();
  });

  /** Credentials of a role, and the way through the proxy that writes down what is asked of S3. */
  async function as(kind: JobKind): Promise<Record<string, string>> {
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: statementsOf(kind) });
    return { ...told, ...(await laboratory().store.assume(policy)), ...proxy.environment };
  }

  /** With signals, for which events of earlier runs are read; that nobody listens there does no harm. */
  const signals = { TRADING_DR_PUSHGATEWAY: "http://127.0.0.1:9" };

  const backingUp = (location: Location) => ({
    ...laboratory().backupOf("trading"),
    ...signals,
    TRADING_DR_EVENTS: eventsOfJob("backup-database"),
    TRADING_DR_RECOVERY_POINTS: urlOf(location),
  });

  const verifying = () => ({
    ...laboratory().verification,
    ...signals,
    TRADING_DR_EVENTS: eventsOfJob("verify"),
    TRADING_DR_RECOVERY_POINTS: databaseAreas(system, regions)
      .map((area) => urlOf(locationOf(area, place)))
      .join(" "),
    TRADING_DR_BASELINE_QUERIES: JSON.stringify({ all: "SELECT * FROM trade" }),
  });

  it("is all that backups do, and no more", async () => {
    const role = await as("backup-database");
    for (const area of areas) {
      // One put is not answered, made again, and finds its own object there.
      proxy.inject("lostAnswer", { method: "PUT", path: new RegExp(area.prefix), times: 1 });
      const { status, errors } = await laboratory().run("backup database", {
        ...backingUp(area),
        ...role,
      });
      assert.equal(status, 0, errors);
      // Another one, that was ended before it was whole, and that everybody has to leave aside.
      const Key = `${area.prefix}${unfinished}/content/000001`;
      await laboratory().store.client.send(
        new PutObjectCommand({ Bucket: area.bucket, Key, Body: "begun" }),
      );
    }
    assert.deepEqual(usedBy("backup-database", proxy.calls), allowedTo("backup-database"));
    assertFound(proxy.calls);
  });

  it("is all that verifications do, and no more", async () => {
    await copyToOtherRegion();
    const role = await as("verify");
    for (const area of databaseAreas(system, regions)) {
      // The record's answer is lost, and it is found to be there already.
      proxy.inject("lostAnswer", { method: "PUT", times: 1 });
      const { status, errors } = await laboratory().run("verify", {
        ...verifying(),
        TRADING_DR_RECOVERY_POINTS: urlOf(locationOf(area, place)),
        ...role,
      });
      assert.equal(status, 0, errors);
    }
    assert.deepEqual(usedBy("verify", proxy.calls), allowedTo("verify"));
    assertFound(proxy.calls);
  });

  it("suffices to list recovery points, to show them and to restore them", async () => {
    const role = await as("verify");
    const { TRADING_DR_RECOVERY_POINTS } = verifying();
    const listing = { TRADING_DR_EVENTS: eventsOfJob("verify"), TRADING_DR_RECOVERY_POINTS };
    const listed = await laboratory().run("list", { ...listing, ...role });
    assert.equal(listed.status, 0, listed.errors);
    assert.match(listed.output, /trading/);
    const shown = await laboratory().run("show latest", { ...listing, ...role });
    assert.equal(shown.status, 0, shown.errors);
    const { scratch } = laboratory();
    const restored = await laboratory().run("restore database --point latest --into by_role", {
      ...laboratory().restoreOn(scratch),
      TRADING_DR_EVENTS: eventsOfJob("verify"),
      TRADING_DR_VERIFICATIONS: eventsOfJob("verify"),
      TRADING_DR_RECOVERY_POINTS,
      ...role,
    });
    assert.equal(restored.status, 0, restored.errors);
    assert.equal(scratch.asSuperuser("by_role", "SELECT count(*) FROM trade"), "1000");
    assertFound(proxy.calls);
  });

  it("lets a backup neither delete nor overwrite what it has written", async () => {
    const { store } = laboratory();
    const client = clientOf(await as("backup-database"));
    const [area] = areas;
    assert(area !== undefined);
    const { bucket, prefix } = area;
    const { Versions = [] } = await store.client.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix }),
    );
    const [first] = Versions;
    assert(first?.Key !== undefined && first.VersionId !== undefined);
    const { Key, VersionId } = first;
    await assert.rejects(client.send(new DeleteObjectCommand({ Bucket: bucket, Key })), denied);
    await assert.rejects(
      client.send(
        new DeleteObjectCommand({
          Bucket: bucket,
          Key,
          VersionId,
          BypassGovernanceRetention: true,
        }),
      ),
      denied,
    );
    await assert.rejects(
      client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: "other", IfNoneMatch: "*" })),
      (error) => error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412,
    );
    client.destroy();
    const { Versions: after, DeleteMarkers } = await store.client.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix }),
    );
    assert.deepEqual([after, DeleteMarkers], [Versions, undefined]);
  });

  for (const [kind, words] of [
    ["backup-database", "backup database"],
    ["verify", "verify"],
  ] as const) {
    it(`keeps ${kind} to its own prefixes`, async () => {
      const bucket = physicalName("bucket", "daily-records", place);
      const other = { bucket, prefix: "recovery-points/daily/database/others/us-east-1/" };
      const environment = kind === "verify" ? verifying() : backingUp(other);
      const { status, errors } = await laboratory().run(words, {
        ...environment,
        TRADING_DR_RECOVERY_POINTS: urlOf(other),
        ...(await as(kind)),
      });
      assert.equal(status, 5, errors);
      assert.match(errors, /see that the job's role may do this/);
      assert.deepEqual(await keysIn(other), []);
    });
  }

  /** Lays what this region took into the series of the other one, as replication does. */
  async function copyToOtherRegion(): Promise<void> {
    const { store } = laboratory();
    for (const one of series) {
      const from = locationOf(areaOf(system, one, place.region), place);
      const to = locationOf(areaOf(system, one, system.regions.standby), place);
      for (const key of await keysIn(from)) {
        await store.client.send(
          new CopyObjectCommand({
            Bucket: to.bucket,
            Key: to.prefix + key.slice(from.prefix.length),
            CopySource: `${from.bucket}/${key}`,
          }),
        );
      }
    }
  }

  async function keysIn({ bucket, prefix }: Location): Promise<string[]> {
    const { Contents = [] } = await laboratory().store.client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }),
    );
    return Contents.map(({ Key = "" }) => Key);
  }
});

/** S3 answers 403 and not 404 to whoever may list prefixes alone, so nobody asks for what is not there. */
function assertFound(calls: readonly Call[]): void {
  assert.deepEqual(
    calls.filter(({ status }) => status === 404 || status === 403),
    [],
  );
}

function denied(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 403;
}

function clientOf(environment: Readonly<Record<string, string | undefined>>): S3Client {
  return new S3Client({
    region: objectStoreRegion,
    endpoint: environment["AWS_ENDPOINT_URL_S3"] ?? "",
    credentials: {
      accessKeyId: environment["AWS_ACCESS_KEY_ID"] ?? "",
      secretAccessKey: environment["AWS_SECRET_ACCESS_KEY"] ?? "",
      sessionToken: environment["AWS_SESSION_TOKEN"] ?? "",
    },
  });
}
