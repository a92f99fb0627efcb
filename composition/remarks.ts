import { type Configuration } from "../config/configuration";
import { type StoreKind } from "../config/stores";
import { type NotBuilt } from "../contracts/outputs";

/** Kinds of store that a component builds. The others are declared, and reported as not built. */
const builtKinds: readonly StoreKind[] = ["database", "objects"];

/** Parts of a system file, beside stores, that no component builds yet. */
const partsNotBuilt: readonly NotBuilt[] = [
  { path: "failover", what: "health checks and failover records" },
  { path: "stores.*.logicalBackups", what: "jobs that back up, verify and rehearse" },
  { path: "schedules", what: "jobs that verify, monitor and rehearse" },
  { path: "alarms", what: "alarms on lag, late backups and late copies" },
  { path: "budgets", what: "notices of monthly cost" },
];

/** What the system file declares and nothing builds yet. */
export function notBuiltYet({ system }: Configuration): NotBuilt[] {
  const stores = Object.entries(system.stores).flatMap(([name, store]) =>
    builtKinds.includes(store.kind)
      ? []
      : [{ path: `stores.${name}`, what: `${store.kind}: ${store.description}` }],
  );
  const ownsRegistry = system.owns.includes("image-registry");
  return [
    ...stores,
    ...partsNotBuilt,
    ...(ownsRegistry
      ? [{ path: "owns.image-registry", what: "settings of the image registry" }]
      : []),
  ];
}

/** What a reader should know before trusting the stack. */
export function remarksOn({ settings, system }: Configuration): string[] {
  if (settings.profile === "sandbox") {
    return ["sandbox: nothing is locked or protected, and everything can be deleted"];
  }
  const compliance = Object.entries(system.lockClasses).filter(
    ([, { mode }]) => mode === "compliance",
  );
  const locks = compliance.map(([name]) =>
    settings.complianceLocks?.kind === "acknowledged"
      ? `lock class ${name} is compliance, which nobody can undo: acknowledged ${settings.complianceLocks.date} by ${settings.complianceLocks.approver}`
      : `lock class ${name} is governance, not compliance, until trading-dr:complianceLocks acknowledges it`,
  );
  const phase =
    settings.phase === "landing"
      ? ["landing phase: only what other stacks copy into; nothing here is copied anywhere yet"]
      : [];
  return [...locks, ...phase];
}
