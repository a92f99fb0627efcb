import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jobLimits } from "../../components/schedule/jobLimits";
import { type PodArgs } from "../../components/schedule/podTemplate";
import { jobCommand, type JobKind, scratchSocketDirectory } from "../../contracts/jobs";
import { layOut } from "../../recovery/image/layout";
import { version } from "../../recovery/version";
import { projectDirectory } from "../support/projectCopy";
import { imageEnvironment } from "./image/dockerfile";
import { useLaboratory } from "./laboratory";
import { type Image, pathHere, Pod, whyNoPods } from "./pod";
import { fillDatabase } from "./remains";

const digest = `sha256:${"1".repeat(64)}`;

/** Where the job sees the certificate of the tests' own authority. */
const authority = "/mnt/authority.pem";

/** The official image of PostgreSQL, as far as the template says that it is needed. */
const scratchImage: Image = {
  environment: { PATH: pathHere("/usr/lib/postgresql/16/bin:/usr/bin:/bin"), LANG: "C.UTF-8" },
  users: ["root:x:0:0::/root:/bin/sh", "postgres:x:999:999::/var/lib/postgresql:/bin/sh"],
};

describe("the image's tree, in the pod that a job's template says", () => {
  const laboratory = useLaboratory();
  const tree = join(mkdtempSync(join(tmpdir(), "trading-dr-image-")), "tree");
  const pods: Pod[] = [];
  let point = "";

  before(function () {
    const reason = whyNoPods();
    if (reason !== undefined) {
      if (process.env["CI"] !== undefined) {
        throw new Error(reason);
      }
      process.stderr.write(`\nTESTS OF THE IMAGE SKIPPED: ${reason}\n\n`);
      this.skip();
    }
    layOut(projectDirectory, tree);
    fillDatabase(laboratory().source, "trading", 20);
    laboratory().source.asSuperuser(
      "trading",
      "CREATE ROLE reader LOGIN IN ROLE pg_read_all_data, rds_iam; GRANT SELECT ON LARGE OBJECT 4711 TO reader",
    );
  });

  after(async () => {
    await Promise.all(pods.map((pod) => pod.close()));
    rmSync(join(tree, ".."), { recursive: true });
  });

  /** A pod of a job; variables as its stack would give them, and those of AWS as the cluster would. */
  function podOf(
    kind: JobKind,
    variables: Readonly<Record<string, string>>,
    more: Partial<PodArgs> = {},
  ): Pod {
    const { everyone, store, source } = laboratory();
    const environment = imageEnvironment();
    const pod = new Pod(
      {
        image: `registry/trading-dr@${digest}`,
        command: jobCommand(kind),
        environment: Object.entries({ ...everyone, ...variables, ...store.environment }).map(
          ([name, value]) => ({ name, value }),
        ),
        serviceAccountName: `dr-${kind}`,
        readsCluster: false,
        limits: jobLimits[kind],
        labels: {},
        ...more,
      },
      {
        job: {
          tree,
          environment: { ...environment, PATH: pathHere(environment["PATH"] ?? "") },
          // Nobody has the number that jobs run as, and nobody has a home.
          users: ["root:x:0:0::/root:/bin/sh"],
        },
        "scratch-database": scratchImage,
      },
      { [source.certificateFile]: authority },
    );
    pods.push(pod);
    return pod;
  }

  const backupPod = () =>
    podOf("backup-database", {
      ...laboratory().backupAs("reader", "trading"),
      PGSSLROOTCERT: authority,
    });

  const verifyPod = () => {
    const { PGPORT, ...variables } = laboratory().verification;
    assert(PGPORT !== undefined);
    return podOf(
      "verify",
      { ...variables, TRADING_DR_SCRATCH_SOCKET_DIRECTORY: scratchSocketDirectory },
      { scratchDatabase: { image: `registry/postgres@${digest}`, sizeGibibytes: 1 } },
    );
  };

  it("can write /tmp, and nothing else", async () => {
    const places = [
      "/",
      "/etc",
      "/usr/bin",
      "/usr/local/bin",
      "/opt/trading-dr",
      "/usr/share",
      "/dev",
    ];
    const attempt = `
      const { writeFileSync, unlinkSync } = require("node:fs");
      const outcomes = ${JSON.stringify([...places, "/tmp"])}.map((place) => {
        try {
          writeFileSync(place + "/written", "");
          unlinkSync(place + "/written");
          return place + " written";
        } catch (error) {
          return place + " " + error.code;
        }
      });
      console.log(JSON.stringify({ outcomes, user: process.getuid(), groups: process.getgroups() }));`;
    const { output, errors } = await backupPod().run(["node", "--eval", attempt]);
    assert.equal(errors, "");
    assert.deepEqual(JSON.parse(output), {
      outcomes: [...places.map((place) => `${place} EROFS`), "/tmp written"],
      user: 10_001,
      groups: [10_001],
    });
  });

  it("has the command on PATH, with the option that saves memory", async () => {
    const pod = backupPod();
    assert.deepEqual(await pod.run(["trading-dr", "--version"]), {
      status: 0,
      output: `${version}\n`,
      errors: "",
      log: "",
    });
    const help = await pod.run(["trading-dr", "--help"]);
    assert.equal(help.status, 0);
    assert.match(help.output, /^Usage: trading-dr /);
    writeFileSync(
      join(pod.volume("temporary"), "options.cjs"),
      'process.stderr.write(process.execArgv.join(" "));',
    );
    const options = ["env", "NODE_OPTIONS=--require=/tmp/options.cjs", "trading-dr", "--version"];
    assert.equal((await pod.run(options)).errors, "--max-semi-space-size=1");
  });

  it("takes a recovery point, and leaves nothing in /tmp", async () => {
    const pod = backupPod();
    const outcome = await pod.run();
    assert.equal(outcome.status, 0, outcome.errors);
    point = outcome.output.trim();
    const { tables } = await laboratory().manifestOf(point);
    assert.deepEqual(
      tables.map(({ name, rows }) => `${name} ${String(rows)}`),
      ["accounts 2000", "empty 0", "trades 20000"],
    );
    assert.deepEqual(readdirSync(pod.volume("temporary")), []);
  });

  it("verifies it in the PostgreSQL beside it, and leaves nothing in /tmp", async () => {
    const pod = verifyPod();
    await pod.startSidecars();
    const outcome = await pod.run();
    assert.equal(outcome.status, 0, outcome.errors);
    assert.match(
      outcome.output,
      new RegExp(`^${point} is whole: 3 tables and 22000 rows are what they were`),
    );
    assert.deepEqual(readdirSync(pod.volume("temporary")), []);
  });

  it("has a PostgreSQL beside it that is reached by the socket alone, and starts anew after it died", async () => {
    const pod = verifyPod();
    const ask = (statement: string) =>
      pod.runBeside([
        ...["psql", "--no-psqlrc", "--tuples-only", "--no-align", "--username=postgres"],
        ...[`--host=${scratchSocketDirectory}`, `--command=${statement}`],
      ]);
    await pod.startSidecars();
    const settings = await ask(
      "SELECT current_setting('listen_addresses'), getdatabaseencoding(), rolname FROM pg_roles WHERE rolsuper",
    );
    assert.deepEqual(settings, { status: 0, output: "|UTF8|postgres\n", errors: "", log: "" });
    assert.equal((await ask("CREATE DATABASE left_behind")).status, 0);
    const [died] = await pod.stopSidecars();
    assert.equal(died?.status, 0, died?.errors);
    await pod.startSidecars();
    assert.equal(
      (await ask("SELECT count(*) FROM pg_database WHERE datname = 'left_behind'")).output,
      "0\n",
    );
  });
});
