import { createHash } from "node:crypto";
import {
  type ConfigurationManifest,
  configurationManifest,
  contentName,
  contentPrefix,
  type SavedObject,
} from "../../contracts/configurationManifest";
import { manifestFormat, manifestName, pointId, unsealed } from "../../contracts/manifest";
import { messageOf, RecoveryFailure } from "../failure";
import { type BucketPrefix } from "../storage/bucket";
import { type KubernetesObject } from "./content";
import { type RecoveryIdentity } from "./recoveryKey";

/** A recovery point of configuration that is there: it has a manifest. */
export class ConfigurationPoint {
  private constructor(
    public readonly manifest: ConfigurationManifest,
    /** Where the series is, whose recovery points share contents. */
    private readonly series: BucketPrefix,
  ) {}

  /**
   * Opens a recovery point of a series.
   *
   * @returns Undefined when it has no manifest: its snapshot did not end well, or runs.
   * @throws RecoveryFailure `damaged` when the manifest is no good.
   */
  public static async open(
    series: BucketPrefix,
    id: string,
  ): Promise<ConfigurationPoint | undefined> {
    const name = `${id}/${manifestName}`;
    if (!(await series.has(name))) {
      return undefined;
    }
    return ConfigurationPoint.read((await series.get(name)).toString(), series, id);
  }

  /**
   * A recovery point by the text of its manifest.
   *
   * @throws RecoveryFailure `damaged` when the manifest is no good.
   */
  public static read(text: string, series: BucketPrefix, id: string): ConfigurationPoint {
    const url = series.urlOf(`${id}/${manifestName}`);
    const manifest = parseManifest(text, url);
    if (manifest.id !== id) {
      throw new RecoveryFailure("damaged", `${url} is of recovery point ${manifest.id}`);
    }
    return new ConfigurationPoint(manifest, series);
  }

  /** For messages. */
  public get url(): string {
    return this.series.urlOf(`${this.manifest.id}/`);
  }

  /**
   * The content of an object, checked and decrypted.
   *
   * @throws RecoveryFailure `damaged` for what is not as it was written.
   */
  public async contentOf(
    saved: SavedObject,
    identity: RecoveryIdentity,
  ): Promise<KubernetesObject> {
    const { day, sha256 } = saved.content;
    const isEncrypted = saved.kind === "Secret";
    const place = this.series.within(contentPrefix(day));
    const name = contentName(sha256, isEncrypted);
    const damaged = (problem: string) =>
      new RecoveryFailure(
        "damaged",
        `${saved.kind} ${saved.name}: ${place.urlOf(name)} ${problem}`,
      );
    let bytes = await place.get(name);
    if (sha256Of(bytes) !== sha256) {
      // What was garbled on its way is whole when it comes again; what is damaged stays so.
      bytes = await place.get(name);
    }
    const found = sha256Of(bytes);
    if (found !== sha256) {
      throw damaged(`has SHA-256 ${found}, and has to have the one in its name`);
    }
    let content = bytes;
    if (isEncrypted) {
      try {
        content = await identity.decrypted(bytes);
      } catch (error) {
        throw damaged(`cannot be decrypted: ${messageOf(error)}`);
      }
    }
    try {
      return JSON.parse(content.toString()) as KubernetesObject;
    } catch {
      // The parser's words would repeat what it reads.
      throw damaged("is no JSON");
    }
  }
}

/** The ids of recovery points of a series, the newest first. What has no manifest is among them. */
export async function pointIdsIn(series: BucketPrefix): Promise<string[]> {
  const folders = await series.folders();
  return folders
    .filter((name) => pointId.safeParse(name).success)
    .sort()
    .reverse();
}

/** What a recovery point has to be of. */
export interface WantedConfiguration {
  readonly system: string;
  readonly namespace: string;
}

/**
 * Chooses a recovery point.
 *
 * @param choice `latest`, or the id of one.
 * @throws RecoveryFailure `absent` when there is none to choose, `refused` when it is another system's,
 * or another namespace's.
 */
export async function chooseConfiguration(
  places: readonly BucketPrefix[],
  choice: string,
  { system, namespace }: WantedConfiguration,
): Promise<ConfigurationPoint> {
  const found = await Promise.all(
    places.map(async (series) => (await pointIdsIn(series)).map((id) => ({ id, series }))),
  );
  const candidates = found
    .flat()
    .filter(({ id }) => choice === "latest" || id === choice)
    .sort((one, other) => (one.id < other.id ? 1 : -1));
  for (const { id, series } of candidates) {
    const point = await ConfigurationPoint.open(series, id);
    if (point === undefined) {
      continue;
    }
    const { manifest } = point;
    if (manifest.system !== system || manifest.namespace !== namespace) {
      throw new RecoveryFailure(
        "refused",
        `${point.url} is of namespace ${manifest.namespace} of ${manifest.system}, and TRADING_DR_NAMESPACE is ${namespace}, TRADING_DR_SYSTEM ${system}`,
      );
    }
    return point;
  }
  const where = places.map((place) => place.urlOf("")).join(", ");
  throw new RecoveryFailure(
    "absent",
    choice === "latest"
      ? `there is no recovery point of configuration in ${where}`
      : `there is no recovery point ${choice} in ${where}: a snapshot of that id has not been taken, or did not end well`,
  );
}

/** Checksum of what is stored. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function parseManifest(text: string, url: string): ConfigurationManifest {
  const damaged = (problem: string) => new RecoveryFailure("damaged", `${url} ${problem}`);
  let written: ReturnType<typeof unsealed>;
  try {
    written = unsealed(text);
  } catch (error) {
    throw damaged(`is no JSON: ${messageOf(error)}`);
  }
  const { fields, isIntact } = written;
  const { format, kind } = (fields ?? {}) as { readonly format?: unknown; readonly kind?: string };
  if (format !== manifestFormat || kind !== "configuration") {
    throw damaged(
      `has format ${String(format)} and is of ${kind ?? "a database"}: this command reads format ${String(manifestFormat)}, of configuration`,
    );
  }
  if (!isIntact) {
    throw damaged("is not what was written: its seal is of another text");
  }
  const parsed = configurationManifest.safeParse(fields);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `${path.join(".")}: ${message}`,
    );
    throw damaged(`is wrong: ${problems.join("; ")}`);
  }
  return parsed.data;
}
