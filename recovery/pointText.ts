import { type CacheManifest } from "../contracts/cacheManifest";
import { configurationKindNames } from "../contracts/configurationKinds";
import {
  type ConfigurationManifest,
  contentName,
  contentPrefix,
  type SavedObject,
} from "../contracts/configurationManifest";
import { type Manifest } from "../contracts/manifest";
import { type FoundPoint } from "./point/anyPoint";
import { aligned, size } from "./text";

/** A fact and what it is. */
type Fact = readonly [string, string];

/** One recovery point, for people. Of Secrets it has what their manifest has: names and sizes. */
export function pointText({ found: { kind, manifest }, url }: FoundPoint): string {
  switch (kind) {
    case "database":
      return databaseText(manifest, url);
    case "cache":
      return cacheText(manifest, url);
    case "configuration":
      return configurationText(manifest, url);
  }
}

/** One recovery point, for machines: the manifest without where each piece lies. */
export function pointJson({ found: { kind, manifest }, url }: FoundPoint): string {
  const withoutSegments = (key: string, value: unknown) => (key === "segments" ? undefined : value);
  return `${JSON.stringify({ url, kind, ...manifest }, withoutSegments, 2)}\n`;
}

function databaseText(manifest: Manifest, url: string): string {
  const { source, tools } = manifest;
  const facts: Fact[] = [
    ["recovery point", manifest.id],
    ["where", url],
    ["of", `${manifest.system}, store ${manifest.store}, series ${manifest.series}`],
    ["database", `${source.database}, PostgreSQL ${source.serverVersion}`],
    ["snapshot at", source.snapshotAt],
    ["read from", source.isReader ? "a reader" : "the writer"],
    ["position", source.position ?? "not known"],
    ["kept until", manifest.retainUntil],
    storedSize(manifest),
    ["encryption", encryptionText(manifest)],
    ["written by", `trading-dr ${tools.tradingDr}, pg_dump ${tools.pgDump}`],
    ...manifest.leftOut.map((what): Fact => ["left out", what]),
  ];
  const tables = manifest.tables.map((table) => [
    `${table.schema}.${table.name}`,
    String(table.rows),
    size(table.rawBytes),
    table.digest,
  ]);
  return `${aligned(facts)}\n${aligned([["table", "rows", "as text", "digest"], ...tables])}`;
}

function cacheText(manifest: CacheManifest, url: string): string {
  const { source, tools, keyspaces } = manifest;
  const reason = source.reason === undefined ? "" : ` (${source.reason})`;
  const keys = keyspaces.reduce((sum, one) => sum + one.keys, 0);
  const facts: Fact[] = [
    ["recovery point", manifest.id],
    ["where", url],
    ["of", `${manifest.system}, store ${manifest.store}, tier ${manifest.tier}`],
    ["cache", `${source.masterName}, Redis ${source.redisVersion}`],
    ["snapshot at", source.snapshotAt],
    ["read from", `the ${source.role} ${source.server}${reason}`],
    ["lacked then", `${size(source.lagBytes)} of the primary's writes`],
    ["position", `${String(source.offset)} of the history ${source.replicationId}`],
    ["kept until", manifest.retainUntil],
    storedSize(manifest),
    ["snapshot", `${size(manifest.rawBytes)}, SHA-256 ${manifest.sha256}`],
    ["keys", `${String(keys)}, digest ${manifest.digest}`],
    ["encryption", encryptionText(manifest)],
    ["written by", `trading-dr ${tools.tradingDr}, proven by loading it into Redis ${tools.redis}`],
  ];
  const databases = keyspaces.map((one) => [
    String(one.database),
    String(one.keys),
    String(one.expiring),
  ]);
  return `${aligned(facts)}\n${aligned([["database", "keys", "that end"], ...databases])}`;
}

function configurationText(manifest: ConfigurationManifest, url: string): string {
  const { objects } = manifest;
  const bytes = objects.reduce((sum, { content }) => sum + content.bytes, 0);
  const counts = configurationKindNames.flatMap((kind) => {
    const count = objects.filter((object) => object.kind === kind).length;
    return count === 0 ? [] : [`${String(count)} ${kind}`];
  });
  const facts: Fact[] = [
    ["recovery point", manifest.id],
    ["where", url],
    ["of", `${manifest.system}, store ${manifest.store}, tier ${manifest.tier}`],
    ["namespace", manifest.namespace],
    ["snapshot at", manifest.startedAt],
    ["kept until", manifest.retainUntil],
    ["size", `${size(bytes)} in ${String(objects.length)} contents, shared within a day`],
    ["objects", counts.join(", ")],
    ...manifest.recipients.map((recipient): Fact => ["Secrets sealed for", recipient]),
    [
      "encryption",
      manifest.encryption.algorithm === undefined
        ? "as the day's recovery points before, or none"
        : encryptionText(manifest),
    ],
    ["written by", `trading-dr ${manifest.tools.tradingDr}`],
    ...manifest.leftOut.map((what): Fact => ["left out", what]),
  ];
  const saved = objects.map((object) => [
    object.kind,
    object.name,
    size(object.content.bytes),
    contentOf(object),
  ]);
  const header = ["kind", "name", "size", "content, beside the recovery point"];
  return `${aligned(facts)}\n${aligned([header, ...saved])}`;
}

/** Where the content of an object is, from the prefix of the series on. */
function contentOf({ kind, content }: SavedObject): string {
  return contentPrefix(content.day) + contentName(content.sha256, kind === "Secret");
}

function storedSize({ objects }: Pick<Manifest, "objects">): Fact {
  const bytes = objects.reduce((sum, object) => sum + object.bytes, 0);
  return ["size", `${size(bytes)} in ${String(objects.length)} objects`];
}

function encryptionText({ encryption: { algorithm, key } }: Pick<Manifest, "encryption">): string {
  return [algorithm ?? "none", key ?? ""].join(" ").trim();
}
