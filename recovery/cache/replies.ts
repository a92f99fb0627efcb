/** What Redis answers: RESP2, as far as our commands need it. An error is a value here. */
export type CacheReply = string | number | null | Error | readonly CacheReply[];

const lineEnd = "\r\n";

/** Bytes of the longest line that is one. */
const longestLine = 64 * 1024;

/** Reads replies, and between them whatever comes, from a stream of bytes. */
export class ReplyReader {
  private readonly chunks: AsyncIterator<Buffer, undefined>;
  private held: Buffer = Buffer.alloc(0);

  public constructor(stream: AsyncIterable<Buffer>) {
    this.chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  }

  /**
   * The next reply.
   *
   * @throws Error when the stream ends before it does, or is not Redis's.
   */
  public async reply(): Promise<CacheReply> {
    let line = "";
    // Who is busy with a copy sends ends of lines, as a sign of life.
    while (line === "") {
      line = await this.line();
    }
    const rest = line.slice(1);
    switch (line[0]) {
      case "+":
        return rest;
      case "-":
        return new Error(rest);
      case ":":
        return Number(rest);
      case "$":
        return rest === "-1" ? null : (await this.take(Number(rest))).toString();
      case "*": {
        if (rest === "-1") {
          return null;
        }
        const items: CacheReply[] = [];
        while (items.length < Number(rest)) {
          items.push(await this.reply());
        }
        return items;
      }
      default:
        throw new Error(
          `what it says is not Redis's protocol: ${JSON.stringify(line.slice(0, 80))}`,
        );
    }
  }

  /** The next line, without its end. */
  public async line(): Promise<string> {
    for (;;) {
      const end = this.held.indexOf("\n");
      if (end >= 0) {
        const line = this.held.subarray(0, end).toString();
        this.held = this.held.subarray(end + 1);
        return line.endsWith("\r") ? line.slice(0, -1) : line;
      }
      if (this.held.length > longestLine) {
        throw new Error("what it says is not Redis's protocol: a line has no end");
      }
      await this.more();
    }
  }

  /** What comes next, as it comes; undefined at the end. */
  public async chunk(): Promise<Buffer | undefined> {
    if (this.held.length > 0) {
      const { held } = this;
      this.held = Buffer.alloc(0);
      return held;
    }
    const { done, value } = await this.chunks.next();
    return done === true ? undefined : value;
  }

  private async take(bytes: number): Promise<Buffer> {
    while (this.held.length < bytes + lineEnd.length) {
      await this.more();
    }
    const taken = this.held.subarray(0, bytes);
    this.held = this.held.subarray(bytes + lineEnd.length);
    return taken;
  }

  private async more(): Promise<void> {
    const { done, value } = await this.chunks.next();
    if (done === true) {
      throw new Error("the connection was closed");
    }
    this.held = this.held.length === 0 ? value : Buffer.concat([this.held, value]);
  }
}

/** The items of a reply; what is no list has none. */
export function itemsOf(reply: CacheReply | undefined): readonly CacheReply[] {
  return typeof reply === "object" && reply !== null && !(reply instanceof Error) ? reply : [];
}

/** A reply as a list of texts; an item that is none is empty. */
export function texts(reply: CacheReply | undefined): string[] {
  return itemsOf(reply).map((item) =>
    typeof item === "string" || typeof item === "number" ? String(item) : "",
  );
}

/** A list of names and values in turn, as Sentinels answer. */
export function fieldsOf(reply: CacheReply | undefined): Map<string, string> {
  const words = texts(reply);
  return new Map(
    words.flatMap((word, index) => (index % 2 === 0 ? [[word, words[index + 1] ?? ""]] : [])),
  );
}

/** The lines of INFO by name. */
export function infoOf(reply: CacheReply): Map<string, string> {
  const lines = typeof reply === "string" ? reply.split(lineEnd) : [];
  return new Map(
    lines.flatMap((line) => {
      const colon = line.indexOf(":");
      return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1)]] : [];
    }),
  );
}
