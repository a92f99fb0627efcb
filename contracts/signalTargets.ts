import { secretsDirectory } from "./jobs";

/** Where the jobs of a region send their signals. */

/** A Pushgateway in the jobs' own cluster. */
export interface Pushgateway {
  /** Name of its Service. */
  readonly service: string;
  readonly namespace: string;
  /** Port of both its Service and its pods. */
  readonly port: number;
}

/** Its address within the cluster. */
export function pushgatewayUrl({ service, namespace, port }: Pushgateway): string {
  return `http://${service}.${namespace}.svc:${String(port)}`;
}

/** The Pushgateway that {@link pushgatewayUrl} made an address of; undefined for any other address. */
export function pushgatewayAt(url: string): Pushgateway | undefined {
  const [, service, namespace, port] =
    /^http:\/\/([a-z0-9-]+)\.([a-z0-9-]+)\.svc:(\d+)$/.exec(url) ?? [];
  return service === undefined || namespace === undefined
    ? undefined
    : { service, namespace, port: Number(port) };
}

/** Key of the Secret that holds the address of Slack's incoming webhook. */
export const slackSecretKey = "webhook";

/** Where a job finds that address. */
export const slackWebhookFile = `${secretsDirectory}/${slackSecretKey}`;
