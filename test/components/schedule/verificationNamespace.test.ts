import assert from "node:assert/strict";
import { VerificationNamespace } from "../../../components/schedule/verificationNamespace";
import { type PreviewedResource } from "../../../preview/inProcess";
import { type Declared, declared } from "../../support/declared";
import { countsByType, inputsOf, kept, waitsFor } from "../inspection";
import { verificationNamespaceArgs } from "../minimalArgs";

const namespaceType = "kubernetes:core/v1:Namespace";
const policyType = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

describe("VerificationNamespace", () => {
  let verification: Declared;
  let policies: Readonly<Record<string, PreviewedResource>>;

  before(async () => {
    verification = await declared((options) => {
      new VerificationNamespace("verification", verificationNamespaceArgs, options);
    });
    policies = Object.fromEntries(
      verification.all(policyType).map((policy) => [policy.name, policy]),
    );
  });

  it("is a namespace and two policies", () => {
    assert.deepEqual(countsByType(verification.resources), {
      "trading-dr:schedule:VerificationNamespace": 1,
      [namespaceType]: 1,
      [policyType]: 2,
    });
  });

  it("refuses pods that do not meet the restricted Pod Security Standard", () => {
    assert.deepEqual(inputsOf(verification.only(namespaceType), "metadata"), {
      metadata: {
        name: "market-scanning-verify",
        labels: {
          "pod-security.kubernetes.io/enforce": "restricted",
          "pod-security.kubernetes.io/enforce-version": "latest",
        },
      },
    });
  });

  it("lets nothing in and nothing out, but for what another policy allows", () => {
    assert.deepEqual(
      inputsOf(policies["verification-nothing"] ?? assert.fail(), "metadata", "spec"),
      {
        metadata: { name: "nothing", namespace: "market-scanning-verify" },
        spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
      },
    );
  });

  it("lets out names, credentials and HTTPS, and so no protocol of a store", () => {
    assert.deepEqual(
      inputsOf(policies["verification-aws-only"] ?? assert.fail(), "metadata", "spec"),
      {
        metadata: { name: "aws-only", namespace: "market-scanning-verify" },
        spec: {
          podSelector: {},
          policyTypes: ["Egress"],
          egress: [
            {
              to: [
                {
                  namespaceSelector: {
                    matchLabels: { "kubernetes.io/metadata.name": "kube-system" },
                  },
                },
              ],
              ports: [
                { protocol: "UDP", port: 53 },
                { protocol: "TCP", port: 53 },
              ],
            },
            {
              to: [{ ipBlock: { cidr: "169.254.170.23/32" } }],
              ports: [{ protocol: "TCP", port: 80 }],
            },
            {
              to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["169.254.0.0/16"] } }],
              ports: [{ protocol: "TCP", port: 443 }],
            },
          ],
        },
      },
    );
  });

  it("lets metrics out to the Pushgateway's namespace and port, where there is one", async () => {
    const pushing = await declared((options) => {
      const args = {
        ...verificationNamespaceArgs,
        pushgateway: { namespace: "monitoring", port: 9091 },
      };
      new VerificationNamespace("verification", args, options);
    });
    const opened = pushing.all(policyType).filter(({ name }) => name.endsWith("-pushgateway"));
    assert.deepEqual(
      opened.map((policy) => inputsOf(policy, "metadata", "spec")),
      [
        {
          metadata: { name: "pushgateway", namespace: "market-scanning-verify" },
          spec: {
            podSelector: {},
            policyTypes: ["Egress"],
            egress: [
              {
                to: [
                  {
                    namespaceSelector: {
                      matchLabels: { "kubernetes.io/metadata.name": "monitoring" },
                    },
                  },
                ],
                ports: [{ protocol: "TCP", port: 9091 }],
              },
            ],
          },
        },
      ],
    );
  });

  it("is there before its policies", () => {
    for (const policy of Object.values(policies)) {
      assert.ok(waitsFor(policy, verification.only(namespaceType)), policy.name);
    }
  });

  it("is protected with its policies, and can be deleted in a sandbox", async () => {
    const objects = verification.resources.filter(({ type }) => type.startsWith("kubernetes:"));
    assert.deepEqual(
      objects.map(({ options }) => [options.protect, options.retainOnDelete]),
      objects.map(() => [true, undefined]),
    );
    const sandbox = await declared((options) => {
      const args = { ...verificationNamespaceArgs, disposable: true };
      new VerificationNamespace("verification", args, options);
    });
    assert.deepEqual(kept(sandbox.resources), []);
  });
});
