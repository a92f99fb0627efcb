import { bech32 } from "@scure/base";
import { z } from "zod";

/**
 * Keys that Secrets are encrypted for before they leave a cluster, as `age` spells them. The public part,
 * the recipient, is configuration; the identity is kept offline by people, and no machine has it.
 */

/** Letters that begin a recipient of the kind X25519. */
const recipientPrefix = "age";

/** Bytes of a public key. */
const keyBytes = 32;

/** Whether a text is a recipient, by its own checksum: a slip of the pen is found before it costs a Secret. */
export function isRecipient(text: string): boolean {
  try {
    const { prefix, words } = bech32.decode(text as `${string}1${string}`);
    return prefix === recipientPrefix && bech32.fromWords(words).length === keyBytes;
  } catch {
    return false;
  }
}

/** The public part of a recovery key. */
export const recipient = z.string().refine(isRecipient, {
  error: "must be a recipient that age-keygen prints, like age1 and 58 more characters",
});

/** Says that nobody has made a recovery key yet: nothing is saved until there is one. */
export const noRecipients = "pending";
