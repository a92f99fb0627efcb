import assert from "node:assert/strict";
import { contentDay, sharedContentDays } from "../../../contracts/configurationManifest";
import { type ConfigurationKind } from "../../../contracts/configurationKinds";
import { Cluster } from "../../../recovery/configuration/cluster";
import { type KubernetesObject } from "../../../recovery/configuration/content";
import {
  snapshotConfiguration,
  type TakenConfiguration,
} from "../../../recovery/configuration/snapshot";
import { BucketPrefix } from "../../../recovery/storage/bucket";
import { points, useConfigurationLaboratory } from "./laboratory";
import { account, namespace } from "./namespace";

const retentionDays = 35;

/** Says nothing: what is said is tested where the command is run. */
const silent = {
  say: () => undefined,
  warn: () => undefined,
  fail: () => undefined,
  at: () => undefined,
};

const dayLength = 24 * 60 * 60 * 1000;

describe("contents that recovery points share", function () {
  this.timeout(120_000);
  const lab = useConfigurationLaboratory();
  let cluster: Cluster;

  before(() => {
    // As the command finds it.
    const before = process.env["KUBECONFIG"];
    process.env["KUBECONFIG"] = lab().api.kubeconfig(account);
    cluster = Cluster.find();
    if (before === undefined) {
      delete process.env["KUBECONFIG"];
    } else {
      process.env["KUBECONFIG"] = before;
    }
  });

  function snapshotAt(
    now: string,
    list: Pick<Cluster, "list"> = cluster,
  ): Promise<TakenConfiguration> {
    return snapshotConfiguration(
      {
        system: "lab",
        account: "111122223333",
        region: "us-east-1",
        store: "configuration",
        tier: "frequent",
        retentionDays,
        namespace,
        recipients: lab().keys.map(({ recipient }) => recipient),
        points: new BucketPrefix(lab().store.client, points),
        cluster: list,
        clock: () => new Date(now),
      },
      silent,
    );
  }

  it("are stored anew on another day, so that none expires before a recovery point that names it", async () => {
    const objects = 21;
    const moments = [
      ["2026-12-30T00:00:00.000Z", objects],
      ["2026-12-30T23:59:59.999Z", 0],
      ["2026-12-31T00:00:00.000Z", objects],
      ["2026-12-31T12:00:00.000Z", 0],
      ["2027-01-01T00:05:00.000Z", objects],
      // A clock that went back, as on another node: that day's contents are there already.
      ["2026-12-31T23:55:00.000Z", 0],
    ] as const;
    for (const [now, stored] of moments) {
      const { manifest, newContents } = await snapshotAt(now);
      assert.equal(newContents, stored, now);
      for (const { content, name } of manifest.objects) {
        assert.equal(content.day, contentDay(new Date(now)), name);
        // It was stored on its day at the earliest, and the tier keeps it for this long after that.
        const day = `${content.day.slice(0, 4)}-${content.day.slice(4, 6)}-${content.day.slice(6)}`;
        const expires = Date.parse(day) + (retentionDays + sharedContentDays) * dayLength;
        assert.ok(expires > Date.parse(manifest.retainUntil), `${name} of ${now}`);
      }
    }
  });

  it("are all there, once, when a list has to be begun anew since its place is forgotten", async () => {
    for (let number = 0; number < 60; number += 1) {
      await lab().api.done("POST", `/api/v1/namespaces/${namespace}/configmaps`, {
        metadata: { name: `paged-${String(number).padStart(2, "0")}` },
      });
    }
    let restarts = 0;
    const forgetful: Pick<Cluster, "list"> = {
      async *list(
        kind: ConfigurationKind,
        of: string,
        restarted: () => void,
      ): AsyncGenerator<KubernetesObject[]> {
        let pages = 0;
        const counted = () => {
          restarts += 1;
          restarted();
        };
        for await (const page of cluster.list(kind, of, counted)) {
          yield page;
          pages += 1;
          if (kind.kind === "ConfigMap" && pages === 1) {
            // What comes first is gone when the list is begun anew, and something else is there.
            const path = `/api/v1/namespaces/${namespace}/configmaps`;
            await lab().api.done("DELETE", `${path}/paged-00`);
            await lab().api.done("POST", path, { metadata: { name: "late" } });
            await lab().api.compact();
          }
        }
      },
    };
    const { manifest } = await snapshotAt("2027-02-01T00:00:00.000Z", forgetful);
    assert.equal(restarts, 1);
    const names = manifest.objects
      .filter(({ kind }) => kind === "ConfigMap")
      .map(({ name }) => name);
    assert.deepEqual(names, [
      "late",
      ...Array.from({ length: 59 }, (_, index) => `paged-${String(index + 1).padStart(2, "0")}`),
      "settings",
    ]);
  });
});
