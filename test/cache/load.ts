import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type TLSSocket } from "node:tls";

/** A connection that sends commands and takes one-line answers, in order. */
export class Connection {
  private readonly waiting: ((answer: string) => void)[] = [];
  private received = "";
  public isClosed = false;

  private constructor(private readonly socket: TLSSocket) {
    socket.on("data", (data: Buffer) => {
      this.received += data.toString();
      for (let end = this.received.indexOf("\r\n"); end >= 0; end = this.received.indexOf("\r\n")) {
        this.waiting.shift()?.(this.received.slice(0, end));
        this.received = this.received.slice(end + 2);
      }
    });
    const close = () => {
      this.isClosed = true;
      this.waiting.splice(0).forEach((answer) => {
        answer("-CLOSED");
      });
    };
    socket.on("error", close);
    socket.on("close", close);
  }

  /** Opens a connection as the application. */
  public static async open(port: number, password: string, authority: string): Promise<Connection> {
    const connection = new Connection(
      connect({
        host: "localhost",
        port,
        ca: readFileSync(authority),
        checkServerIdentity: () => undefined,
      }),
    );
    const answer = await connection.send(`AUTH application ${password}`);
    if (answer !== "+OK") {
      connection.close();
      throw new Error(answer);
    }
    return connection;
  }

  public send(command: string): Promise<string> {
    return this.isClosed
      ? Promise.resolve("-CLOSED")
      : new Promise((resolve) => {
          this.waiting.push(resolve);
          this.socket.write(`${command}\r\n`);
        });
  }

  public close(): void {
    this.socket.destroy();
  }
}

/** Writers that write key after key until told to stop, and remember what was acknowledged. */
export class Load {
  public readonly acknowledged: string[] = [];
  /** Longest time between two acknowledgements, in milliseconds. */
  public longestGap = 0;
  private last: number | undefined;
  private isOver = false;
  private readonly writers: Promise<void>[];

  /**
   * @param port Where to write: asked again whenever a connection is lost or writes are refused.
   */
  public constructor(
    count: number,
    private readonly port: () => number,
    private readonly password: string,
    private readonly authority: string,
  ) {
    this.writers = Array.from({ length: count }, (_, writer) => this.write(writer));
  }

  public async stop(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.writers);
  }

  /** How many acknowledged writes a server does not have. */
  public async missingAt(port: number): Promise<number> {
    const connection = await Connection.open(port, this.password, this.authority);
    const answers: string[] = [];
    for (let from = 0; from < this.acknowledged.length; from += 500) {
      const keys = this.acknowledged.slice(from, from + 500);
      answers.push(...(await Promise.all(keys.map((key) => connection.send(`EXISTS ${key}`)))));
    }
    connection.close();
    return answers.filter((answer) => answer !== ":1").length;
  }

  private async write(writer: number): Promise<void> {
    let connection: Connection | undefined;
    for (let count = 0; !this.isOver; count += 1) {
      const key = `key:${String(writer)}:${String(count)}`;
      try {
        connection ??= await Connection.open(this.port(), this.password, this.authority);
        if ((await connection.send(`SET ${key} 1`)) === "+OK") {
          this.note(key);
          continue;
        }
        connection.close();
      } catch {
        // A server that is gone or not there yet: the next attempt may find another.
      }
      connection = undefined;
      await sleep(20);
    }
    connection?.close();
  }

  private note(key: string): void {
    const now = Date.now();
    this.longestGap = Math.max(this.longestGap, now - (this.last ?? now));
    this.last = now;
    this.acknowledged.push(key);
  }
}
