import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { databaseOf } from "../../../config/generations";
import { loadSystem, systemIds } from "../../../config/configuration";
import { projectDirectory } from "../../support/projectCopy";

describe("the stacks on a real engine", () => {
  const directory = join(projectDirectory, "systems");
  const systems = systemIds(directory);
  const fileOf = (system: string) => `${system}.engine.ts`;

  it("are tested for every system that has a file", () => {
    const tested = readdirSync(__dirname).filter((file) => file.endsWith(".engine.ts"));
    assert.deepEqual(tested.sort(), systems.map(fileOf));
  });

  it("go through failovers with every kind of database", () => {
    const engine = (system: string) => databaseOf(loadSystem(system, directory))?.engine;
    const rehearsed = systems.filter((system) =>
      readFileSync(join(__dirname, fileOf(system)), "utf8").includes("failover: true"),
    );
    assert.deepEqual(
      new Set(rehearsed.map(engine)),
      new Set(systems.map(engine).filter((kind) => kind !== undefined)),
    );
  });
});
