import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../failure";

/** A signal could not be sent. Its message names no address: that of Slack's webhook is a secret. */
export class SignalFailure extends Error {}

/** Milliseconds that a server has for one answer, from the connection to its last byte. */
const answerTime = 3_000;

/** Milliseconds that we wait at most when a server asks for it. */
const longestWait = 3_000;

/** Bytes of an answer that are read: those who take signals answer with a word. */
const longestAnswer = 4_096;

/** Characters of an answer that are shown. */
const shownOfAnswer = 200;

/** What is posted. */
export interface Post {
  readonly url: URL;
  readonly contentType: string;
  readonly body: string;
  /** Whether an answer with a good status says that it was taken: a proxy's own page does not. */
  readonly isTaken: (answer: string) => boolean;
}

/**
 * Posts something, in a few seconds or not at all. Redirections are not followed: whoever sends us
 * elsewhere is not who was named.
 *
 * @throws SignalFailure with what went wrong.
 */
export async function post(what: Post): Promise<void> {
  try {
    const first = await attempt(what);
    const wait = first.status === 429 ? first.retryAfter : undefined;
    const answer = wait === undefined ? first : await attemptAfter(wait, what);
    if (answer.status < 200 || answer.status > 299 || !what.isTaken(answer.text)) {
      const waits =
        answer.retryAfter === undefined
          ? ""
          : `, and asks to wait ${String(answer.retryAfter / 1000)} s`;
      throw new SignalFailure(
        `the answer is ${String(answer.status)}${waits}: ${JSON.stringify(answer.text.slice(0, shownOfAnswer))}`,
      );
    }
  } catch (error) {
    throw new SignalFailure(withoutAddress(reasonOf(error), what.url));
  }
}

interface Answer {
  readonly status: number;
  readonly text: string;
  /** Milliseconds after which to try again; absent where the server does not say. */
  readonly retryAfter: number | undefined;
}

async function attemptAfter(wait: number, what: Post): Promise<Answer> {
  if (wait > longestWait) {
    throw new SignalFailure(
      `the answer is 429: too much was sent, and ${String(wait / 1000)} s are to be waited, which is too long`,
    );
  }
  await sleep(wait);
  return attempt(what);
}

async function attempt({ url, contentType, body }: Post): Promise<Answer> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": contentType },
    body,
    redirect: "manual",
    signal: AbortSignal.timeout(answerTime),
  });
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  return {
    status: response.status,
    text: await beginningOf(response),
    retryAfter: Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined,
  };
}

/** The first bytes of an answer: whoever sends more is not listened to. */
async function beginningOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk as Uint8Array);
    bytes += (chunk as Uint8Array).length;
    if (bytes >= longestAnswer) {
      break;
    }
  }
  return Buffer.concat(chunks).toString().trim();
}

function reasonOf(error: unknown): string {
  if (error instanceof SignalFailure) {
    return error.message;
  }
  if (error instanceof Error && error.name === "TimeoutError") {
    return `there is no answer within ${String(answerTime / 1000)} s`;
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = (cause as { code?: unknown }).code;
  return [...(typeof code === "string" ? [code] : []), messageOf(cause)].filter(Boolean).join(": ");
}

/** Takes an address out of a text, whoever wrote it there. */
function withoutAddress(text: string, { href, pathname }: URL): string {
  const hidden = text.replaceAll(href, "(address)");
  return pathname.length > 1 ? hidden.replaceAll(pathname, "(path)") : hidden;
}
