import assert from "node:assert/strict";
import { CreateRepositoryCommand, ECRClient, PutImageCommand } from "@aws-sdk/client-ecr";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import {
  CreateDBClusterCommand,
  CreateDBInstanceCommand,
  CreateDBInstanceReadReplicaCommand,
  CreateGlobalClusterCommand,
  RDSClient,
  StopDBClusterCommand,
  StopDBInstanceCommand,
} from "@aws-sdk/client-rds";
import { event, type EventOf } from "../../contracts/events";
import { manifestName } from "../../contracts/manifest";
import { ControlPlaneServer } from "../support/controlPlaneServer";
import { freePort } from "../support/freePort";
import { HttpsServer } from "../support/httpsServer";
import { objectStoreRegion } from "../support/objectStore";
import { points, useLaboratory } from "./laboratory";
import { databasesOf, fillDatabase } from "./remains";

const bucket = "lab-daily-records";
const drills = { bucket, prefix: "records/audit/events/us-east-1/drill-disaster/" };
const elsewhere = "us-west-2";
const aurora = { cluster: "lab-database-us-east-1", globalCluster: "lab-database" };
const instance = "lab-database-us-east-1";
const userName = "api.lab.example.com";
const releases = "trading-dr/lab/api";
const own = "trading-dr/lab/recovery";

describe("a drill of a disaster", () => {
  const laboratory = useLaboratory();
  let plane: ControlPlaneServer;
  let application: HttpsServer;
  let digest: string;

  before(async function () {
    // moto may have to be installed.
    this.timeout("10m");
    try {
      plane = await ControlPlaneServer.start();
    } catch (error) {
      if (process.env["CI"] !== undefined) {
        throw error;
      }
      process.stderr.write(`\nDRILL OF A DISASTER SKIPPED: ${String(error)}\n\n`);
      this.skip();
    }
    application = await HttpsServer.start(userName);
    fillDatabase(laboratory().source, "trading", 1);
    await laboratory().backup("trading");
  });

  after(async () => {
    await plane.close();
    await application.close();
  });

  /** A client of the stand-in. */
  function rds(region = objectStoreRegion): RDSClient {
    return new RDSClient({ region, endpoint: plane.endpoint, credentials });
  }

  const credentials = { accessKeyId: "anybody", secretAccessKey: "anything" };
  const engine = { Engine: "aurora-postgresql" };
  const master = { MasterUsername: "lab_admin", MasterUserPassword: "not a real password" };

  /** The pair of an Aurora database, whose writer is in the other region. */
  async function makePair(member = true, instances = 1): Promise<void> {
    await rds().send(
      new CreateGlobalClusterCommand({
        GlobalClusterIdentifier: aurora.globalCluster,
        ...engine,
      }),
    );
    const inPair = { GlobalClusterIdentifier: aurora.globalCluster };
    await rds(elsewhere).send(
      new CreateDBClusterCommand({
        DBClusterIdentifier: "lab-database-us-west-2",
        ...engine,
        ...master,
        ...inPair,
      }),
    );
    await rds().send(
      new CreateDBClusterCommand({
        DBClusterIdentifier: aurora.cluster,
        ...engine,
        ...master,
        ...(member ? inPair : {}),
      }),
    );
    for (let number = 1; number <= instances; number += 1) {
      await rds().send(
        new CreateDBInstanceCommand({
          DBInstanceIdentifier: `${aurora.cluster}-${String(number)}`,
          DBClusterIdentifier: aurora.cluster,
          DBInstanceClass: "db.r6g.large",
          ...engine,
        }),
      );
    }
  }

  /** What has been pushed to the region's registry. */
  async function pushImages(): Promise<void> {
    const client = new ECRClient({
      region: objectStoreRegion,
      endpoint: plane.endpoint,
      credentials,
    });
    for (const repositoryName of [own, releases]) {
      await client.send(new CreateRepositoryCommand({ repositoryName }));
      const pushed = await client.send(
        new PutImageCommand({
          repositoryName,
          imageTag: "v1.2.3",
          imageManifest: JSON.stringify({
            schemaVersion: 2,
            mediaType: "application/vnd.docker.distribution.manifest.v2+json",
            config: {
              mediaType: "application/vnd.docker.container.image.v1+json",
              size: 1,
              digest: `sha256:${"0".repeat(64)}`,
            },
            layers: [],
          }),
        }),
      );
      digest = pushed.image?.imageId?.imageDigest ?? "";
    }
  }

  beforeEach(async () => {
    application.status = 200;
    await plane.reset();
    await pushImages();
  });

  afterEach(() => {
    assert.deepEqual(databasesOf(laboratory().scratch), []);
  });

  function told(otherwise: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      ...laboratory().verification,
      ...plane.environment,
      NODE_EXTRA_CA_CERTS: application.certificateFile,
      TRADING_DR_EVENTS: `s3://${drills.bucket}/${drills.prefix}`,
      TRADING_DR_OBJECTIVES: JSON.stringify([
        { dataClass: "signals", kind: "rto", objectiveSeconds: 600 },
      ]),
      TRADING_DR_MAXIMUM_AGE_SECONDS: "3600",
      TRADING_DR_REGION_DATABASE: JSON.stringify({ ...auroraEngine, ...aurora }),
      TRADING_DR_IMAGES: JSON.stringify([
        { repository: own, digests: [digest], releaseTags: "v*" },
        { repository: releases, digests: [], releaseTags: "v*" },
      ]),
      TRADING_DR_ENDPOINT: endpointAt(application.port),
      ...otherwise,
    };
  }

  const auroraEngine = { engine: "aurora-postgresql" };
  const plain = {
    TRADING_DR_REGION_DATABASE: JSON.stringify({ engine: "rds-postgresql", instance }),
  };

  function endpointAt(port: number, name = userName): string {
    return JSON.stringify({ url: `https://127.0.0.1:${String(port)}/health`, name });
  }

  /** Runs a drill that has to fail at some checks and at nothing else. */
  async function failing(
    otherwise: Readonly<Record<string, string>>,
    expected: Readonly<Record<string, RegExp>>,
  ): Promise<void> {
    const { status, output, errors } = await laboratory().run("drill disaster", told(otherwise));
    assert.equal(status, 10, errors);
    assert.match(errors, /was restored whole, but us-east-1 is not ready to take over:/);
    const happened = await lastDrill();
    assert.equal(happened.failure?.reason, "unmet");
    assert.equal(happened.objectives?.length, 1);
    const failed = (happened.checks ?? []).filter(({ passed }) => !passed);
    assert.deepEqual(
      failed.map(({ name }) => name),
      Object.keys(expected),
    );
    for (const { name, found, mend } of failed) {
      assert.match(found, expected[name] ?? /^$/);
      assert.ok(mend !== undefined && errors.includes(`${name}: ${found}; ${mend}`));
      assert.ok(output.includes(`| ${name} | NO | ${found} | ${mend} |`), output);
    }
    assert.equal(happened.checks?.length, 5);
  }

  async function lastDrill(): Promise<EventOf<"drill">> {
    const happened = await laboratory().lastEvent(drills);
    assert.ok(happened.kind === "drill" && happened.drill === "disaster");
    return happened;
  }

  it("restores, looks at everything that the region would take over with, and says so", async () => {
    await makePair();
    const { status, output, errors } = await laboratory().run("drill disaster", told());
    assert.equal(status, 0, errors);
    assert.match(output, /# Drill: disaster of lab/);
    assert.match(output, /\| Result \| passed \|/);
    assert.match(output, /\| signals \| RTO \| 10m \| \d+s \| yes \|/);
    assert.match(
      output,
      /\| database \| yes \| cluster lab-database-us-east-1 is available, follows the writer of lab-database, and has 1 instance \|/,
    );
    assert.match(output, /\| the newest release in trading-dr\/lab\/api is v1\.2\.3, pushed /);
    assert.match(output, /\| endpoint \| yes \| https:.* answered 200 .* the writer is here \|/);
    assert.match(output, /recovery points in s3:\/\/.* \| yes \| the manifest of the newest/);
    // As users come, and not by the host's own name.
    assert.equal(application.asked.at(-1), userName);
    assert.equal((await lastDrill()).checks?.length, 5);
  });

  it("gives the report for machines as the event itself, and counts any answer of the endpoint", async () => {
    await makePair();
    application.status = 503;
    const { status, output, errors } = await laboratory().run("drill disaster --json", told());
    assert.equal(status, 0, errors);
    const printed = event.parse(JSON.parse(output));
    assert.deepEqual(printed, await lastDrill());
    assert.match(output, /answered 503 .*; it does not say that the writer is here/);
  });

  it("fails where the cluster is stopped", async () => {
    await makePair();
    await rds().send(new StopDBClusterCommand({ DBClusterIdentifier: aurora.cluster }));
    await failing({}, { database: /^cluster lab-database-us-east-1 is stopped$/ });
  });

  it("fails where the cluster is no member of the pair, and where it has no instance", async () => {
    await makePair(false);
    await failing({}, { database: /is no member of lab-database, so nothing is copied into it/ });
    await plane.reset();
    await pushImages();
    await makePair(true, 0);
    await failing({}, { database: /has no instance that could take over/ });
  });

  it("fails, with all that is wrong at once, where there is nothing but recovery points", async () => {
    await plane.reset();
    application.status = "silence";
    await failing(
      {},
      {
        database: /^there is no cluster lab-database-us-east-1 in this region$/,
        [`images in ${own}`]: /^there is no repository trading-dr\/lab\/recovery in this region$/,
        [`images in ${releases}`]: /^there is no repository trading-dr\/lab\/api in this region$/,
        endpoint: /^https:\/\/.* did not answer within 6 s$/,
      },
    );
  });

  it("asks of a plain instance whether it is a replica, and runs", async () => {
    const common = { DBInstanceClass: "db.m6g.large", Engine: "postgres", AllocatedStorage: 20 };
    const source = await rds(elsewhere).send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: "lab-database-us-west-2",
        ...common,
        ...master,
      }),
    );
    await rds().send(
      new CreateDBInstanceReadReplicaCommand({
        DBInstanceIdentifier: instance,
        SourceDBInstanceIdentifier: source.DBInstance?.DBInstanceArn,
      }),
    );
    const whole = await laboratory().run("drill disaster", told(plain));
    assert.equal(whole.status, 0, whole.errors);
    assert.match(whole.output, /\| instance lab-database-us-east-1 is available, and follows arn:/);
    await plane.reset();
    await pushImages();
    await rds().send(
      new CreateDBInstanceCommand({ DBInstanceIdentifier: instance, ...common, ...master }),
    );
    await failing(plain, { database: /is a replica of nothing, and has none: it stands alone/ });
    await rds().send(new StopDBInstanceCommand({ DBInstanceIdentifier: instance }));
    await failing(plain, { database: /is stopped/ });
  });

  it("fails where an image is missing, and where the endpoint refuses or is somebody else's", async () => {
    await makePair();
    const absent = `sha256:${"f".repeat(64)}`;
    await failing(
      {
        TRADING_DR_IMAGES: JSON.stringify([
          { repository: own, digests: [digest, absent], releaseTags: "v*" },
          { repository: releases, digests: [], releaseTags: "release-*" },
        ]),
        TRADING_DR_ENDPOINT: endpointAt(application.port, "other.lab.example.com"),
      },
      {
        [`images in ${own}`]: new RegExp(`lacks ${absent}$`),
        [`images in ${releases}`]: /has no release, tagged like release-\*/,
        endpoint: /does not answer users of other\.lab\.example\.com: .*altnames/,
      },
    );
    await failing(
      { TRADING_DR_ENDPOINT: endpointAt(await freePort()) },
      { endpoint: /ECONNREFUSED/ },
    );
    await failing(
      { NODE_EXTRA_CA_CERTS: "" },
      { endpoint: /does not answer users of api\.lab\.example\.com: self-signed certificate/ },
    );
  });

  it("says that AWS could not be asked, and does not take it for absence", async () => {
    await failing(
      {
        AWS_ENDPOINT_URL_RDS: `http://127.0.0.1:${String(await freePort())}`,
        TRADING_DR_ENDPOINT: JSON.stringify("none"),
        TRADING_DR_RECOVERY_POINTS: `s3://${bucket}/${points.prefix} s3://${bucket}/recovery-points/daily/database/daily/us-west-2/`,
      },
      { database: /ECONNREFUSED/ },
    );
  });

  it("keeps what it found when it is ended in the middle, and can be repeated", async () => {
    await makePair();
    const { child, ended } = laboratory().start(
      "drill disaster",
      told({ TRADING_DR_BASELINE_QUERIES: JSON.stringify({ sleep: "SELECT pg_sleep(60)" }) }),
    );
    await new Promise<void>((resolve) => {
      child.stderr?.on("data", (chunk: Buffer) => {
        if (chunk.toString().includes("restored, comparing")) {
          resolve();
        }
      });
    });
    child.kill("SIGTERM");
    const { status } = await ended;
    assert.equal(status, 143);
    const happened = await lastDrill();
    assert.equal(happened.failure?.reason, "interrupted");
    assert.equal(happened.judged, undefined);
    assert.equal(happened.checks?.filter(({ passed }) => passed).length, 5);
    const again = await laboratory().run("drill disaster", told());
    assert.equal(again.status, 0, again.errors);
  });

  it("fails as a verification does where the newest manifest is damaged, and looks at the rest", async () => {
    await makePair();
    const damaged = "99990101T000000Z-0badcafe";
    await laboratory().store.client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: `${points.prefix}${damaged}/${manifestName}`,
        Body: '{"format":',
      }),
    );
    const { status, errors } = await laboratory().run("drill disaster", told());
    assert.equal(status, 6, errors);
    assert.match(errors, /And not ready to take over:\n {2}recovery points in .* is no JSON/);
    const happened = await lastDrill();
    assert.equal(happened.judged?.point, damaged);
    assert.deepEqual(
      happened.checks?.filter(({ passed }) => !passed).map(({ name }) => name),
      [`recovery points in s3://${bucket}/${points.prefix}`],
    );
  });

  it("refuses variables that are wrong before it asks anybody", async () => {
    const { status, errors } = await laboratory().run(
      "drill disaster",
      told({
        TRADING_DR_REGION_DATABASE: '{"engine":"mysql"}',
        TRADING_DR_IMAGES: "recovery",
        TRADING_DR_ENDPOINT: JSON.stringify({ url: "http://127.0.0.1/", name: "x" }),
      }),
    );
    assert.equal(status, 2);
    assert.match(errors, /TRADING_DR_REGION_DATABASE .*; TRADING_DR_IMAGES must be JSON/);
    assert.match(errors, /TRADING_DR_ENDPOINT /);
  });
});
