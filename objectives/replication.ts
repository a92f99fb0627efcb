import { assumptions } from "./assumptions";
import { endless, type Term } from "./bound";
import {
  accountOf,
  type Declared,
  type DeclaredStack,
  inputsOf,
  listAt,
  numberAt,
  textAt,
  valueAt,
} from "./declared";

/** Objects in buckets: where S3 copies them to, how long it keeps them, and how soon they can be read. */

/** Objects of one of the active region's buckets. */
export interface Source {
  readonly bucket: string;
  readonly prefix: string;
}

/** Where objects are copied to in another place, and how long that takes; or why they are not. */
export type Replication =
  | { readonly arrives: true; readonly bucket: string; readonly time: Term }
  | { readonly arrives: false; readonly why: string };

/**
 * How objects of the active region come to another place. To the archive, which is there against
 * attackers, they come only if their old versions are kept: whoever holds the source can overwrite it,
 * and S3 carries that over.
 */
export function replicationOf(
  { active, archive }: Declared,
  source: Source,
  destination: DeclaredStack,
): Replication {
  const own = inputsOf(destination, "aws:s3/bucket:Bucket").map((inputs) =>
    textAt(inputs, "bucket"),
  );
  const rule = inputsOf(active, "aws:s3/bucketReplicationConfig:BucketReplicationConfig")
    .filter((inputs) => textAt(inputs, "bucket") === source.bucket)
    .flatMap((inputs) => listAt(inputs, "rules"))
    .filter((candidate) => textAt(candidate, "status") === "Enabled")
    .filter((candidate) => own.includes(destinationOf(candidate)))
    .find((candidate) => covers(candidate, source) && takesEncrypted(candidate, source, active));
  const bucket = destinationOf(rule);
  if (bucket === undefined) {
    return { arrives: false, why: `nothing copies ${source.bucket} to ${destination.region}` };
  }
  if (destination === archive && !isVersioned(archive, bucket)) {
    const why = `${bucket} keeps no old versions: an attacker can overwrite it from ${source.bucket}`;
    return { arrives: false, why };
  }
  const time = valueAt(rule, "destination", "replicationTime");
  const minutes =
    textAt(time, "status") === "Enabled" ? numberAt(time, "time", "minutes") : undefined;
  return {
    arrives: true,
    bucket,
    time:
      minutes === undefined
        ? endless(`nothing bounds the time of copies to ${destination.region}`)
        : [60 * minutes, `until it is copied to ${destination.region}`],
  };
}

function destinationOf(rule: unknown): string | undefined {
  return textAt(rule, "destination", "bucket")?.replace("arn:aws:s3:::", "");
}

/** Whether a replication rule is for all objects of a prefix. One that asks for tags is not. */
function covers(rule: unknown, { prefix }: Source): boolean {
  const filter = valueAt(rule, "filter");
  const asksForTags =
    valueAt(filter, "tag") !== undefined || valueAt(filter, "and", "tags") !== undefined;
  const wanted =
    textAt(filter, "prefix") ??
    textAt(filter, "and", "prefix") ??
    // Rules of the first version have no filter.
    textAt(rule, "prefix") ??
    "";
  return !asksForTags && prefix.startsWith(wanted);
}

/**
 * Whether a rule copies what the source's bucket holds. Objects that are encrypted with a key of KMS are
 * skipped without a word, unless the rule asks for them and names a key for the copies.
 */
function takesEncrypted(rule: unknown, { bucket }: Source, stack: DeclaredStack): boolean {
  const isEncrypted = inputsOf(
    stack,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  )
    .filter((inputs) => textAt(inputs, "bucket") === bucket)
    .flatMap((inputs) => listAt(inputs, "rules"))
    .map((encryption) => textAt(encryption, "applyServerSideEncryptionByDefault", "sseAlgorithm"))
    .some((algorithm) => algorithm?.startsWith("aws:kms") === true);
  const asked = textAt(rule, "sourceSelectionCriteria", "sseKmsEncryptedObjects", "status");
  const key = valueAt(rule, "destination", "encryptionConfiguration", "replicaKmsKeyId");
  return !isEncrypted || (asked === "Enabled" && key !== undefined);
}

/** Whether a bucket keeps what is overwritten or deleted. */
export function isVersioned(stack: DeclaredStack, bucket: string): boolean {
  return inputsOf(stack, "aws:s3/bucketVersioning:BucketVersioning").some(
    (inputs) =>
      textAt(inputs, "bucket") === bucket &&
      textAt(inputs, "versioningConfiguration", "status") === "Enabled",
  );
}

/** Why a place is no refuge from whoever holds the trading account; undefined where it is one. */
export function notOffline({ active, archive }: Declared): string | undefined {
  return accountOf(archive) === undefined || accountOf(archive) === accountOf(active)
    ? "every copy is in the same account, and none is offline"
    : undefined;
}

/** How long reading takes in the storage classes that cannot be read at once. */
const retrievalSeconds: Readonly<Record<string, number>> = {
  GLACIER: assumptions.glacierRetrieval.seconds,
  DEEP_ARCHIVE: assumptions.deepArchiveRetrieval.seconds,
};

/**
 * How long it takes to read objects of a prefix. An old version may have moved by either kind of
 * transition: while it was the current one, and since.
 *
 * @param ageSeconds Age of the oldest object that is wanted. @default - the oldest that there is
 */
export function retrievalTerms(
  stack: DeclaredStack,
  { bucket, prefix }: Source,
  ageSeconds = Infinity,
): Term[] {
  return (
    inputsOf(stack, "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
      .filter((inputs) => textAt(inputs, "bucket") === bucket)
      .flatMap((inputs) => listAt(inputs, "rules"))
      // A rule without a prefix is for all objects.
      .filter((rule) => prefix.startsWith(textAt(rule, "filter", "prefix") ?? ""))
      .flatMap((rule) => [
        ...listAt(rule, "transitions").filter(
          (transition) => 86_400 * (numberAt(transition, "days") ?? 0) <= ageSeconds,
        ),
        ...(ageSeconds === Infinity ? listAt(rule, "noncurrentVersionTransitions") : []),
      ])
      .map((transition): Term => {
        const storageClass = textAt(transition, "storageClass") ?? "";
        return [retrievalSeconds[storageClass] ?? 0, `to retrieve from ${storageClass}`];
      })
      .sort(([left], [right]) => right - left)
      .slice(0, 1)
      .filter(([seconds]) => seconds > 0)
  );
}
