import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { type Location } from "../../contracts/jobEnvironment";
import { messageOf, RecoveryFailure } from "../failure";

/** An object's name under a prefix, and its size. */
export interface ObjectName {
  readonly name: string;
  readonly bytes: number;
}

/** How an object was stored. */
export interface Stored {
  /** As S3 says it; absent where it does not encrypt. */
  readonly algorithm: string | undefined;
  /** ARN of the key. */
  readonly key: string | undefined;
}

/**
 * Milliseconds without an answer, or without more of one, after which a request is tried again. S3
 * answers within a second; what stalls for longer has lost its connection.
 */
const requestTimeout = 30_000;
const connectionTimeout = 5_000;

/**
 * Times that a request is made in all. The waits between them double, up to 20 s. Whoever must not wait
 * for so long says less by the variable that AWS's own programs know.
 */
const attempts = Math.max(1, Number.parseInt(process.env["AWS_MAX_ATTEMPTS"] ?? "") || 6);

/** Milliseconds before an answer that broke off is asked for again; it doubles each time. */
const firstPause = 100;

// The SDK tells users of Node 20 that its versions of 2027 will not run there. Ours is pinned, and who
// runs a job cannot act on it.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

/**
 * A client of S3, which finds credentials and an endpoint as AWS's own programs do.
 *
 * @param region Region of the buckets.
 */
export function s3Client(region: string): S3Client {
  return new S3Client({
    region,
    maxAttempts: attempts,
    requestHandler: {
      requestTimeout,
      connectionTimeout,
      // The time for a request ends when its answer begins; this one is for the rest.
      socketTimeout: requestTimeout,
      throwOnRequestTimeout: true,
    },
  });
}

/** The objects under a prefix of a bucket. Nothing of it deletes or overwrites. */
export class BucketPrefix {
  public constructor(
    private readonly client: S3Client,
    public readonly location: Location,
  ) {}

  /** The objects under a prefix within this one. */
  public within(prefix: string): BucketPrefix {
    const { bucket, prefix: outer } = this.location;
    return new BucketPrefix(this.client, { bucket, prefix: outer + prefix });
  }

  /** For messages: `s3://bucket/prefix/name`. */
  public urlOf(name: string): string {
    const { bucket, prefix } = this.location;
    return `s3://${bucket}/${prefix}${name}`;
  }

  /**
   * Writes an object that is not there yet. S3 checks that what arrived is what was sent.
   *
   * @throws RecoveryFailure `storage` when S3 does not take it, or has another object of that name.
   */
  public async put(name: string, body: Uint8Array): Promise<Stored> {
    const digest = createHash("sha256").update(body).digest("base64");
    const target = this.keyOf(name);
    for (let attempt = 1; ; attempt += 1) {
      try {
        const stored = await this.client.send(
          new PutObjectCommand({
            ...target,
            Body: body,
            ContentLength: body.length,
            ChecksumSHA256: digest,
            IfNoneMatch: "*",
          }),
        );
        return { algorithm: stored.ServerSideEncryption, key: stored.SSEKMSKeyId };
      } catch (error) {
        // A request that is made again, because the answer to the first was lost, finds its own object.
        if (statusOf(error) === 412) {
          const there = await this.ask(name, () =>
            this.client.send(new HeadObjectCommand({ ...target, ChecksumMode: "ENABLED" })),
          );
          if (there.ChecksumSHA256 === digest) {
            return { algorithm: there.ServerSideEncryption, key: there.SSEKMSKeyId };
          }
        }
        // Or it meets the first one, which S3 has not done with yet.
        if (statusOf(error) !== 409 || attempt >= attempts) {
          throw this.failure(name, "write", error);
        }
        await sleep(firstPause * 2 ** (attempt - 1));
      }
    }
  }

  /** True where there is an object. */
  public async has(name: string): Promise<boolean> {
    try {
      await this.client.send(new HeadObjectCommand(this.keyOf(name)));
      return true;
    } catch (error) {
      if (statusOf(error) === 404) {
        return false;
      }
      throw this.failure(name, "read", error);
    }
  }

  /**
   * Reads an object, or a part of one.
   *
   * @param range First byte, and count of bytes. @default - the whole object
   * @throws RecoveryFailure `damaged` when it is not there, `storage` when S3 does not give it.
   */
  public async get(name: string, range?: { offset: number; bytes: number }): Promise<Buffer> {
    for (let attempt = 1; ; attempt += 1) {
      const { Body } = await this.ask(name, () =>
        this.client.send(
          new GetObjectCommand({
            ...this.keyOf(name),
            ...(range === undefined
              ? {}
              : {
                  Range: `bytes=${String(range.offset)}-${String(range.offset + range.bytes - 1)}`,
                }),
          }),
        ),
      );
      try {
        return Buffer.from((await Body?.transformToByteArray()) ?? []);
      } catch (error) {
        // The client asks again only until an answer begins.
        if (attempt >= attempts) {
          throw this.failure(name, "read", error);
        }
        await sleep(firstPause * 2 ** (attempt - 1));
      }
    }
  }

  /** Names of all objects under the prefix, in alphabetical order. */
  public async names(): Promise<ObjectName[]> {
    const found: ObjectName[] = [];
    for await (const page of this.pages()) {
      found.push(...page);
    }
    return found;
  }

  /** The same, up to a thousand at once, for places that hold more than memory should. */
  public async *pages(): AsyncGenerator<ObjectName[]> {
    const { bucket, prefix } = this.location;
    let token: string | undefined;
    do {
      const page = await this.ask("", () =>
        this.client.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
        ),
      );
      yield (page.Contents ?? []).map(({ Key = "", Size = 0 }) => ({
        name: Key.slice(prefix.length),
        bytes: Size,
      }));
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  /** Names of what lies directly under the prefix and holds more: `20260101T000000Z-0badcafe`. */
  public async folders(): Promise<string[]> {
    const { bucket, prefix } = this.location;
    const found: string[] = [];
    let token: string | undefined;
    do {
      const page = await this.ask("", () =>
        this.client.send(
          new ListObjectsV2Command({
            Bucket: bucket,
            Prefix: prefix,
            Delimiter: "/",
            ContinuationToken: token,
          }),
        ),
      );
      for (const { Prefix = "" } of page.CommonPrefixes ?? []) {
        found.push(Prefix.slice(prefix.length, -1));
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return found;
  }

  private keyOf(name: string): { readonly Bucket: string; readonly Key: string } {
    const { bucket, prefix } = this.location;
    return { Bucket: bucket, Key: prefix + name };
  }

  private async ask<Answer>(name: string, question: () => Promise<Answer>): Promise<Answer> {
    try {
      return await question();
    } catch (error) {
      throw this.failure(name, "read", error);
    }
  }

  private failure(name: string, act: "read" | "write", error: unknown): RecoveryFailure {
    const url = this.urlOf(name);
    if (error instanceof S3ServiceException && error.name === "NoSuchBucket") {
      return new RecoveryFailure(
        "storage",
        `cannot ${act} ${url}: there is no bucket ${this.location.bucket}; see that its name and its region are right`,
        { cause: error },
      );
    }
    if (statusOf(error) === 404) {
      return new RecoveryFailure("damaged", `${url} is not there`, { cause: error });
    }
    if (statusOf(error) === 416) {
      return new RecoveryFailure("damaged", `${url} is shorter than its manifest says`, {
        cause: error,
      });
    }
    const advice =
      statusOf(error) === 403
        ? "; see that the job's role may do this, for the bucket and for its key"
        : "";
    return new RecoveryFailure("storage", `cannot ${act} ${url}: ${messageOf(error)}${advice}`, {
      cause: error,
    });
  }
}

function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}
