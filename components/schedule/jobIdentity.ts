import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { configurationResources } from "../../contracts/configurationKinds";
import { type JobKind, jobName, serviceAccountName } from "../../contracts/jobs";
import { jobPurpose, type Place, roleArn } from "../../contracts/names";
import { purposeTags, type Tags } from "../../contracts/tags";
import { keepData, keepRunning } from "../dataProtection";

/** Inputs of {@link JobIdentity}. */
export interface JobIdentityArgs {
  readonly kind: JobKind;
  readonly place: Place;
  /** Namespace that the jobs run in. */
  readonly namespace: string;
  /** Name of the EKS cluster. */
  readonly clusterName: string;
  /** Namespace whose objects the jobs read. @default - they do not talk to the Kubernetes API */
  readonly readsNamespace?: string;
  readonly tags: Tags;
  /**
   * A sandbox's identity: deleted without asking.
   * @default false
   */
  readonly disposable?: boolean;
}

/**
 * Who the jobs of a kind are: a service account in the cluster, and through EKS Pod Identity the
 * role of their kind and region, which the primary region's stack declares.
 */
export class JobIdentity extends pulumi.ComponentResource {
  public constructor(name: string, args: JobIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("trading-dr:schedule:JobIdentity", name, {}, opts);
    const { kind, namespace, readsNamespace } = args;
    const disposable = args.disposable ?? false;
    const child = { parent: this, ...keepRunning(disposable) };
    const serviceAccount = serviceAccountName(kind);
    new kubernetes.core.v1.ServiceAccount(
      name,
      {
        metadata: { name: serviceAccount, namespace },
        automountServiceAccountToken: false,
      },
      child,
    );
    new aws.eks.PodIdentityAssociation(
      `${name}-role`,
      {
        clusterName: args.clusterName,
        namespace,
        serviceAccount,
        roleArn: roleArn(jobPurpose(kind), args.place),
        tags: purposeTags(args.tags, "jobs"),
      },
      { parent: this, ...keepData(disposable) },
    );
    if (readsNamespace !== undefined) {
      const metadata = { name: jobName(kind), namespace: readsNamespace };
      const role = new kubernetes.rbac.v1.Role(
        `${name}-reader`,
        {
          metadata,
          rules: configurationResources().map(({ group, kinds }) => ({
            apiGroups: [group],
            resources: kinds,
            verbs: ["get", "list"],
          })),
        },
        child,
      );
      new kubernetes.rbac.v1.RoleBinding(
        `${name}-reads`,
        {
          metadata,
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: metadata.name },
          subjects: [{ kind: "ServiceAccount", name: serviceAccount, namespace }],
        },
        { ...child, dependsOn: [role] },
      );
    }
    this.registerOutputs({});
  }
}
