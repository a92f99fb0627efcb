import { rule } from "../rule";
import { type Resource } from "../stack";
import { isSet, listAt, type Path, textAt } from "../values";
import { configMapType, containersOf, keysAt, textsAt, workloadTypes } from "../workloads";

/** Names of what is secret itself, and not where it is or what it is called. */
function namesSecret(name: string): boolean {
  const words = name
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toUpperCase()
    .split(/[^A-Z0-9]+/);
  return (
    words.some((word) =>
      /^(AUTH|CREDENTIALS?|KEY|PASS|PASSPHRASE|PASSWD|SECRET|TOKEN)$|PASSWORD$/.test(word),
    ) &&
    !words.includes("PUBLIC") &&
    !/^(ALIAS|ARN|DIRECTORY|FILE|ID|NAME|PATH)$/.test(words.at(-1) ?? "")
  );
}

/** What no text may hold: private keys, addresses with a password, and passwords as Redis takes them. */
const plainSecrets: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /[a-z]:\/\/[^\s/:@]*:[^\s/@$%]+@/i,
  // A substitution of the shell or of printf is not the password itself.
  /\b(requirepass|masterauth|sentinel-pass|auth-pass [\w-]+) +["']?[^\s"'\\$%<]/,
  /\bREDISCLI_AUTH=["']?[^$"'\s]/,
  /^user \S+ .*>\S/m,
];

/** An option of a command that takes a secret, and the secret behind it. */
const literalOption = /--?[\w.-]*(password|pass|token|secret)[= ]["']?[^-$"'\s]/i;

function holdsSecret(text: string | undefined): boolean {
  return text !== undefined && plainSecrets.some((pattern) => pattern.test(text));
}

/** Where a ConfigMap holds a secret. */
function secretsOfConfigMap({ inputs }: Resource): Path[] {
  return keysAt(inputs, "data")
    .filter((key) => namesSecret(key) || holdsSecret(textAt(inputs, "data", key)))
    .map((key) => ["data", key]);
}

/**
 * Where a workload's containers are given a secret by a variable or in their command. Variables are
 * told by their names: values may be known only after deployment.
 */
function secretsOfWorkload(workload: Resource): Path[] {
  const { inputs } = workload;
  const entries = (container: Path, list: string): Path[] =>
    listAt(inputs, ...container, list).map((_, index) => [...container, list, index]);
  return containersOf(workload).flatMap((container) => [
    ...entries(container, "env").filter(
      (variable) =>
        isSet(inputs, ...variable, "valueFrom", "secretKeyRef") ||
        (isSet(inputs, ...variable, "value") &&
          namesSecret(textAt(inputs, ...variable, "name") ?? "")),
    ),
    ...entries(container, "envFrom").filter((source) => isSet(inputs, ...source, "secretRef")),
    ...["command", "args"]
      .filter((words) => {
        const texts = textsAt(inputs, ...container, words);
        return texts.some(holdsSecret) || literalOption.test(texts.join(" "));
      })
      .map((words) => [...container, words]),
  ]);
}

/** Who may look at pods and ConfigMaps is not thereby told a password. */
export const secretNotInPlainSight = rule({
  id: "secret-not-in-plain-sight",
  severity: "critical",
  scope: "resource",
  description:
    "Secrets are files that come from Secrets: none is in an environment variable, a command or a ConfigMap.",
  serves: "the ransomware scenario: nobody finds a way in by reading",
  peers: ["CKV_K8S_35"],
  types: [...workloadTypes, configMapType],
  example: {
    good: 'env: [{ name: "CACHE_PASSWORD_FILE", value: "/var/run/secrets/trading-dr/password" }]',
    bad: 'env: [{ name: "CACHE_PASSWORD", value: "…" }]',
  },
  *check(subject) {
    const found =
      subject.type === configMapType ? secretsOfConfigMap(subject) : secretsOfWorkload(subject);
    for (const path of found) {
      yield {
        setting: path.join("."),
        found: "a secret in plain sight",
        required: "free of secrets",
        mend: "put it into a Secret, mount that as a file, and say where the file is",
      };
    }
  },
});
