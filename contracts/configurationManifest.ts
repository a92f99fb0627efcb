import { z } from "zod";
import { configurationKindNames } from "./configurationKinds";
import { encryption, manifestFormat, pointId, sealed, sha256, time } from "./manifest";
import { recipient } from "./recoveryKey";

/**
 * The manifest of a recovery point of configuration: which objects a namespace had, and where the content
 * of each is. It is written last: without it there is no recovery point. Contents are beside the recovery
 * points of a series, and shared by those of one day: what did not change is there once.
 */

/** Day in UTC on which content was stored: `20261129`. */
const day = z.string().regex(/^\d{8}$/);

/** Where content is. Its name is the checksum of what is stored. */
const storedContent = z.strictObject({ day, sha256, bytes: z.int().positive() });

export type StoredContent = z.output<typeof storedContent>;

const savedObject = z.strictObject({
  kind: z.enum(configurationKindNames),
  name: z.string().min(1),
  content: storedContent,
  /**
   * Of Secrets: what their content was encrypted at. Both are the cluster's own, and tell that a Secret is
   * the same without a word of what is in it.
   */
  state: z.strictObject({ uid: z.string(), resourceVersion: z.string() }).optional(),
});

export type SavedObject = z.output<typeof savedObject>;

export const configurationManifest = z.strictObject({
  format: z.literal(manifestFormat),
  kind: z.literal("configuration"),
  id: pointId,
  system: z.string(),
  account: z.string(),
  /** Region that took it. */
  region: z.string(),
  store: z.string(),
  tier: z.string(),
  startedAt: time,
  finishedAt: time,
  /** When the tier lets go of it. The bucket's lock may keep it longer. */
  retainUntil: time,
  /** Namespace whose objects these are. */
  namespace: z.string(),
  tools: z.strictObject({ tradingDr: z.string() }),
  /** As it is for what this snapshot wrote; both absent where it found all contents stored. */
  encryption,
  /** Recovery keys, by their public parts, that the contents of Secrets are encrypted for. */
  recipients: z.array(recipient).min(1),
  objects: z.array(savedObject),
  /** What is not in the recovery point, and why. */
  leftOut: z.array(z.string()),
});

export type ConfigurationManifest = z.output<typeof configurationManifest>;

/** A manifest as it is written, sealed. */
export function configurationManifestText(written: ConfigurationManifest): string {
  return sealed(configurationManifest.parse(written));
}

/**
 * Days that a tier which takes configuration has to keep its objects beyond its retention: content that
 * several recovery points share may be so much older than the youngest of them.
 */
export const sharedContentDays = 1;

/** The day in UTC of a moment, as keys of contents have it. */
export function contentDay(moment: Date): string {
  return moment.toISOString().slice(0, 10).replaceAll("-", "");
}

/** Folder of all contents, beside the recovery points of a series. */
export const contentFolder = "content";

/** Prefix of the contents of a day, beside the recovery points of a series. */
export function contentPrefix(ofDay: string): string {
  return `${contentFolder}/${ofDay}/`;
}

/** Name of a content under its day's prefix. Its end says how it is read without this program. */
export function contentName(digest: string, isEncrypted: boolean): string {
  return `${digest}.${isEncrypted ? "age" : "json"}`;
}
