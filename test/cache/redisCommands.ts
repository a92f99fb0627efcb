import { spawnSync } from "node:child_process";

/** What the tests run, as Debian and most other systems call it. */
const needed = ["redis-server", "redis-sentinel", "redis-cli", "openssl"];

/**
 * Names what is missing of Redis and openssl.
 *
 * @returns A sentence that says what to install; undefined when all is there.
 */
export function missingCommands(): string | undefined {
  const missing = needed.filter(
    (command) => spawnSync("sh", ["-c", `command -v ${command}`]).status !== 0,
  );
  return missing.length === 0
    ? undefined
    : `${missing.join(", ")} not found; on Debian: apt-get install redis-server redis-sentinel openssl`;
}
