import assert from "node:assert/strict";
import { JobIdentity, type JobIdentityArgs } from "../../../components/schedule/jobIdentity";
import { type Declared, declared, standby, tags } from "../../support/declared";
import { countsByType, deletable, inputsOf, kept, ofAws, waitsFor } from "../inspection";
import { jobIdentityArgs } from "../minimalArgs";

const accountType = "kubernetes:core/v1:ServiceAccount";
const associationType = "aws:eks/podIdentityAssociation:PodIdentityAssociation";
const roleType = "kubernetes:rbac.authorization.k8s.io/v1:Role";
const bindingType = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding";

function declaredWith(changes: Partial<JobIdentityArgs> = {}): Promise<Declared> {
  return declared((options) => {
    new JobIdentity("identity", { ...jobIdentityArgs, ...changes }, options);
  });
}

describe("JobIdentity", () => {
  it("is a service account without a token, and its role", async () => {
    const identity = await declaredWith();
    assert.deepEqual(countsByType(identity.resources), {
      "trading-dr:schedule:JobIdentity": 1,
      [accountType]: 1,
      [associationType]: 1,
    });
    assert.deepEqual(
      inputsOf(identity.only(accountType), "metadata", "automountServiceAccountToken"),
      {
        metadata: { name: "dr-backup-database", namespace: "market-scanning" },
        automountServiceAccountToken: false,
      },
    );
    assert.deepEqual(identity.only(associationType).inputs, {
      clusterName: "trading-us-east-1",
      namespace: "market-scanning",
      serviceAccount: "dr-backup-database",
      roleArn: "arn:aws:iam::111122223333:role/market-scanning-backup-database-job-us-east-1",
      tags: { ...tags, "trading-dr:purpose": "jobs" },
    });
  });

  it("takes on its own region's role", async () => {
    const identity = await declaredWith({ place: standby, kind: "verify" });
    assert.equal(
      identity.only(associationType).inputs["roleArn"],
      "arn:aws:iam::111122223333:role/market-scanning-verify-job-us-west-2",
    );
  });

  it("may list and read, and no more, the objects that a namespace is rebuilt from", async () => {
    const identity = await declaredWith({
      kind: "snapshot-configuration",
      readsNamespace: "market-scanning",
    });
    const metadata = { name: "dr-snapshot-configuration", namespace: "market-scanning" };
    const verbs = ["get", "list"];
    assert.deepEqual(inputsOf(identity.only(roleType), "metadata", "rules"), {
      metadata,
      rules: [
        {
          apiGroups: [""],
          resources: [
            "configmaps",
            "limitranges",
            "persistentvolumeclaims",
            "resourcequotas",
            "secrets",
            "serviceaccounts",
            "services",
          ],
          verbs,
        },
        { apiGroups: ["apps"], resources: ["daemonsets", "deployments", "statefulsets"], verbs },
        { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs },
        { apiGroups: ["batch"], resources: ["cronjobs"], verbs },
        { apiGroups: ["networking.k8s.io"], resources: ["ingresses", "networkpolicies"], verbs },
        { apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs },
        {
          apiGroups: ["rbac.authorization.k8s.io"],
          resources: ["rolebindings", "roles"],
          verbs,
        },
      ],
    });
    const binding = identity.only(bindingType);
    assert.deepEqual(inputsOf(binding, "metadata", "roleRef", "subjects"), {
      metadata,
      roleRef: {
        apiGroup: "rbac.authorization.k8s.io",
        kind: "Role",
        name: "dr-snapshot-configuration",
      },
      subjects: [
        {
          kind: "ServiceAccount",
          name: "dr-snapshot-configuration",
          namespace: "market-scanning",
        },
      ],
    });
    assert.ok(waitsFor(binding, identity.only(roleType)));
  });

  it("is protected, since jobs without it fail", async () => {
    const { resources } = await declaredWith({ readsNamespace: "market-scanning" });
    assert.deepEqual(deletable(ofAws(resources)), []);
    assert.deepEqual(
      resources
        .filter(({ type }) => type.startsWith("kubernetes:"))
        .map(({ options }) => [options.protect, options.retainOnDelete]),
      [
        [true, undefined],
        [true, undefined],
        [true, undefined],
      ],
    );
  });

  it("can be deleted in a sandbox", async () => {
    const sandbox = await declaredWith({ readsNamespace: "market-scanning", disposable: true });
    assert.deepEqual(kept(sandbox.resources), []);
  });
});
