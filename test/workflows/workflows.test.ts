import assert from "node:assert/strict";
import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { pulumiVersion } from "../engine/pulumiCommand";
import { projectDirectory } from "../support/projectCopy";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress"?: boolean };
  readonly strategy?: { readonly matrix: { readonly stack: unknown } };
  readonly "timeout-minutes"?: number;
  readonly steps?: readonly Step[];
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly on: string | Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const read = (file: string) => readFileSync(join(projectDirectory, file), "utf8");

const names = readdirSync(join(projectDirectory, ".github", "workflows"));
const texts = new Map(names.map((name) => [name, read(`.github/workflows/${name}`)]));
const workflows = new Map([...texts].map(([name, text]) => [name, parse(text) as Workflow]));
const connect = ".github/actions/connect/action.yaml";
const action = parse(read(connect)) as { readonly runs: { readonly steps: readonly Step[] } };

const jobs = [...workflows].flatMap(([file, workflow]) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ file, name, job, workflow })),
);
const steps = [...jobs.flatMap(({ job }) => job.steps ?? []), ...action.runs.steps];

function workflow(name: string): Workflow {
  const found = workflows.get(name);
  assert.ok(found, `there is no workflow ${name}`);
  return found;
}

function job(file: string, name: string): Job {
  const found = workflow(file).jobs[name];
  assert.ok(found, `${file} has no job ${name}`);
  return found;
}

/** The steps that use an action, by the action's name. */
const using = (name: string) => steps.filter(({ uses }) => uses?.startsWith(`${name}@`));

describe("workflows", () => {
  it("are these", () => {
    assert.deepEqual(names.sort(), [
      "comment.yaml",
      "deploy-stack.yaml",
      "deploy.yaml",
      "drift.yaml",
      "engine-preview.yaml",
      "preview.yaml",
      "test.yaml",
    ]);
  });

  it("pin every action by its commit, one for each action, and say its version", () => {
    const pinned = new Map<string, Set<string>>();
    for (const text of [...texts.values(), read(connect)]) {
      const uses = [...text.matchAll(/uses: (.*)/g)].map(([, used]) => String(used));
      for (const used of uses.filter((candidate) => !candidate.startsWith("./"))) {
        const [, name = "", commit = ""] =
          /^([\w-]+\/[\w-]+)@([0-9a-f]{40} # v\d+\.\d+\.\d+)$/.exec(used) ?? [];
        assert.notEqual(name, "", used);
        pinned.set(name, (pinned.get(name) ?? new Set()).add(commit));
      }
    }
    assert.ok(pinned.size >= 7, [...pinned.keys()].join(", "));
    for (const [name, commits] of pinned) {
      assert.equal(commits.size, 1, name);
    }
  });

  it("never run on pull_request_target, which would give a fork's code the secrets", () => {
    assert.deepEqual(
      [...texts].filter(([, text]) => text.includes("pull_request_target")),
      [],
    );
  });

  it("have no permission but these", () => {
    const connected = { contents: "read", "id-token": "write" };
    assert.deepEqual(
      Object.fromEntries(
        jobs.map(({ file, name, job: { permissions }, workflow: { permissions: shared } }) => [
          `${file} ${name}`,
          permissions ?? shared,
        ]),
      ),
      {
        "comment.yaml comment": { actions: "read", contents: "read", "pull-requests": "write" },
        "deploy-stack.yaml deploy": connected,
        "deploy.yaml preview": connected,
        "deploy.yaml archive": connected,
        "deploy.yaml dr": connected,
        "deploy.yaml prod": connected,
        "drift.yaml drift": connected,
        "drift.yaml issue": { contents: "read", issues: "write" },
        "engine-preview.yaml preview": connected,
        "preview.yaml preview": { contents: "read" },
        "test.yaml test": { contents: "read" },
      },
    );
    for (const [name, { permissions }] of workflows) {
      assert.ok(permissions !== undefined, `${name} states none for all of its jobs`);
    }
  });

  it("put no expression into a script, where its value would be code", () => {
    const scripts = steps.flatMap((step) => [step.run ?? [], step.with?.["script"] ?? []].flat());
    assert.ok(scripts.length >= 10, String(scripts.length));
    assert.deepEqual(
      scripts.filter((script) => String(script).includes("${{")),
      [],
    );
  });

  it("leave no credentials of GitHub behind a checkout, and end in time", () => {
    for (const checkout of using("actions/checkout")) {
      assert.equal(checkout.with?.["persist-credentials"], false);
      assert.equal(checkout.with["ref"], undefined);
    }
    for (const { file, name, job: candidate } of jobs.filter(({ job: { uses } }) => !uses)) {
      assert.ok(candidate["timeout-minutes"], `${file} ${name} has no timeout`);
    }
  });

  it("use the oldest Node.js that package.json allows, and the Pulumi CLI of the tests", () => {
    const { engines } = JSON.parse(read("package.json")) as { engines: { node: string } };
    const node = using("actions/setup-node").map((step) => step.with?.["node-version"]);
    assert.deepEqual([...new Set(node)], [engines.node.replace(">=", "")]);
    const pulumi = using("pulumi/actions").map((step) => step.with?.["pulumi-version"]);
    assert.deepEqual([...new Set(pulumi)], [pulumiVersion.replace("v", "")]);
  });

  it("run scripts that are there, and of package.json's only those that it has", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const code = [
      ...steps.flatMap(({ run }) => run ?? []),
      ...steps.flatMap((step) => (step.with?.["script"] as string | undefined) ?? []),
      read(".github/scripts/preview-systems.sh"),
    ].join("\n");
    const npm = [...code.matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(([, name]) => name ?? "");
    assert.deepEqual(
      npm.filter((name) => scripts[name] === undefined),
      [],
    );
    const files = [
      ...new Set([...code.matchAll(/\.(?:github|ci)\/[\w/.-]+/g)].map(([file]) => file)),
    ];
    assert.ok(files.length >= 6, files.join(", "));
    for (const file of files) {
      assert.ok(existsSync(join(projectDirectory, file)), file);
      if (!file.endsWith(".cjs")) {
        accessSync(join(projectDirectory, file), constants.X_OK);
      }
    }
    const local = [
      ...jobs.flatMap((found) => found.job.uses ?? []),
      ...steps.flatMap((step) => step.uses ?? []),
    ];
    for (const file of local.filter((used) => used.startsWith("./"))) {
      const path = join(projectDirectory, file);
      assert.ok(existsSync(file.endsWith(".yaml") ? path : join(path, "action.yaml")), file);
    }
  });

  it("name only stacks that have a file", () => {
    const { workflow_dispatch: dispatch } = workflow("deploy.yaml").on as {
      workflow_dispatch: { inputs: { stacks: { options: string[] } } };
    };
    const named = [
      ...dispatch.inputs.stacks.options.filter((name) => name !== "all"),
      ...(job("drift.yaml", "drift").strategy?.matrix.stack as string[]),
      ...(job("engine-preview.yaml", "preview").strategy?.matrix.stack as string[]),
      ...["archive", "dr", "prod"].map((name) => String(job("deploy.yaml", name).with?.["stack"])),
    ];
    assert.deepEqual([...new Set(named)], ["archive", "dr", "prod"]);
    for (const name of named) {
      assert.ok(existsSync(join(projectDirectory, `Pulumi.${name}.yaml`)), name);
    }
  });
});

describe("deployment workflow", () => {
  it("goes from the archive to dr to prod, each after the previews and only if it was chosen", () => {
    const order = ["archive", "dr", "prod"];
    for (const [index, name] of order.entries()) {
      const { needs, uses, if: condition, with: inputs } = job("deploy.yaml", name);
      assert.deepEqual([needs].flat(), ["preview", ...order.slice(0, index)]);
      assert.equal(uses, "./.github/workflows/deploy-stack.yaml");
      assert.deepEqual(inputs, { stack: name });
      assert.ok(condition !== undefined);
      assert.ok(condition.includes(`contains(fromJSON('["all", "${name}"]'), inputs.stacks)`));
      assert.equal(condition.includes("!failure() && !cancelled()"), index > 0);
    }
    assert.deepEqual(Object.keys(workflow("deploy.yaml").on), ["workflow_dispatch"]);
  });

  it("asks for each stack's approval, alone, and never stops half-way", () => {
    const { environment, concurrency } = job("deploy-stack.yaml", "deploy");
    assert.equal(environment, "${{ inputs.stack }}");
    assert.deepEqual(concurrency, {
      group: "deploy-${{ inputs.stack }}",
      "cancel-in-progress": false,
    });
  });

  it("takes the snapshot before the update, which is previewed and nothing is asked of", () => {
    const scripts = (job("deploy-stack.yaml", "deploy").steps ?? []).flatMap(
      ({ run }) => run ?? [],
    );
    assert.equal(scripts.length, 2);
    assert.match(scripts[0] ?? "", /snapshot\.cjs "\$STACK"$/);
    assert.match(
      scripts[1] ?? "",
      /^pulumi up --stack "\$STACK" --yes --non-interactive .*--policy-pack policies --policy-pack-config "policies\/config\/\$STACK\.json"$/,
    );
    assert.doesNotMatch(scripts[1] ?? "", /--skip-preview/);
    assert.doesNotMatch(scripts[1] ?? "", /--skip-preview|--show-secrets|--refresh|--target/);
  });
});

describe("workflows with credentials", () => {
  const connected = jobs.filter(
    ({ job: { permissions } }) => permissions?.["id-token"] === "write",
  );

  it("run in an environment, which is what the roles trust", () => {
    assert.deepEqual(
      Object.fromEntries(
        connected
          .filter(({ job: { uses } }) => uses === undefined)
          .map(({ file, name, job: { environment } }) => [`${file} ${name}`, environment]),
      ),
      {
        "deploy-stack.yaml deploy": "${{ inputs.stack }}",
        "deploy.yaml preview": "inspect",
        "drift.yaml drift": "inspect",
        "engine-preview.yaml preview": "preview",
      },
    );
  });

  it("install packages before there are credentials", () => {
    const order = action.runs.steps.map(({ uses, run }) => uses?.split("@")[0] ?? run);
    assert.ok(order.includes("npm ci && npm run policies:build"));
    assert.equal(order.at(-1), "aws-actions/configure-aws-credentials");
  });

  it("are not for forks", () => {
    assert.match(
      job("engine-preview.yaml", "preview").if ?? "",
      /github\.event\.pull_request\.head\.repo\.full_name == github\.repository$/,
    );
  });

  it("look for drift with a refresh, and fail when there is any", () => {
    const scripts = (job("drift.yaml", "drift").steps ?? []).flatMap(({ run }) => run ?? []);
    assert.deepEqual(scripts, [
      '.github/scripts/engine-preview.sh "$STACK" --refresh --expect-no-changes',
    ]);
  });

  it("are set up as docs/operations.md says", () => {
    const operations = read("docs/operations.md");
    const everything = [...texts.values(), read(connect)].join("\n");
    const variables = [...everything.matchAll(/\bvars\.(\w+)/g)].map(([, name]) => name ?? "");
    assert.deepEqual([...new Set(variables)].sort(), [
      "AWS_ARCHIVE_ROLE_ARN",
      "AWS_ROLE_ARN",
      "PULUMI_BACKEND_URL",
      "STATE_REGION",
    ]);
    for (const name of variables) {
      assert.ok(operations.includes(`\`${name}\``), name);
    }
    for (const name of ["preview", "inspect", "archive", "dr", "prod"]) {
      assert.ok(operations.includes(`environment:${name}"`), name);
    }
    assert.ok(!everything.includes("secrets."), "there is nothing secret to configure");
  });
});
