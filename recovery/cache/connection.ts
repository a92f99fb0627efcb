import { once } from "node:events";
import { connect as connectPlainly, type Socket } from "node:net";
import { connect as connectByTls } from "node:tls";
import { messageOf, RecoveryFailure } from "../failure";
import { type CacheReply, ReplyReader } from "./replies";

/** Where a server or Sentinel is. */
export interface CacheAddress {
  readonly host: string;
  readonly port: number;
}

/** Who logs in, and what servers are recognised by. */
export interface CacheLogin {
  readonly user: string;
  readonly password: string;
  /** Certificate of the authority that signs for servers and Sentinels. */
  readonly authority: Buffer;
}

/** A server says no. */
export class CacheRefusal extends RecoveryFailure {
  public constructor(
    message: string,
    /** The first word of what it says, which tells one kind from another: `NOPERM`. */
    public readonly code: string,
  ) {
    super("database", message);
  }
}

/** Milliseconds that a server may take to answer; what hangs for longer is as good as gone. */
const answerMilliseconds = 5_000;

/** `host:port` */
export function addressText({ host, port }: CacheAddress): string {
  return `${host}:${String(port)}`;
}

/** The address in `host:port`. */
export function parseAddress(text: string): CacheAddress {
  const colon = text.lastIndexOf(":");
  return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}

/** A connection to a Redis server or a Sentinel, on which one command at a time is asked. */
export class CacheConnection {
  private readonly reader: ReplyReader;
  private patienceMilliseconds = answerMilliseconds;

  private constructor(
    private readonly socket: Socket,
    /** For messages. */
    private readonly name: string,
  ) {
    this.reader = new ReplyReader(socket);
  }

  /**
   * Connects by TLS, with the server's name checked, and logs in.
   *
   * @throws RecoveryFailure `database` when it does not answer, or does not let us in.
   */
  public static async open(address: CacheAddress, login: CacheLogin): Promise<CacheConnection> {
    const name = addressText(address);
    const socket = connectByTls({ ...address, ca: login.authority });
    const connection = await CacheConnection.connected(socket, "secureConnect", name);
    await connection.logIn(login.user, login.password);
    return connection;
  }

  /**
   * Connects to a server of our own by its socket.
   *
   * @throws RecoveryFailure `database` when it does not answer.
   */
  public static async openSocket(
    path: string,
    user: string,
    password: string,
  ): Promise<CacheConnection> {
    const connection = await CacheConnection.connected(connectPlainly({ path }), "connect", path);
    await connection.logIn(user, password);
    return connection;
  }

  private static async connected(
    socket: Socket,
    event: "connect" | "secureConnect",
    name: string,
  ): Promise<CacheConnection> {
    // An error that comes while nobody waits is found by whoever reads or writes next.
    socket.on("error", () => undefined);
    socket.setNoDelay(true);
    const timer = abandonLater(socket, answerMilliseconds);
    try {
      await once(socket, event);
    } catch (error) {
      socket.destroy();
      throw new RecoveryFailure("database", `${name} does not answer: ${messageOf(error)}`, {
        cause: error,
      });
    } finally {
      clearTimeout(timer);
    }
    return new CacheConnection(socket, name);
  }

  /**
   * Asks a command.
   *
   * @throws CacheRefusal when the server says no.
   * @throws RecoveryFailure `database` when it does not answer.
   */
  public async ask(...words: readonly string[]): Promise<CacheReply> {
    this.send(words);
    return this.reply(words[0] ?? "");
  }

  /** From now on, answers may take their time: a snapshot is begun, or all keys are gone through. */
  public waitLonger(milliseconds: number): void {
    this.patienceMilliseconds = milliseconds;
  }

  /** The next line of a conversation that is not one of commands and replies. */
  public async line(): Promise<string> {
    return this.read(() => this.reader.line());
  }

  /** What comes next, as it comes; undefined at the end. */
  public async chunk(): Promise<Buffer | undefined> {
    return this.read(() => this.reader.chunk());
  }

  /** Sends a command whose answer is read by {@link line} and {@link chunk}. */
  public send(words: readonly string[]): void {
    const parts = words.map((word) => `$${String(Buffer.byteLength(word))}\r\n${word}\r\n`);
    this.socket.write(`*${String(words.length)}\r\n${parts.join("")}`);
  }

  public close(): void {
    this.socket.destroy();
  }

  private async logIn(user: string, password: string): Promise<void> {
    try {
      await this.ask("AUTH", user, password);
    } catch (error) {
      this.close();
      if (error instanceof CacheRefusal && error.code === "WRONGPASS") {
        throw new RecoveryFailure(
          "database",
          `${this.name} does not let user ${user} in: see that the file has the password in use, and that the user is there`,
          { cause: error },
        );
      }
      throw error;
    }
  }

  private async reply(command: string): Promise<CacheReply> {
    const reply = await this.read(() => this.reader.reply());
    if (reply instanceof Error) {
      const code = reply.message.split(" ", 1)[0] ?? "";
      throw new CacheRefusal(`${this.name} refuses ${command}: ${reply.message}`, code);
    }
    return reply;
  }

  private async read<Answer>(next: () => Promise<Answer>): Promise<Answer> {
    // Counted only while somebody waits: what is not read for a while is not silence of the server.
    const timer = abandonLater(this.socket, this.patienceMilliseconds);
    try {
      return await next();
    } catch (error) {
      throw new RecoveryFailure("database", `lost ${this.name}: ${messageOf(error)}`, {
        cause: error,
      });
    } finally {
      clearTimeout(timer);
    }
  }
}

function abandonLater(socket: Socket, milliseconds: number): NodeJS.Timeout {
  return setTimeout(() => {
    socket.destroy(new Error(`no answer for ${String(milliseconds / 1_000)} s`));
  }, milliseconds);
}
