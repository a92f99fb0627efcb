import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { apiVersionOf, configurationKinds } from "../../../contracts/configurationKinds";
import { event } from "../../../contracts/events";
import { type PointList } from "../../../recovery/list";
import { type ConfigurationLaboratory, points, useConfigurationLaboratory } from "./laboratory";
import { account, emptyNamespace, jobRole, namespace, planted, wantedState } from "./namespace";

const secrets = `/api/v1/namespaces/${namespace}/secrets`;
const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;

/** Contents that are in a bucket, by their names. */
async function contentsIn(lab: ConfigurationLaboratory): Promise<string[]> {
  const keys = await lab.keysThere();
  return keys.filter((key) => key.startsWith(`${points.prefix}content/`)).sort();
}

/** What was stored between two looks, by the ends of names. */
function added(before: readonly string[], after: readonly string[]): string[] {
  return after.filter((key) => !before.includes(key)).map((key) => key.replace(/^.*\./, ""));
}

describe("snapshots of configuration", function () {
  this.timeout(120_000);
  const lab = useConfigurationLaboratory();

  it("save every kind, and all of it is restored where everything was deleted", async () => {
    const before = await wantedState(lab().api);
    const id = await lab().taken();
    const manifest = await lab().manifestOf(id);
    assert.deepEqual(
      [...new Set(manifest.objects.map(({ kind }) => kind))],
      configurationKinds.map(({ kind }) => kind),
    );
    assert.deepEqual(manifest.leftOut, [
      "Secret engine-token-x7k2p: a token for engine, which each cluster makes anew",
      "ConfigMap kube-root-ca.crt: the cluster's own authority, which each cluster makes anew",
    ]);
    const there = await lab().everything();
    const written = there.find(({ key }) => key === `${points.prefix}${id}/manifest.json`);
    const events = there.filter(({ key }) => key.includes("/events/"));
    assert.equal(events.length, 1);
    const happened = event.parse(JSON.parse(String(events[0]?.body)));
    assert.ok(happened.kind === "snapshot" && happened.taken?.point === id);
    assert.equal(
      happened.taken.manifestSha256,
      createHash("sha256")
        .update(written?.body ?? "")
        .digest("hex"),
    );
    await emptyNamespace(lab().api);
    const restored = await lab().restore("--apply");
    assert.equal(restored.status, 0, restored.errors);
    for (const left of ["secrets/engine-token-x7k2p", "configmaps/kube-root-ca.crt"]) {
      before[`/api/v1/namespaces/${namespace}/${left}`] = 404;
    }
    assert.deepEqual(await wantedState(lab().api), before);
    assert.match(restored.output, /Applied: 19\.\n$/);
  });

  it("are listed, and shown with their objects, and the keys that open Secrets", async () => {
    const id = await lab().taken();
    const { objects } = await lab().manifestOf(id);
    const listed = await lab().start(["list", "--json"], lab().listing).ended;
    assert.equal(listed.status, 0, listed.errors);
    const { points: found, ...named } = JSON.parse(listed.output) as PointList;
    const [first] = found;
    assert.equal(first?.id, id);
    assert.deepEqual([first.kind, first.subject], ["configuration", namespace]);
    assert.equal(
      first.bytes,
      objects.reduce((sum, { content }) => sum + content.bytes, 0),
    );
    // Contents lie beside recovery points, and are none that was begun.
    assert.deepEqual(named, {
      others: 0,
      unfinished: [],
      damaged: [],
      unreadable: [],
      foreign: [],
    });
    const { status, output, errors } = await lab().start(["show", id], lab().listing).ended;
    assert.equal(status, 0, errors);
    assert.match(output, new RegExp(`^namespace +${namespace}$`, "m"));
    for (const { recipient } of lab().keys) {
      assert.match(output, new RegExp(`^Secrets sealed for +${recipient}$`, "m"));
    }
    const there = await lab().keysThere();
    for (const { kind, name } of objects) {
      const [, content = ""] =
        new RegExp(`^${kind} +${name} +[\\d.]+ \\w+ +(content/\\S+)$`, "m").exec(output) ?? [];
      assert.ok(there.includes(points.prefix + content), `${kind} ${name}: ${content}`);
    }
  });

  it("store nothing anew where nothing changed, and what did change once", async () => {
    await lab().taken();
    const first = await contentsIn(lab());
    await lab().taken();
    assert.deepEqual(await contentsIn(lab()), first);

    await lab().api.done("PATCH", `${configMaps}/settings`, { data: { more: "1" } });
    await lab().taken();
    const second = await contentsIn(lab());
    assert.deepEqual(added(first, second), ["json"]);

    await lab().api.done("PATCH", `${secrets}/broker`, { stringData: { later: planted.changed } });
    await lab().taken();
    const third = await contentsIn(lab());
    assert.deepEqual(added(second, third), ["age"]);
  });

  it("name a Secret's content by what it became, so that nobody can guess it", async () => {
    const one = await lab().taken();
    // Another key: all Secrets are encrypted anew, though none of them changed.
    const other = await lab().taken({
      TRADING_DR_RECOVERY_RECIPIENTS: lab().keys[0]?.recipient ?? "",
    });
    const digests = await Promise.all(
      [one, other].map(async (id) =>
        (await lab().manifestOf(id)).objects
          .filter(({ kind }) => kind === "Secret")
          .map(({ content }) => content.sha256),
      ),
    );
    assert.equal(digests[0]?.length, 2);
    assert.equal(new Set(digests.flat()).size, 4);
  });

  it("are refused whole where a kind cannot be listed", async () => {
    const roles = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles`;
    await lab().api.done("PUT", `${roles}/dr-snapshot-configuration`, jobRole(["ingresses"]));
    try {
      const before = await lab().keysThere();
      const { status, output, errors } = await lab().snapshot();
      assert.equal(status, 3);
      assert.equal(output, "");
      assert.match(
        errors,
        /ingresses of trading cannot be listed: .* cannot list resource "ingresses" .*; bind a Role that may get and list ingresses of networking\.k8s\.io\n$/,
      );
      const after = await lab().keysThere();
      assert.deepEqual(
        added(before, after).filter((end) => end === "json/manifest"),
        [],
      );
      assert.equal(manifestsOf(after).length, manifestsOf(before).length);
      const tried = await lab().start(
        ["snapshot", "configuration", "--dry-run"],
        lab().snapshotting(),
      ).ended;
      assert.equal(tried.status, 3);
    } finally {
      await lab().api.done("PUT", `${roles}/dr-snapshot-configuration`, jobRole());
    }
  });

  it("say what is wrong before they touch anything", async () => {
    const cases: readonly (readonly [Record<string, string>, number, RegExp])[] = [
      [{ TRADING_DR_RECOVERY_RECIPIENTS: "pending" }, 2, /is pending: make a recovery key/],
      [
        { TRADING_DR_RECOVERY_RECIPIENTS: `${lab().keys[0]?.recipient.slice(0, -1) ?? ""}q` },
        2,
        /TRADING_DR_RECOVERY_RECIPIENTS must be a recipient/,
      ],
      [{ KUBECONFIG: "/nowhere" }, 2, /the kubeconfig cannot be read: ENOENT/],
      [{ KUBECONFIG: lab().api.kubeconfig(account, "http://127.0.0.1:1") }, 2, /without TLS/],
      [
        { KUBECONFIG: lab().api.kubeconfig(account, "https://127.0.0.1:1") },
        9,
        /the Kubernetes API at https:\/\/127\.0\.0\.1:1 does not answer: connect ECONNREFUSED/,
      ],
      [
        { KUBECONFIG: strangersFile() },
        9,
        /status 401, Unauthorized; the token or certificate is no/,
      ],
      [
        { KUBECONFIG: lab().api.kubeconfig(), TRADING_DR_NAMESPACE: "tradin" },
        3,
        /namespace tradin has nothing to save/,
      ],
      [{ AWS_ENDPOINT_URL_S3: "http://127.0.0.1:1", AWS_MAX_ATTEMPTS: "1" }, 5, /cannot read s3:/],
    ];
    // That it failed is told by an event.
    const pointsThere = async () =>
      (await lab().keysThere()).filter((key) => !key.includes("/events/"));
    const before = await pointsThere();
    for (const [environment, wanted, words] of cases) {
      const { status, errors } = await lab().snapshot(environment);
      assert.match(errors, words);
      assert.equal(status, wanted, errors);
    }
    assert.deepEqual(await pointsThere(), before);

    /** A kubeconfig whose token nobody gave. */
    function strangersFile(): string {
      const file = lab().api.kubeconfig(account);
      const text = readFileSync(file, "utf8");
      writeFileSync(file, text.replace(/"token":"[^"]*"/, '"token":"nobody"'));
      return file;
    }
  });

  it("that are killed leave no recovery point, or a whole one", async () => {
    const started = performance.now();
    await lab().taken();
    const whole = performance.now() - started;
    let killed = 0;
    for (let attempt = 0; attempt < 15; attempt += 1) {
      // Something to store, each time.
      await lab().api.done("PATCH", `${configMaps}/settings`, {
        data: { attempt: String(attempt) },
      });
      await lab().api.done("PATCH", `${secrets}/broker`, {
        stringData: { attempt: String(attempt) },
      });
      const { child, ended } = lab().start(["snapshot", "configuration"], lab().snapshotting());
      await Promise.race([sleep(whole * (0.2 + (0.8 * attempt) / 15)), ended]);
      child.kill("SIGKILL");
      killed += (await ended).status === null ? 1 : 0;
    }
    assert.ok(killed >= 8, `only ${String(killed)} were killed before they ended`);
    const there = new Set(await lab().keysThere());
    for (const key of manifestsOf([...there])) {
      const id = key.split("/").at(-2) ?? "";
      for (const { kind, content } of (await lab().manifestOf(id)).objects) {
        const end = kind === "Secret" ? "age" : "json";
        const name = `${points.prefix}content/${content.day}/${content.sha256}.${end}`;
        assert.ok(there.has(name), `${key} names ${name}`);
      }
    }
    await lab().taken();
    const { status, output } = await lab().restore("");
    assert.equal(status, 0);
    assert.match(output, /as they were, 0 not, 0 new\.\n/);
  });

  it("take a namespace of 1,000 objects more, a page at a time", async function () {
    for (let first = 0; first < 1_000; first += 50) {
      await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          lab().api.done("POST", configMaps, {
            metadata: { name: `many-${String(first + index).padStart(4, "0")}` },
            data: { text: "x".repeat(2_000) },
          }),
        ),
      );
    }
    const id = await lab().taken();
    const saved = (await lab().manifestOf(id)).objects.filter(({ name }) =>
      name.startsWith("many-"),
    );
    assert.deepEqual(
      saved.map(({ name }) => name),
      Array.from({ length: 1_000 }, (_, index) => `many-${String(index).padStart(4, "0")}`),
    );
    assert.equal(new Set(saved.map(({ content }) => content.sha256)).size, 1_000);
  });

  it("read kinds that the API serves in that version, under the names that roles have", async () => {
    for (const kind of configurationKinds) {
      const root = kind.group === "" ? "/api/v1" : `/apis/${apiVersionOf(kind)}`;
      const { resources } = (await lab().api.done("GET", root)) as {
        readonly resources: readonly { readonly name: string; readonly kind: string }[];
      };
      assert.equal(resources.find(({ name }) => name === kind.resource)?.kind, kind.kind);
    }
  });

  it("leave nothing of a Secret in the clear, in the bucket or in what they print", async () => {
    const everything = await lab().everything();
    const texts = [
      ...everything.map(({ key, body }) => [key, body.toString("latin1")] as const),
      ...lab().printed.map((text) => ["what was printed", text] as const),
    ];
    assert.ok(texts.length > 50);
    for (const [where, text] of texts) {
      for (const value of Object.values(planted)) {
        for (const form of formsOf(value)) {
          assert.ok(!text.includes(form), `${value} is in ${where} as ${form}`);
        }
      }
    }
    // The search finds what is there.
    assert.ok(texts.some(([, text]) => text.includes("registry.example.com/engine:1.7")));
  });
});

/** Keys of manifests. */
function manifestsOf(keys: readonly string[]): string[] {
  return keys.filter((key) => key.endsWith("/manifest.json"));
}

/** A text as it is, and in base64, at whatever place of it the text begins, and twice over. */
function formsOf(value: string): string[] {
  const inBase64 = (text: string) =>
    [0, 1, 2].map((shift) =>
      Buffer.from(" ".repeat(shift) + text)
        .toString("base64")
        .slice(shift === 0 ? 0 : 4, -4),
    );
  return [value, ...inBase64(value), ...inBase64(value).flatMap(inBase64)];
}
