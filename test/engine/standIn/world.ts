import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Something that a stand-in provider has made. */
export interface Thing {
  readonly urn: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What the stand-in providers have made, one file for each thing: it outlives their processes. */
export class World {
  public constructor(private readonly directory: string) {
    mkdirSync(directory, { recursive: true });
  }

  public put(id: string, thing: Thing): void {
    writeFileSync(this.fileOf(id), JSON.stringify(thing));
  }

  public get(id: string): Thing | undefined {
    const file = this.fileOf(id);
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Thing) : undefined;
  }

  public remove(id: string): void {
    rmSync(this.fileOf(id), { force: true });
  }

  /** Everything there is, by id. */
  public everything(): Record<string, Thing> {
    return Object.fromEntries(
      readdirSync(this.directory)
        .sort()
        .map((file) => [
          file,
          JSON.parse(readFileSync(join(this.directory, file), "utf8")) as Thing,
        ]),
    );
  }

  private fileOf(id: string): string {
    return join(this.directory, encodeURIComponent(id));
  }
}
