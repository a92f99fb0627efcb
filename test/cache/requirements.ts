import { spawnSync } from "node:child_process";
import { readlinkSync } from "node:fs";

/** What the laboratory runs, and the package that has it in Debian. */
const needed: Readonly<Record<string, string>> = {
  "redis-server": "redis-server",
  "redis-sentinel": "redis-sentinel",
  "redis-cli": "redis-tools",
  openssl: "openssl",
  ip: "iproute2",
  unshare: "util-linux",
  nsenter: "util-linux",
  setpriv: "util-linux",
};

/** Where the laboratory keeps its files; undefined outside of the namespaces of `inNamespaces.sh`. */
export function labDirectory(): string | undefined {
  const { LAB_DIRECTORY: directory, LAB_OUTSIDE: outside } = process.env;
  return outside === undefined || readlinkSync("/proc/self/ns/net") === outside
    ? undefined
    : directory;
}

/**
 * Names what is missing for pods on this machine.
 *
 * @returns A sentence that says how to mend it; undefined when all is there.
 */
export function missingForPods(): string | undefined {
  const missing = Object.keys(needed).filter(
    (command) => spawnSync("sh", ["-c", `command -v ${command}`]).status !== 0,
  );
  const packages = [...new Set(missing.map((command) => needed[command]))].join(" ");
  if (missing.length > 0) {
    return `${missing.join(", ")} not found; on Debian: apt-get install ${packages}`;
  }
  return labDirectory() === undefined
    ? "pods need namespaces of their own, which this machine does not allow, or which are left out: use npm run test:cache or npm run lab:cache"
    : undefined;
}
