import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { chmodSync, writeFileSync } from "node:fs";
import { points, useConfigurationLaboratory } from "./laboratory";
import { account, emptyNamespace, jobRole, namespace, planted, wantedState } from "./namespace";

const secrets = `/api/v1/namespaces/${namespace}/secrets`;
const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;
const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;

describe("restores of configuration", function () {
  this.timeout(120_000);
  const lab = useConfigurationLaboratory();
  let id: string;

  before(async () => {
    id = await lab().taken();
  });

  it("show what differs, but no value of a Secret, and change nothing", async () => {
    const { api } = lab();
    await api.done("PATCH", `${deployments}/engine`, { spec: { replicas: 5 } });
    await api.done("PATCH", `${secrets}/broker`, { stringData: { password: planted.changed } });
    await api.done("PATCH", `${configMaps}/settings`, { data: { added: "by hand" } });
    await api.done("DELETE", `/apis/batch/v1/namespaces/${namespace}/cronjobs/report`);
    await api.done("POST", configMaps, { metadata: { name: "extra" }, data: {} });
    const before = await wantedState(api);
    const { status, output, errors } = await lab().restore("");
    assert.equal(errors, "");
    assert.equal(
      output,
      [
        `Recovery point ${id} and namespace trading of ${api.url}:`,
        "  Secret broker: differs",
        "    data.password: differs",
        "  ConfigMap settings: has what the recovery point has, and more; stays",
        '    data.added: new, "by hand"; stays',
        "  Deployment engine: differs",
        "    spec.replicas: is 5, was 2",
        "  CronJob report: missing",
        "  ConfigMap extra: not in the recovery point; stays",
        "17 as they were, 4 not, 1 new.",
        "Nothing was changed; --apply restores.",
        "",
      ].join("\n"),
    );
    assert.equal(status, 0);
    const forMachines = await lab().restore("--json");
    const { different } = JSON.parse(forMachines.output) as { readonly different: unknown[] };
    assert.deepEqual(different[0], {
      kind: "Secret",
      name: "broker",
      change: "different",
      fields: [{ field: "data.password", on: "both" }],
    });
    assert.deepEqual(await wantedState(api), before);
  });

  it("are tried whole first: where others manage a field nothing is changed, until they are forced", async () => {
    const { api } = lab();
    const before = await wantedState(api);
    for (const words of ["--apply", "--dry-run"]) {
      const { status, errors } = await lab().restore(words);
      assert.equal(status, 3);
      assert.match(errors, /the cluster would not take all of it, and nothing was changed:/);
      assert.match(
        errors,
        /\n {2}Secret broker: status 409, Conflict, \.data\.password; --force takes/,
      );
      assert.match(errors, /\n {2}Deployment engine: status 409, Conflict: .*\.spec\.replicas/);
      assert.deepEqual(await wantedState(api), before);
    }
    const tried = await lab().restore("--dry-run --force");
    assert.match(tried.output, /The cluster would take all 3; nothing was changed\.\n$/);
    assert.deepEqual(await wantedState(api), before);

    const applied = await lab().restore("--apply --force");
    assert.equal(applied.status, 0, applied.errors);
    const secret = (await api.done("GET", `${secrets}/broker`)) as {
      readonly data: Readonly<Record<string, string>>;
    };
    assert.equal(Buffer.from(secret.data["password"] ?? "", "base64").toString(), planted.password);
    assert.equal((await api.ask("GET", `${configMaps}/extra`)).status, 200);
    const again = await lab().restore("--apply");
    assert.match(again.output, /20 as they were, 1 not, 1 new\.\nApplied: 0\.\n$/);
  });

  it("look at some kinds and names alone, when asked", async () => {
    const { api } = lab();
    await api.done("DELETE", `${secrets}/broker`);
    await api.done("DELETE", `${deployments}/engine`);
    const { output } = await lab().restore("--kinds secrets configmap --names broker --apply");
    assert.match(
      output,
      /\n {2}Secret broker: missing\n0 as they were, 1 not, 0 new\.\nApplied: 1\.\n$/,
    );
    assert.equal((await api.ask("GET", `${deployments}/engine`)).status, 404);
    const unknown = await lab().restore("--names broker nobody");
    assert.equal(unknown.status, 2);
    assert.match(unknown.errors, /has no nobody among ResourceQuota, /);
    const kind = await lab().restore("--kinds Pod");
    assert.equal(kind.status, 2);
    assert.match(kind.errors, /--kinds Pod is no kind that is saved; they are ResourceQuota, /);
    assert.equal((await lab().restore("--apply")).status, 0);
  });

  it("take each of the recovery keys, and say whose another is", async () => {
    const second = await lab().restore("", {}, lab().keys[1]?.file);
    assert.equal(second.status, 0, second.errors);
    const stranger = await lab().makeKey("stranger");
    const { status, errors } = await lab().restore("", {}, stranger.file);
    assert.equal(status, 2);
    assert.match(errors, /the identity is of another key: Secrets of .* are encrypted for age1/);
    assert.ok(errors.includes(stranger.recipient));
    chmodSync(stranger.file, 0o644);
    const open = await lab().restore("", {}, stranger.file);
    assert.equal(open.status, 2);
    assert.match(open.errors, /others may read it; chmod 600 it first/);
    writeFileSync(stranger.file, `${stranger.identity.slice(0, -1)}?\n`);
    chmodSync(stranger.file, 0o600);
    const garbled = await lab().restore("", {}, stranger.file);
    assert.equal(garbled.status, 2);
    assert.match(garbled.errors, /entry 1 is no identity of age/);
    assert.ok(!garbled.errors.includes(stranger.identity.slice(20, 40)));
  });

  it("refuse another namespace, one that is not there, another system, and a point that is not there", async () => {
    const other = await lab().restore("", { TRADING_DR_NAMESPACE: "other" });
    assert.equal(other.status, 3);
    assert.match(other.errors, /is of namespace trading of lab, and TRADING_DR_NAMESPACE is other/);
    const system = await lab().restore("", { TRADING_DR_SYSTEM: "hft" });
    assert.equal(system.status, 3);
    const { status, errors } = await lab().start(
      [
        ...["restore", "configuration", "--point", "20200101T000000Z-0badcafe"],
        ...["--identity", lab().keys[0]?.file ?? ""],
      ],
      lab().restoring(),
    ).ended;
    assert.equal(status, 7);
    assert.match(errors, /there is no recovery point 20200101T000000Z-0badcafe in s3:/);
    const both = await lab().restore("--apply --dry-run");
    assert.equal(both.status, 2);
    const context = await lab().restore("--context nowhere");
    assert.equal(context.status, 2);
    assert.match(
      context.errors,
      /there is no context nowhere in the kubeconfig; it has laboratory/,
    );
  });

  it("say what an operator may not do, before anything is changed", async () => {
    const { api } = lab();
    await api.done("DELETE", `${configMaps}/settings`);
    const { status, errors } = await lab().restore("--apply", {
      KUBECONFIG: api.kubeconfig(account),
    });
    assert.equal(status, 3);
    assert.match(
      errors,
      /ConfigMap settings: status 403, Forbidden: .*; get leave to patch and create it/,
    );
    assert.equal((await api.ask("GET", `${configMaps}/settings`)).status, 404);
    assert.equal((await lab().restore("--apply")).status, 0);
  });

  it("are refused while what they are to restore is being deleted", async () => {
    const { api } = lab();
    const claim = `/api/v1/namespaces/${namespace}/persistentvolumeclaims/data`;
    await api.done("DELETE", claim);
    const { status, output, errors } = await lab().restore("--apply");
    assert.match(output, /PersistentVolumeClaim data: is being deleted\n/);
    assert.equal(status, 3);
    assert.match(errors, /PersistentVolumeClaim data is being deleted: go on when it is gone/);
    await api.done("PATCH", claim, { metadata: { finalizers: null } });
    assert.equal((await lab().restore("--apply")).status, 0);
  });

  it("that are killed are run again, and go on", async () => {
    const { api } = lab();
    const started = performance.now();
    await emptyNamespace(api, "present");
    assert.equal((await lab().restore("--apply")).status, 0);
    const whole = performance.now() - started;
    const before = await wantedState(api);
    let killed = 0;
    for (let attempt = 0; attempt < 6; attempt += 1) {
      await emptyNamespace(api, "present");
      const { child, ended } = lab().start(
        [
          ...["restore", "configuration", "--point", id, "--apply"],
          ...["--identity", lab().keys[0]?.file ?? ""],
        ],
        lab().restoring(),
      );
      await Promise.race([sleep(whole * (0.4 + 0.08 * attempt)), ended]);
      child.kill("SIGKILL");
      killed += (await ended).status === null ? 1 : 0;
      const { status, errors } = await lab().restore("--apply");
      assert.equal(status, 0, errors);
      assert.deepEqual(await wantedState(api), before);
    }
    assert.ok(killed >= 3, `only ${String(killed)} were killed before they ended`);
  });

  it("say that content was changed or is gone, and change nothing", async () => {
    const { objects } = await lab().manifestOf(id);
    const contentKey = (kind: string, name: string) => {
      const content = objects.find((one) => one.kind === kind && one.name === name)?.content;
      const end = kind === "Secret" ? "age" : "json";
      return `${points.prefix}content/${content?.day ?? ""}/${content?.sha256 ?? ""}.${end}`;
    };
    const { api } = lab();
    await api.done("PATCH", `${deployments}/engine`, { spec: { replicas: 9 } });
    const before = await wantedState(api);
    for (const [kind, name] of [
      ["Secret", "broker"],
      ["Deployment", "engine"],
    ] as const) {
      const key = contentKey(kind, name);
      const original = (await lab().everything()).find((one) => one.key === key)?.body;
      assert.ok(original !== undefined);
      const changed = Buffer.from(original);
      changed[changed.length - 3] = (changed[changed.length - 3] ?? 0) ^ 1;
      await lab().overwrite(key, changed);
      const { status, errors } = await lab().restore("--apply --force");
      assert.equal(status, 6, errors);
      assert.match(
        errors,
        new RegExp(`${kind} ${name}: s3://.* has SHA-256 [0-9a-f]{64}, and has to`),
      );
      await lab().overwrite(key, original);
    }
    assert.deepEqual(await wantedState(api), before);
    const manifest = `${points.prefix}${id}/manifest.json`;
    const text =
      (await lab().everything()).find(({ key }) => key === manifest)?.body.toString() ?? "";
    await lab().overwrite(manifest, Buffer.from(text.replace('"engine"', '"motor"')));
    const resealed = await lab().restore("");
    assert.equal(resealed.status, 6);
    assert.match(
      resealed.errors,
      /manifest\.json is not what was written: its seal is of another text/,
    );
    await lab().overwrite(manifest, Buffer.from(text));
  });

  it("never print what is in a Secret, nor the recovery key", () => {
    assert.ok(lab().printed.length > 40);
    const all = lab().printed.join("\n");
    const identities = lab().keys.map(({ identity }) => identity.slice(20));
    for (const value of [...Object.values(planted), ...identities]) {
      assert.ok(!all.includes(value));
      assert.ok(!all.includes(Buffer.from(value).toString("base64").slice(0, -4)));
    }
    assert.ok(all.includes("spec.replicas"));
  });

  it("are refused where the namespace is not there", async () => {
    const { api } = lab();
    await api.done("DELETE", `/api/v1/namespaces/${namespace}`);
    // There is no controller that would empty it.
    await emptyNamespace(api, "present");
    await api.done("PUT", `/api/v1/namespaces/${namespace}/finalize`, {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: namespace },
      spec: { finalizers: [] },
    });
    const { status, errors } = await lab().restore("--apply");
    assert.equal(status, 3, errors);
    assert.match(
      errors,
      /has no namespace trading: make it first, kubectl create namespace trading\n$/,
    );
    await api.done("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
    const restored = await lab().restore("--apply");
    assert.equal(restored.status, 0, restored.errors);
    const roles = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles`;
    assert.deepEqual(
      ((await api.done("GET", `${roles}/dr-snapshot-configuration`)) as { readonly rules: unknown })
        .rules,
      jobRole()["rules"],
    );
  });
});
