import { type Configuration } from "../config/configuration";

/** How the Kubernetes cluster of a stack is reached; inputs of its provider. */
export interface ClusterAccess {
  /** A kubeconfig in JSON, which is YAML too. It holds no credential. */
  readonly kubeconfig: string;
  /** The cluster's ARN: another kubeconfig for the same cluster replaces nothing in it. */
  readonly clusterIdentifier: string;
}

/**
 * How a stack reaches its cluster, or undefined where it declares nothing in one: in the archive, and
 * in the landing phase, when the cluster may not be there yet.
 *
 * The token comes from the AWS CLI, which signs it without asking AWS anything. The regional
 * endpoint is named, so that the token of the standby's cluster is good while us-east-1 is gone.
 */
export function clusterAccess({
  settings: { cluster, phase, accounts },
  region,
}: Configuration): ClusterAccess | undefined {
  if (cluster === undefined || phase === "landing") {
    return undefined;
  }
  const { name, endpoint, certificateAuthority } = cluster;
  return {
    kubeconfig: JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        { name, cluster: { server: endpoint, "certificate-authority-data": certificateAuthority } },
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
    }),
    clusterIdentifier: `arn:aws:eks:${region}:${accounts.trading}:cluster/${name}`,
  };
}
