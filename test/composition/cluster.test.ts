import assert from "node:assert/strict";
import { clusterAccess } from "../../composition/cluster";
import { type Configuration } from "../../config/configuration";
import { readRegionStacks } from "../support/regionStacks";
import { projectDirectory } from "../support/projectCopy";

function configurationOf(stack: string): Configuration {
  const [ready] = readRegionStacks({ directory: projectDirectory, stack });
  assert.ok(ready);
  return ready.configuration;
}

describe("access to a stack's cluster", () => {
  for (const [stack, region] of [
    ["prod", "us-east-1"],
    ["dr", "us-west-2"],
  ] as const) {
    it(`of ${stack} takes its token from the AWS CLI, in the cluster's own region`, () => {
      const configuration = configurationOf(stack);
      const access = clusterAccess(configuration);
      assert.ok(access);
      const name = `trading-${region}`;
      assert.deepEqual(JSON.parse(access.kubeconfig), {
        apiVersion: "v1",
        kind: "Config",
        clusters: [
          {
            name,
            cluster: {
              server: configuration.settings.cluster?.endpoint,
              "certificate-authority-data": configuration.settings.cluster?.certificateAuthority,
            },
          },
        ],
        contexts: [{ name, context: { cluster: name, user: name } }],
        "current-context": name,
        users: [
          {
            name,
            user: {
              exec: {
                apiVersion: "client.authentication.k8s.io/v1beta1",
                command: "aws",
                args: ["eks", "get-token", "--region", region, "--cluster-name", name],
                env: [{ name: "AWS_STS_REGIONAL_ENDPOINTS", value: "regional" }],
                interactiveMode: "Never",
              },
            },
          },
        ],
      });
    });

    it(`of ${stack} is to one cluster, whatever else of the kubeconfig changes`, () => {
      const { settings, ...rest } = configurationOf(stack);
      const moved = { ...settings, cluster: settings.cluster && { ...settings.cluster } };
      Object.assign(moved.cluster ?? {}, { endpoint: `https://new.${region}.eks.amazonaws.com` });
      const access = clusterAccess({ ...rest, settings: moved });
      assert.match(String(access?.kubeconfig), /https:\/\/new\./);
      assert.equal(
        access?.clusterIdentifier,
        `arn:aws:eks:${region}:111122223333:cluster/trading-${region}`,
      );
    });
  }

  it("is not needed in the archive, nor in the landing phase, when there may be no cluster", () => {
    assert.equal(clusterAccess(configurationOf("archive")), undefined);
    const { settings, ...rest } = configurationOf("dr");
    assert.equal(
      clusterAccess({ ...rest, settings: { ...settings, phase: "landing" } }),
      undefined,
    );
  });
});
