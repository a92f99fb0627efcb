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
import { type Location } from "../../contracts/variables";
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

/** What S3 says of an object without giving it. */
export interface ObjectState {
  readonly bytes: number;
  readonly writtenAt: Date;
  /** In hexadecimal digits; absent where the writer gave none. */
  readonly sha256: string | undefined;
  /** The lock, as far as there is one and the role may see it. */
  readonly lock: { readonly mode: string; readonly until: Date } | undefined;
  /** `PENDING`, `FAILED`, `COMPLETED` for all places that it is copied to; absent where it is not copied. */
  readonly replication: string | undefined;
  /** True where it has to be brought back, for hours, before it can be read. */
  readonly isArchived: boolean;
}

/** An object, by its name under a prefix. */
export interface ListedObject extends ObjectName, Pick<ObjectState, "isArchived"> {}

/** Classes of storage whose objects cannot be read as they are. */
const archives: readonly (string | undefined)[] = ["GLACIER", "DEEP_ARCHIVE"];

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
    /** Ends requests that take longer than is good. @default - they end by themselves */
    private readonly abortSignal?: AbortSignal,
  ) {}

  /** The same, for a time: requests that are on their way when it is over fail. */
  public until(abortSignal: AbortSignal): BucketPrefix {
    return new BucketPrefix(this.client, this.location, abortSignal);
  }

  /** The objects under a prefix within this one. */
  public within(prefix: string): BucketPrefix {
    const { bucket, prefix: outer } = this.location;
    return new BucketPrefix(this.client, { bucket, prefix: outer + prefix }, this.abortSignal);
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
          this.options,
        );
        return { algorithm: stored.ServerSideEncryption, key: stored.SSEKMSKeyId };
      } catch (error) {
        // A request that is made again, because the answer to the first was lost, finds its own object.
        if (statusOf(error) === 412) {
          const there = await this.ask(name, () =>
            this.client.send(
              new HeadObjectCommand({ ...target, ChecksumMode: "ENABLED" }),
              this.options,
            ),
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
    const { Bucket, Key } = this.keyOf(name);
    // By a list: whoever may list some prefixes alone, and asks for an object that is not there, gets the
    // same answer from S3 as one who may not read it.
    const { Contents = [] } = await this.ask(name, () =>
      this.client.send(new ListObjectsV2Command({ Bucket, Prefix: Key, MaxKeys: 1 }), this.options),
    );
    return Contents[0]?.Key === Key;
  }

  /** What S3 says of an object; undefined where there is none. */
  public async stateOf(name: string): Promise<ObjectState | undefined> {
    try {
      const head = await this.client.send(
        new HeadObjectCommand({ ...this.keyOf(name), ChecksumMode: "ENABLED" }),
      );
      const { ChecksumSHA256: sum, ObjectLockMode: mode, ObjectLockRetainUntilDate: until } = head;
      return {
        bytes: head.ContentLength ?? 0,
        writtenAt: head.LastModified ?? new Date(0),
        sha256: sum === undefined ? undefined : Buffer.from(sum, "base64").toString("hex"),
        lock: mode === undefined || until === undefined ? undefined : { mode, until },
        replication: head.ReplicationStatus,
        isArchived: archives.includes(head.StorageClass),
      };
    } catch (error) {
      if (statusOf(error) === 404) {
        return undefined;
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
          this.options,
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

  /**
   * Names of all objects under the prefix, in alphabetical order.
   *
   * @param after Name that they come after. @default - from the first
   */
  public async names(after?: string): Promise<ListedObject[]> {
    const found: ListedObject[] = [];
    for await (const page of this.pages(after)) {
      found.push(...page);
    }
    return found;
  }

  /** The same, up to a thousand at once, for places that hold more than memory should. */
  public async *pages(after?: string): AsyncGenerator<ListedObject[]> {
    const { bucket, prefix } = this.location;
    let token: string | undefined;
    do {
      const page = await this.ask("", () =>
        this.client.send(
          new ListObjectsV2Command({
            Bucket: bucket,
            Prefix: prefix,
            ContinuationToken: token,
            ...(after === undefined ? {} : { StartAfter: prefix + after }),
          }),
          this.options,
        ),
      );
      yield (page.Contents ?? []).map(({ Key = "", Size = 0, StorageClass }) => ({
        name: Key.slice(prefix.length),
        bytes: Size,
        isArchived: archives.includes(StorageClass),
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
          this.options,
        ),
      );
      for (const { Prefix = "" } of page.CommonPrefixes ?? []) {
        found.push(Prefix.slice(prefix.length, -1));
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return found;
  }

  private get options(): { abortSignal?: AbortSignal } {
    return this.abortSignal === undefined ? {} : { abortSignal: this.abortSignal };
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
      error instanceof S3ServiceException && error.name === "InvalidObjectState"
        ? "; bring it back by `aws s3api restore-object`, which takes hours, and read it then"
        : statusOf(error) === 403
          ? "; see that the job's role may do this, for the bucket and for its key"
          : "";
    return new RecoveryFailure("storage", `cannot ${act} ${url}: ${messageOf(error)}${advice}`, {
      cause: error,
    });
  }
}

/**
 * Whether S3 answers and does not give an object: to this role, by that key, or out of an archive class of
 * storage. Others may be given all the same.
 */
export function isWithheld(failure: unknown): boolean {
  return failure instanceof RecoveryFailure && statusOf(failure.cause) === 403;
}

function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}
