import assert from "node:assert/strict";
import { differencesBetween } from "../../../recovery/configuration/differences";
import { comparisonText } from "../../../recovery/configuration/text";

describe("differences between a recovery point and a cluster", () => {
  it("are named by the field, on whichever side it is", () => {
    const saved = {
      spec: { replicas: 2, containers: [{ image: "a:1", args: ["x"] }], gone: { a: 1 } },
      annotations: { "example.com/note": "old" },
    };
    const live = {
      spec: { replicas: 2, containers: [{ image: "a:2" }, { image: "b:1" }] },
      annotations: { "example.com/note": "new" },
      added: false,
    };
    assert.deepEqual(differencesBetween(saved, live), [
      { field: "added", on: "live", live: false },
      { field: 'annotations["example.com/note"]', on: "both", saved: "old", live: "new" },
      { field: "spec.containers[0].args", on: "saved", saved: ["x"] },
      { field: "spec.containers[0].image", on: "both", saved: "a:1", live: "a:2" },
      { field: "spec.containers[1]", on: "live", live: { image: "b:1" } },
      { field: "spec.gone", on: "saved", saved: { a: 1 } },
    ]);
    assert.deepEqual(differencesBetween(saved, structuredClone(saved)), []);
  });

  it("are found between a list, fields and nothing", () => {
    assert.deepEqual(differencesBetween({ a: [] }, { a: {} }), [
      { field: "a", on: "both", saved: [], live: {} },
    ]);
    assert.deepEqual(differencesBetween({ a: null }, { a: 0 }), [
      { field: "a", on: "both", saved: null, live: 0 },
    ]);
  });

  it("are shown on one line each, whatever is in them", () => {
    const text = comparisonText({
      point: "20261129T100000Z-0badcafe",
      namespace: "trading",
      cluster: "https://k",
      different: [
        {
          kind: "ConfigMap",
          name: "one",
          change: "different",
          fields: [
            { field: 'data["a\nb"]', on: "both", saved: "x".repeat(80), live: "\u001b[2J\u009b" },
            { field: "data.c", on: "saved", saved: 1 },
          ],
        },
        {
          kind: "Secret",
          name: "two",
          change: "different",
          fields: [
            { field: "data.a", on: "saved" },
            { field: "data.b", on: "live" },
            { field: "data.c", on: "both" },
          ],
        },
      ],
      same: 3,
      extra: [],
    });
    assert.equal(
      text,
      [
        "Recovery point 20261129T100000Z-0badcafe and namespace trading of https://k:",
        "  ConfigMap one: differs",
        `    data["a\\u000ab"]: is "\\u001b[2J\\u009b", was "${"x".repeat(59)}\u2026`,
        "    data.c: missing, was 1",
        "  Secret two: differs",
        "    data.a: missing",
        "    data.b: new; stays",
        "    data.c: differs",
        "3 as they were, 2 not, 0 new.",
        "",
      ].join("\n"),
    );
  });
});
