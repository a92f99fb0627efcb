import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Place, repositoryNamespace } from "../../contracts/names";
import { keepData } from "../dataProtection";

/** Inputs of {@link ImageRegistry}. */
export interface ImageRegistryArgs {
  /**
   * Region and account that get a copy of every image pushed in this region.
   * @default - no copies, before the other region's repositories are sure to be there
   */
  readonly copiesTo?: Pick<Place, "region" | "account">;
  /**
   * A sandbox's registry: its settings go back to AWS's defaults when it is deleted.
   * @default false
   */
  readonly disposable?: boolean;
}

/**
 * What an account's image registry has only once in a region: how it is scanned, and where it
 * replicates to. The system whose file owns `image-registry` declares it for all trading systems,
 * whose repositories' names begin alike; what another team had set here before is overwritten.
 */
export class ImageRegistry extends pulumi.ComponentResource {
  public constructor(
    name: string,
    { copiesTo, disposable = false }: ImageRegistryArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("trading-dr:images:ImageRegistry", name, {}, opts);
    const child = { parent: this, ...keepData(disposable) };
    new aws.ecr.RegistryScanningConfiguration(
      `${name}-scanning`,
      {
        scanType: "ENHANCED",
        rules: [
          // Scanned on push and then again whenever a new vulnerability becomes known.
          scanning("CONTINUOUS_SCAN", `${repositoryNamespace}/*`),
          // A repository that no rule covers is not scanned at all, and other teams have some too.
          scanning("SCAN_ON_PUSH", "*"),
        ],
      },
      child,
    );
    if (copiesTo !== undefined) {
      new aws.ecr.ReplicationConfiguration(
        `${name}-replication`,
        {
          replicationConfiguration: {
            rules: [
              {
                destinations: [{ region: copiesTo.region, registryId: copiesTo.account }],
                repositoryFilters: [
                  { filter: `${repositoryNamespace}/`, filterType: "PREFIX_MATCH" },
                ],
              },
            ],
          },
        },
        child,
      );
    }
    this.registerOutputs({});
  }
}

function scanning(scanFrequency: "CONTINUOUS_SCAN" | "SCAN_ON_PUSH", filter: string) {
  return { scanFrequency, repositoryFilters: [{ filter, filterType: "WILDCARD" }] };
}
