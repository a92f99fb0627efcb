import { type S3Client } from "@aws-sdk/client-s3";
import { type Finding } from "../../contracts/events";
import { durationText } from "../text";
import { clockToleranceSeconds } from "./history";

/** What the answers of S3 tell beside what was asked for. */
export class Answers {
  /** Requests that were made, with those that were made again. */
  public requests = 0;
  /** By how much S3's clock is ahead of ours, by the answer that came last, in milliseconds. */
  private ahead = 0;

  /** Listens to what a client is answered. */
  public listenTo(client: S3Client): S3Client {
    client.middlewareStack.add(
      (next) => async (args) => {
        this.requests += 1;
        const answer = await next(args);
        const date = dateOf(answer.response);
        if (date !== undefined) {
          this.ahead = date - Date.now();
        }
        return answer;
      },
      // Next to the wire, so that refusals are heard too.
      { step: "deserialize", name: "answersListener", priority: "low" },
    );
    return client;
  }

  /** That our clock and S3's differ, where they do: every age that we tell is then wrong. */
  public clockFinding(where: string): Finding | undefined {
    const seconds = Math.round(Math.abs(this.ahead) / 1_000);
    return seconds <= clockToleranceSeconds
      ? undefined
      : {
          kind: "clock",
          where,
          message: `The clock here is ${durationText(seconds)} ${this.ahead > 0 ? "behind" : "ahead of"} that of S3: ages of recovery points are wrong by that much. Set the node's clock by time synchronisation, and check again.`,
        };
  }
}

/** Milliseconds since 1970, by an answer's header. */
function dateOf(response: unknown): number | undefined {
  const { headers = {} } = response as { headers?: Readonly<Record<string, string | undefined>> };
  const time = Date.parse(headers["date"] ?? "");
  return Number.isNaN(time) ? undefined : time;
}
