import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { cacheName, type CachePlace } from "../../contracts/cacheNames";
import { objectMeta, selectorLabels } from "./podParts";

/** The pods of one part of a group, and what they are made from. */
export interface MemberSet {
  readonly part: "server" | "sentinel";
  readonly place: CachePlace;
  readonly port: { readonly name: string; readonly number: number };
  /** Number of pods. */
  readonly count: number;
  /** Files in the pods' directory for configuration, by name. */
  readonly files: Readonly<Record<string, string>>;
  readonly template: kubernetes.types.input.core.v1.PodTemplateSpec;
  readonly storageClass: string;
  /** Size of each pod's volume, when it is made. */
  readonly storageGibibytes: number;
}

/**
 * Declares the pods of a part: with names and volumes that they keep wherever they are scheduled,
 * and with one of them away at a time.
 */
export function declareMemberSet(
  name: string,
  { part, place, port, count, files, template, storageClass, storageGibibytes }: MemberSet,
  child: pulumi.CustomResourceOptions,
): void {
  const metadata = objectMeta(part, place);
  const labels = selectorLabels(part, place);
  const configuration = new kubernetes.core.v1.ConfigMap(
    `${name}-configuration`,
    { metadata, data: { ...files } },
    child,
  );
  const service = new kubernetes.core.v1.Service(
    `${name}-service`,
    {
      metadata,
      spec: {
        clusterIP: "None",
        // Members have to find each other before they are ready, and while they are not.
        publishNotReadyAddresses: true,
        selector: labels,
        ports: [{ name: port.name, port: port.number, targetPort: port.number }],
      },
    },
    child,
  );
  new kubernetes.policy.v1.PodDisruptionBudget(
    `${name}-disruption`,
    { metadata, spec: { maxUnavailable: 1, selector: { matchLabels: labels } } },
    child,
  );
  new kubernetes.apps.v1.StatefulSet(
    name,
    {
      // A region that stands by is applied while the one that it follows is gone: not waited for.
      metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
      spec: {
        // Members start together: a replica in a region that stands by may never become ready at first.
        podManagementPolicy: "Parallel",
        updateStrategy: { type: "RollingUpdate" },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
        serviceName: cacheName(part, place),
        replicas: count,
        selector: { matchLabels: labels },
        template,
        volumeClaimTemplates: [dataClaim(storageClass, storageGibibytes)],
      },
    },
    {
      ...child,
      // Claims say how large volumes are that are made from now on. Kubernetes changes them in no set,
      // and a set that is protected is not replaced: volumes that are there grow by their own claims.
      ignoreChanges: ["spec.volumeClaimTemplates"],
      dependsOn: [configuration, service],
    },
  );
}

/** A claim for a volume of a member, which stays when its pod or set goes. */
function dataClaim(storageClass: string, gibibytes: number) {
  return {
    metadata: { name: "data" },
    spec: {
      accessModes: ["ReadWriteOnce"],
      storageClassName: storageClass,
      resources: { requests: { storage: `${String(gibibytes)}Gi` } },
    },
  };
}
