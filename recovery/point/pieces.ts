const lineEnd = 0x0a;

/** Bytes of a piece of content, before compression. */
export const pieceBytes = 4 * 1024 * 1024;

/** Bytes after which a row that does not end is cut nevertheless: a value may be a gigabyte. */
const longestPiece = 4 * pieceBytes;

/** A piece of content. */
export interface Piece {
  readonly bytes: Buffer;
  /** True where it ends inside of a row. */
  readonly continues: boolean;
}

/** Cuts rows into pieces that end with a row, where rows are not too long for that. */
export async function* piecesOfRows(chunks: AsyncIterable<Buffer>): AsyncGenerator<Piece> {
  let held: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    size += chunk.length;
    const end = size < pieceBytes ? -1 : chunk.lastIndexOf(lineEnd) + 1;
    if (end > 0) {
      held[held.length - 1] = chunk.subarray(0, end);
      yield { bytes: Buffer.concat(held), continues: false };
      held = end === chunk.length ? [] : [chunk.subarray(end)];
      size = chunk.length - end;
    } else if (size >= longestPiece) {
      yield { bytes: Buffer.concat(held), continues: true };
      held = [];
      size = 0;
    }
  }
  if (size > 0) {
    yield { bytes: Buffer.concat(held), continues: false };
  }
}

/** Cuts bytes into pieces, anywhere. */
export async function* piecesOfBytes(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    size += chunk.length;
    if (size >= pieceBytes) {
      yield Buffer.concat(held);
      held = [];
      size = 0;
    }
  }
  if (size > 0) {
    yield Buffer.concat(held);
  }
}
