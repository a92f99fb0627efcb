import { alike } from "../../../policies/cache/alike";
import { certificates } from "../../../policies/cache/certificates";
import { complete } from "../../../policies/cache/complete";
import { disruption } from "../../../policies/cache/disruption";
import { feed } from "../../../policies/cache/feed";
import { network } from "../../../policies/cache/network";
import { storageClass } from "../../../policies/cache/storageClass";
import { stackType } from "../../../policies/stack";
import { breaks, passes, resource, type RuleCases, unknown, waits } from "../ruleCases";
import { files, metadata, pods, selected } from "./cacheParts";

const theStack = resource(stackType, {});

const settled = (part: string, changes: object = {}) => {
  const conf = part === "server" ? "redis" : "sentinel";
  return files(part, {
    [`${conf}.conf`]: "dir /data\n",
    "start.sh": `#!/bin/sh\n# exec redis-server /tmp/a.conf\nexec redis-${conf === "redis" ? "server" : conf} /data/${conf}.conf\n`,
    ...changes,
  });
};
const running = (part: string, inside: object = {}, outside: object = {}, spec: object = {}) =>
  pods(part, {
    spec: { volumeClaimTemplates: [{ metadata: { name: "data" } }], ...spec },
    pod: {
      containers: [
        { name: "metrics" },
        {
          command: ["sh", "/configuration/start.sh"],
          volumeMounts: [
            { name: "configuration", mountPath: "/configuration", readOnly: true },
            { name: "data", mountPath: "/data" },
          ],
          ...inside,
        },
      ],
      volumes: [
        { name: "other", secret: {} },
        { name: "configuration", configMap: { name: `cache-${part}-us-east-1` } },
      ],
      ...outside,
    },
  });
const mounts = (...data: object[]) => ({
  volumeMounts: [{ name: "configuration", mountPath: "/configuration" }, ...data],
});
const wholeSentinel = [running("sentinel"), settled("sentinel")];
const elsewhere = (part: string) =>
  resource("kubernetes:core/v1:ConfigMap", {
    ...(settled(part).inputs as object),
    metadata: metadata(part, "cache", { namespace: "elsewhere" }),
  });
const start = "how the servers of cache start";
const kept = [
  "where the servers of cache keep data",
  "where the servers of cache keep configuration",
];

const budget = (spec: object, part = "server", namespace = "trading") =>
  resource("kubernetes:policy/v1:PodDisruptionBudget", {
    metadata: { ...metadata(part), namespace },
    spec: { selector: { matchLabels: selected(part) }, ...spec },
  });
const evicted = (grace: unknown = 32, command: unknown = ["sh", "/configuration/hand-over.sh"]) =>
  pods("server", {
    pod: {
      containers: [{ name: "metrics" }, { lifecycle: { preStop: { exec: { command } } } }],
      terminationGracePeriodSeconds: grace,
    },
  });
const oneAway = 'maxUnavailable of PodDisruptionBudget "subject"';

const policy = (spec: object, namespace = "trading") =>
  resource("kubernetes:networking.k8s.io/v1:NetworkPolicy", {
    metadata: { ...metadata("server"), namespace },
    spec: { podSelector: { matchLabels: selected("server") }, ...spec },
  });
const ports = [{ protocol: "TCP", port: 6379 }];
const clients = [{ podSelector: { matchLabels: { "trading-dr/cache-client": "cache" } } }];
const closed = policy({
  policyTypes: ["Ingress", "Egress"],
  ingress: [{ from: clients, ports }],
  egress: [{ to: [{ ipBlock: { cidr: "10.1.0.0/16" } }], ports }],
});
const from = (...peers: unknown[]) => ({
  beside: [closed, policy({ policyTypes: ["Ingress"], ingress: [{ from: peers, ports }] })],
});
const everybody = 'spec.ingress.0 of NetworkPolicy "subject": from';

const feedHost = "cache-feed.trading.us-east-1.example";
const feedService = (spec: object = {}, annotations: object = {}) =>
  resource("kubernetes:core/v1:Service", {
    metadata: metadata("feed", "cache", {
      annotations: {
        "external-dns.alpha.kubernetes.io/hostname": feedHost,
        "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
        ...annotations,
      },
    }),
    spec: {
      type: "LoadBalancer",
      loadBalancerSourceRanges: ["10.1.0.0/16"],
      selector: {
        ...selected("server"),
        "statefulset.kubernetes.io/pod-name": "cache-server-us-east-1-2",
      },
      ports: [{ port: 6379 }],
      ...spec,
    },
  });
const region = { ipBlock: { cidr: "10.1.0.0/16" } };
const joined = policy({
  ingress: [
    { from: clients, ports },
    { from: [...clients, region], ports },
  ],
  egress: [{ to: [region], ports }],
});
const fed = (...services: unknown[]) => ({
  beside: [...(services as ReturnType<typeof feedService>[]), pods("server"), joined],
});
const [ingress, egress] = ["ingress", "egress"].map(
  (way) => `${way} of the network policies of cache's servers`,
) as [string, string];

const issuer = { kind: "ClusterIssuer", name: "trading-ca", group: "cert-manager.io" };
const certificate = (spec: object = {}, namespace = "trading") =>
  resource("kubernetes:cert-manager.io/v1:Certificate", {
    metadata: { ...metadata("server"), namespace },
    spec: {
      secretName: "cache-server-certificate",
      dnsNames: ["server-0", "server-1", "localhost"],
      usages: ["server auth", "client auth"],
      issuerRef: issuer,
      ...spec,
    },
  });
const certified = pods("server", {
  pod: {
    volumes: [
      { name: "configuration", configMap: {} },
      { name: "certificates", secret: { secretName: "cache-server-certificate" } },
    ],
  },
});

const primary = resource("pulumi:providers:aws", { region: "us-east-1" });
const inPrimary = (...own: ReturnType<typeof pods>[]) => ({ others: { prod: [primary, ...own] } });
const image = (
  where: string,
  tag = "7.2",
  memory = "1Gi",
  registry = `111122223333.dkr.ecr.${where}.amazonaws.com`,
) =>
  pods("server", {
    pod: {
      containers: [
        {
          name: "server",
          image: `${registry}/redis:${tag}`,
          resources: { limits: { memory } },
        },
      ],
    },
  });
const script = (host: string, changes: object = {}) =>
  files("server", { "hand-over.sh": `ask ${host}`, ...changes });

const claims = (...templates: unknown[]) =>
  pods("server", { spec: { volumeClaimTemplates: templates } });
const claim = (storageClassName: unknown) => ({ spec: { storageClassName } });
const className = "spec.volumeClaimTemplates.0.spec.storageClassName";

/** Cases of the rules that join objects of a cache, or of two regions. */
export const cacheGroupCases: readonly RuleCases[] = [
  {
    rule: complete,
    settings: { stores: ["cache"] },
    good: [
      passes("servers and Sentinels that start by their files", theStack, {
        beside: [running("server"), settled("server"), ...wholeSentinel],
      }),
      passes("a claim that is mounted further up", theStack, {
        beside: [
          running("server", mounts({ name: "data", mountPath: "/data" })),
          settled("server", {
            "redis.conf": "dir /data/redis\n",
            "start.sh": "exec redis-server /data/redis/redis.conf\n",
          }),
          ...wholeSentinel,
        ],
      }),
    ],
    bad: [
      breaks("started by something else", theStack, start, {
        beside: [
          running("server", { command: ["redis-server"] }),
          settled("server"),
          ...wholeSentinel,
        ],
      }),
      breaks("told something else beside", theStack, start, {
        beside: [
          running("server", { args: ["--appendonly", "no"] }),
          settled("server"),
          ...wholeSentinel,
        ],
      }),
      breaks("another ConfigMap", theStack, start, {
        beside: [
          running("server", {}, { volumes: [{ name: "configuration", configMap: { name: "a" } }] }),
          settled("server"),
          ...wholeSentinel,
        ],
      }),
      breaks("its script, from another volume", theStack, start, {
        beside: [
          running("server", { volumeMounts: [{ name: "other", mountPath: "/configuration" }] }),
          settled("server"),
          ...wholeSentinel,
        ],
      }),
      breaks("a script of its image, beside the ConfigMap", theStack, start, {
        beside: [
          running("server", { volumeMounts: [{ name: "configuration", mountPath: "/unused" }] }),
          settled("server"),
          ...wholeSentinel,
        ],
      }),
      breaks("a ConfigMap of another namespace", theStack, start, {
        beside: [running("server"), elsewhere("server"), ...wholeSentinel],
      }),
      breaks("a ConfigMap under the label of Sentinels", theStack, start, {
        beside: [
          running(
            "server",
            {},
            {
              volumes: [{ name: "configuration", configMap: { name: "cache-sentinel-us-east-1" } }],
            },
          ),
          settled("server"),
          ...wholeSentinel,
        ],
      }),
      breaks("a volume that goes with the pod", theStack, kept, {
        beside: [
          running("server", {}, {}, { volumeClaimTemplates: [{ metadata: { name: "old" } }] }),
          settled("server"),
          ...wholeSentinel,
        ],
      }),
      breaks("a claim that may not be written to", theStack, kept, {
        beside: [
          running("server", mounts({ name: "data", mountPath: "/data", readOnly: true })),
          settled("server"),
          ...wholeSentinel,
        ],
      }),
      breaks(
        "a Sentinel's configuration in its image",
        theStack,
        "where the sentinels of cache keep configuration",
        {
          beside: [
            running("server"),
            settled("server"),
            running("sentinel"),
            settled("sentinel", { "start.sh": "exec redis-sentinel /etc/sentinel.conf\n" }),
          ],
        },
      ),
      breaks("a directory that only begins like the mount", theStack, kept[0] ?? "", {
        beside: [
          running("server"),
          settled("server", { "redis.conf": "dir /data2\n" }),
          ...wholeSentinel,
        ],
      }),
    ],
    absent: [
      breaks("nothing", theStack, [
        "StatefulSets of the servers of cache",
        "StatefulSets of the sentinels of cache",
      ]),
      breaks("another cache's alone", theStack, "StatefulSets of the servers of cache", {
        beside: [pods("server", { store: "other" }), ...wholeSentinel],
      }),
      breaks("no ConfigMap", theStack, start, { beside: [running("server"), ...wholeSentinel] }),
      breaks("no directory, no last line", theStack, kept, {
        beside: [
          running("server"),
          settled("server", { "redis.conf": "", "start.sh": "" }),
          ...wholeSentinel,
        ],
      }),
    ],
    limit: [
      breaks("two sets", theStack, "StatefulSets of the servers of cache", {
        beside: [running("server"), running("server"), settled("server"), ...wholeSentinel],
      }),
    ],
    unknown: [
      waits("how they start", theStack, "command", {
        beside: [running("server", { command: unknown }), settled("server"), ...wholeSentinel],
      }),
      waits("a part of how they start", theStack, "command.1", {
        beside: [
          running("server", { command: ["sh", unknown] }),
          settled("server"),
          ...wholeSentinel,
        ],
      }),
    ],
  },
  {
    rule: disruption,
    settings: { caches: [{ store: "cache", failoverTimeoutSeconds: 22 }] },
    good: [
      passes("one at a time", evicted(), { beside: [budget({ maxUnavailable: 1 })] }),
      passes("Sentinels, which hand nothing over", pods("sentinel"), {
        beside: [budget({ maxUnavailable: 1 }, "sentinel")],
      }),
      passes("a cache of another system", pods("server", { store: "sessions" })),
      passes("something else", pods("client")),
    ],
    bad: [
      breaks("a second budget", evicted(), "PodDisruptionBudgets that select its pods", {
        beside: [budget({ maxUnavailable: 1 }), budget({ maxUnavailable: 1, selector: {} })],
      }),
      breaks(
        "a budget elsewhere, and one of others",
        evicted(),
        "PodDisruptionBudgets that select its pods",
        {
          beside: [
            budget({ maxUnavailable: 1 }, "server", "elsewhere"),
            budget({ maxUnavailable: 1 }, "sentinel"),
          ],
        },
      ),
      breaks("counted the other way round", evicted(), oneAway, {
        beside: [budget({ maxUnavailable: 1, minAvailable: 1 })],
      }),
      breaks("another hook", evicted(32, ["sleep", "10"]), "lifecycle.preStop of a server", {
        beside: [budget({ maxUnavailable: 1 })],
      }),
    ],
    absent: [
      breaks("no budget", evicted(), "PodDisruptionBudgets that select its pods"),
      breaks("a budget without a number", evicted(), oneAway, { beside: [budget({})] }),
      breaks(
        "no hand-over, Kubernetes' own half minute",
        pods("server"),
        ["lifecycle.preStop of a server", "spec.template.spec.terminationGracePeriodSeconds"],
        { beside: [budget({ maxUnavailable: 1 })] },
      ),
    ],
    limit: [
      breaks("none", evicted(), oneAway, { beside: [budget({ maxUnavailable: 0 })] }),
      breaks("two", evicted(), oneAway, { beside: [budget({ maxUnavailable: 2 })] }),
      breaks(
        "a second too short",
        evicted(31),
        "spec.template.spec.terminationGracePeriodSeconds",
        { beside: [budget({ maxUnavailable: 1 })] },
      ),
    ],
    unknown: [
      waits("not known", evicted(), "spec.maxUnavailable", {
        beside: [budget({ maxUnavailable: unknown })],
      }),
      waits("of whom", evicted(), "spec.selector", { beside: [budget({ selector: unknown })] }),
    ],
  },
  {
    rule: network,
    good: [
      passes("those who need it", pods("server"), { beside: [closed] }),
      passes("what is not said, and is meant", pods("server"), {
        beside: [policy({ egress: [] })],
      }),
      passes("one policy for each direction", pods("server"), {
        beside: [policy({ policyTypes: ["Ingress"] }), policy({ policyTypes: ["Egress"] })],
      }),
      passes(
        "a namespace, a pod of any namespace, a private network",
        pods("server"),
        from(
          { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } },
          { namespaceSelector: {}, podSelector: { matchLabels: { app: "api" } } },
          { ipBlock: { cidr: "10.0.0.0/8" } },
        ),
      ),
      passes("everybody, in another namespace and to other pods", pods("server"), {
        beside: [
          closed,
          policy({ ingress: [{}] }, "elsewhere"),
          policy({ podSelector: { matchLabels: { app: "api" } }, ingress: [{}] }),
        ],
      }),
      passes("something else", pods("client")),
    ],
    bad: [
      breaks(
        "everybody at any port",
        pods("server"),
        [everybody, `${everybody.slice(0, -4)}ports`],
        {
          beside: [closed, policy({ policyTypes: ["Ingress"], ingress: [{}] })],
        },
      ),
      breaks("one for all pods that lets all in", pods("server"), everybody, {
        beside: [closed, policy({ podSelector: {}, ingress: [{ from: [], ports }] })],
      }),
      breaks("everywhere", pods("server"), 'spec.egress.0 of NetworkPolicy "subject": to', {
        beside: [
          closed,
          policy({
            policyTypes: ["Egress"],
            egress: [{ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports }],
          }),
        ],
      }),
      breaks("all of IPv6", pods("server"), everybody, from({ ipBlock: { cidr: "::/0" } })),
      breaks(
        "every pod of the namespace, beside one",
        pods("server"),
        everybody,
        from(...clients, { podSelector: {} }),
      ),
      breaks("every namespace", pods("server"), everybody, from({ namespaceSelector: {} })),
      breaks(
        "every pod of every namespace",
        pods("server"),
        everybody,
        from({ namespaceSelector: {}, podSelector: {} }),
      ),
      breaks("no ports", pods("server"), `${everybody.slice(0, -4)}ports`, {
        beside: [closed, policy({ policyTypes: ["Ingress"], ingress: [{ from: clients }] })],
      }),
    ],
    absent: [
      breaks("no policy", pods("server"), [
        "NetworkPolicies for Ingress",
        "NetworkPolicies for Egress",
      ]),
      breaks("none for what goes out", pods("server"), "NetworkPolicies for Egress", {
        beside: [policy({})],
      }),
      breaks("none for what comes in", pods("server"), "NetworkPolicies for Ingress", {
        beside: [policy({ policyTypes: ["Egress"] })],
      }),
      breaks(
        "one of no pods",
        pods("server"),
        ["NetworkPolicies for Ingress", "NetworkPolicies for Egress"],
        { beside: [policy({ podSelector: undefined })] },
      ),
    ],
    limit: [
      breaks(
        "twice the largest private network",
        pods("server"),
        everybody,
        from({ ipBlock: { cidr: "10.0.0.0/7" } }),
      ),
    ],
    unknown: [
      waits("who", pods("server"), "ipBlock.cidr", from({ ipBlock: { cidr: unknown } })),
      waits("which directions", pods("server"), "spec.policyTypes.0", {
        beside: [policy({ policyTypes: [unknown] })],
      }),
    ],
  },
  {
    rule: feed,
    settings: {
      caches: [
        {
          store: "cache",
          host: feedHost,
          pod: "cache-server-us-east-1-2",
          otherRegionCidr: "10.1.0.0/16",
        },
      ],
    },
    good: [
      passes("the last server, for the other region", theStack, fed(feedService())),
      passes(
        "another Service beside",
        theStack,
        fed(
          feedService(),
          feedService(
            {},
            {
              "external-dns.alpha.kubernetes.io/hostname": "another",
            },
          ),
        ),
      ),
    ],
    bad: [
      breaks(
        "on the internet",
        theStack,
        "the load balancer's scheme of cache's feed",
        fed(
          feedService(
            {},
            { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" },
          ),
        ),
      ),
      breaks(
        "inside of the cluster alone",
        theStack,
        "the load balancer's scheme of cache's feed",
        fed(feedService({ type: "ClusterIP" })),
      ),
      breaks(
        "another network",
        theStack,
        "loadBalancerSourceRanges of cache's feed",
        fed(feedService({ loadBalancerSourceRanges: ["10.2.0.0/16"] })),
      ),
      breaks(
        "any server",
        theStack,
        "the selector of cache's feed",
        fed(feedService({ selector: selected("server") })),
      ),
      breaks(
        "a server of another cache",
        theStack,
        "the selector of cache's feed",
        fed(
          feedService({
            selector: {
              ...selected("server", "other"),
              "statefulset.kubernetes.io/pod-name": "cache-server-us-east-1-2",
            },
          }),
        ),
      ),
      breaks(
        "another port",
        theStack,
        "the port of cache's feed",
        fed(feedService({ ports: [{ port: 6380 }] })),
      ),
      breaks("kept out", theStack, [ingress, egress], {
        beside: [
          feedService(),
          pods("server"),
          policy({
            ingress: [
              { from: clients, ports },
              { from: [region], ports: [{ port: 9121 }] },
            ],
            egress: [{ to: [{ ipBlock: { cidr: "10.2.0.0/16" } }], ports }],
          }),
        ],
      }),
    ],
    absent: [
      breaks("no Service", theStack, "Services with the name of cache's feed", fed()),
      breaks(
        "a Service for nothing",
        theStack,
        [
          "the load balancer's scheme of cache's feed",
          "loadBalancerSourceRanges of cache's feed",
          "the selector of cache's feed",
          "the port of cache's feed",
        ],
        fed(
          feedService({
            type: undefined,
            loadBalancerSourceRanges: undefined,
            selector: undefined,
            ports: undefined,
          }),
        ),
      ),
      breaks("no policies", theStack, [ingress, egress], {
        beside: [feedService(), pods("server")],
      }),
    ],
    limit: [
      breaks(
        "two Services",
        theStack,
        "Services with the name of cache's feed",
        fed(feedService(), feedService()),
      ),
      breaks(
        "a second network",
        theStack,
        "loadBalancerSourceRanges of cache's feed",
        fed(feedService({ loadBalancerSourceRanges: ["10.1.0.0/16", "0.0.0.0/0"] })),
      ),
    ],
    unknown: [
      waits(
        "for whom",
        theStack,
        "spec.loadBalancerSourceRanges",
        fed(feedService({ loadBalancerSourceRanges: unknown })),
      ),
    ],
  },
  {
    rule: certificates,
    settings: {
      issuer,
      caches: [{ store: "cache", server: ["server-0", "server-1", "localhost"], sentinel: ["a"] }],
    },
    good: [
      passes("for all names, both ends", certified, { beside: [certificate()] }),
      passes("for more names and ends", certified, {
        beside: [
          certificate({
            dnsNames: ["server-0", "server-1", "server-2", "localhost"],
            usages: ["server auth", "client auth", "digital signature"],
          }),
        ],
      }),
      passes("a cache of another system", pods("server", { store: "sessions" })),
      passes("something else", pods("client")),
    ],
    bad: [
      breaks("one end alone", certified, 'spec.usages of Certificate "subject"', {
        beside: [certificate({ usages: ["server auth"] })],
      }),
      breaks("another issuer", certified, 'spec.issuerRef of Certificate "subject"', {
        beside: [certificate({ issuerRef: { ...issuer, name: "self-signed" } })],
      }),
      breaks("in another namespace", certified, "the certificate that it mounts", {
        beside: [certificate({}, "elsewhere")],
      }),
      breaks("of another Secret", certified, "the certificate that it mounts", {
        beside: [certificate({ secretName: "cache-sentinel-certificate" })],
      }),
    ],
    absent: [
      breaks("not declared", certified, "the certificate that it mounts"),
      breaks("not mounted", pods("server"), "the certificate that it mounts", {
        beside: [certificate()],
      }),
      breaks(
        "nothing said",
        certified,
        [
          'names missing in spec.dnsNames of Certificate "subject"',
          'spec.usages of Certificate "subject"',
          'spec.usages of Certificate "subject"',
          'spec.issuerRef of Certificate "subject"',
        ],
        {
          beside: [certificate({ dnsNames: undefined, usages: undefined, issuerRef: undefined })],
        },
      ),
    ],
    limit: [
      breaks(
        "a name too few",
        certified,
        'names missing in spec.dnsNames of Certificate "subject"',
        { beside: [certificate({ dnsNames: ["server-0", "localhost"] })] },
      ),
    ],
    unknown: [
      waits("a name", certified, "spec.dnsNames.1", {
        beside: [certificate({ dnsNames: ["server-0", unknown] })],
      }),
    ],
  },
  {
    rule: alike,
    settings: { primary: "us-east-1", standby: "us-west-2" },
    good: [
      passes("the same, by other names", theStack, {
        beside: [image("us-west-2"), script("server-us-west-2 feed-us-east-1")],
        ...inPrimary(image("us-east-1"), script("server-us-east-1 feed-us-west-2")),
      }),
      passes("the same, of another registry", theStack, {
        beside: [image("us-west-2", "7.2", "1Gi", "registry.example.com")],
        ...inPrimary(image("us-east-1")),
      }),
      passes("what other rules judge", theStack, {
        beside: [script("a", { "first-upstream": "b", "first-primary": "", "start.sh": "b" })],
        ...inPrimary(script("a", { "first-upstream": "", "first-primary": "c", "start.sh": "a" })),
      }),
      passes("something else", theStack, {
        beside: [files("client", { file: "a" })],
        ...inPrimary(files("client", { file: "b" })),
      }),
    ],
    bad: [
      breaks("an older image", theStack, 'image of server of "subject"', {
        beside: [image("us-west-2", "7.0")],
        ...inPrimary(image("us-east-1")),
      }),
      breaks("less memory", theStack, 'memory of server of "subject"', {
        beside: [image("us-west-2", "7.2", "512Mi")],
        ...inPrimary(image("us-east-1")),
      }),
      breaks("another script", theStack, 'data.hand-over.sh of "subject"', {
        beside: [script("a", { "hand-over.sh": "b" })],
        ...inPrimary(script("a")),
      }),
      breaks("a file more", theStack, 'data.b of "subject"', {
        beside: [script("a", { b: "" })],
        ...inPrimary(script("a")),
      }),
      breaks("the primary region's own server", theStack, 'data.hand-over.sh of "subject"', {
        beside: [script("server-us-east-1")],
        ...inPrimary(script("server-us-east-1")),
      }),
    ],
    absent: [
      passes("no primary region is looked at", theStack, { beside: [image("us-west-2")] }),
      passes("another cache in the primary region", theStack, {
        beside: [script("a")],
        ...inPrimary(files("server", {}, "other")),
      }),
      breaks("a file less", theStack, 'data.hand-over.sh of "subject"', {
        beside: [files("server", {})],
        ...inPrimary(script("a")),
      }),
      breaks(
        "no containers",
        theStack,
        ['image of server of "subject"', 'memory of server of "subject"'],
        { beside: [pods("server")], ...inPrimary(image("us-east-1")) },
      ),
    ],
    limit: { none: "settings are the same or not" },
    unknown: [
      waits("not known", theStack, "data.hand-over.sh", {
        beside: [script("a", { "hand-over.sh": unknown })],
        ...inPrimary(script("a")),
      }),
    ],
  },
  {
    rule: storageClass,
    settings: { storageClass: "gp3-encrypted" },
    good: [
      passes("the class of the stack's file", claims(claim("gp3-encrypted"))),
      passes("something else", pods("client", { spec: { volumeClaimTemplates: [claim("gp2")] } })),
    ],
    bad: [
      breaks("another class", claims(claim("gp2")), className),
      breaks(
        "a second volume of another class",
        claims(claim("gp3-encrypted"), claim("gp2")),
        "spec.volumeClaimTemplates.1.spec.storageClassName",
      ),
    ],
    absent: [
      breaks("the cluster's default", claims({ spec: {} }), className),
      passes("no volumes, which another rule asks for", pods("server")),
    ],
    limit: { none: "classes are the same or not" },
    unknown: [waits("not known", claims(claim(unknown)), "spec.storageClassName")],
  },
];
