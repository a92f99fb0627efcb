import { type Finding, rule } from "../rule";
import { isSet, listAt, textAt, valueAt } from "../values";
import { withoutComments } from "./directives";
import { configMap, membershipOf, statefulSet, textsAt } from "./groups";

/** Names of what is a secret; a name of a file that holds one is none. */
const secretName = /password|passwd|secret|token|credential|(^|[-_.])(pass|auth|key)$/i;
const fileName = /[-_.]?(file|path)$/i;

/** Literal secrets in a file, where scripts put in `$(cat …)`, `%s` or `<file`. */
const literals: readonly RegExp[] = [
  /(?<![\w-])(requirepass|masterauth|sentinel-pass)\s+["']?[^%$<\s"'\\]/i,
  /(?<![\w-])auth-pass\s+["']?[^%$<\s"'\\]\S*\s+["']?[^%$<\s"'\\]/i,
  // A user's password in a file of users; one behind # is a hash.
  /^\s*user\s+\S+\s[^\n]*(?<=\s)>\S/im,
  /REDISCLI_AUTH=["']?[^$"'\s]/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
];

/** An option of a command that takes a secret, and a literal one behind it. */
const literalArgument =
  /--?\S*(requirepass|masterauth|password|pass|token|secret)[= ]["']?[^-$"'\s]/i;

/** Secrets are where only those who need them can read them. */
export const secrets = rule({
  id: "cache-secrets-hidden",
  severity: "critical",
  scope: "resource",
  description:
    "No password, token or private key of a cache stands in a ConfigMap, in the environment of a container or among its arguments; pods have them from Secrets, as files.",
  serves: "access to what the cache holds",
  peers: ["CKV_K8S_35"],
  types: [configMap, statefulSet],
  example: {
    good: 'volumes: [{ name: "credentials", secret: { secretName: "cache-server-us-east-1" } }]',
    bad: 'env: [{ name: "REDIS_PASSWORD", value: "…" }]',
  },
  *check(subject): Iterable<Finding> {
    if (membershipOf(subject) === undefined) {
      return;
    }
    const { type, inputs } = subject;
    yield* type === configMap ? fileFindings(inputs) : podFindings(inputs);
  },
});

function* fileFindings(inputs: unknown): Iterable<Finding> {
  const files = Object.keys(valueAt(inputs, "data") ?? {});
  for (const file of files) {
    const text = withoutComments(textAt(inputs, "data", file) ?? "");
    if (isSecretName(file) || literals.some((literal) => literal.test(text))) {
      yield inSecret(`data.${file}`);
    }
  }
}

function* podFindings(inputs: unknown): Iterable<Finding> {
  const pod = valueAt(inputs, "spec", "template", "spec");
  for (const kind of ["initContainers", "containers"]) {
    for (const container of listAt(pod, kind)) {
      const setting = `${kind}: ${textAt(container, "name") ?? ""}`;
      for (const variable of listAt(container, "env")) {
        const name = textAt(variable, "name") ?? "";
        if (isSecretName(name) && isSet(variable, "value")) {
          yield inSecret(`${setting}: env ${name}`);
        }
      }
      const words = ["command", "args"].flatMap((key) => textsAt(container, key));
      if (literalArgument.test(words.join(" "))) {
        yield inSecret(`${setting}: args`);
      }
    }
  }
}

function isSecretName(name: string): boolean {
  return secretName.test(name) && !fileName.test(name);
}

function inSecret(setting: string): Finding {
  return {
    setting,
    found: "a literal secret",
    required: "a file of a Secret",
    mend: "mount a Secret, and make a new password: this one is in the repository and in the state",
  };
}
