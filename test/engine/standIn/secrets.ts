import { change } from "./databases";
import { type Place } from "./cloud";
import { type Thing, type World } from "./world";

const secretType = "aws:secretsmanager/secret:Secret";
const versionType = "aws:secretsmanager/secretVersion:SecretVersion";

/** What Secrets Manager does beside making a version: it is the current one, and no other is. */
export function supersedeVersions(world: World, made: Thing): void {
  if (made.type !== versionType) {
    return;
  }
  for (const version of world.all(versionType)) {
    if (version.properties["secretId"] === made.properties["secretId"]) {
      change(world, version, { versionStages: version.id === made.id ? ["AWSCURRENT"] : [] });
    }
  }
}

/**
 * The current value of a secret as a region has it, whose own it is or a replica's.
 *
 * @throws Error where AWS would find none.
 */
export function secretValue(world: World, { account, region }: Place, name: unknown): unknown {
  const secret = world
    .all(secretType)
    .filter((found) => found.account === account && found.properties["name"] === name)
    .find((found) => found.region === region || replicasOf(found).includes(region));
  const version = world
    .all(versionType)
    .find(
      ({ properties }) =>
        properties["secretId"] === secret?.id &&
        (properties["versionStages"] as string[] | undefined)?.includes("AWSCURRENT"),
    );
  if (secret === undefined || version === undefined) {
    throw new Error(
      `ResourceNotFoundException: Secrets Manager can't find the specified secret: ${String(name)} in ${region}`,
    );
  }
  return version.properties["secretString"];
}

/** Puts a secret there, as another stack would have made it. */
export function plantSecret(
  world: World,
  { account, region }: Place,
  name: string,
  value: string,
): void {
  const common = { account, region, urn: `urn:planted::${name}` };
  world.put({ ...common, type: secretType, id: name, properties: { name } });
  world.put({
    ...common,
    type: versionType,
    id: `${name}-value`,
    properties: { secretId: name, secretString: value, versionStages: ["AWSCURRENT"] },
  });
}

function replicasOf({ properties }: Thing): string[] {
  const replicas = (properties["replicas"] ?? []) as readonly { readonly region: string }[];
  return replicas.map(({ region }) => region);
}
