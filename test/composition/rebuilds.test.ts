import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type PreviewedResource } from "../../preview/inProcess";
import { previewReport, type StackReport } from "../../preview/report";
import { readStacks } from "../../preview/stacks";
import { copyOfProject, removeCopy } from "../support/projectCopy";

const types = {
  administrator: "trading-dr:database:Administrator",
  aurora: "trading-dr:database:AuroraDatabase",
  plain: "trading-dr:database:RdsDatabase",
  global: "aws:rds/globalCluster:GlobalCluster",
  cluster: "aws:rds/cluster:Cluster",
  clusterInstance: "aws:rds/clusterInstance:ClusterInstance",
  instance: "aws:rds/instance:Instance",
  backups: "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
  selection: "aws:backup/selection:Selection",
  rehearsal: "aws:backup/restoreTestingSelection:RestoreTestingSelection",
  rolePolicy: "aws:iam/rolePolicy:RolePolicy",
  key: "aws:kms/key:Key",
} as const;

/** A stack as the preview shows it, in an order of its own: that of registrations says nothing. */
class Stack {
  private readonly resources: readonly PreviewedResource[];

  public constructor(private readonly report: StackReport) {
    this.resources = [...report.resources].sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  public get outputs(): Readonly<Record<string, unknown>> {
    return (this.report.outputs["database"] ?? {}) as Record<string, unknown>;
  }

  public get urns(): string[] {
    return this.resources.map(({ urn }) => urn).sort();
  }

  /** URNs of what an engine refuses to delete. */
  public get protectedUrns(): string[] {
    const isProtected = ({ options }: PreviewedResource) => options.protect === true;
    return this.resources
      .filter(isProtected)
      .map(({ urn }) => urn)
      .sort();
  }

  /** The resources of a type, by name. */
  public all(type: string): PreviewedResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** Names of the resources of a type. */
  public names(type: string): string[] {
    return this.all(type).map(({ name }) => name);
  }

  /** The resource of a type with some name. */
  public one(type: string, name: string): PreviewedResource {
    const found = this.all(type).find((resource) => resource.name === name);
    assert.ok(found, `${this.report.name} has no ${type} ${name}`);
    return found;
  }
}

type Stacks = Readonly<Record<"prod" | "dr" | "archive", Stack>>;

describe("wiring of a system whose lost side was rebuilt", () => {
  let directory: string;
  let program: () => unknown;

  before(() => {
    directory = copyOfProject();
    program = createRequire(join(directory, "index.ts"))("./index") as () => unknown;
  });

  after(() => {
    removeCopy(directory);
  });

  /** The stacks of a system, with the writer in some region and after some rebuilds. */
  async function stacksOf(system: string, active: string, ...rebuilds: string[]): Promise<Stacks> {
    const file = join(directory, "systems", `${system}.yaml`);
    const sound = readFileSync(file, "utf8");
    const edited = sound
      .replace("active: us-east-1", `active: ${active}`)
      .replace("    logicalBackups:", `    rebuilds: [${rebuilds.join()}]\n    logicalBackups:`);
    assert.ok(edited.includes(`active: ${active}`) && edited.includes("    rebuilds: ["));
    writeFileSync(file, edited);
    try {
      const { stacks } = await previewReport(program, readStacks({ directory, system }));
      return Object.fromEntries(
        stacks.map((stack) => [stack.name, new Stack(stack)]),
      ) as unknown as Stacks;
    } finally {
      writeFileSync(file, sound);
    }
  }

  describe("with Aurora, the standby having survived and the lost primary kept", () => {
    let plain: Stacks;
    let rebuilt: Stacks;

    before(async () => {
      plain = await stacksOf("market-scanning", "us-east-1");
      rebuilt = await stacksOf(
        "market-scanning",
        "us-west-2",
        "{ survivor: us-west-2, lost: kept }",
      );
    });

    it("only adds: a second generation in prod, and a global database around dr's cluster", () => {
      const added = (stack: "prod" | "dr" | "archive") => {
        const earlier = plain[stack].urns;
        assert.deepEqual(
          earlier.filter((urn) => !rebuilt[stack].urns.includes(urn)),
          [],
        );
        return rebuilt[stack].urns.filter((urn) => !earlier.includes(urn));
      };
      const addedToProd = added("prod");
      assert.equal(addedToProd.length, 12);
      assert.deepEqual(
        addedToProd.filter(
          (urn) => !/::(database|snapshots-selection)-generation-2(-|$)/.test(urn),
        ),
        [],
      );
      assert.deepEqual(added("dr"), [
        `urn:pulumi:dr::trading-dr::${types.aurora}$${types.global}::database-global-generation-2`,
      ]);
      assert.deepEqual(added("archive"), []);
    });

    it("makes prod's second generation a standby of the survivor, as large as a primary", () => {
      assert.deepEqual(rebuilt.prod.names(types.aurora), ["database", "database-generation-2"]);
      const { inputs } = rebuilt.prod.one(types.cluster, "database-generation-2");
      assert.equal(inputs["clusterIdentifier"], "market-scanning-database-generation-2-us-east-1");
      assert.equal(inputs["globalClusterIdentifier"], "market-scanning-database-generation-2");
      assert.equal(inputs["sourceRegion"], "us-west-2");
      assert.equal("masterUsername" in inputs || "masterPassword" in inputs, false);
      assert.deepEqual(rebuilt.prod.names(types.clusterInstance), [
        "database-generation-2-instance-1",
        "database-generation-2-instance-2",
        "database-instance-1",
        "database-instance-2",
      ]);
    });

    it("makes that generation's global database in dr, around the survivor", () => {
      const around = rebuilt.dr.one(types.global, "database-global-generation-2");
      assert.equal(
        around.inputs["globalClusterIdentifier"],
        "market-scanning-database-generation-2",
      );
      assert.ok(
        around.options.dependencies?.includes(rebuilt.dr.one(types.cluster, "database").urn),
      );
    });

    it("says in dr where the writer is, and in prod no longer", () => {
      assert.equal("globalEndpoint" in plain.prod.outputs, true);
      assert.equal("globalEndpoint" in plain.dr.outputs, false);
      assert.equal("globalEndpoint" in rebuilt.prod.outputs, false);
      assert.equal("globalEndpoint" in rebuilt.dr.outputs, true);
    });

    it("takes snapshots of both generations in prod, and of the survivor in dr", () => {
      const selected = (stack: Stack) =>
        stack.all(types.selection).map(({ name, inputs }) => [name, inputs["resources"]]);
      assert.deepEqual(selected(rebuilt.prod), [
        [
          "snapshots-selection",
          ["arn:aws:rds:us-east-1:111122223333:cluster:market-scanning-database-us-east-1"],
        ],
        [
          "snapshots-selection-generation-2",
          [
            "arn:aws:rds:us-east-1:111122223333:cluster:market-scanning-database-generation-2-us-east-1",
          ],
        ],
      ]);
      assert.deepEqual(selected(rebuilt.dr), selected(plain.dr));
    });

    it("rehearses restores of the generation that counts, where that one is", () => {
      const { inputs } = rebuilt.prod.one(types.rehearsal, "restore-test-database");
      assert.deepEqual(inputs["protectedResourceArns"], [
        "arn:aws:rds:us-east-1:111122223333:cluster:market-scanning-database-generation-2-us-east-1",
      ]);
      const where = inputs["restoreMetadataOverrides"] as Record<string, unknown>;
      assert.deepEqual(
        [where["dbSubnetGroupName"], where["dbClusterParameterGroupName"]],
        [
          "market-scanning-database-generation-2-us-east-1",
          "market-scanning-database-generation-2-16-us-east-1",
        ],
      );
    });

    it("gives both generations to the roles of their region, and to no other's", () => {
      for (const role of ["snapshots", "restore-test"]) {
        const policy = (stacks: Stacks, region: string) =>
          stacks.prod.one(types.rolePolicy, `${role}-${region}-policy`).inputs["policy"];
        const text = String(policy(rebuilt, "us-east-1"));
        assert.ok(text.includes(":cluster:market-scanning-database-us-east-1"), role);
        assert.ok(text.includes(":cluster:market-scanning-database-generation-2-us-east-1"), role);
        assert.equal(policy(rebuilt, "us-west-2"), policy(plain, "us-west-2"));
      }
    });

    it("lets CloudWatch Logs encrypt the logs of both generations, and no others", () => {
      assert.deepEqual(logPatterns(rebuilt.prod), [
        "arn:aws:logs:us-east-1:111122223333:log-group:/aws/rds/*/market-scanning-database-us-east-1/*",
        "arn:aws:logs:us-east-1:111122223333:log-group:/aws/rds/*/market-scanning-database-generation-2-us-east-1/*",
      ]);
      assert.deepEqual(logPatterns(rebuilt.dr), logPatterns(plain.dr));
      assert.equal(logPatterns(plain.dr).length, 1);
    });

    it("has one administrator, in prod, which is known by its former parent too", () => {
      assert.deepEqual(rebuilt.prod.names(types.administrator), ["database-administrator"]);
      assert.deepEqual(rebuilt.dr.names(types.administrator), []);
      const { parent, options } = rebuilt.prod.one(types.administrator, "database-administrator");
      assert.equal(parent?.includes("Administrator"), false);
      assert.deepEqual(options.aliases?.length, 1);
      assert.ok(
        options.aliases[0]?.includes(`urn:pulumi:prod::trading-dr::${types.aurora}::database"`),
        options.aliases[0],
      );
      assert.equal("administratorSecretArn" in rebuilt.prod.outputs, true);
      assert.equal("administratorSecretArn" in rebuilt.dr.outputs, false);
    });
  });

  describe("with Aurora, the lost primary released and then retired", () => {
    let kept: Stacks;
    let released: Stacks;
    let retired: Stacks;

    before(async () => {
      const rebuilt = (lost: string) =>
        stacksOf("market-scanning", "us-west-2", `{ survivor: us-west-2, lost: ${lost} }`);
      kept = await rebuilt("kept");
      released = await rebuilt("released");
      retired = await rebuilt("retired");
    });

    /** What belongs to the lost database, and to it alone. */
    const isLost = (urn: string) =>
      urn.includes(`::${types.aurora}`)
        ? !urn.includes("::database-generation-2")
        : urn.endsWith("::snapshots-selection");

    it("protects nothing of it once it is released, and goes on protecting all the rest", () => {
      assert.deepEqual(released.prod.urns, kept.prod.urns);
      assert.deepEqual(
        released.prod.protectedUrns,
        kept.prod.protectedUrns.filter((urn) => !isLost(urn)),
      );
      assert.ok(released.prod.protectedUrns.length < kept.prod.protectedUrns.length - 5);
      assert.deepEqual(released.dr.protectedUrns, kept.dr.protectedUrns);
    });

    it("declares it no more once it is retired, and all the rest as before", () => {
      assert.deepEqual(
        retired.prod.urns,
        kept.prod.urns.filter((urn) => !isLost(urn)),
      );
      assert.deepEqual(retired.prod.names(types.aurora), ["database-generation-2"]);
      assert.deepEqual(retired.dr.urns, kept.dr.urns);
    });

    it("keeps the administrator, whose secret the survivor's users are in", () => {
      assert.deepEqual(
        retired.prod.one(types.administrator, "database-administrator"),
        kept.prod.one(types.administrator, "database-administrator"),
      );
      assert.equal("administratorSecretArn" in retired.prod.outputs, true);
    });

    it("goes on allowing what the retired one needs, which stays in the account", () => {
      assert.deepEqual(logPatterns(retired.prod), logPatterns(kept.prod));
      for (const name of ["snapshots-us-east-1-policy", "restore-test-us-east-1-policy"]) {
        assert.deepEqual(
          retired.prod.one(types.rolePolicy, name).inputs,
          kept.prod.one(types.rolePolicy, name).inputs,
        );
      }
    });
  });

  describe("with Aurora, a global database that the survivor has left", () => {
    const kept = "{ survivor: us-west-2, lost: kept }";
    const own = `urn:pulumi:prod::trading-dr::${types.aurora}$${types.global}::database-global`;
    const second = `urn:pulumi:dr::trading-dr::${types.aurora}$${types.global}::database-global-generation-2`;
    const firstWas = (lost: string) =>
      stacksOf("market-scanning", "us-east-1", `{ survivor: us-east-1, lost: ${lost} }`);
    const secondWas = (lost: string) =>
      stacksOf("market-scanning", "us-west-2", kept, `{ survivor: us-west-2, lost: ${lost} }`);

    it("is protected no longer, and alone in the survivor's stack, once the lost side is released", async () => {
      const [first, firstReleased] = [await firstWas("kept"), await firstWas("released")];
      assert.ok(first.prod.protectedUrns.includes(own));
      assert.deepEqual(
        firstReleased.prod.protectedUrns,
        first.prod.protectedUrns.filter((urn) => urn !== own),
      );
      const [again, againReleased] = [await secondWas("kept"), await secondWas("released")];
      assert.ok(again.dr.protectedUrns.includes(second));
      assert.deepEqual(
        againReleased.dr.protectedUrns,
        again.dr.protectedUrns.filter((urn) => urn !== second),
      );
      assert.deepEqual(againReleased.dr.urns, again.dr.urns);
    });

    it("is declared no longer once it is retired, and all the rest as before", async () => {
      const [first, firstRetired] = [await firstWas("kept"), await firstWas("retired")];
      assert.deepEqual(
        firstRetired.prod.urns,
        first.prod.urns.filter((urn) => urn !== own),
      );
      const identifier = (stacks: Stacks) =>
        stacks.prod.one(types.cluster, "database").inputs["globalClusterIdentifier"];
      assert.equal(identifier(firstRetired), identifier(first));
      assert.deepEqual(firstRetired.prod.names(types.global), ["database-global-generation-2"]);
      const [again, againRetired] = [await secondWas("kept"), await secondWas("retired")];
      assert.deepEqual(
        againRetired.dr.urns,
        again.dr.urns.filter((urn) => urn !== second),
      );
      assert.deepEqual(againRetired.dr.names(types.global), ["database-global-generation-3"]);
      assert.equal("globalEndpoint" in againRetired.dr.outputs, true);
    });
  });

  it("goes on with a third generation in the region that survived the first loss", async () => {
    const stacks = await stacksOf(
      "market-scanning",
      "us-east-1",
      "{ survivor: us-west-2, lost: retired }",
      "{ survivor: us-east-1, lost: kept }",
    );
    assert.deepEqual(stacks.prod.names(types.aurora), ["database-generation-2"]);
    assert.deepEqual(stacks.prod.names(types.global), [
      "database-generation-2-global-generation-3",
    ]);
    assert.deepEqual(stacks.dr.names(types.aurora), ["database", "database-generation-3"]);
    assert.deepEqual(stacks.dr.names(types.global), ["database-global-generation-2"]);
    const { inputs } = stacks.dr.one(types.cluster, "database-generation-3");
    assert.equal(inputs["globalClusterIdentifier"], "market-scanning-database-generation-3");
    assert.equal(inputs["sourceRegion"], "us-east-1");
    assert.equal("globalEndpoint" in stacks.prod.outputs, true);
    assert.equal("globalEndpoint" in stacks.dr.outputs, false);
  });

  describe("with plain RDS", () => {
    let plain: Stacks;
    let promoted: Stacks;
    let rebuilt: Stacks;
    let home: Stacks;

    before(async () => {
      const rebuild = "{ survivor: us-west-2, lost: kept }";
      plain = await stacksOf("smc", "us-east-1");
      promoted = await stacksOf("smc", "us-west-2");
      rebuilt = await stacksOf("smc", "us-west-2", rebuild);
      home = await stacksOf("smc", "us-east-1", rebuild);
    });

    it("makes prod's second generation a replica of dr's instance, with its backups copied", () => {
      assert.deepEqual(rebuilt.prod.names(types.plain), ["database", "database-generation-2"]);
      const survivor = "arn:aws:rds:us-west-2:111122223333:db:smc-database-us-west-2";
      const replica = rebuilt.prod.one(types.instance, "database-generation-2");
      assert.equal(replica.inputs["identifier"], "smc-database-generation-2-us-east-1");
      assert.equal(replica.inputs["replicateSourceDb"], survivor);
      assert.equal("username" in replica.inputs || "password" in replica.inputs, false);
      assert.deepEqual(
        rebuilt.prod.all(types.backups).map(({ inputs }) => inputs["sourceDbInstanceArn"]),
        [survivor],
      );
    });

    it("leaves dr's instance as its promotion left it", () => {
      assert.deepEqual(rebuilt.dr.urns, promoted.dr.urns);
      assert.deepEqual(
        rebuilt.dr.one(types.instance, "database"),
        promoted.dr.one(types.instance, "database"),
      );
      assert.deepEqual(rebuilt.dr.names(types.backups), []);
    });

    it("takes a final snapshot of whatever is or has been the writer, and of no replica", () => {
      const skips = (stacks: Stacks) =>
        [stacks.prod, stacks.dr].map((stack) =>
          stack.all(types.instance).map(({ inputs }) => inputs["skipFinalSnapshot"]),
        );
      assert.deepEqual(skips(plain), [[false], [true]]);
      assert.deepEqual(skips(promoted), [[false], [false]]);
      assert.deepEqual(skips(rebuilt), [[false, true], [false]]);
      assert.deepEqual(skips(home), [[false, false], [false]]);
    });

    it("takes a lost replica for a database of its own, and copies backups to the next one", async () => {
      const { dr } = await stacksOf("smc", "us-east-1", "{ survivor: us-east-1, lost: kept }");
      assert.deepEqual(
        dr.all(types.instance).map(({ name, inputs }) => [name, inputs["skipFinalSnapshot"]]),
        [
          ["database", false],
          ["database-generation-2", true],
        ],
      );
      assert.deepEqual(dr.names(types.backups), ["database-generation-2-automated-backups"]);
    });

    it("selects and rehearses instances, and lets the roles do both", () => {
      const second = "arn:aws:rds:us-east-1:111122223333:db:smc-database-generation-2-us-east-1";
      assert.deepEqual(
        rebuilt.prod.one(types.selection, "snapshots-selection-generation-2").inputs["resources"],
        [second],
      );
      assert.deepEqual(
        rebuilt.prod.one(types.rehearsal, "restore-test-database").inputs["protectedResourceArns"],
        [second],
      );
      const policy = rebuilt.prod.one(types.rolePolicy, "snapshots-us-east-1-policy").inputs;
      assert.ok(String(policy["policy"]).includes(second));
    });

    it("has the administrator known by its former parent, which is plain RDS here", () => {
      const { options } = rebuilt.prod.one(types.administrator, "database-administrator");
      assert.ok(
        options.aliases?.[0]?.includes(`urn:pulumi:prod::trading-dr::${types.plain}::database"`),
        options.aliases?.[0],
      );
    });
  });
});

/** The log groups that a stack's key for databases may be used for. */
function logPatterns(stack: Stack): readonly string[] {
  const policy = String(stack.one(types.key, "key-database").inputs["policy"]);
  const { Statement } = JSON.parse(policy) as {
    Statement: { Sid: string; Condition: { ArnLike: Record<string, readonly string[]> } }[];
  };
  const logs = Statement.find(({ Sid }) => Sid === "EncryptLogs");
  return logs?.Condition.ArnLike["kms:EncryptionContext:aws:logs:arn"] ?? [];
}
