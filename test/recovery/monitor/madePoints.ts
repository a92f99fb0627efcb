import { createHash } from "node:crypto";
import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { objectName } from "../../../contracts/manifest";

/** A recovery point that was never taken, in as far as the monitor reads one. */
export interface MadePoint {
  /** When it was begun. */
  readonly at: Date;
  /** Bytes of its only object. @default 100 */
  readonly bytes?: number;
  /** @default - as many as bytes */
  readonly rows?: number;
}

/** Id of a point that was begun at a time. */
export function idAt(at: Date): string {
  return `${at.toISOString().replaceAll(/[-:]|\.\d+/g, "")}-0badcafe`;
}

/** Fields of a manifest, as any kind has them. */
export function fieldsOf({ at, bytes = 100, rows = bytes }: MadePoint) {
  return {
    format: 1,
    id: idAt(at),
    system: "lab",
    region: "us-east-1",
    startedAt: at.toISOString(),
    finishedAt: new Date(at.getTime() + 60_000).toISOString(),
    retainUntil: new Date(at.getTime() + 90 * 86_400_000).toISOString(),
    objects: [{ bytes, sha256: sha256Of(Buffer.alloc(bytes, 1)) }],
    tables: [{ rows }],
  };
}

/** A manifest's text with its seal. */
export function sealedText(fields: object): string {
  return JSON.stringify({ ...fields, seal: sha256Of(Buffer.from(JSON.stringify(fields))) });
}

function sha256Of(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Puts an object with its checksum, over whatever is there. */
export async function put(client: S3Client, Bucket: string, Key: string, Body: Buffer) {
  await client.send(new PutObjectCommand({ Bucket, Key, Body, ChecksumAlgorithm: "SHA256" }));
}

/** Writes a point into a series. */
export async function makePoint(
  client: S3Client,
  bucket: string,
  prefix: string,
  point: MadePoint,
): Promise<string> {
  const id = idAt(point.at);
  await put(client, bucket, `${prefix}${id}/${objectName(1)}`, Buffer.alloc(point.bytes ?? 100, 1));
  const text = sealedText(fieldsOf(point));
  await put(client, bucket, `${prefix}${id}/manifest.json`, Buffer.from(text));
  return id;
}
