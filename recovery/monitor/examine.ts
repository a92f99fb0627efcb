import { createHash } from "node:crypto";
import { type PointFacts, type PromisedObject } from "../../contracts/anyManifest";
import { manifestName } from "../../contracts/manifest";
import { type BucketPrefix } from "../storage/bucket";
import { turnOf } from "./history";
import { damageIn } from "./points";

/** Bytes that are read at once: an object may be larger than memory. */
const chunk = 8 * 1024 * 1024;

/** An object of a recovery point that is there, as its manifest promises. */
export interface Placed {
  readonly promised: PromisedObject;
  /** Its name under the series' prefix. */
  readonly name: string;
  readonly isArchived: boolean;
}

/** What lies where a manifest says that there are objects. */
export interface Comparison {
  /** What is not as it has to be, as sentences. */
  readonly problems: string[];
  readonly placed: readonly Placed[];
}

/**
 * Compares what lies in a bucket with a manifest, by names and sizes. Beside a manifest nothing may be too
 * many; what several recovery points share lies among that of others.
 *
 * @param points Where the series' recovery points are, in whichever region.
 */
export async function compareNames(points: BucketPrefix, facts: PointFacts): Promise<Comparison> {
  const problems: string[] = [];
  const placed: Placed[] = [];
  const own = `${facts.id}/`;
  for (const folder of new Set([own, ...facts.objects.map((object) => object.folder)])) {
    const there = new Map(
      (await points.within(folder).names()).map((object) => [object.name, object]),
    );
    // `0badcafe….json` is found by the part before its ending.
    const endings = new Map([...there.keys()].map((name) => [name.replace(/\..*$/, ""), name]));
    const known = new Set([manifestName]);
    for (const promised of facts.objects.filter((object) => object.folder === folder)) {
      const name = promised.isShared
        ? (endings.get(promised.name) ?? promised.name)
        : promised.name;
      known.add(name);
      const object = there.get(name);
      if (object?.bytes === promised.bytes) {
        placed.push({ promised, name: folder + name, isArchived: object.isArchived });
      } else {
        problems.push(
          object === undefined
            ? `${points.urlOf(folder + name)} is not there`
            : `${points.urlOf(folder + name)} has ${String(object.bytes)} bytes, and has to have ${String(promised.bytes)}`,
        );
      }
    }
    if (folder === own) {
      const strange = [...there.keys()].filter((name) => !known.has(name));
      problems.push(...strange.map((name) => `${points.urlOf(own + name)} is not in the manifest`));
    }
  }
  return { problems, placed };
}

/**
 * Reads objects and compares their checksums with the manifest: as many as a budget allows, and at least
 * one. Which, goes round from check to check. What is in an archive class of storage cannot be read.
 *
 * @param budget Bytes that may be read; 0 reads nothing.
 * @returns What is wrong, as sentences, and the bytes that were read.
 */
export async function examineContent(
  points: BucketPrefix,
  placed: readonly Placed[],
  budget: number,
  now: Date,
): Promise<{ readonly problems: readonly string[]; readonly bytes: number }> {
  const problems: string[] = [];
  let bytes = 0;
  const readable = placed.filter(({ isArchived }) => !isArchived);
  if (budget > 0) {
    const first = turnOf(readable.length, now);
    for (const { promised, name } of [...readable.slice(first), ...readable.slice(0, first)]) {
      if (bytes > 0 && bytes + promised.bytes > budget) {
        break;
      }
      bytes += promised.bytes;
      const problem = await problemOf(points, name, promised);
      if (problem !== undefined) {
        problems.push(problem);
      }
    }
  }
  return { problems, bytes };
}

async function problemOf(
  points: BucketPrefix,
  name: string,
  { bytes, sha256 }: PromisedObject,
): Promise<string | undefined> {
  try {
    let found = await checksumOf(points, name, bytes);
    if (found !== sha256) {
      // What was garbled on its way is whole when it comes again; what is damaged stays so.
      found = await checksumOf(points, name, bytes);
    }
    return found === sha256
      ? undefined
      : `${points.urlOf(name)} has SHA-256 ${found}, and has to have ${sha256}`;
  } catch (error) {
    return damageIn(error);
  }
}

async function checksumOf(points: BucketPrefix, name: string, bytes: number): Promise<string> {
  const hash = createHash("sha256");
  for (let offset = 0; offset < bytes; offset += chunk) {
    hash.update(await points.get(name, { offset, bytes: Math.min(chunk, bytes - offset) }));
  }
  return hash.digest("hex");
}
