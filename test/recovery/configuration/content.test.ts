import assert from "node:assert/strict";
import fc from "fast-check";
import {
  canonicalJson,
  declaredContent,
  type KubernetesObject,
  leftOutReason,
  portableContent,
} from "../../../recovery/configuration/content";

/** What every object has of its life in a cluster. */
const life = {
  uid: "4f1d3f0a-0000-4000-8000-000000000001",
  resourceVersion: "4711",
  generation: 3,
  creationTimestamp: "2026-11-29T10:00:00Z",
  selfLink: "/api/v1/x",
  managedFields: [{ manager: "kubectl", operation: "Apply" }],
};

function object(kind: string, metadata: object, rest: object = {}): KubernetesObject {
  return {
    apiVersion: "v1",
    kind,
    metadata: { name: "one", namespace: "trading", ...metadata },
    ...rest,
  };
}

describe("the content of an object", () => {
  it("is what somebody wanted, without what the server and controllers add", () => {
    const found = object(
      "Deployment",
      {
        ...life,
        labels: { app: "engine" },
        annotations: { "deployment.kubernetes.io/revision": "7", owner: "desk 4" },
      },
      { spec: { replicas: 2 }, status: { readyReplicas: 1 } },
    );
    assert.deepEqual(
      declaredContent("Deployment", found),
      object(
        "Deployment",
        { labels: { app: "engine" }, annotations: { owner: "desk 4" } },
        { spec: { replicas: 2 } },
      ),
    );
  });

  it("does not change with a lease that its holder renews on a ConfigMap", () => {
    const held = (renewed: string) =>
      declaredContent(
        "ConfigMap",
        object("ConfigMap", {
          annotations: { "control-plane.alpha.kubernetes.io/leader": renewed },
        }),
      );
    assert.deepEqual(canonicalJson(held("10:00:00")), canonicalJson(held("10:00:02")));
    assert.deepEqual(held("10:00:00"), object("ConfigMap", {}));
  });

  it("has the Secrets that somebody gave an account, and not the tokens of older clusters", () => {
    const secrets = [{ name: "one-token-x7k2p" }, { name: "registry" }];
    assert.deepEqual(
      declaredContent("ServiceAccount", object("ServiceAccount", {}, { secrets })),
      object("ServiceAccount", {}, { secrets: [{ name: "registry" }] }),
    );
    assert.deepEqual(
      declaredContent(
        "ServiceAccount",
        object("ServiceAccount", {}, { secrets: secrets.slice(0, 1) }),
      ),
      object("ServiceAccount", {}),
    );
  });

  it("is not saved of what each cluster makes anew, nor of what is going", () => {
    const token = object("Secret", {}, { type: "kubernetes.io/service-account-token" });
    assert.equal(
      leftOutReason("Secret", token),
      "Secret one: a token for an account, which each cluster makes anew",
    );
    assert.equal(
      leftOutReason(
        "ConfigMap",
        object("ConfigMap", { deletionTimestamp: "2026-11-29T10:00:00Z" }),
      ),
      "ConfigMap one: it is being deleted since 2026-11-29T10:00:00Z",
    );
    assert.equal(
      leftOutReason("Secret", object("Secret", {}, { type: "helm.sh/release.v1" })),
      undefined,
    );
  });

  it("is the same bytes in whatever order its fields came", () => {
    assert.equal(
      canonicalJson({ b: [{ d: 1, c: null }], a: { "10": "x", "9": "\u00fc" } }).toString(),
      '{"a":{"9":"\u00fc","10":"x"},"b":[{"c":null,"d":1}]}\n',
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (fields) => {
        const turned = Object.fromEntries(Object.entries(fields).reverse());
        assert.deepEqual(canonicalJson(turned), canonicalJson(fields));
        assert.deepEqual(
          JSON.parse(canonicalJson(fields).toString()),
          JSON.parse(JSON.stringify(fields)),
        );
      }),
    );
  });
});

describe("what of an object holds in any cluster", () => {
  it("names no owner, since what has an owner that is not there is deleted as garbage", () => {
    assert.deepEqual(
      portableContent(
        "Deployment",
        object("Deployment", { ownerReferences: [{ uid: "1" }], finalizers: ["a/b"] }),
      ),
      object("Deployment", {}),
    );
  });

  it("has no address that another cluster may not have, but stays without one where it had none", () => {
    const service = (spec: object) => object("Service", {}, { spec });
    assert.deepEqual(
      portableContent(
        "Service",
        service({ clusterIP: "10.0.0.7", clusterIPs: ["10.0.0.7"], ports: [{ nodePort: 30_080 }] }),
      ),
      service({ ports: [{ nodePort: 30_080 }] }),
    );
    const headless = service({ clusterIP: "None", clusterIPs: ["None"] });
    assert.deepEqual(portableContent("Service", headless), headless);
  });

  it("asks for a volume, and not for the one of another cluster", () => {
    const claim = object(
      "PersistentVolumeClaim",
      { annotations: { "pv.kubernetes.io/bind-completed": "yes", kept: "1" } },
      { spec: { volumeName: "pvc-1", storageClassName: "gp3" } },
    );
    assert.deepEqual(
      portableContent("PersistentVolumeClaim", claim),
      object(
        "PersistentVolumeClaim",
        { annotations: { kept: "1" } },
        { spec: { storageClassName: "gp3" } },
      ),
    );
  });
});
