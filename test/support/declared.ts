import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import * as postgresql from "@pulumi/postgresql";
import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { type Place } from "../../contracts/names";
import { type PreviewedResource, previewStack } from "../../preview/inProcess";

/** A place to test with. */
export const primary: Place = {
  system: "market-scanning",
  region: "us-east-1",
  account: "111122223333",
};
export const standby: Place = { ...primary, region: "us-west-2" };
export const archive: Place = { ...primary, region: "eu-west-1", account: "444455556666" };

/** Tags to test with. */
export const tags = { "trading-dr:system": "market-scanning" };

/** Resources that a test's program declared, found by type and name. */
export class Declared {
  public constructor(public readonly resources: readonly PreviewedResource[]) {}

  /** All resources of a type, `aws:s3/bucket:Bucket`, in the order of their declaration. */
  public all(type: string): PreviewedResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The only resource of a type. */
  public only(type: string): PreviewedResource {
    const [found, ...others] = this.all(type);
    if (found === undefined || others.length > 0) {
      throw new Error(`expected one ${type}, found ${String(this.all(type).length)}`);
    }
    return found;
  }

  /** The statements of the policy in some input of a resource, by their ids. */
  public static statements(
    resource: PreviewedResource,
    input = "policy",
  ): Record<string, Record<string, unknown>> {
    const text = resource.inputs[input];
    if (typeof text !== "string") {
      throw new Error(`${resource.name} has no text in ${input}`);
    }
    const { Statement } = JSON.parse(text) as { Statement: { Sid: string }[] };
    return Object.fromEntries(Statement.map((statement) => [statement.Sid, statement]));
  }
}

/**
 * Runs a program in process and returns what it declared, as an engine would get it.
 *
 * @param declare Declares components with the options it is given: the providers of one region.
 */
export async function declared(
  declare: (options: pulumi.ComponentResourceOptions) => void,
  region = primary.region,
): Promise<Declared> {
  const preview = await previewStack(
    () => {
      declare({
        providers: [
          new aws.Provider("aws", { region: region as aws.Region }),
          new random.Provider("random"),
          new kubernetes.Provider("kubernetes"),
          new postgresql.Provider("postgresql"),
        ],
      });
    },
    { name: "test", config: {} },
  );
  return new Declared(preview.resources.filter(({ type }) => !type.startsWith("pulumi:")));
}
