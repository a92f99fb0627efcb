import {
  type ConfigurationKind,
  type ConfigurationKindName,
  configurationKinds,
} from "../../contracts/configurationKinds";
import { type SavedObject } from "../../contracts/configurationManifest";
import { RecoveryFailure } from "../failure";
import { type Progress } from "../progress";
import { type ApiProblem, type Cluster } from "./cluster";
import { declaredContent, type KubernetesObject, leftOutReason, portableContent } from "./content";
import { differencesBetween, type FieldDifference } from "./differences";
import { type ConfigurationPoint } from "./point";
import { type RecoveryIdentity } from "./recoveryKey";

/** What is restored, and where. */
export interface ConfigurationRestore {
  readonly point: ConfigurationPoint;
  readonly identity: RecoveryIdentity;
  readonly cluster: Cluster;
  /** Kinds that are looked at. */
  readonly kinds: readonly ConfigurationKindName[];
  /** Names of the objects that are looked at. @default - all */
  readonly names?: readonly string[];
}

/** How an object of a recovery point and the one in the cluster differ. */
export interface ObjectDifference {
  readonly kind: ConfigurationKindName;
  readonly name: string;
  /**
   * `missing`: the cluster has none. `more`: it has all that the recovery point has, and more. `ending`: it
   * is being deleted, and whatever is applied to it goes with it.
   */
  readonly change: "missing" | "different" | "more" | "ending";
  /** Without values where it is a Secret. Empty for one that is missing or ending. */
  readonly fields: readonly FieldDifference[];
}

/** What a restore would do, or did. */
export interface ConfigurationComparison {
  /** Id of the recovery point. */
  readonly point: string;
  readonly namespace: string;
  /** Where the Kubernetes API is. */
  readonly cluster: string;
  /** In the order in which they are restored. */
  readonly different: readonly ObjectDifference[];
  /** How many are as they were. */
  readonly same: number;
  /** What the cluster has and the recovery point has not: it is left alone. */
  readonly extra: readonly { readonly kind: ConfigurationKindName; readonly name: string }[];
}

/** A comparison, and what it compared: values stay in here. */
export interface RestorePlan {
  readonly comparison: ConfigurationComparison;
  /** What is to be applied, in order. */
  readonly steps: readonly Step[];
}

interface Step {
  readonly kind: ConfigurationKind & Pick<SavedObject, "kind">;
  readonly content: KubernetesObject;
}

/** Contents that are read, and objects that are applied, at once. */
const atOnce = 8;

/**
 * Compares a recovery point with a cluster. All that is looked at is read, checked and decrypted first.
 *
 * @throws RecoveryFailure `damaged` for content that is no good; `usage` for names that are not in the
 * recovery point; `refused` when the namespace is not there, or a kind cannot be listed.
 */
export async function planRestore(request: ConfigurationRestore): Promise<RestorePlan> {
  const { point, identity, cluster, kinds, names } = request;
  const { manifest } = point;
  const { namespace } = manifest;
  refuseOtherKey(request);
  const wanted = manifest.objects.filter(
    ({ kind, name }) => kinds.includes(kind) && (names === undefined || names.includes(name)),
  );
  const unknown = (names ?? []).filter((name) => !wanted.some((one) => one.name === name));
  if (unknown.length > 0) {
    throw new RecoveryFailure(
      "usage",
      `${point.url} has no ${unknown.join(", ")} among ${kinds.join(", ")}`,
    );
  }
  if ((await cluster.hasNamespace(namespace)) === false) {
    throw new RecoveryFailure(
      "refused",
      `${cluster.url} has no namespace ${namespace}: make it first, kubectl create namespace ${namespace}`,
    );
  }
  const different: ObjectDifference[] = [];
  const extra: ConfigurationComparison["extra"][number][] = [];
  const steps: Step[] = [];
  for (const kind of configurationKinds.filter((one) => kinds.includes(one.kind))) {
    const saved = wanted.filter((one) => one.kind === kind.kind);
    const live = await liveObjects(cluster, kind, namespace);
    for (const some of inGroups(saved)) {
      const contents = await Promise.all(some.map((one) => point.contentOf(one, identity)));
      for (const content of contents) {
        const found = compare(kind.kind, content, live.get(content.metadata.name));
        if (found !== undefined) {
          different.push(found);
        }
        if (found?.change === "missing" || found?.change === "different") {
          steps.push({ kind, content: portableContent(kind.kind, content) });
        }
      }
    }
    if (names === undefined) {
      const known = new Set(saved.map(({ name }) => name));
      const others = [...live.keys()].filter((name) => !known.has(name));
      extra.push(...others.map((name) => ({ kind: kind.kind, name })));
    }
  }
  const comparison = {
    point: manifest.id,
    namespace,
    cluster: cluster.url,
    different,
    same: wanted.length - different.length,
    extra,
  };
  return { comparison, steps };
}

/**
 * Has the server try all steps, and do nothing.
 *
 * @throws RecoveryFailure `refused` with everything that the server would not do.
 */
export async function tryRestore(
  { cluster }: ConfigurationRestore,
  { comparison, steps }: RestorePlan,
  force: boolean,
): Promise<void> {
  const problems = comparison.different
    .filter(({ change }) => change === "ending")
    .map(({ kind, name }) => `${kind} ${name} is being deleted: go on when it is gone`);
  for (const some of inGroups(steps)) {
    const answers = await Promise.all(
      some.map(({ kind, content }) =>
        cluster.apply(kind, comparison.namespace, content, { force, dryRun: true }),
      ),
    );
    answers.forEach((answer, index) => {
      const step = some[index];
      if ("problem" in answer && step !== undefined) {
        problems.push(problemText(step, answer.problem));
      }
    });
  }
  if (problems.length > 0) {
    throw new RecoveryFailure(
      "refused",
      `the cluster would not take all of it, and nothing was changed:\n  ${problems.join("\n  ")}`,
    );
  }
}

/**
 * Applies all steps, the kinds one after another, after the server has tried them. What is in the cluster
 * and not in the recovery point stays.
 *
 * @throws RecoveryFailure `refused` before anything is changed; `cluster` with what was not applied, or is
 * not as it was although it was applied. Those that were applied stay, and another run goes on from there.
 */
export async function applyRestore(
  request: ConfigurationRestore,
  plan: RestorePlan,
  force: boolean,
  progress: Progress,
): Promise<void> {
  await tryRestore(request, plan, force);
  const { namespace } = plan.comparison;
  const problems: string[] = [];
  let applied = 0;
  for (const kind of configurationKinds) {
    for (const some of inGroups(plan.steps.filter((step) => step.kind.kind === kind.kind))) {
      const found = await Promise.all(
        some.map(async (step) => {
          const answer = await request.cluster.apply(kind, namespace, step.content, {
            force,
            dryRun: false,
          });
          if ("problem" in answer) {
            return problemText(step, answer.problem);
          }
          applied += 1;
          const left = compare(kind.kind, step.content, answer.applied);
          const fields = (left?.fields ?? []).filter(({ on }) => on !== "live");
          return fields.length === 0
            ? undefined
            : `${kind.kind} ${step.content.metadata.name} was applied, and is not as it was: ${fields.map(({ field }) => field).join(", ")}`;
        }),
      );
      problems.push(...found.filter((problem) => problem !== undefined));
      progress.at("applying", { kind: kind.kind, applied, of: plan.steps.length });
    }
  }
  if (problems.length > 0) {
    throw new RecoveryFailure(
      "cluster",
      `${String(applied)} of ${String(plan.steps.length)} objects were applied:\n  ${problems.join("\n  ")}\nWhat is not as it was keeps parts that others manage: look at it, and delete it before applying again where it has to be as it was`,
    );
  }
}

/** A key that cannot open the recovery point's Secrets is said before anything is read. */
function refuseOtherKey({ point, identity, kinds }: ConfigurationRestore): void {
  const { recipients, objects } = point.manifest;
  const hasSecrets = kinds.includes("Secret") && objects.some(({ kind }) => kind === "Secret");
  if (hasSecrets && !identity.recipients.some((one) => recipients.includes(one))) {
    throw new RecoveryFailure(
      "usage",
      `the identity is of another key: Secrets of ${point.url} are encrypted for ${recipients.join(", ")}, and the file's are ${identity.recipients.join(", ")}`,
    );
  }
}

async function liveObjects(
  cluster: Cluster,
  kind: Step["kind"],
  namespace: string,
): Promise<Map<string, KubernetesObject>> {
  const found = new Map<string, KubernetesObject>();
  for await (const page of cluster.list(kind, namespace, () => {
    found.clear();
  })) {
    for (const object of page) {
      // One that is being deleted is in no recovery point, and yet in the way of one.
      const isSaved = leftOutReason(kind.kind, object) === undefined;
      if (isSaved || object.metadata.deletionTimestamp !== undefined) {
        found.set(object.metadata.name, object);
      }
    }
  }
  return found;
}

function compare(
  kind: ConfigurationKindName,
  saved: KubernetesObject,
  live: KubernetesObject | undefined,
): ObjectDifference | undefined {
  const { name } = saved.metadata;
  if (live === undefined) {
    return { kind, name, change: "missing", fields: [] };
  }
  if (live.metadata.deletionTimestamp !== undefined) {
    return { kind, name, change: "ending", fields: [] };
  }
  const wanted = (object: KubernetesObject) => portableContent(kind, declaredContent(kind, object));
  const fields = differencesBetween(wanted(saved), wanted(live));
  if (fields.length === 0) {
    return undefined;
  }
  const change = fields.every(({ on }) => on === "live") ? "more" : "different";
  // Whoever shows or records this must not have to know what is secret.
  const shown = kind === "Secret" ? fields.map(({ field, on }) => ({ field, on })) : fields;
  return { kind, name, change, fields: shown };
}

/** What the server has against an object. Its words could repeat what is in a Secret, and are left out there. */
function problemText({ kind, content }: Step, problem: ApiProblem): string {
  const { code, reason, message, fields } = problem;
  const words = kind.kind === "Secret" ? [reason, ...fields].join(", ") : `${reason}: ${message}`;
  const advice =
    code === 409
      ? "; --force takes these fields over"
      : code === 403
        ? "; get leave to patch and create it"
        : "";
  return `${kind.kind} ${content.metadata.name}: status ${String(code)}, ${words}${advice}`;
}

function inGroups<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / atOnce) }, (_, group) =>
    items.slice(group * atOnce, (group + 1) * atOnce),
  );
}
