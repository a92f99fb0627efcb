import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { cacheName } from "../../contracts/cacheNames";
import program from "../../index";
import { previewStack } from "../../preview/inProcess";
import { projectDirectory } from "../support/projectCopy";
import { readRegionStacks } from "../support/regionStacks";
import { renderedFiles } from "./group";
import { cachesOfStack } from "./systemCaches";

const systems = readdirSync(join(projectDirectory, "systems")).map((file) =>
  file.replace(/\.yaml$/, ""),
);

describe("the files that the cache laboratory starts", () => {
  for (const system of systems) {
    it(`are those of the pods of ${system}, in both regions`, async function () {
      this.timeout("1m");
      const stacks = readRegionStacks({ directory: projectDirectory, system });
      let compared = 0;
      for (const stack of stacks) {
        const caches = Object.values(cachesOfStack(stack));
        const { resources } =
          caches.length === 0 ? { resources: [] } : await previewStack(program, stack);
        for (const settings of caches) {
          for (const part of ["server", "sentinel"] as const) {
            const declared = resources.find(
              ({ type, inputs }) =>
                type === "kubernetes:core/v1:ConfigMap" &&
                (inputs["metadata"] as { name: string }).name === cacheName(part, settings.cache),
            );
            assert.deepEqual(declared?.inputs["data"], renderedFiles(part, settings));
            compared += 1;
          }
        }
      }
      assert.ok(compared >= 4, `${String(compared)} parts compared`);
    });
  }
});
