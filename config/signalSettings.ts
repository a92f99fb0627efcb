import { z } from "zod";
import { identifier, section, whole } from "./field";
import { type Problem } from "./problem";
import { type System } from "./system";
import { problemAt, type SourceFile } from "./yamlFile";

/** What a stack of a trading region says of whom jobs tell what they did: docs/signals.md. */

/** The keys of `trading-dr:signals` in a stack file. Where nothing is named, nothing is sent. */
export const signalSettings = section({
  /** A Pushgateway of the stack's cluster, which Prometheus scrapes. */
  pushgateway: section({
    /** Name of its Service. */
    service: identifier(63),
    namespace: identifier(63),
    /** Port of both its Service and its pods. */
    port: whole(1, 65_535, "port number"),
  }).optional(),
  /**
   * Name of a Secret with the address of Slack's incoming webhook under the key `webhook`. It is made by
   * hand in the namespace of the system and in that of its verifications, and is in no stack's state.
   */
  slackSecret: identifier(253).optional(),
});

export type SignalSettings = z.output<typeof signalSettings>;

/** What is wrong with the settings of signals for a stack's role and system. */
export function signalProblems(
  { role, signals }: { readonly role: string; readonly signals?: SignalSettings | undefined },
  { namespace }: Pick<System, "namespace">,
  source: Omit<SourceFile, "data">,
): Problem[] {
  if (signals === undefined) {
    return [];
  }
  const problem = (path: readonly string[], value: unknown, message: string) =>
    problemAt(source, ["signals", ...path], value, message);
  if (role === "archive") {
    return [problem([], signals, "the archive runs no jobs to tell of; remove it")];
  }
  return signals.pushgateway?.namespace === namespace
    ? [
        problem(
          ["pushgateway", "namespace"],
          namespace,
          "must not be the system's own namespace, which jobs that restore must not reach; run the Pushgateway in another",
        ),
      ]
    : [];
}
