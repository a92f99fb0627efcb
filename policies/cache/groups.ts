import { cachesOf } from "../../config/cacheSettings";
import { type StoreOf } from "../../config/stores";
import { type Environment } from "../environment";
import { type Resource } from "../stack";
import { listAt, type Path, textAt } from "../values";

/** Who is who among the Kubernetes objects of caches: by their labels, as Kubernetes itself tells pods. */

export const configMap = "kubernetes:core/v1:ConfigMap";
export const statefulSet = "kubernetes:apps/v1:StatefulSet";

/** The two parts of a cache that have pods. */
export const parts = ["server", "sentinel"] as const;

/** Servers hold the data, Sentinels decide which of them is primary. */
export type Part = (typeof parts)[number];

/** What an object belongs to. */
export interface Membership {
  readonly part: Part;
  /** Name of the cache in the system's file. */
  readonly store: string;
}

/** The part and the cache that an object says it belongs to; undefined for any other object. */
export function membershipOf({ inputs }: Pick<Resource, "inputs">): Membership | undefined {
  const name = textAt(inputs, "metadata", "labels", "app.kubernetes.io/name");
  const part = parts.find((known) => name === `cache-${known}`);
  const store = textAt(inputs, "metadata", "labels", "app.kubernetes.io/instance");
  return part === undefined || store === undefined ? undefined : { part, store };
}

/** True for an object of the same part of the same cache. */
export function belongsTo({ part, store }: Membership, object: Pick<Resource, "inputs">): boolean {
  const own = membershipOf(object);
  return own?.part === part && own.store === store;
}

/** True where a stack may run caches: in a trading region, and in a sandbox. */
export function runsCaches({ name, configuration: { system } }: Environment): boolean {
  return name !== "archive" && name !== "access" && Object.keys(cachesOf(system)).length > 0;
}

/** The caches of a stack's system, with what a rule has to know of each; undefined where none runs. */
export function cachesIn<Known>(
  environment: Environment,
  known: (store: string, cache: StoreOf<"cache">) => Known,
): { caches: Known[] } | undefined {
  return runsCaches(environment)
    ? {
        caches: Object.entries(cachesOf(environment.configuration.system)).map(([store, cache]) =>
          known(store, cache),
        ),
      }
    : undefined;
}

/** The texts in a list inside of a structure, each of which has to be known. */
export function textsAt(structure: unknown, ...path: Path): string[] {
  return listAt(structure, ...path).map((_, index) => textAt(structure, ...path, index) ?? "");
}
