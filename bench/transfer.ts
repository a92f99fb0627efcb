import { createReadStream, createWriteStream, statSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { emergencies } from "../test/recovery/laboratory";

/**
 * Copies a file into the bucket or out of it, for the pipelines that `trading-dr` is compared with.
 *
 * Arguments: `put` or `get`; the file's name in the directory that SCRATCH names.
 */
async function main(): Promise<void> {
  const [, , act, name = ""] = process.argv;
  const file = join(process.env["SCRATCH"] ?? "", name);
  const client = new S3Client({ region: "us-east-1" });
  const target = { Bucket: emergencies.bucket, Key: emergencies.prefix + name };
  if (act === "put") {
    await client.send(
      new PutObjectCommand({
        ...target,
        Body: createReadStream(file),
        ContentLength: statSync(file).size,
      }),
    );
  } else {
    const { Body } = await client.send(new GetObjectCommand(target));
    await pipeline(Body as Readable, createWriteStream(file));
  }
}

void main();
