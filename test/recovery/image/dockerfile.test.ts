import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { jobLimits } from "../../../components/schedule/jobLimits";
import { podTemplate } from "../../../components/schedule/podTemplate";
import { loadSystem } from "../../../config/configuration";
import {
  jobCommand,
  jobKinds,
  jobUserId,
  scratchSocketDirectory,
  secretsDirectory,
} from "../../../contracts/jobs";
import { imagePaths } from "../../../recovery/image/layout";
import { version } from "../../../recovery/version";
import { projectDirectory } from "../../support/projectCopy";
import { flagsOf, imageDockerfile, imageEnvironment, stagesOf, wordsOf } from "./dockerfile";

describe("the image's Dockerfile", () => {
  const dockerfile = imageDockerfile();
  const stages = stagesOf(dockerfile);
  const last = stages.at(-1);
  assert(last !== undefined);
  const of = (keyword: string) =>
    last.instructions.filter((instruction) => instruction.getKeyword() === keyword);
  const argumentsOf = (keyword: string) =>
    of(keyword).map((instruction) => instruction.getArgumentsContent() ?? "");

  it("takes base images by a fixed tag and a digest that the builder has to give", () => {
    assert.deepEqual(
      stages.map(({ name, image }) => [name, image]),
      [
        ["build", "${REGISTRY}/node:24.21.0-trixie-slim@${NODE_DIGEST}"],
        [undefined, "${REGISTRY}/debian:trixie-slim@${DEBIAN_DIGEST}"],
      ],
    );
    assert.deepEqual(
      dockerfile.getInitialARGs().map((given) => given.getArgumentsContent()),
      ["REGISTRY=docker.io/library", "NODE_DIGEST", "DEBIAN_DIGEST"],
    );
  });

  it("runs as the user and the group that pods give jobs", () => {
    const user = `${String(jobUserId)}:${String(jobUserId)}`;
    assert.deepEqual(argumentsOf("USER"), [user]);
    const pod = podTemplate({
      image: "",
      command: [],
      environment: [],
      serviceAccountName: "",
      readsCluster: false,
      limits: jobLimits.verify,
      labels: {},
    }).spec as unknown as { securityContext: Readonly<Record<string, unknown>> };
    const { runAsUser, runAsGroup } = pod.securityContext;
    assert.equal(`${String(runAsUser)}:${String(runAsGroup)}`, user);
  });

  it("takes from the stage that builds the laid out tree and Node.js, and nothing from the project", () => {
    assert.deepEqual(
      of("COPY").map((copy) => [...flagsOf(copy), ...wordsOf(copy)].join(" ")),
      ["--from=build /usr/local/bin/node /usr/local/bin/", "--from=build /layout/ /"],
    );
    assert.deepEqual(argumentsOf("ADD"), []);
    const [build] = stages;
    const layout = build?.instructions.at(-1)?.getArgumentsContent();
    assert.equal(layout, "npm run --silent recovery:layout /layout");
  });

  it("installs programs that the command runs, and no compilers, package managers or downloaders", () => {
    const installed = of("RUN")
      .flatMap((run) => (run.getArgumentsContent() ?? "").split("&&"))
      .filter((command) => command.includes("apt-get install"))
      .flatMap((command) => wordsOfShell(command).slice(2));
    assert.deepEqual(installed, [
      "libstdc++6",
      "postgresql-client-common",
      "redis-server",
      "redis-tools",
      "postgresql-client-${POSTGRESQL_MAJOR}",
    ]);
  });

  it("has PostgreSQL's programs of the newest major version that a system has", () => {
    const majors = readdirSync(join(projectDirectory, "systems")).flatMap((file) =>
      Object.values(loadSystem(basename(file, ".yaml"), join(projectDirectory, "systems")).stores)
        .filter((store) => store.kind === "database")
        .map(({ engineVersion }) => Number.parseInt(engineVersion, 10)),
    );
    assert.ok(majors.length >= 5);
    assert.ok(argumentsOf("ARG").includes(`POSTGRESQL_MAJOR=${String(Math.max(...majors))}`));
  });

  it("has the command on PATH by the name that jobs call it by", () => {
    const directory = imagePaths.command.slice(0, imagePaths.command.lastIndexOf("/"));
    assert.ok(imageEnvironment()["PATH"]?.split(":").includes(directory));
    for (const kind of jobKinds) {
      assert.equal(jobCommand(kind)[0], basename(imagePaths.command));
    }
    assert.deepEqual(argumentsOf("ENTRYPOINT"), ['["trading-dr"]']);
    assert.deepEqual(argumentsOf("CMD"), []);
  });

  it("tells jobs where the authorities of databases are, and that they have no home", () => {
    const { PATH, ...variables } = imageEnvironment();
    assert.ok(PATH?.startsWith("/usr/lib/postgresql/16/bin:"));
    assert.deepEqual(variables, {
      HOME: "/nonexistent",
      PGSSLROOTCERT: imagePaths.rdsAuthorities,
    });
  });

  it("has nothing where pods mount volumes", () => {
    const mounted = ["/tmp", secretsDirectory, scratchSocketDirectory];
    for (const path of Object.values(imagePaths)) {
      assert.ok(!mounted.some((directory) => `${path}/`.startsWith(`${directory}/`)));
    }
  });

  it("names the version of the command", () => {
    const [labels = ""] = argumentsOf("LABEL");
    assert.match(labels, new RegExp(`image\\.version="${version.replaceAll(".", "\\.")}"`));
  });

  it("holds no secret: none is an argument or a variable, and the one that is mounted stays in no layer", () => {
    const names = dockerfile
      .getInstructions()
      .filter((instruction) => ["ARG", "ENV"].includes(instruction.getKeyword()))
      .flatMap((instruction) => wordsOf(instruction))
      .map((pair) => pair.replace(/=.*/, ""));
    assert.deepEqual(names, [
      ...["REGISTRY", "NODE_DIGEST", "DEBIAN_DIGEST", "POSTGRESQL_MAJOR", "POSTGRESQL_PACKAGES"],
      ...["HOME", "PATH", "PGSSLROOTCERT"],
    ]);
    assert.deepEqual(
      stages.map(
        ({ instructions }) => instructions.filter((one) => flagsOf(one).some(isMount)).length,
      ),
      [1, 0],
    );
    assert.deepEqual(dockerfile.getInstructions().flatMap(flagsOf).filter(isMount), [
      "--mount=type=secret,id=npmrc,target=/root/.npmrc",
    ]);
  });

  it("is built from a list of files, so that nothing else gets near it", () => {
    const rules = readFileSync(join(projectDirectory, ".dockerignore"), "utf8")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    assert.deepEqual(rules, [
      "*",
      "!package.json",
      "!package-lock.json",
      "!tsconfig.json",
      "!LICENSE",
      "!recovery",
      "!contracts",
      "recovery/bin",
    ]);
  });
});

const isMount = (flag: string) => flag.startsWith("--mount");

function wordsOfShell(command: string): string[] {
  return command
    .replaceAll('"', "")
    .split(/\s+/)
    .filter((word) => word !== "" && !word.startsWith("-"));
}
