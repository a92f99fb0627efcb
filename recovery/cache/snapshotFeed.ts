import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { ReplyReader, texts } from "./replies";

/** A snapshot that is given to a server of our own. */
export interface FedSnapshot {
  /** Its bytes. */
  readonly length: number;
  /** Gives it, once. */
  content(): AsyncGenerator<Buffer>;
}

/**
 * Gives a snapshot to one server of our own, on loopback, as a primary gives it to a replica: so the
 * server needs no file. Who does not know the password is given nothing.
 */
export class SnapshotFeed {
  /** Password that the server has to log in with. */
  public readonly password = randomBytes(24).toString("hex");
  /** What went wrong with the snapshot; a server that is cut off would only ask again. */
  public failure: unknown;
  private readonly sockets = new Set<Socket>();
  private asked = 0;

  private constructor(
    private readonly server: Server,
    private readonly snapshot: FedSnapshot,
  ) {
    server.on("connection", (socket) => {
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
      // A server that leaves is seen by whoever waits for it.
      socket.on("error", () => undefined);
      this.serve(socket).catch((error: unknown) => {
        this.failure ??= error;
        socket.destroy();
      });
    });
  }

  public static async start(snapshot: FedSnapshot): Promise<SnapshotFeed> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new SnapshotFeed(server, snapshot);
  }

  /** Port on loopback. */
  public get port(): number {
    const address = this.server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** Ends it; a server that still follows it loses its link and keeps what it has. */
  public close(): void {
    this.server.close();
    this.sockets.forEach((socket) => socket.destroy());
  }

  private async serve(socket: Socket): Promise<void> {
    const reader = new ReplyReader(socket);
    let isIn = false;
    for (;;) {
      const words = texts(await reader.reply().catch(() => []));
      const command = words[0]?.toUpperCase();
      if (command === undefined) {
        // It has gone.
        socket.destroy();
        return;
      }
      isIn ||= command === "AUTH" && words.at(-1) === this.password;
      if (!isIn) {
        // A replica asks for a sign of life first, and takes this for one.
        socket.write("-NOAUTH Authentication required.\r\n");
      } else if (command === "PSYNC") {
        await this.give(socket);
      } else if (command === "PING") {
        socket.write("+PONG\r\n");
      } else if (words[1]?.toUpperCase() !== "ACK") {
        socket.write("+OK\r\n");
      }
    }
  }

  private async give(socket: Socket): Promise<void> {
    this.asked += 1;
    if (this.asked > 1) {
      throw new Error("it asked for the snapshot again: what it was given, it could not load");
    }
    const { length } = this.snapshot;
    socket.write(`+FULLRESYNC ${"0".repeat(39)}1 0\r\n$${String(length)}\r\n`);
    for await (const bytes of this.snapshot.content()) {
      if (!socket.write(bytes)) {
        await once(socket, "drain");
      }
    }
  }
}
