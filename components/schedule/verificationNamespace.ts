import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Pushgateway } from "../../contracts/signalTargets";
import { keepRunning } from "../dataProtection";

/** Inputs of {@link VerificationNamespace}. */
export interface VerificationNamespaceArgs {
  /** Name of the namespace. */
  readonly namespace: string;
  /** Where its jobs push metrics. @default - nowhere, and nothing is open for that */
  readonly pushgateway?: Pick<Pushgateway, "namespace" | "port"> | undefined;
  /**
   * A sandbox's namespace: deleted without asking.
   * @default false
   */
  readonly disposable?: boolean;
}

const tcp = (port: number) => ({ protocol: "TCP", port });

/** All pods of a namespace. */
const inNamespace = (namespace: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
});

/** Addresses of a node's own, which no AWS endpoint has; instance credentials are among them. */
const linkLocal = "169.254.0.0/16";

/**
 * The namespace in which backups are restored. Its pods meet the restricted standard or are refused,
 * nothing connects to them, and they connect to nothing but names, credentials, HTTPS and the
 * Pushgateway: so not to PostgreSQL, Redis or Kafka of the system that the backups are of.
 *
 * A NetworkPolicy knows addresses and ports, no names: HTTPS to AWS is HTTPS to anywhere. What keeps
 * the jobs from other things of AWS is their role.
 */
export class VerificationNamespace extends pulumi.ComponentResource {
  /** Name of the namespace, once it is there. */
  public readonly namespaceName: pulumi.Output<string>;

  public constructor(
    name: string,
    args: VerificationNamespaceArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("trading-dr:schedule:VerificationNamespace", name, {}, opts);
    const child = { parent: this, ...keepRunning(args.disposable ?? false) };
    const namespace = new kubernetes.core.v1.Namespace(
      name,
      {
        metadata: {
          name: args.namespace,
          labels: {
            "pod-security.kubernetes.io/enforce": "restricted",
            "pod-security.kubernetes.io/enforce-version": "latest",
          },
        },
      },
      child,
    );
    const inside = { ...child, dependsOn: [namespace] };
    new kubernetes.networking.v1.NetworkPolicy(
      `${name}-nothing`,
      {
        metadata: { name: "nothing", namespace: args.namespace },
        spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
      },
      inside,
    );
    new kubernetes.networking.v1.NetworkPolicy(
      `${name}-aws-only`,
      {
        metadata: { name: "aws-only", namespace: args.namespace },
        spec: {
          podSelector: {},
          policyTypes: ["Egress"],
          egress: [
            {
              to: [inNamespace("kube-system")],
              ports: [{ protocol: "UDP", port: 53 }, tcp(53)],
            },
            // The node's EKS Pod Identity agent.
            { to: [{ ipBlock: { cidr: "169.254.170.23/32" } }], ports: [tcp(80)] },
            { to: [{ ipBlock: { cidr: "0.0.0.0/0", except: [linkLocal] } }], ports: [tcp(443)] },
          ],
        },
      },
      inside,
    );
    if (args.pushgateway !== undefined) {
      const { namespace: monitoring, port } = args.pushgateway;
      new kubernetes.networking.v1.NetworkPolicy(
        `${name}-pushgateway`,
        {
          metadata: { name: "pushgateway", namespace: args.namespace },
          spec: {
            podSelector: {},
            policyTypes: ["Egress"],
            egress: [{ to: [inNamespace(monitoring)], ports: [tcp(port)] }],
          },
        },
        inside,
      );
    }
    this.namespaceName = namespace.metadata.name;
    this.registerOutputs({ namespaceName: this.namespaceName });
  }
}
