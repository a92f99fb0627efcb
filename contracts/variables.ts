import { z } from "zod";

/** Codecs between values and the text of variables, which environments are made of. */

/** Objects under a prefix of a bucket. */
export interface Location {
  readonly bucket: string;
  /** Ends in a slash. */
  readonly prefix: string;
}

/** One word. */
export const text = z.string().regex(/^\S+$/);

const bucketUrl = /^s3:\/\/([a-z0-9.-]{3,63})\/((?:[A-Za-z0-9._-]+\/)+)$/;

/** `s3://bucket/prefix/` */
export const location = z.codec(
  z.string().regex(bucketUrl, { error: "must be like s3://bucket/prefix/" }),
  z.object({ bucket: z.string(), prefix: z.string() }),
  {
    decode: (url) => {
      const [, bucket = "", prefix = ""] = bucketUrl.exec(url) ?? [];
      return { bucket, prefix };
    },
    encode: ({ bucket, prefix }) => `s3://${bucket}/${prefix}`,
  },
);

/** A whole number, not below zero. */
export const whole = z.codec(
  z.string().regex(/^\d{1,15}$/, { error: "must be a whole number" }),
  z.int().nonnegative(),
  { decode: Number, encode: String },
);

/** Several values in one variable, with a space between them. */
export function several<Item extends z.ZodType<unknown, string>>(item: Item) {
  return z.codec(z.string().min(1), z.array(item).min(1), {
    decode: (joined) => joined.split(" ") as z.input<Item>[],
    encode: (items) => items.join(" "),
  });
}

/** `host:port` */
export const hostAndPort = z.string().regex(/^\S+:\d+$/, { error: "must be like host:port" });

/** A structure in one variable, as JSON. */
export function structure<Value>(schema: z.ZodType<Value>) {
  return z.codec(z.string(), schema, {
    decode: (json, context): unknown => {
      try {
        return JSON.parse(json);
      } catch {
        context.issues.push({ code: "custom", input: json, message: "must be JSON" });
        return z.NEVER;
      }
    },
    encode: (value) => JSON.stringify(value),
  });
}

/** Where something listens for HTTP. It is no place for a secret: a password has none here. */
export const httpUrl = z.string().refine(
  (url) => {
    const { protocol, username, password, search, hash } = URL.canParse(url)
      ? new URL(url)
      : { protocol: "", username: "", password: "", search: "", hash: "" };
    return /^https?:$/.test(protocol) && [username, password, search, hash].join("") === "";
  },
  { error: "must be like http://host:port, without a user, a query or a fragment" },
);

/** A file of the machine that the command runs on. */
export const filePath = z.string().regex(/^\/\S+$/, { error: "must be an absolute path" });
