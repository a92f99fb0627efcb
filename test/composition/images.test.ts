import assert from "node:assert/strict";
import { notBuiltYet, remarksOn } from "../../composition/remarks";
import { repositoryCreationPolicy } from "../../components/images/imagePolicies";
import { type Configuration } from "../../config/configuration";
import program from "../../index";
import { type PreviewedResource, previewStack } from "../../preview/inProcess";
import { readRegionStacks, type RegionStack } from "../support/regionStacks";
import { projectDirectory } from "../support/projectCopy";

const types = {
  registry: "trading-dr:images:ImageRegistry",
  scanning: "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
  replication: "aws:ecr/replicationConfiguration:ReplicationConfiguration",
  template: "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate",
  repository: "aws:ecr/repository:Repository",
  rolePolicy: "aws:iam/rolePolicy:RolePolicy",
};

const otherSystemsRegistry =
  "images are copied to the other region, and scanned for vulnerabilities that become known after their push, only by the registry's settings, which another system's stack declares";

/** What a stack of a system would declare, by its name: the URN's last part. */
class Stack {
  private constructor(private readonly resources: readonly PreviewedResource[]) {}

  /** @param settings Settings of the stack to change. */
  public static async of(
    name: string,
    system: string,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<Stack> {
    const { resources } = await previewStack(program, readyStack(name, system, settings));
    return new Stack(resources);
  }

  public all(type: string): PreviewedResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  public inputs(type: string, name: string): PreviewedResource["inputs"] {
    const found = this.all(type).find((resource) => resource.name === name);
    assert.ok(found, `there is no ${type} ${name}`);
    return found.inputs;
  }

  /** Regions that images pushed in the stack's region are copied to. */
  public copiesTo(): string[] {
    return this.all(types.replication).flatMap(({ inputs }) => {
      const { rules } = inputs["replicationConfiguration"] as unknown as {
        rules: { destinations: { region: string; registryId: string }[] }[];
      };
      return rules.flatMap(({ destinations }) =>
        destinations.map(({ region, registryId }) => `${region} ${registryId}`),
      );
    });
  }
}

function readyStack(
  name: string,
  system: string,
  settings: Readonly<Record<string, string>> = {},
): RegionStack {
  const [ready] = readRegionStacks({ directory: projectDirectory, stack: name, system });
  assert.ok(ready);
  return { ...ready, config: { ...ready.config, ...settings } };
}

function configurationOf(name: string, system: string): Configuration {
  return readyStack(name, system).configuration;
}

describe("images of market-scanning, which owns the registry", () => {
  let prod: Stack;
  let dr: Stack;
  let landing: Stack;
  let archive: Stack;

  before(async () => {
    prod = await Stack.of("prod", "market-scanning");
    dr = await Stack.of("dr", "market-scanning");
    landing = await Stack.of("dr", "market-scanning", { "trading-dr:phase": "landing" });
    archive = await Stack.of("archive", "market-scanning");
  });

  it("have one repository each, named alike in both regions", () => {
    for (const stack of [prod, dr]) {
      assert.deepEqual(
        stack.all(types.repository).map(({ inputs }) => inputs["name"]),
        [
          "trading-dr/market-scanning/data-ingestion",
          "trading-dr/market-scanning/signal-engine",
          "trading-dr/market-scanning/risk-scoring",
          "trading-dr/market-scanning/api",
          "trading-dr/market-scanning/recovery",
          "trading-dr/market-scanning/postgres",
        ],
      );
    }
  });

  it("are copied both ways", () => {
    assert.deepEqual(prod.copiesTo(), ["us-west-2 111122223333"]);
    assert.deepEqual(dr.copiesTo(), ["us-east-1 111122223333"]);
  });

  it("have a template in both regions, with a role of that region which prod declares", () => {
    for (const [stack, region] of [
      [prod, "us-east-1"],
      [dr, "us-west-2"],
    ] as const) {
      assert.equal(
        stack.inputs(types.template, "image-template")["customRoleArn"],
        `arn:aws:iam::111122223333:role/market-scanning-repository-creation-${region}`,
      );
      assert.equal(
        prod.inputs(types.rolePolicy, `repository-creation-${region}-policy`)["policy"],
        repositoryCreationPolicy({ system: "market-scanning", region, account: "111122223333" }),
      );
    }
  });

  it("let nobody but ECR take on the role that makes repositories", () => {
    const role = prod.inputs("aws:iam/role:Role", "repository-creation-us-west-2");
    const { Statement } = JSON.parse(String(role["assumeRolePolicy"])) as { Statement: unknown };
    assert.deepEqual(Statement, [
      {
        Sid: "TakeOn",
        Effect: "Allow",
        Principal: { Service: "ecr.amazonaws.com" },
        Action: "sts:AssumeRole",
      },
    ]);
  });

  it("have the template wait for its role where both are of one stack", () => {
    const [template] = prod.all("trading-dr:images:RepositoryTemplate");
    const [role] = prod
      .all("aws:iam/role:Role")
      .filter(({ name }) => name === "repository-creation-us-east-1");
    assert.ok(template && role);
    assert.ok(template.options.dependencies?.includes(role.urn));
  });

  it("are encrypted with a key of their own in each region, used through ECR alone", () => {
    for (const [stack, region] of [
      [prod, "us-east-1"],
      [dr, "us-west-2"],
    ] as const) {
      const { policy } = stack.inputs("aws:kms/key:Key", "key-images");
      const { Statement } = JSON.parse(String(policy)) as { Statement: { Sid: string }[] };
      assert.deepEqual(
        Statement.map(({ Sid }) => Sid),
        ["Manage", "ThroughEcr"],
      );
      assert.equal(
        stack.inputs("aws:kms/alias:Alias", "key-images-alias")["name"],
        `alias/market-scanning-images-${region}`,
      );
    }
  });

  it("have, when the standby region lands, all that is copied into, and are copied nowhere", () => {
    assert.equal(landing.all(types.repository).length, 6);
    assert.equal(landing.all(types.scanning).length, 1);
    assert.deepEqual(landing.copiesTo(), []);
    assert.deepEqual(landing.all(types.template), []);
  });

  it("are not in the archive", () => {
    for (const type of [types.registry, types.template, types.repository]) {
      assert.deepEqual(archive.all(type), []);
    }
  });
});

describe("images of a system that does not own the registry", () => {
  it("have repositories and a template, and no settings of the registry", async () => {
    for (const name of ["prod", "dr"]) {
      const stack = await Stack.of(name, "hft");
      assert.deepEqual(
        stack.all(types.repository).map(({ inputs }) => inputs["name"]),
        ["trading-system", "trading-system-tools", "recovery", "postgres"].map(
          (repository) => `trading-dr/hft/${repository}`,
        ),
      );
      assert.equal(stack.inputs(types.template, "image-template")["prefix"], "trading-dr/hft");
      assert.deepEqual(stack.all(types.registry), []);
    }
  });

  it("are said to depend on the system that does, where there are images", () => {
    const remarked = (name: string, system: string) =>
      remarksOn(configurationOf(name, system)).includes(otherSystemsRegistry);
    assert.deepEqual(
      [remarked("prod", "hft"), remarked("dr", "hft"), remarked("archive", "hft")],
      [true, true, false],
    );
    assert.equal(remarked("prod", "market-scanning"), false);
  });
});

describe("a system without images", () => {
  const without = (name: string): Configuration => {
    const { system, ...rest } = configurationOf(name, "hft");
    const stores = Object.entries(system.stores).filter(([, { kind }]) => kind !== "images");
    return { ...rest, system: { ...system, stores: Object.fromEntries(stores) } };
  };

  it("is not told about other systems' registry", () => {
    assert.equal(remarksOn(without("prod")).includes(otherSystemsRegistry), false);
  });
});

describe("what is not built of images", () => {
  it("is the check of signatures, where images are signed", () => {
    const configuration = configurationOf("prod", "market-scanning");
    const paths = (found: Configuration) =>
      notBuiltYet(found)
        .map(({ path }) => path)
        .filter((path) => path.includes("images") || path.includes("registry"));
    assert.deepEqual(paths(configuration), ["stores.images.signed"]);
    const images = configuration.system.stores["images"];
    assert.ok(images?.kind === "images");
    const stores = { ...configuration.system.stores, images: { ...images, signed: false } };
    assert.deepEqual(paths({ ...configuration, system: { ...configuration.system, stores } }), []);
  });
});
