import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { purposeTags, type Tags } from "../../contracts/tags";
import { keepData } from "../dataProtection";

/** Inputs of {@link PublicZone}. */
export interface PublicZoneArgs {
  /** Name of the zone, without a trailing dot: `example.com`. */
  readonly zoneName: string;
  readonly tags: Tags;
  /**
   * A sandbox's zone: deleted with every record in it.
   * @default false
   */
  readonly disposable?: boolean;
}

/**
 * A public DNS zone. Its records can be changed again about an hour after us-east-1 is lost, since
 * Route 53 keeps a copy elsewhere (accelerated recovery, which has to be on beforehand). A failover
 * does not wait for that: it changes no record.
 */
export class PublicZone extends pulumi.ComponentResource {
  /** Id of the zone. */
  public readonly zoneId: pulumi.Output<string>;
  /** The name servers that the parent domain has to name. */
  public readonly nameServers: pulumi.Output<string[]>;

  public constructor(name: string, args: PublicZoneArgs, opts?: pulumi.ComponentResourceOptions) {
    super("trading-dr:dns:PublicZone", name, {}, opts);
    const disposable = args.disposable ?? false;
    const zone = new aws.route53.Zone(
      name,
      {
        name: args.zoneName,
        enableAcceleratedRecovery: true,
        forceDestroy: disposable,
        tags: purposeTags(args.tags, "failover"),
      },
      { parent: this, ...keepData(disposable) },
    );
    this.zoneId = zone.id;
    this.nameServers = zone.nameServers;
    this.registerOutputs({ zoneId: this.zoneId, nameServers: this.nameServers });
  }
}
