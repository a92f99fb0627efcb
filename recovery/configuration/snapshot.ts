import { randomBytes } from "node:crypto";
import { type ConfigurationKind, configurationKinds } from "../../contracts/configurationKinds";
import {
  type ConfigurationManifest,
  configurationManifestText,
  contentDay,
  type SavedObject,
} from "../../contracts/configurationManifest";
import { manifestFormat, manifestName } from "../../contracts/manifest";
import { messageOf, RecoveryFailure } from "../failure";
import { type Progress } from "../progress";
import { type BucketPrefix } from "../storage/bucket";
import { version } from "../version";
import { type Cluster } from "./cluster";
import { canonicalJson, declaredContent, type KubernetesObject, leftOutReason } from "./content";
import { DayContents } from "./dayContents";
import { ConfigurationPoint } from "./point";
import { encrypted } from "./recoveryKey";

/** What a snapshot is of, and where it goes. */
export interface ConfigurationRequest {
  readonly system: string;
  readonly account: string;
  readonly region: string;
  readonly store: string;
  readonly tier: string;
  readonly retentionDays: number;
  readonly namespace: string;
  /** Public parts of the recovery keys that Secrets are encrypted for. */
  readonly recipients: readonly string[];
  /** Where the series' recovery points are. */
  readonly points: BucketPrefix;
  readonly cluster: Pick<Cluster, "list">;
  /** @default - this machine's clock */
  readonly clock?: () => Date;
}

/** What a snapshot came to. */
export interface TakenConfiguration {
  readonly manifest: ConfigurationManifest;
  /** Contents that were not stored yet, and their bytes. */
  readonly newContents: number;
  readonly newBytes: number;
}

/** A Secret's content, as the recovery point before has it. */
type SecretsBefore = ReadonlyMap<string, SavedObject>;

/**
 * Takes a recovery point of a namespace's configuration. Contents are stored first, those that did not
 * change since the day's other recovery points excepted; the manifest is written last. What ends this
 * before leaves contents that no manifest names.
 *
 * @throws RecoveryFailure `refused` when some kind cannot be listed, or there is nothing to save: a recovery
 * point is never partial.
 */
export async function snapshotConfiguration(
  request: ConfigurationRequest,
  progress: Progress,
): Promise<TakenConfiguration> {
  const { points, namespace, recipients, clock = () => new Date() } = request;
  const startedAt = clock();
  const day = contentDay(startedAt);
  const id = `${startedAt.toISOString().replace(/[-:]|\.\d+/g, "")}-${randomBytes(4).toString("hex")}`;
  const contents = await DayContents.open(points, day);
  const before = await secretsBefore(points, day, recipients, progress);
  const taken: Listed = { objects: [], leftOut: [] };
  for (const kind of configurationKinds) {
    const listed = await saveKind(request, kind, contents, before);
    taken.objects.push(...listed.objects);
    taken.leftOut.push(...listed.leftOut);
    progress.at("saving", { kind: kind.kind, objects: taken.objects.length });
  }
  refuseEmpty(namespace, taken.objects.length);
  const manifest: ConfigurationManifest = {
    format: manifestFormat,
    kind: "configuration",
    id,
    system: request.system,
    account: request.account,
    region: request.region,
    store: request.store,
    tier: request.tier,
    startedAt: startedAt.toISOString(),
    finishedAt: clock().toISOString(),
    retainUntil: new Date(
      startedAt.getTime() + request.retentionDays * 24 * 60 * 60 * 1000,
    ).toISOString(),
    namespace,
    tools: { tradingDr: version },
    encryption: {
      ...(contents.stored?.algorithm === undefined ? {} : { algorithm: contents.stored.algorithm }),
      ...(contents.stored?.key === undefined ? {} : { key: contents.stored.key }),
    },
    recipients: [...recipients],
    ...taken,
  };
  await points.within(`${id}/`).put(manifestName, Buffer.from(configurationManifestText(manifest)));
  const { added: newContents, addedBytes: newBytes } = contents;
  progress.say("recovery point written", {
    point: id,
    objects: manifest.objects.length,
    newContents,
    newBytes,
  });
  return { manifest, newContents, newBytes };
}

/**
 * Every namespace has an account at least, and the API lists one that is not there as one without anything.
 *
 * @throws RecoveryFailure `refused` where there is nothing to save.
 */
export function refuseEmpty(namespace: string, objects: number): void {
  if (objects === 0) {
    throw new RecoveryFailure(
      "refused",
      `namespace ${namespace} has nothing to save: see that TRADING_DR_NAMESPACE and the cluster are right`,
    );
  }
}

interface Listed {
  objects: SavedObject[];
  leftOut: string[];
}

/** Contents that are stored at once. */
const storedAtOnce = 8;

async function saveKind(
  request: ConfigurationRequest,
  kind: ConfigurationKind & Pick<SavedObject, "kind">,
  contents: DayContents,
  before: SecretsBefore,
): Promise<Listed> {
  let listed: Listed = { objects: [], leftOut: [] };
  const restarted = () => {
    listed = { objects: [], leftOut: [] };
  };
  for await (const page of request.cluster.list(kind, request.namespace, restarted)) {
    const wanted = page.filter((object) => {
      const reason = leftOutReason(kind.kind, object);
      listed.leftOut.push(...(reason === undefined ? [] : [reason]));
      return reason === undefined;
    });
    for (let first = 0; first < wanted.length; first += storedAtOnce) {
      const some = wanted.slice(first, first + storedAtOnce);
      const saved = await Promise.all(
        some.map((object) => saveObject(kind.kind, object, request.recipients, contents, before)),
      );
      listed.objects.push(...saved);
    }
  }
  return listed;
}

async function saveObject(
  kind: SavedObject["kind"],
  object: KubernetesObject,
  recipients: readonly string[],
  contents: DayContents,
  before: SecretsBefore,
): Promise<SavedObject> {
  const { name, uid, resourceVersion } = object.metadata;
  const content = canonicalJson(declaredContent(kind, object));
  if (kind !== "Secret") {
    return { kind, name, content: await contents.store(content, false) };
  }
  if (uid === undefined || resourceVersion === undefined) {
    throw new RecoveryFailure("cluster", `Secret ${name} came without its uid or resourceVersion`);
  }
  const state = { uid, resourceVersion };
  const same = before.get(name);
  const isSame = same?.state?.uid === uid && same.state.resourceVersion === resourceVersion;
  return isSame && contents.has(same.content)
    ? { kind, name, content: same.content, state }
    : {
        kind,
        name,
        content: await contents.store(await encrypted(content, recipients), true),
        state,
      };
}

/**
 * The Secrets of the day's newest recovery point that were encrypted for the same keys. A Secret of which
 * the cluster says that it was not written to since is not encrypted again.
 */
async function secretsBefore(
  points: BucketPrefix,
  day: string,
  recipients: readonly string[],
  progress: Progress,
): Promise<SecretsBefore> {
  const ofDay = `${day}T`;
  const ids = (await points.within(ofDay).folders()).map((rest) => ofDay + rest).sort();
  for (const id of ids.reverse()) {
    let point: ConfigurationPoint | undefined;
    try {
      point = await ConfigurationPoint.open(points, id);
    } catch (error) {
      if (!(error instanceof RecoveryFailure) || error.reason !== "damaged") {
        throw error;
      }
      // It has to be known, and must not keep the next one from being taken.
      progress.say("a recovery point is damaged", { problem: messageOf(error) });
    }
    if (point !== undefined) {
      const { manifest } = point;
      const hasSameKeys = [...manifest.recipients].sort().join() === [...recipients].sort().join();
      return new Map(
        manifest.objects
          .filter(({ state }) => hasSameKeys && state !== undefined)
          .map((saved) => [saved.name, saved]),
      );
    }
  }
  return new Map();
}
