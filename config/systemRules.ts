import { type z } from "zod";
import { repositoryPrefix } from "../contracts/names";
import { isHarmful, isMapping, whenSound } from "./field";
import { checkUnmetObjectives } from "./objectives";
import { type Store, type StoreKind, type StoreOf } from "./stores";
import { type System, systemShape } from "./system";

/** Sections of a system file that hold entries by name. */
const sectionNames = ["lockClasses", "tiers", "dataClasses", "stores"] as const;

/**
 * Those sections, as far as they are sound. An entry with a problem of its own is still there by
 * name, so that nobody is told that it is missing, but has no value. The regions are there whole,
 * or not at all.
 */
type SoundSections = {
  readonly [Name in (typeof sectionNames)[number]]: Readonly<
    Record<string, System[Name][string] | undefined>
  >;
} & { readonly regions: System["regions"] | undefined };

/** The schema of a system file: its shape, and what must hold between its sections. */
export const systemSchema = systemShape
  .superRefine(
    (system, context) => {
      const sections = soundSections(system, context.issues);
      if (sections !== undefined) {
        checkLockClasses(sections, context);
        checkReferences(sections, context);
        checkDataClasses(sections, context);
        checkRebuilds(sections, context);
        checkEvents(system, sections, context);
      }
    },
    { when: ({ value }) => isMapping(value) },
  )
  .superRefine(checkUnmetObjectives, whenSound("unmetObjectives", "dataClasses"))
  .superRefine(checkJobImages, whenSound("id", "jobs", "stores"));

function soundSections(
  system: System,
  issues: readonly { readonly code?: string; readonly path?: PropertyKey[] | undefined }[],
): SoundSections | undefined {
  const unsound = issues.filter(isHarmful).map(({ path }) => (path ?? []).slice(0, 2).join("."));
  if (sectionNames.some((name) => unsound.includes(name) || !isMapping(system[name]))) {
    return undefined;
  }
  const sections = Object.fromEntries(
    sectionNames.map((name) => [
      name,
      withoutPrototype(
        Object.entries(system[name]).map(([key, entry]) => [
          key,
          unsound.includes(`${name}.${key}`) ? undefined : entry,
        ]),
      ),
    ]),
  ) as unknown as Omit<SoundSections, "regions">;
  const hasSoundRegions = !unsound.some((path) => path.split(".")[0] === "regions");
  return { ...sections, regions: hasSoundRegions ? system.regions : undefined };
}

/** A mapping in which only its own entries are found: one may be called `constructor`. */
function withoutPrototype<Value>(
  entries: readonly (readonly [string, Value])[],
): Record<string, Value> {
  return Object.assign(Object.create(null) as Record<string, Value>, Object.fromEntries(entries));
}

/** The entries of a section that have a value. */
function soundEntries<Entry>(
  section: Readonly<Record<string, Entry | undefined>>,
): [string, Entry][] {
  return Object.entries(section).filter(
    (entry): entry is [string, Entry] => entry[1] !== undefined,
  );
}

function checkLockClasses(
  { lockClasses, tiers, stores }: SoundSections,
  context: z.core.$RefinementCtx,
): void {
  for (const name of Object.keys(lockClasses)) {
    if (name.includes("-")) {
      context.addIssue({
        code: "custom",
        path: ["lockClasses", name],
        message:
          "a lock class's name is one word, because it is part of bucket and vault names; remove the hyphen",
      });
    }
  }
  const kept = [
    ...soundEntries(tiers).map(([name, entry]) => ({ path: ["tiers", name], ...entry })),
    ...soundEntries(stores).flatMap(([name, entry]) =>
      entry.kind === "objects" ? [{ path: ["stores", name], ...entry }] : [],
    ),
  ];
  for (const { path, lockClass: lockClassName, retention } of kept) {
    const lock = lockClasses[lockClassName];
    if (!(lockClassName in lockClasses)) {
      context.addIssue({
        code: "custom",
        path: [...path, "lockClass"],
        message: `there is no lock class "${lockClassName}"; use one of ${Object.keys(lockClasses).join(", ")}, or add it to lockClasses`,
      });
    } else if (lock?.period !== undefined && retention.seconds < lock.period.seconds) {
      context.addIssue({
        code: "custom",
        path: [...path, "retention"],
        message:
          `must be at least ${lock.period.text}, the period of lock class ${lockClassName}, because locked objects cannot be deleted sooner; ` +
          `raise it, or choose a lock class with a shorter period`,
      });
    }
  }
}

/** Every tier and store that a store names, with the path of the name. */
function referencesOf(
  name: string,
  entry: Store,
): { readonly path: string[]; readonly to: "tiers" | "objects"; readonly target: string }[] {
  const tierAt = (target: string, ...path: string[]) => ({
    path: ["stores", name, ...path],
    to: "tiers" as const,
    target,
  });
  switch (entry.kind) {
    case "database":
      return (["snapshots", "logicalBackups"] as const).flatMap((kind) =>
        Object.entries(entry[kind]).map(([key, copy]) => tierAt(copy.tier, kind, key, "tier")),
      );
    case "cache":
      return [tierAt(entry.snapshots.tier, "snapshots", "tier")];
    case "files":
    case "configuration":
      return [tierAt(entry.backup.tier, "backup", "tier")];
    case "topics":
      return [tierAt(entry.configurationBackup.tier, "configurationBackup", "tier")];
    case "time-series":
      return [
        { path: ["stores", name, "export", "store"], to: "objects", target: entry.export.store },
      ];
    case "objects":
    case "images":
      return [];
  }
}

function checkReferences(
  { tiers, stores, lockClasses }: SoundSections,
  context: z.core.$RefinementCtx,
): void {
  checkSingle("database", "database", "describe the other as a system of its own", stores, context);
  checkSingle("images", "store of images", "list all repositories there", stores, context);
  for (const [name, entry] of soundEntries(stores)) {
    for (const { path, to, target } of referencesOf(name, entry)) {
      const isThere =
        to === "tiers"
          ? target in tiers
          : target in stores && (stores[target]?.kind ?? "objects") === "objects";
      if (!isThere) {
        const known = to === "tiers" ? Object.keys(tiers) : storesOfKind(stores, "objects");
        context.addIssue({
          code: "custom",
          path,
          message: `there is no ${to === "tiers" ? "tier" : 'store of kind "objects" called'} "${target}"; use one of ${known.join(", ")}, or add it to ${to === "tiers" ? "tiers" : "stores"}`,
        });
      }
    }
    if (entry.kind === "database") {
      checkSnapshotLocks(name, entry, tiers, lockClasses, context);
    }
  }
}

/** Of some kinds of store a system has one: what they are made of is named after the system alone. */
function checkSingle(
  kind: StoreKind,
  what: string,
  remedy: string,
  stores: SoundSections["stores"],
  context: z.core.$RefinementCtx,
): void {
  const [first, ...others] = soundEntries(stores).filter(([, entry]) => entry.kind === kind);
  for (const [name] of others) {
    context.addIssue({
      code: "custom",
      path: ["stores", name],
      message: `a system has one ${what}, and "${String(first?.[0])}" is it; ${remedy}`,
    });
  }
}

/** The jobs write their events into a store of objects. */
function checkEvents(
  { jobs }: { readonly jobs: unknown },
  { stores }: SoundSections,
  context: z.core.$RefinementCtx,
): void {
  const name = isMapping(jobs) ? jobs["events"] : undefined;
  const isThere = (events: string) =>
    events in stores && (stores[events]?.kind ?? "objects") === "objects";
  if (typeof name === "string" && !isThere(name)) {
    context.addIssue({
      code: "custom",
      path: ["jobs", "events"],
      message: `there is no store of kind "objects" called "${name}"; use one of ${storesOfKind(stores, "objects").join(", ")}, or add it to stores`,
    });
  }
}

/**
 * The jobs' images are in repositories that the system declares: no other is made in both regions,
 * and copied from one to the other.
 */
function checkJobImages(
  { id, jobs, stores }: Pick<System, "id" | "jobs" | "stores">,
  context: z.core.$RefinementCtx,
): void {
  const allowed = Object.values(stores).flatMap((entry) =>
    entry.kind === "images"
      ? entry.repositories.map((repository) => `${repositoryPrefix({ system: id })}/${repository}`)
      : [],
  );
  for (const key of ["image", "scratchImage"] as const) {
    const [repository = ""] = jobs[key].split("@");
    if (repository !== "pending" && !allowed.includes(repository)) {
      context.addIssue({
        code: "custom",
        path: ["jobs", key],
        message:
          allowed.length === 0
            ? "there is no store of images, and so no repository that both regions have; add a store of kind images with one for it"
            : `must be in a repository that both regions have: ${allowed.join(", ")}; push it to one of these, or add its own to the repositories of the store of images`,
      });
    }
  }
}

/** A vault refuses a lock of mode `none`: snapshots are kept under a lock. */
function checkSnapshotLocks(
  name: string,
  database: StoreOf<"database">,
  tiers: SoundSections["tiers"],
  lockClasses: SoundSections["lockClasses"],
  context: z.core.$RefinementCtx,
): void {
  for (const [key, { tier: tierName }] of Object.entries(database.snapshots)) {
    const lockClassName = tiers[tierName]?.lockClass;
    if (lockClassName !== undefined && lockClasses[lockClassName]?.mode === "none") {
      context.addIssue({
        code: "custom",
        path: ["stores", name, "snapshots", key, "tier"],
        message: `lock class ${lockClassName} of tier ${tierName} has no lock, and snapshots are kept under one; choose a tier whose lock class has mode governance or compliance`,
      });
    }
  }
}

function storesOfKind(stores: SoundSections["stores"], kind: StoreKind): string[] {
  return Object.keys(stores).filter((name) => stores[name]?.kind === kind);
}

/**
 * The longest time that a store keeps what it holds or what is copied from it, in seconds; undefined
 * when it depends on an entry that is missing or has a problem of its own.
 */
function longestRetentionSeconds(name: string, sections: SoundSections): number | undefined {
  const entry = sections.stores[name];
  if (entry === undefined) {
    return undefined;
  }
  const copies = referencesOf(name, entry).map(({ to, target }) => {
    const found = sections[to === "tiers" ? "tiers" : "stores"][target];
    return found !== undefined && "retention" in found ? found.retention : undefined;
  });
  const own = "retention" in entry ? [entry.retention] : [];
  const classes = entry.kind === "topics" ? Object.values(entry.classes) : [];
  const seconds = [...copies, ...own, ...classes.map(({ retention }) => retention)].map(
    (retention) => retention?.seconds,
  );
  return seconds.includes(undefined) ? undefined : Math.max(0, ...(seconds as number[]));
}

function checkDataClasses(sections: SoundSections, context: z.core.$RefinementCtx): void {
  for (const [className, { stores: storeNames, retention }] of soundEntries(sections.dataClasses)) {
    storeNames.forEach((storeName, index) => {
      if (!(storeName in sections.stores)) {
        context.addIssue({
          code: "custom",
          path: ["dataClasses", className, "stores", index],
          message: `there is no store "${storeName}"; use one of ${Object.keys(sections.stores).join(", ")}, or add it to stores`,
        });
      }
    });
    const kept = storeNames.map((name) => longestRetentionSeconds(name, sections));
    const longest = kept.includes(undefined) ? Infinity : Math.max(...(kept as number[]));
    if (longest < retention.seconds) {
      context.addIssue({
        code: "custom",
        path: ["dataClasses", className, "retention"],
        message:
          `its stores (${storeNames.join(", ")}) keep nothing longer than ${String(Math.floor(longest / 86_400))} days; ` +
          `shorten it, give a store a tier that lasts as long, or add a store that does`,
      });
    }
  }
}

/** A database survives in one of the two regions that have one. */
function checkRebuilds({ regions, stores }: SoundSections, context: z.core.$RefinementCtx): void {
  if (regions === undefined) {
    return;
  }
  for (const [name, entry] of soundEntries(stores)) {
    const rebuilds = entry.kind === "database" ? entry.rebuilds : [];
    rebuilds.forEach(({ survivor }, index) => {
      if (survivor !== regions.primary && survivor !== regions.standby) {
        context.addIssue({
          code: "custom",
          path: ["stores", name, "rebuilds", index, "survivor"],
          message: `must be regions.primary (${regions.primary}) or regions.standby (${regions.standby}); name the region whose database survived`,
        });
      }
    });
  }
}
