import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

/** Something that exists in the stand-in's cloud. */
export interface Thing {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  readonly account: string;
  /** `global` for what belongs to none. */
  readonly region: string;
  /** All that the cloud would report of it: what it was made from, and what the cloud added. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Where a thing is, and what it is called there. */
export type Address = Pick<Thing, "type" | "id" | "account" | "region">;

/**
 * What exists, one file for each thing, so that it outlives the providers' processes, and the
 * regions that are out of reach.
 */
export class World {
  private readonly things: string;
  private readonly outage: string;

  public constructor(directory: string) {
    this.things = join(directory, "things");
    this.outage = join(directory, "outage.json");
    mkdirSync(this.things, { recursive: true });
  }

  public put(thing: Thing): void {
    const file = this.fileOf(thing);
    // Moved into place whole: other providers' processes read at any moment.
    writeFileSync(`${file}.new`, JSON.stringify(thing));
    renameSync(`${file}.new`, file);
  }

  public get(address: Address): Thing | undefined {
    return read(this.fileOf(address))[0];
  }

  public remove(address: Address): void {
    rmSync(this.fileOf(address), { force: true });
  }

  /** Everything there is, in the order of its URNs. */
  public everything(): Thing[] {
    return readdirSync(this.things)
      .filter((file) => file.endsWith(".json"))
      .flatMap((file) => read(join(this.things, file)))
      .sort((left, right) => (left.urn + left.id).localeCompare(right.urn + right.id));
  }

  /** The things of a type. */
  public all(type: string): Thing[] {
    return this.everything().filter((thing) => thing.type === type);
  }

  /** Regions in which nothing answers. */
  public get unreachable(): readonly string[] {
    return existsSync(this.outage)
      ? (JSON.parse(readFileSync(this.outage, "utf8")) as string[])
      : [];
  }

  public set unreachable(regions: readonly string[]) {
    writeFileSync(this.outage, JSON.stringify(regions));
  }

  private fileOf({ account, region, type, id }: Address): string {
    const name = createHash("sha256").update(JSON.stringify([account, region, type, id]));
    return join(this.things, `${name.digest("hex")}.json`);
  }
}

/** What is in a file, or nothing: another provider's process may have removed it a moment ago. */
function read(file: string): Thing[] {
  try {
    return [JSON.parse(readFileSync(file, "utf8")) as Thing];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return [];
    }
    throw error;
  }
}
