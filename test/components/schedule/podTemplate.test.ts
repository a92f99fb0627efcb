import assert from "node:assert/strict";
import { jobLimits } from "../../../components/schedule/jobLimits";
import { podTemplate } from "../../../components/schedule/podTemplate";
import { jobKinds } from "../../../contracts/jobs";
import { hardeningViolations, type PodSpec, restrictedViolations } from "../../support/podSecurity";

const digest = `sha256:${"1".repeat(64)}`;

const args = {
  image: `registry/trading-dr@${digest}`,
  command: ["trading-dr", "verify"],
  environment: [{ name: "TRADING_DR_SYSTEM", value: "market-scanning" }],
  serviceAccountName: "dr-verify",
  readsCluster: false,
  limits: jobLimits.verify,
  labels: { "app.kubernetes.io/component": "verify" },
} as const;

const scratchDatabase = { image: `registry/postgres@${digest}`, sizeGibibytes: 100 };

/** The pod's specification as it is written; without outputs it is plain data. */
function specOf(changes: Partial<Parameters<typeof podTemplate>[0]> = {}) {
  return podTemplate({ ...args, ...changes }).spec as unknown as PodSpec &
    Readonly<Record<string, unknown>>;
}

describe("pods of jobs", () => {
  it("run one container, once", () => {
    assert.deepEqual(podTemplate(args), {
      metadata: { labels: { "app.kubernetes.io/component": "verify" } },
      spec: {
        serviceAccountName: "dr-verify",
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        restartPolicy: "Never",
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 10_001,
          runAsGroup: 10_001,
          fsGroup: 10_001,
          seccompProfile: { type: "RuntimeDefault" },
        },
        containers: [
          {
            name: "job",
            image: `registry/trading-dr@${digest}`,
            command: ["trading-dr", "verify"],
            env: [{ name: "TRADING_DR_SYSTEM", value: "market-scanning" }],
            resources: {
              requests: { cpu: "500m", memory: "256Mi", "ephemeral-storage": "1Gi" },
              limits: { cpu: "2", memory: "1Gi", "ephemeral-storage": "1Gi" },
            },
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { drop: ["ALL"] },
              readOnlyRootFilesystem: true,
            },
            terminationMessagePolicy: "FallbackToLogsOnError",
            volumeMounts: [{ name: "temporary", mountPath: "/tmp" }],
          },
        ],
        volumes: [{ name: "temporary", emptyDir: { sizeLimit: "1Gi" } }],
      },
    });
  });

  it("find the keys that they need of secrets as files, which only their group may read", () => {
    const { containers, volumes } = specOf({
      secrets: [
        { secretName: "cache-backup-us-east-1", keys: ["password"] },
        { secretName: "cache-server-us-east-1-certificate", keys: ["ca.crt"] },
      ],
    });
    assert.deepEqual(volumes?.[1], {
      name: "secrets",
      projected: {
        defaultMode: 0o440,
        sources: [
          {
            secret: {
              name: "cache-backup-us-east-1",
              items: [{ key: "password", path: "password" }],
            },
          },
          {
            secret: {
              name: "cache-server-us-east-1-certificate",
              items: [{ key: "ca.crt", path: "ca.crt" }],
            },
          },
        ],
      },
    });
    assert.deepEqual((containers[0] as unknown as Record<string, unknown>)["volumeMounts"], [
      { name: "temporary", mountPath: "/tmp" },
      { name: "secrets", mountPath: "/var/run/secrets/trading-dr", readOnly: true },
    ]);
  });

  it("have a token of the Kubernetes API only when they read the cluster", () => {
    assert.equal(specOf({ readsCluster: true })["automountServiceAccountToken"], true);
  });

  it("restore into a PostgreSQL beside the job that listens on a socket of the pod alone", () => {
    const spec = specOf({ scratchDatabase });
    assert.deepEqual(spec.initContainers, [
      {
        name: "scratch-database",
        image: `registry/postgres@${digest}`,
        restartPolicy: "Always",
        command: [
          "sh",
          "-c",
          'rm -rf "$PGDATA" && initdb --username=postgres --auth=trust --encoding=UTF8 --no-sync && exec postgres -c listen_addresses= -c unix_socket_directories=/var/run/postgresql -c fsync=off -c full_page_writes=off -c synchronous_commit=off',
        ],
        env: [{ name: "PGDATA", value: "/var/lib/scratch/data" }],
        startupProbe: {
          exec: {
            command: ["pg_isready", "--host", "/var/run/postgresql", "--username", "postgres"],
          },
          periodSeconds: 2,
          failureThreshold: 60,
        },
        resources: {
          requests: { cpu: "500m", memory: "2Gi", "ephemeral-storage": "100Gi" },
          limits: { cpu: "4", memory: "4Gi", "ephemeral-storage": "100Gi" },
        },
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
          readOnlyRootFilesystem: true,
          runAsUser: 999,
        },
        volumeMounts: [
          { name: "scratch-data", mountPath: "/var/lib/scratch" },
          { name: "scratch-socket", mountPath: "/var/run/postgresql" },
          { name: "scratch-temporary", mountPath: "/tmp" },
          { name: "scratch-memory", mountPath: "/dev/shm" },
        ],
      },
    ]);
    assert.deepEqual((spec.containers[0] as unknown as Record<string, unknown>)["volumeMounts"], [
      { name: "temporary", mountPath: "/tmp" },
      { name: "scratch-socket", mountPath: "/var/run/postgresql" },
    ]);
    assert.deepEqual(spec.volumes?.slice(1), [
      { name: "scratch-data", emptyDir: { sizeLimit: "100Gi" } },
      { name: "scratch-socket", emptyDir: { sizeLimit: "1Mi" } },
      { name: "scratch-temporary", emptyDir: { sizeLimit: "64Mi" } },
      { name: "scratch-memory", emptyDir: { medium: "Memory", sizeLimit: "512Mi" } },
    ]);
  });

  for (const kind of jobKinds) {
    it(`of kind ${kind} meet the restricted Pod Security Standard, and more`, () => {
      for (const more of [
        {},
        { scratchDatabase },
        { secrets: [{ secretName: "secret", keys: ["key"] }] },
      ]) {
        const spec = specOf({ ...more, limits: jobLimits[kind] });
        assert.deepEqual(restrictedViolations(spec), []);
        assert.deepEqual(hardeningViolations(spec), []);
      }
    });
  }
});

describe("the check of the restricted Pod Security Standard", () => {
  const sound = specOf();
  const [container] = sound.containers;
  const withContainer = (changes: object): PodSpec => ({
    ...sound,
    containers: [
      {
        ...container,
        name: "job",
        securityContext: { ...container?.securityContext, ...changes },
      },
    ],
  });
  const broken: readonly (readonly [string, PodSpec, readonly string[]])[] = [
    ["the host's network", { ...sound, hostNetwork: true }, ["hostNetwork"]],
    [
      "a directory of the host",
      { ...sound, volumes: [{ name: "host", hostPath: { path: "/" } }] },
      ["volume host"],
    ],
    ["a privileged container", withContainer({ privileged: true }), ["job: privileged"]],
    [
      "more privileges than it was given",
      withContainer({ allowPrivilegeEscalation: undefined }),
      ["job: privilege escalation"],
    ],
    ["capabilities", withContainer({ capabilities: {} }), ["job: capabilities not dropped"]],
    ["root", withContainer({ runAsUser: 0 }), ["job: is root"]],
    ["what may be root", withContainer({ runAsNonRoot: false }), ["job: may be root"]],
    ["no seccomp", { ...sound, securityContext: { runAsNonRoot: true } }, ["job: seccomp"]],
  ];
  for (const [what, spec, violations] of broken) {
    it(`finds ${what}`, () => {
      assert.deepEqual(restrictedViolations(spec), violations);
    });
  }

  it("finds a root that can be written, a tag and a missing limit, which the project refuses", () => {
    const spec: PodSpec = {
      ...sound,
      containers: [
        {
          ...container,
          name: "job",
          image: "trading-dr:latest",
          resources: { requests: container?.resources?.requests ?? {} },
          securityContext: { ...container?.securityContext, readOnlyRootFilesystem: false },
        },
      ],
    };
    assert.deepEqual(hardeningViolations(spec), [
      "job: writable root",
      "job: image without digest",
      "job: limits",
    ]);
  });
});
