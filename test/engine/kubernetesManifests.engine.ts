import assert from "node:assert/strict";
import { join } from "node:path";
import { systemIds } from "../../config/configuration";
import program from "../../index";
import { previewReport } from "../../preview/report";
import { readStacks } from "../../preview/stacks";
import { projectDirectory } from "../support/projectCopy";
import { KubernetesApi, kubernetesVersion } from "./kubernetesSchema";

describe(`manifests, by the published API of Kubernetes ${kubernetesVersion}`, function () {
  this.timeout("5m");
  let api: KubernetesApi;

  before(function () {
    try {
      api = new KubernetesApi();
    } catch (error) {
      if (process.env["CI"] !== undefined) {
        throw error;
      }
      process.stderr.write(`\nMANIFEST TESTS SKIPPED: ${String(error)}\n\n`);
      this.skip();
    }
  });

  for (const system of systemIds(join(projectDirectory, "systems"))) {
    it(`are valid for ${system}`, async () => {
      const ready = readStacks({ directory: projectDirectory, system });
      const { stacks } = await previewReport(program, ready);
      const objects = stacks.flatMap(({ resources }) =>
        resources.filter(({ type }) => type.startsWith("kubernetes:")),
      );
      assert.ok(objects.length >= 2 * 20);
      for (const { name, inputs } of objects) {
        assert.deepEqual(api.problems(inputs), [], name);
      }
    });
  }

  describe("are found out when they have", () => {
    const job = (spec: object) => ({
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: { name: "job" },
      spec: { schedule: "0 2 * * *", jobTemplate: {}, ...spec },
    });
    const wrong: readonly (readonly [string, Record<string, unknown>, string])[] = [
      ["a field that is misspelt", job({ timezone: "Etc/UTC" }), ".spec.timezone is unknown"],
      ["text for a number", job({ suspend: "no" }), ".spec.suspend must be of type boolean"],
      ["a mapping for a list", job({ jobTemplate: [] }), ".spec.jobTemplate must be a mapping"],
      ["no schedule", job({ schedule: undefined }), ".spec.schedule must be of type string"],
      [
        "an API that is gone",
        { ...job({}), apiVersion: "batch/v1beta1" },
        "there is no CronJob in batch/v1beta1",
      ],
      [
        "an algorithm that an operator does not know",
        {
          apiVersion: "cert-manager.io/v1",
          kind: "Certificate",
          metadata: { name: "certificate" },
          spec: {
            secretName: "certificate",
            issuerRef: { name: "issuer" },
            privateKey: { algorithm: "ROT13" },
          },
        },
        '.spec.privateKey.algorithm must not be "ROT13"',
      ],
      [
        "a container without a name",
        job({ jobTemplate: { spec: { template: { spec: { containers: [{}] } } } } }),
        ".spec.jobTemplate.spec.template.spec.containers[0].name is missing",
      ],
    ];
    for (const [what, manifest, problem] of wrong) {
      it(what, () => {
        assert.deepEqual(api.problems(manifest), [problem]);
      });
    }
  });
});
