import assert from "node:assert/strict";
import { Deployment } from "../deployment";
import { assertOnly, assertRefused, pulumi, stacks, needsEngine } from "../engine";
import { itOutlivesFailover } from "../failover";
import { assertParity } from "../parity";
import { type Thing } from "../standIn/world";

/**
 * What holds for the stacks of every trading system on a real engine. Each system has a file of its
 * own that calls this, since two of them then run at a time.
 *
 * @param failover Whether operators act outside of Pulumi, too. That takes most of an hour for all
 *   systems, and is the same for two that have the same kind of database: one of each kind does it.
 */
export function describeStacks(
  system: string,
  { failover = false }: { readonly failover?: boolean } = {},
): void {
  describe(`${system} on a real engine`, function () {
    this.timeout("10m");
    needsEngine();
    let deployment: Deployment;

    before(() => {
      deployment = new Deployment(system, pulumi());
    });

    after(() => {
      deployment.close();
    });

    it("is deployed from nothing, in the documented order, past the policy pack", async () => {
      for (const outcome of await deployment.firstDeployment({ policies: true })) {
        assertOnly(outcome, "create", "same");
        assert.deepEqual(outcome.warnings, []);
        // In the preview and in the update, the pack says what it cannot see, and nothing else.
        const said = outcome.policies.map(({ policyName }) => policyName);
        assert.deepEqual([...new Set(said)], ["rules-for-all-stacks"], JSON.stringify(said));
      }
    });

    for (const stack of stacks) {
      it(`has no change left in ${stack}, nor after a refresh`, async () => {
        assertOnly(await deployment.preview(stack), "same");
        assertOnly(await deployment.refresh(stack), "same");
        assertOnly(await deployment.preview(stack), "same");
      });

      it(`is in ${stack} what the in-process preview says`, async () => {
        await assertParity(deployment, stack);
      });
    }

    it("names nothing of another stack that is not there", () => {
      const things = deployment.world.everything();
      assert.deepEqual(danglingNames(things), []);
      const [role] = things.filter(({ type }) => type === "aws:iam/role:Role");
      assert.deepEqual(danglingNames(things.filter((thing) => thing !== role)), [
        role?.properties["arn"],
      ]);
    });

    if (failover) {
      itOutlivesFailover(system, () => deployment);
    }

    // Last: a destroy that is refused has let the state forget what is kept but not protected.
    describe("when it is asked to destroy", () => {
      for (const stack of stacks) {
        it(`refuses ${stack}, and nothing is gone`, async () => {
          const before = deployment.world.everything();
          await assertRefused(deployment.previewDestroy(stack), /cannot be deleted/);
          assert.deepEqual(deployment.world.everything(), before);
          // Without a preview first. What has been copied of a plain RDS instance's backups stays with
          // AWS until its retention ends, so the copying itself is not held.
          await assertRefused(deployment.destroy(stack), /cannot be deleted/);
          const left = new Set(deployment.world.everything().map(({ urn, id }) => urn + id));
          assert.deepEqual(
            before.filter(
              ({ urn, id, type }) =>
                !left.has(urn + id) && !type.endsWith(":InstanceAutomatedBackupsReplication"),
            ),
            [],
          );
        });
      }
    });
  });
}

/** What something names and no stack makes. */
const madeElsewhere = [
  // What the ARNs of a database's instances begin with, in the pattern of a rule.
  /:db:[a-z-]+-database-$/,
  // The archive's account has administrators of its own, who make it.
  /:role\/[a-z-]+-break-glass-eu-west-1$/,
  // Every account has one in every region.
  /:event-bus\/default$/,
  // Made by AWS Backup.
  /:role\/aws-service-role\/backup\.amazonaws\.com\/AWSServiceRoleForBackup$/,
  // The account itself.
  /:root$/,
];

/** ARNs that something mentions, in an input or within a policy, and that nothing has. */
function danglingNames(things: readonly Thing[]): string[] {
  const there = new Set(things.map(({ properties }) => properties["arn"]));
  const named = things.flatMap(({ properties }) =>
    // A trail selects a bucket's objects by its ARN with a slash behind it.
    [...JSON.stringify(properties).matchAll(/arn:aws:[^"\\]+/g)].map(([arn]) =>
      arn.replace(/\/$/, ""),
    ),
  );
  return [...new Set(named)]
    .filter((arn) => !arn.includes("*") && !madeElsewhere.some((known) => known.test(arn)))
    .filter((arn) => !there.has(arn))
    .sort();
}
