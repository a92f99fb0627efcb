import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { cacheCertificateSecret, cacheHost, type CachePlace } from "../../contracts/cacheNames";
import { keepRunning } from "../dataProtection";
import { objectMeta } from "./podParts";

/** An issuer of cert-manager. Those of both regions have to have the same root. */
export interface CertificateIssuer {
  readonly kind: "Issuer" | "ClusterIssuer";
  readonly name: string;
  /** API group of the issuer: `cert-manager.io`, or that of an external issuer. */
  readonly group: string;
}

/** Inputs of {@link CacheCertificates}. */
export interface CacheCertificatesArgs {
  readonly place: CachePlace;
  /** Number of servers and of Sentinels, whose names the certificates carry. */
  readonly servers: number;
  readonly sentinels: number;
  /**
   * Name by which the other region reaches the server that feeds it.
   * @default - no replication between the regions
   */
  readonly feedHost?: string;
  readonly issuer: CertificateIssuer;
  /** @default false */
  readonly disposable?: boolean;
}

/** Certificates of servers and Sentinels, which cert-manager keeps and renews in Secrets. */
export class CacheCertificates extends pulumi.ComponentResource {
  public constructor(
    name: string,
    args: CacheCertificatesArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("trading-dr:cache:CacheCertificates", name, {}, opts);
    const { place, issuer, feedHost } = args;
    for (const part of ["server", "sentinel"] as const) {
      const count = part === "server" ? args.servers : args.sentinels;
      new kubernetes.apiextensions.CustomResource(
        `${name}-${part}`,
        {
          apiVersion: "cert-manager.io/v1",
          kind: "Certificate",
          metadata: objectMeta(part, place),
          spec: {
            secretName: cacheCertificateSecret(part, place),
            dnsNames: [
              ...Array.from({ length: count }, (_, ordinal) => cacheHost(part, ordinal, place)),
              // Probes and metrics ask their own pod.
              "localhost",
              ...(part === "server" && feedHost !== undefined ? [feedHost] : []),
            ],
            // A third of its life is left when a certificate is renewed.
            duration: "2160h0m0s",
            renewBefore: "720h0m0s",
            privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
            // Replicas and Sentinels are clients of servers, too.
            usages: ["server auth", "client auth"],
            issuerRef: { ...issuer },
          },
        },
        { parent: this, ...keepRunning(args.disposable ?? false) },
      );
    }
    this.registerOutputs();
  }
}
