import { type Measures, type Metric, metrics, metricsJob } from "../../contracts/metrics";
import { post } from "./post";

/**
 * Pushes what a run measured into its group of a Pushgateway, by POST: that replaces metrics of the same
 * names and leaves others alone, so that a run that failed, and has no last success to tell of, erases none.
 *
 * @param pushgateway Its address: `http://pushgateway.monitoring:9091`.
 * @param group Labels of the group, and their values.
 * @throws SignalFailure when it is not taken.
 */
export async function pushMeasures(
  pushgateway: string,
  group: readonly (readonly [string, string])[],
  measures: Measures,
): Promise<void> {
  await post({
    url: new URL(`${pushgateway.replace(/\/+$/, "")}/metrics${groupPath(group)}`),
    contentType: "text/plain; version=0.0.4; charset=utf-8",
    body: await expositionOf(measures),
    // A Pushgateway says nothing.
    isTaken: (answer) => answer === "",
  });
}

/** `/job/trading_dr/system/lab`; what a path cannot hold, as a Pushgateway reads it. */
export function groupPath(group: readonly (readonly [string, string])[]): string {
  return [["job", metricsJob] as const, ...group]
    .map(([label, value]) =>
      /^[\w-]+$/.test(value)
        ? `/${label}/${value}`
        : `/${label}@base64/${Buffer.from(value).toString("base64url") || "="}`,
    )
    .join("");
}

/** Values as Prometheus reads them. */
export async function expositionOf(measures: Measures): Promise<string> {
  // It holds ten megabytes of memory, which backups without a Pushgateway, and those still at work, do without.
  const { Gauge, Registry } = await import("prom-client");
  const registry = new Registry();
  const registered: Readonly<Record<string, Metric>> = metrics;
  for (const [key, { name, help, label }] of Object.entries(registered)) {
    const value = (measures as Readonly<Record<string, number | Record<string, number>>>)[key];
    if (value === undefined) {
      continue;
    }
    const gauge = new Gauge({
      name,
      help,
      labelNames: label === undefined ? [] : [label],
      registers: [registry],
    });
    if (typeof value === "number") {
      gauge.set(value);
    } else if (label !== undefined) {
      for (const [each, number] of Object.entries(value)) {
        gauge.set({ [label]: each }, number);
      }
    }
  }
  return registry.metrics();
}
