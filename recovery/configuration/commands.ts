import {
  type ConfigurationKindName,
  configurationKindNames,
  configurationKinds,
} from "../../contracts/configurationKinds";
import { configurationManifestText } from "../../contracts/configurationManifest";
import { textChecksum } from "../../contracts/manifest";
import { noRecipients } from "../../contracts/recoveryKey";
import { RecoveryFailure } from "../failure";
import { type Progress } from "../progress";
import { recorded } from "../record";
import { BucketPrefix, s3Client } from "../storage/bucket";
import { environmentOf, journalOf, placesOf, whose } from "../surroundings";
import { Cluster } from "./cluster";
import { leftOutReason } from "./content";
import { chooseConfiguration } from "./point";
import { RecoveryIdentity } from "./recoveryKey";
import { applyRestore, planRestore, tryRestore } from "./restore";
import { refuseEmpty, snapshotConfiguration } from "./snapshot";
import { comparisonText } from "./text";

/** `trading-dr snapshot configuration` */
export async function snapshotConfigurationCommand(
  { dryRun }: { dryRun?: true },
  progress: Progress,
): Promise<string> {
  const told = environmentOf("snapshot-configuration");
  const { recoveryRecipients: recipients, namespace } = told;
  if (recipients === noRecipients) {
    throw new RecoveryFailure(
      "usage",
      "TRADING_DR_RECOVERY_RECIPIENTS is pending: make a recovery key by age-keygen, keep it offline, and name its public part under jobs.recoveryRecipients of the system's file",
    );
  }
  const cluster = Cluster.find();
  const client = s3Client(told.region);
  const points = new BucketPrefix(client, told.recoveryPoints);
  if (dryRun) {
    const objects = await countObjects(cluster, namespace);
    refuseEmpty(namespace, objects);
    return `Would save ${String(objects)} objects of ${namespace} and write a recovery point to ${points.urlOf("")}.\n`;
  }
  const { store, tier } = told;
  return recorded(
    { kind: "snapshot", of: "configuration", ...whose(told), store, series: "scheduled", tier },
    journalOf(client, told),
    progress,
    async (found) => {
      const { manifest, newBytes } = await snapshotConfiguration(
        { ...told, recipients, points, cluster },
        progress,
      );
      const { id: point, retainUntil, objects } = manifest;
      found({
        taken: {
          point,
          url: points.urlOf(`${point}/`),
          manifestSha256: textChecksum(configurationManifestText(manifest)),
          retainUntil,
          entries: objects.length,
          bytes: newBytes,
        },
      });
      return `${point}\n`;
    },
  );
}

async function countObjects(cluster: Cluster, namespace: string): Promise<number> {
  let all = 0;
  for (const kind of configurationKinds) {
    let count = 0;
    for await (const page of cluster.list(kind, namespace, () => {
      count = 0;
    })) {
      count += page.filter((object) => leftOutReason(kind.kind, object) === undefined).length;
    }
    all += count;
  }
  return all;
}

/** What `trading-dr restore configuration` is asked for. */
export interface ConfigurationOptions {
  readonly point: string;
  readonly identity: string;
  readonly kinds?: readonly string[];
  readonly names?: readonly string[];
  readonly context?: string;
  readonly dryRun?: true;
  readonly apply?: true;
  readonly force?: true;
  readonly json?: true;
}

/** `trading-dr restore configuration` */
export async function restoreConfigurationCommand(
  options: ConfigurationOptions,
  progress: Progress,
): Promise<string> {
  const told = environmentOf("restore-configuration");
  const { names, force = false } = options;
  if (options.dryRun && options.apply) {
    throw new RecoveryFailure("usage", "--dry-run changes nothing, and --apply does: give one");
  }
  const kinds = options.kinds === undefined ? configurationKindNames : options.kinds.map(kindOf);
  const identity = await RecoveryIdentity.fromFile(options.identity);
  const cluster = Cluster.find(options.context);
  const client = s3Client(told.region);
  const places = placesOf(client, told.recoveryPoints);
  const point = await chooseConfiguration(places, options.point, told);
  const request = {
    point,
    identity,
    cluster,
    kinds,
    ...(names === undefined ? {} : { names }),
  };
  const plan = await planRestore(request);
  const { comparison, steps } = plan;
  const found = options.json
    ? `${JSON.stringify(comparison, undefined, 2)}\n`
    : comparisonText(comparison);
  if (options.dryRun) {
    await tryRestore(request, plan, force);
    return options.json
      ? found
      : `${found}The cluster would take all ${String(steps.length)}; nothing was changed.\n`;
  }
  if (options.apply) {
    // What is going to be done is seen before it is.
    process.stdout.write(found);
    await recorded(
      {
        kind: "restoration",
        of: "configuration",
        ...whose(told),
        choice: options.point,
        into: told.namespace,
      },
      journalOf(client, told),
      progress,
      async (found) => {
        await applyRestore(request, plan, force, progress);
        found({ restored: { point: point.manifest.id, url: point.url } });
      },
    );
    return options.json ? "" : `Applied: ${String(steps.length)}.\n`;
  }
  return options.json ? found : `${found}Nothing was changed; --apply restores.\n`;
}

/** A kind by its name in objects or in paths, in any case. */
function kindOf(told: string): ConfigurationKindName {
  const found = configurationKinds.find(({ kind, resource }) =>
    [kind.toLowerCase(), resource].includes(told.toLowerCase()),
  );
  if (found === undefined) {
    throw new RecoveryFailure(
      "usage",
      `--kinds ${told} is no kind that is saved; they are ${configurationKindNames.join(", ")}`,
    );
  }
  return found.kind;
}
