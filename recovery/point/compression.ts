import { compress, decompress } from "@mongodb-js/zstd";

/** Compresses a piece by zstd, at its default level, the library's only one, beside the program's own thread. */
export function compressed(raw: Buffer): Promise<Buffer> {
  return compress(raw);
}

/**
 * Undoes {@link compressed}.
 *
 * @throws Error for what zstd did not write.
 */
export function decompressed(bytes: Buffer): Promise<Buffer> {
  return decompress(bytes);
}
