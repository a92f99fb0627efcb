import { spawn } from "node:child_process";
import { messageOf, RecoveryFailure } from "../failure";

/**
 * Below this many bytes, starting the program costs more than compressing saves. A database may have a
 * thousand tables of a few rows.
 */
const leastBytes = 16 * 1024;

/** zstd's own default: three times as fast as its level 6, for a tenth more bytes. */
const level = "-3";

/** Compresses a piece, if it is worth it. */
export async function compressed(
  raw: Buffer,
): Promise<{ readonly encoding: "none" | "zstd"; readonly bytes: Buffer }> {
  return raw.length < leastBytes
    ? { encoding: "none", bytes: raw }
    : { encoding: "zstd", bytes: await filter(["-q", level, "-c"], raw) };
}

/** Undoes {@link compressed}. */
export async function decompressed(bytes: Buffer, encoding: "none" | "zstd"): Promise<Buffer> {
  return encoding === "none" ? bytes : filter(["-q", "-d", "-c"], bytes);
}

/** The version of zstd that is here: `1.5.4`. */
export async function compressorVersion(): Promise<string> {
  const answer = (await filter(["--version"], Buffer.alloc(0))).toString();
  return /v(\d+\.\d+\.\d+)/.exec(answer)?.[1] ?? answer.trim();
}

/** Sends bytes through zstd. It runs beside us, on another core where there is one. */
function filter(options: readonly string[], input: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn("zstd", options, { stdio: ["pipe", "pipe", "pipe"] });
    const output: Buffer[] = [];
    let complaint = "";
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
    // A program that ends early says why by its status.
    child.stdin.on("error", () => undefined);
    child.on("error", (error) => {
      reject(
        new RecoveryFailure(
          "usage",
          `cannot run zstd, which has to be on PATH: ${messageOf(error)}`,
        ),
      );
    });
    child.on("close", (status, signal) => {
      if (status === 0) {
        resolve(Buffer.concat(output));
      } else {
        reject(new Error(`zstd ended with ${String(signal ?? status)}: ${complaint.trim()}`));
      }
    });
    child.stdin.end(input);
  });
}
