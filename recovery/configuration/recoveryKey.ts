import { readFileSync, statSync } from "node:fs";
import { Decrypter, Encrypter, identityToRecipient } from "age-encryption";
import { messageOf, RecoveryFailure } from "../failure";

/** Encrypts a content for recovery keys. Two encryptions of one content have nothing in common. */
export async function encrypted(
  content: Uint8Array,
  recipients: readonly string[],
): Promise<Buffer> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    encrypter.addRecipient(recipient);
  }
  return Buffer.from(await encrypter.encrypt(content));
}

/** The secret part of recovery keys, as people keep it offline. */
export class RecoveryIdentity {
  private constructor(
    private readonly decrypter: Decrypter,
    /** The public parts. */
    public readonly recipients: readonly string[],
  ) {}

  /**
   * Reads a file that age-keygen wrote.
   *
   * @throws RecoveryFailure `usage` when it has no identity, or others may read it.
   */
  public static async fromFile(file: string): Promise<RecoveryIdentity> {
    let text: string;
    try {
      const { mode } = statSync(file);
      if ((mode & 0o170_000) === 0o100_000 && (mode & 0o077) !== 0) {
        throw new Error("others may read it; chmod 600 it first");
      }
      text = readFileSync(file, "utf8");
    } catch (error) {
      throw new RecoveryFailure("usage", `--identity ${file}: ${messageOf(error)}`);
    }
    const identities = text
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "" && !line.startsWith("#"));
    const decrypter = new Decrypter();
    const recipients: string[] = [];
    for (const [index, identity] of identities.entries()) {
      try {
        decrypter.addIdentity(identity);
        recipients.push(await identityToRecipient(identity));
      } catch {
        // The library's words could repeat what they complain of.
        throw new RecoveryFailure(
          "usage",
          `--identity ${file}: entry ${String(index + 1)} is no identity of age; it has to begin with AGE-SECRET-KEY-1, as age-keygen writes it. One with a passphrase is opened first: --identity <(age --decrypt FILE)`,
        );
      }
    }
    if (identities.length === 0) {
      throw new RecoveryFailure("usage", `--identity ${file}: there is no identity in it`);
    }
    return new RecoveryIdentity(decrypter, recipients);
  }

  /**
   * Undoes {@link encrypted}.
   *
   * @throws Error for what was not encrypted for this key, or is not as it was.
   */
  public async decrypted(bytes: Uint8Array): Promise<Buffer> {
    return Buffer.from(await this.decrypter.decrypt(bytes));
  }
}
