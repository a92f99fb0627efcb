import { members } from "../../../policies/cache/members";
import { retained } from "../../../policies/cache/retained";
import { secrets } from "../../../policies/cache/secrets";
import { breaks, passes, resource, type RuleCases, unknown, waits } from "../ruleCases";
import { files, metadata, pods, selected, zone } from "./cacheParts";

const apart = (labelSelector: unknown, topologyKey: unknown = zone) => ({
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector, topologyKey }],
    },
  },
});
const spread = apart({ matchLabels: selected("server") });
const affinity =
  "spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution";

const container = (inside: object, kind = "containers") =>
  pods("server", { pod: { [kind]: [{ name: "server", ...inside }] } });
const variable = (name: string, value: unknown = "a") => container({ env: [{ name, value }] });

const labelled = (type: string, changes = {}) =>
  resource(type, { metadata: { labels: { "app.kubernetes.io/component": "cache" } } }, changes);
const kept = (policy: object | undefined, changes: object = {}) =>
  pods("server", {
    spec: { persistentVolumeClaimRetentionPolicy: policy },
    changes,
  });

/** Cases of the rules of a cache's pods. */
export const cachePodCases: readonly RuleCases[] = [
  {
    rule: members,
    settings: {
      caches: [
        { store: "other", server: 4, sentinel: 5 },
        { store: "cache", server: 3, sentinel: 5 },
      ],
    },
    good: [
      passes("as many as the file says, one in each zone", pods("server", { pod: spread })),
      passes(
        "Sentinels",
        pods("sentinel", {
          spec: { replicas: 5 },
          pod: apart({
            matchExpressions: [
              { key: "app.kubernetes.io/name", operator: "In", values: ["cache-sentinel"] },
              { key: "app.kubernetes.io/instance", operator: "Exists" },
              { key: "app.kubernetes.io/name", operator: "NotIn", values: ["cache-server"] },
              { key: "retired", operator: "DoesNotExist" },
            ],
          }),
        }),
      ),
      passes("a cache of another system", pods("server", { store: "sessions" })),
      passes("something else", pods("client")),
    ],
    bad: [
      breaks(
        "preferred, not required",
        pods("server", {
          pod: {
            affinity: {
              podAntiAffinity: {
                preferredDuringSchedulingIgnoredDuringExecution: [
                  {
                    weight: 100,
                    podAffinityTerm: {
                      topologyKey: zone,
                      labelSelector: { matchLabels: selected("server") },
                    },
                  },
                ],
              },
            },
          },
        }),
        affinity,
      ),
      breaks(
        "one on each node",
        pods("server", {
          pod: apart({ matchLabels: selected("server") }, "kubernetes.io/hostname"),
        }),
        affinity,
      ),
      breaks(
        "apart from others",
        pods("server", { pod: apart({ matchLabels: selected("sentinel") }) }),
        affinity,
      ),
      breaks(
        "apart from others, by an expression",
        pods("server", {
          pod: apart({
            matchExpressions: [{ key: "app.kubernetes.io/name", operator: "In", values: ["api"] }],
          }),
        }),
        affinity,
      ),
      breaks(
        "apart from those without a name",
        pods("server", {
          pod: apart({
            matchExpressions: [{ key: "app.kubernetes.io/name", operator: "DoesNotExist" }],
          }),
        }),
        affinity,
      ),
      breaks(
        "apart from those with another name",
        pods("server", {
          pod: apart({
            matchExpressions: [
              { key: "app.kubernetes.io/name", operator: "NotIn", values: ["cache-server"] },
            ],
          }),
        }),
        affinity,
      ),
      breaks(
        "apart from what has a label that they have not",
        pods("server", {
          pod: apart({ matchExpressions: [{ key: "retired", operator: "Exists" }] }),
        }),
        affinity,
      ),
    ],
    absent: [
      breaks(
        "one member, Kubernetes' default, anywhere",
        pods("server", { spec: { replicas: undefined } }),
        ["spec.replicas", affinity],
      ),
      breaks("apart from nobody", pods("server", { pod: apart(undefined) }), affinity),
    ],
    limit: [
      breaks("one fewer", pods("server", { spec: { replicas: 2 }, pod: spread }), "spec.replicas"),
      breaks("one more", pods("server", { spec: { replicas: 4 }, pod: spread }), "spec.replicas"),
    ],
    unknown: [
      waits("how many", pods("server", { spec: { replicas: unknown } }), "spec.replicas"),
      waits("apart from whom", pods("server", { pod: apart(unknown) }), "labelSelector"),
    ],
  },
  {
    rule: secrets,
    good: [
      passes(
        "scripts that read files",
        files("server", {
          "start.sh": [
            "# masterauth is put in below",
            "printf 'masterauth %s\\n' \"$(cat /credentials/replication)\"",
            'echo "sentinel auth-pass mymaster $(cat /credentials/sentinel)"',
            "sentinel SET mymaster auth-pass </credentials/sentinel",
            "REDISCLI_AUTH=$(cat /credentials/reload) REDISCLI_AUTH=$password",
            "user=$1 host=$2 >/dev/null",
          ].join("\n"),
          "users.acl": "user probe on #0123 resetchannels +ping",
        }),
      ),
      passes("a file's name", variable("REDIS_PASSWORD_FILE", "/metrics/metrics.json")),
      passes("what is no secret", variable("TZ", "Etc/UTC")),
      passes(
        "from a Secret",
        container({ env: [{ name: "REDIS_PASSWORD", valueFrom: { secretKeyRef: {} } }] }),
      ),
      passes(
        "arguments that name a file, or a variable",
        container({
          command: ["exporter"],
          args: ["--redis.password-file=/metrics/metrics.json", "--masterauth $(AUTH)"],
        }),
      ),
      passes("something else", files("client", { password: "a" })),
    ],
    bad: [
      breaks("a file of its own", files("server", { password: "a" }), "data.password"),
      breaks("a key", files("server", { "tls.key": "a" }), "data.tls.key"),
      breaks(
        "a password of the configuration",
        files("server", { "redis.conf": "requirepass swordfish\n" }),
        "data.redis.conf",
      ),
      breaks(
        "a password in quotes",
        files("server", { "start.sh": "printf \"masterauth 'swordfish'\"" }),
        "data.start.sh",
      ),
      breaks(
        "a password for Sentinels",
        files("sentinel", { "sentinel.conf": "sentinel auth-pass mymaster swordfish\n" }),
        "data.sentinel.conf",
      ),
      breaks(
        "a user's password",
        files("server", { users: "user default off\nuser probe on ~* >swordfish +ping\n" }),
        "data.users",
      ),
      breaks(
        "a password of a script",
        files("server", { "ready.sh": "REDISCLI_AUTH=swordfish redis-cli PING" }),
        "data.ready.sh",
      ),
      breaks(
        "a private key",
        files("server", { pem: "-----BEGIN EC PRIVATE KEY-----\n" }),
        "data.pem",
      ),
      ...["REDIS_PASSWORD", "AUTH_TOKEN", "CLIENT_SECRET", "TLS_KEY"].map((name) =>
        breaks(name, variable(name), `containers: server: env ${name}`),
      ),
      breaks(
        "before the others start",
        container({ env: [{ name: "REDISCLI_AUTH", value: "a" }] }, "initContainers"),
        "initContainers: server: env REDISCLI_AUTH",
      ),
      breaks(
        "an argument",
        container({ args: ["--redis.password=swordfish"] }),
        "containers: server: args",
      ),
      breaks(
        "an argument in two words",
        container({ command: ["redis-server", "--requirepass", "swordfish"] }),
        "containers: server: args",
      ),
    ],
    absent: [
      passes("no data", files("server", undefined)),
      passes("no containers", pods("server")),
    ],
    limit: { none: "a secret is there or not" },
    unknown: [
      waits("a file", files("server", { "redis.conf": unknown }), "data.redis.conf"),
      breaks(
        "a password that is made later",
        variable("REDIS_PASSWORD", unknown),
        "containers: server: env REDIS_PASSWORD",
      ),
      waits("the environment", container({ env: unknown }), "env"),
    ],
  },
  {
    rule: retained,
    good: [
      passes("protected, volumes retained", kept({ whenDeleted: "Retain", whenScaled: "Retain" })),
      passes("a protected Secret", labelled("kubernetes:core/v1:Secret")),
      passes(
        "something else",
        resource("kubernetes:core/v1:Secret", { metadata: metadata("client") }, { protect: false }),
      ),
    ],
    bad: [
      breaks(
        "a set that may go",
        kept({ whenDeleted: "Retain", whenScaled: "Retain" }, { protect: false }),
        "protect",
      ),
      ...retained.types
        .filter((type) => !type.endsWith("StatefulSet"))
        .map((type) =>
          breaks(`a ${type} that may go`, labelled(type, { protect: false }), "protect"),
        ),
      breaks(
        "volumes that go with the set",
        kept({ whenDeleted: "Delete", whenScaled: "Retain" }),
        "spec.persistentVolumeClaimRetentionPolicy.whenDeleted",
      ),
      breaks(
        "volumes that go with a pod",
        kept({ whenScaled: "Delete" }),
        "spec.persistentVolumeClaimRetentionPolicy.whenScaled",
      ),
    ],
    absent: [passes("Kubernetes' default, which retains them", kept(undefined))],
    limit: { none: "volumes stay or go" },
    unknown: [
      waits(
        "not known",
        kept({ whenDeleted: unknown }),
        "spec.persistentVolumeClaimRetentionPolicy.whenDeleted",
      ),
    ],
  },
];
