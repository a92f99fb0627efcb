import { type z } from "zod";
import { type Duration } from "./duration";
import { whenSound } from "./field";
import { type Store, type StoreKind, type StoreOf } from "./stores";
import { type System, systemShape } from "./system";

type Sections<Keys extends keyof System> = Pick<System, Keys>;

/** The schema of a system file: its shape, and what must hold between its sections. */
export const systemSchema = systemShape
  .superRefine(checkLockClasses, whenSound("lockClasses", "tiers", "stores"))
  .superRefine(checkReferences, whenSound("tiers", "stores", "lockClasses"))
  .superRefine(checkDataClasses, whenSound("dataClasses", "stores", "tiers"));

function checkLockClasses(
  { lockClasses, tiers, stores }: Sections<"lockClasses" | "tiers" | "stores">,
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
    ...Object.entries(tiers).map(([name, entry]) => ({ path: ["tiers", name], ...entry })),
    ...Object.entries(stores).flatMap(([name, entry]) =>
      entry.kind === "objects" ? [{ path: ["stores", name], ...entry }] : [],
    ),
  ];
  for (const { path, lockClass: lockClassName, retention } of kept) {
    const lock = lockClasses[lockClassName];
    if (lock === undefined) {
      context.addIssue({
        code: "custom",
        path: [...path, "lockClass"],
        message: `there is no lock class "${lockClassName}"; use one of ${Object.keys(lockClasses).join(", ")}, or add it to lockClasses`,
      });
    } else if (lock.period !== undefined && retention.seconds < lock.period.seconds) {
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
  { tiers, stores, lockClasses }: Sections<"tiers" | "stores" | "lockClasses">,
  context: z.core.$RefinementCtx,
): void {
  const databases = Object.entries(stores).filter(([, entry]) => entry.kind === "database");
  for (const [name] of databases.slice(1)) {
    context.addIssue({
      code: "custom",
      path: ["stores", name],
      message: `a system has one database, and "${String(databases[0]?.[0])}" is it; describe the other as a system of its own`,
    });
  }
  for (const [name, entry] of Object.entries(stores)) {
    for (const { path, to, target } of referencesOf(name, entry)) {
      if (to === "tiers" ? tiers[target] === undefined : stores[target]?.kind !== "objects") {
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

/** A vault refuses a lock of mode `none`: snapshots are kept under a lock. */
function checkSnapshotLocks(
  name: string,
  database: StoreOf<"database">,
  tiers: System["tiers"],
  lockClasses: System["lockClasses"],
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

function storesOfKind(stores: System["stores"], kind: StoreKind): string[] {
  return Object.keys(stores).filter((name) => stores[name]?.kind === kind);
}

/** The longest time that a store keeps what it holds or what is copied from it; seconds. */
function longestRetentionSeconds(
  name: string,
  { stores, tiers }: Sections<"stores" | "tiers">,
): number {
  const entry = stores[name];
  if (entry === undefined) {
    return 0;
  }
  const kept: (Duration | undefined)[] = referencesOf(name, entry).map(({ to, target }) => {
    const found = to === "tiers" ? tiers[target] : stores[target];
    return found !== undefined && "retention" in found ? found.retention : undefined;
  });
  if ("retention" in entry) {
    kept.push(entry.retention);
  }
  if (entry.kind === "topics") {
    kept.push(...Object.values(entry.classes).map(({ retention }) => retention));
  }
  return Math.max(0, ...kept.map((retention) => retention?.seconds ?? 0));
}

function checkDataClasses(
  sections: Sections<"dataClasses" | "stores" | "tiers">,
  context: z.core.$RefinementCtx,
): void {
  for (const [className, { stores: storeNames, retention }] of Object.entries(
    sections.dataClasses,
  )) {
    storeNames.forEach((storeName, index) => {
      if (sections.stores[storeName] === undefined) {
        context.addIssue({
          code: "custom",
          path: ["dataClasses", className, "stores", index],
          message: `there is no store "${storeName}"; use one of ${Object.keys(sections.stores).join(", ")}, or add it to stores`,
        });
      }
    });
    const longest = Math.max(...storeNames.map((name) => longestRetentionSeconds(name, sections)));
    if (
      storeNames.every((name) => sections.stores[name] !== undefined) &&
      longest < retention.seconds
    ) {
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
