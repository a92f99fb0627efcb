import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type CacheReply,
  fieldsOf,
  infoOf,
  ReplyReader,
  texts,
} from "../../../recovery/cache/replies";

async function* inPieces(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let offset = 0; offset < bytes.length; offset += size) {
    yield await Promise.resolve(bytes.subarray(offset, offset + size));
  }
}

function written(reply: CacheReply): string {
  if (reply === null) {
    return "$-1\r\n";
  }
  if (typeof reply === "number") {
    return `:${String(reply)}\r\n`;
  }
  if (typeof reply === "string") {
    return `$${String(Buffer.byteLength(reply))}\r\n${reply}\r\n`;
  }
  if (reply instanceof Error) {
    return `-${reply.message}\r\n`;
  }
  return `*${String(reply.length)}\r\n${reply.map(written).join("")}`;
}

describe("replies of Redis", () => {
  const { reply } = fc.letrec<{ reply: CacheReply }>((tie) => ({
    reply: fc.oneof(
      { depthSize: "small" },
      fc.string({ unit: "binary" }),
      fc.integer(),
      fc.constant(null),
      fc.array(tie("reply"), { maxLength: 4 }),
    ),
  }));

  it("are read as they were written, however they are cut on their way", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(reply, { maxLength: 4 }),
        fc.integer({ min: 1, max: 9 }),
        async (all, size) => {
          // Ends of lines between them are signs of life.
          const reader = new ReplyReader(
            inPieces(all.map((one) => `\n${written(one)}`).join(""), size),
          );
          for (const one of all) {
            assert.deepEqual(await reader.reply(), one);
          }
          assert.equal(await reader.chunk(), undefined);
        },
      ),
    );
  });

  it("may be errors, simple strings, and lists that are not there", async () => {
    const reader = new ReplyReader(inPieces("-NOPERM no\r\n+OK\r\n*-1\r\n", 3));
    assert.deepEqual(await reader.reply(), new Error("NOPERM no"));
    assert.equal(await reader.reply(), "OK");
    assert.equal(await reader.reply(), null);
  });

  it("are refused when they end too early or are something else", async () => {
    await assert.rejects(new ReplyReader(inPieces("$5\r\nabc", 9)).reply(), /was closed/);
    await assert.rejects(new ReplyReader(inPieces("HTTP/1.1 400\r\n", 9)).reply(), /not Redis/);
    const endless = new ReplyReader(inPieces("x".repeat(70_000), 9_000));
    await assert.rejects(endless.reply(), /a line has no end/);
  });

  it("are lists of texts, fields in turn, or lines of INFO", () => {
    assert.deepEqual(texts(["a", 1, null]), ["a", "1", ""]);
    assert.deepEqual(texts(null), []);
    assert.deepEqual(
      [...fieldsOf(["ip", "host", "port", "6379"])],
      [
        ["ip", "host"],
        ["port", "6379"],
      ],
    );
    assert.deepEqual(
      [...infoOf("# Keyspace\r\ndb0:keys=1,expires=0\r\n")],
      [["db0", "keys=1,expires=0"]],
    );
  });
});
