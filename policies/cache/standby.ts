import { z } from "zod";
import { cacheHost } from "../../contracts/cacheNames";
import { type Finding, rule } from "../rule";
import { textAt } from "../values";
import { configMap, membershipOf } from "./groups";
import { cachesInRegion, serverAt } from "./regions";

/** The region that stands by follows the one that serves, and promotes nobody on its own. */
export const standby = rule({
  id: "cache-standby",
  severity: "critical",
  scope: "resource",
  description:
    "Where the system's file says standby: replication, the cache of the region that stands by follows the other region's, and its Sentinels watch nobody; the region that serves follows nobody, and knows whom it would follow.",
  serves: "standby of the cache, for the region scenario",
  peers: [],
  types: [configMap],
  example: {
    good: '"first-upstream": "cache-feed.hft.us-east-1.trading.internal 6379" // in the region that stands by',
    bad: '"first-upstream": ""',
  },
  settings: z.strictObject({
    caches: z.array(
      z.strictObject({
        /** Name of the cache in the system's file. */
        store: z.string(),
        /** Whether this region serves: `regions.active`. */
        serving: z.boolean(),
        /** Address of the server that is primary of a group that serves at first. */
        head: z.string(),
        /** Address of the other region's feed; absent with `standby: snapshots`. */
        upstream: z.string().optional(),
      }),
    ),
  }),
  settingsFor: (environment) => {
    const caches = cachesInRegion(environment).map(({ store, place, serving, link }) => ({
      store,
      serving,
      head: serverAt(cacheHost("server", 0, place)),
      ...(link === undefined ? {} : { upstream: serverAt(link.upstreamHost) }),
    }));
    return caches.length === 0 ? undefined : { caches };
  },
  *check({ inputs }: { readonly inputs: unknown }, { settings: { caches } }): Iterable<Finding> {
    const membership = membershipOf({ inputs });
    const cache = caches.find(({ store }) => store === membership?.store);
    if (membership === undefined || cache === undefined) {
      return;
    }
    const { serving, head, upstream } = cache;
    if (membership.part === "sentinel") {
      yield* addressFindings(inputs, "first-primary", serving ? head : "");
      return;
    }
    yield* addressFindings(inputs, "first-upstream", serving ? "" : (upstream ?? ""));
    const script = textAt(inputs, "data", "stand-by.sh") ?? "";
    if (upstream !== undefined && !script.includes(`"${upstream}"`)) {
      yield {
        setting: "data.stand-by.sh: whom it follows",
        found: "another server",
        required: "the other region's feed",
        mend: "name it: a region that comes back could not be made the standby",
      };
    }
  },
});

function* addressFindings(inputs: unknown, file: string, address: string): Iterable<Finding> {
  const found = textAt(inputs, "data", file)?.trim();
  if (found !== address) {
    yield {
      setting: `data.${file}`,
      ...(found === undefined ? {} : { found: found === "" ? "empty" : "an address" }),
      required:
        address === ""
          ? "empty"
          : file === "first-primary"
            ? "server 0 of this region"
            : "the other region's feed",
      mend: "set it by regions.active and standby of the system's file",
    };
  }
}
