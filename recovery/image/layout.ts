import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { rdsAuthorities } from "./rdsAuthorities";

const directoryInImage = "/opt/trading-dr";

/** Where things are in the image. The Dockerfile says the same: a test compares them. */
export const imagePaths = {
  /** The command, on PATH under the name that jobs call it by. */
  command: "/usr/local/bin/trading-dr",
  /** Certificates of the authorities that RDS' servers are recognised by. */
  rdsAuthorities: `${directoryInImage}/rds-authorities.pem`,
} as const;

/** The command as `npm run recovery:build` makes it: one file. */
const bundle = "recovery/bin/trading-dr.js";

/** Packages that cannot be in that file, for they are machine code. */
const nativePackages = ["@mongodb-js/zstd"];

/** Packages that libraries ask for, and do without. */
const optionalPackages = [
  "@aws-sdk/signature-v4-crt",
  "bufferutil",
  "encoding",
  "pg-native",
  "utf-8-validate",
];

/**
 * Lays out all that the project puts into the image, as it is below the image's root: the command, the
 * machine code that it loads, and certificates. Every file may be read by everybody and written by its
 * owner alone, whatever the umask.
 *
 * @param project Directory of the project, with the command built and packages installed.
 * @param directory Where it is laid out: not there yet, or empty.
 * @throws RangeError when the directory is not empty, the command is not built, or a package that it needs is
 *   missing or unknown.
 */
export function layOut(project: string, directory: string): void {
  if (existsSync(directory) && readdirSync(directory).length > 0) {
    throw new RangeError(`${directory} is not empty: name a directory that is not there yet`);
  }
  checkBundle(join(project, bundle));
  const packages = nativePackages.flatMap((native) => withDependencies(project, native));
  const root = resolve(directory);
  const at = (path: string) => join(root, path);
  const target = at(join(directoryInImage, "bin", "trading-dr.js"));
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(join(project, bundle), target);
  for (const name of packages) {
    cpSync(join(project, "node_modules", name), at(join(directoryInImage, "node_modules", name)), {
      recursive: true,
    });
  }
  copyFileSync(join(project, "LICENSE"), at(join(directoryInImage, "LICENSE")));
  writeFileSync(at(join(directoryInImage, "package.json")), packageText(project));
  writeFileSync(at(imagePaths.rdsAuthorities), rdsAuthorities().join(""));
  const command = at(imagePaths.command);
  mkdirSync(dirname(command), { recursive: true });
  setModes(root, target);
  // Relative, so that it holds wherever the tree is.
  symlinkSync(relative(dirname(command), target), command);
}

/** Sees to it that the command asks for nothing that the image lacks. */
function checkBundle(path: string): void {
  if (!existsSync(path)) {
    throw new RangeError(`there is no ${path}: make it by npm run recovery:build`);
  }
  const known = new Set([...nativePackages, ...optionalPackages]);
  const unknown = [...readFileSync(path, "utf8").matchAll(/\brequire\("([^"]+)"\)/g)]
    .map(([, name = ""]) => name)
    .filter((name) => !isBuiltin(name) && !known.has(name));
  if (unknown.length > 0) {
    throw new RangeError(
      `${path} requires ${[...new Set(unknown)].join(", ")}, which the image would not have: bundle it, or name it in recovery/image/layout.ts`,
    );
  }
}

/**
 * A package and those of its dependencies that are installed: of machine code for several platforms, npm
 * installs what is for this one.
 */
function withDependencies(project: string, name: string): string[] {
  const path = join(project, "node_modules", name, "package.json");
  if (!existsSync(path)) {
    throw new RangeError(`there is no ${path}: install packages by npm ci`);
  }
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
    readFileSync(path, "utf8"),
  ) as Partial<Record<string, Record<string, string>>>;
  const platforms = Object.keys(optionalDependencies).filter((platform) =>
    existsSync(join(project, "node_modules", platform)),
  );
  if (platforms.length === 0 && Object.keys(optionalDependencies).length > 0) {
    throw new RangeError(
      `${name} has no machine code for this platform, ${process.platform} on ${process.arch}: it has some in ${Object.keys(optionalDependencies).join(", ")}`,
    );
  }
  const needed = [...Object.keys(dependencies), ...platforms];
  return [name, ...needed.flatMap((one) => withDependencies(project, one))];
}

/** What scanners of images know the command by. */
function packageText(project: string): string {
  const { name, version, license } = JSON.parse(
    readFileSync(join(project, "package.json"), "utf8"),
  ) as Record<string, unknown>;
  return `${JSON.stringify({ name, version, license, private: true }, undefined, 2)}\n`;
}

function setModes(path: string, command: string): void {
  if (lstatSync(path).isDirectory()) {
    chmodSync(path, 0o755);
    for (const name of readdirSync(path)) {
      setModes(join(path, name), command);
    }
  } else {
    chmodSync(path, path === command ? 0o755 : 0o644);
  }
}
