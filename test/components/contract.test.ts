import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { type PreviewedResource } from "../../preview/inProcess";
import { declared, tags } from "../support/declared";
import { cases, type ContractCase, dataTypes, untaggedTypes } from "./contractCases";
import { deletable, kept, ofAws } from "./inspection";

const componentsDirectory = join(__dirname, "../../components");
const load = createRequire(__filename);

/** Every component that a file in components/ exports: its class, and the type that it should have. */
function exportedComponents(): { className: string; token: string }[] {
  const files = readdirSync(componentsDirectory, { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(".ts"))
    .sort()
    .flatMap((file) => {
      const exported = load(join(componentsDirectory, file)) as Record<string, unknown>;
      return Object.entries(exported)
        .filter(([, value]) => isComponentClass(value))
        .map(([className]) => ({
          className,
          token: `trading-dr:${basename(dirname(file))}:${className}`,
        }));
    });
}

function isComponentClass(value: unknown): boolean {
  return typeof value === "function" && value.prototype instanceof pulumi.ComponentResource;
}

/** `AuroraDatabase` of `AuroraDatabase (standby)`. */
function classOf({ title }: ContractCase): string {
  return title.replace(/ \(.*\)$/, "");
}

/** The public outputs of a component, beside its URN, by name. */
function publicOutputs(component: pulumi.ComponentResource): string[] {
  return Object.entries(component)
    .filter(
      ([key, value]) => !key.startsWith("__") && key !== "urn" && pulumi.Output.isInstance(value),
    )
    .map(([key]) => key)
    .sort();
}

function isComponent({ type }: PreviewedResource): boolean {
  return type.startsWith("trading-dr:");
}

/** What a case declares under a name: the component itself, what is in it, and the instance. */
async function declaredAs(contract: ContractCase, name: string, more?: { disposable: true }) {
  let instance: pulumi.ComponentResource | undefined;
  const { resources } = await declared((options) => {
    instance = contract.declare(name, options, more);
  }, "us-west-2");
  const [component, ...children] = resources;
  assert.ok(component);
  assert.ok(instance);
  return { component, children, instance };
}

describe("contract of all components", () => {
  it("covers every component that is exported, with no other name", () => {
    const covered = new Map(cases.map((contract) => [classOf(contract), contract.token]));
    assert.deepEqual(
      [...covered].map(([className, token]) => ({ className, token })),
      exportedComponents(),
    );
  });

  it("lists as untagged only types that take no tags", () => {
    const taggable = untaggedTypes.filter((type) => {
      const module = type.split(":")[1] ?? "";
      return readFileSync(load.resolve(`@pulumi/aws/${module}.js`), "utf8").includes(
        'resourceInputs["tags"]',
      );
    });
    assert.deepEqual(taggable, []);
  });

  it("uses every type that it lists", async () => {
    const used = new Set<string>();
    for (const contract of cases) {
      const { children } = await declaredAs(contract, "alpha");
      children.forEach(({ type }) => used.add(type));
    }
    assert.deepEqual(
      [...untaggedTypes, ...dataTypes].filter((type) => !used.has(type)),
      [],
    );
  });

  for (const contract of cases) {
    describe(contract.title, () => {
      let component: PreviewedResource;
      let children: PreviewedResource[];
      let instance: pulumi.ComponentResource;

      before(async () => {
        ({ component, children, instance } = await declaredAs(contract, "alpha"));
      });

      it("has its type and its name, and children", () => {
        assert.equal(component.type, contract.token);
        assert.equal(component.name, "alpha");
        assert.equal(children.length > 0, true);
      });

      it("is the parent of every child, itself or through a component in it", () => {
        const parents = [component, ...children.filter(isComponent)].map(({ urn }) => urn);
        assert.deepEqual(
          children.filter(({ parent }) => parent === undefined || !parents.includes(parent)),
          [],
        );
      });

      it("gives every child the explicit provider of its region", () => {
        const providers = children
          .filter((child) => !isComponent(child))
          .map(({ type, options, region }) => {
            const name = type.split(":")[0] ?? "";
            return {
              type,
              region,
              explicit:
                options.provider ===
                `urn:pulumi:test::trading-dr::pulumi:providers:${name}::${name}`,
            };
          });
        assert.deepEqual(
          providers,
          providers.map(({ type }) => ({
            type,
            region: type.startsWith("aws:") ? "us-west-2" : undefined,
            explicit: true,
          })),
        );
      });

      it("gives every child a name that starts with its own", () => {
        assert.deepEqual(
          children.filter(({ name }) => name !== "alpha" && !name.startsWith("alpha-")),
          [],
        );
      });

      it("can be declared twice under two names", async () => {
        const { resources } = await declared((options) => {
          contract.declare("alpha", options);
          contract.declare("beta", options);
        }, "us-west-2");
        assert.equal(resources.length, 2 * (children.length + 1));
        assert.equal(new Set(resources.map(({ urn }) => urn)).size, resources.length);
      });

      it("tags every child whose type takes tags, with the stack's and with a purpose", () => {
        const wrong = ofAws(children).filter(({ type, inputs }) => {
          if (untaggedTypes.includes(type)) {
            return "tags" in inputs;
          }
          const own = (inputs["tags"] ?? {}) as Record<string, unknown>;
          // What has no name of its own may have one as a tag, which AWS's consoles show.
          const { "trading-dr:purpose": purpose, Name: shownName, ...others } = own;
          return (
            typeof purpose !== "string" ||
            !["string", "undefined"].includes(typeof shownName) ||
            !isDeepStrictEqual(others, tags)
          );
        });
        assert.deepEqual(
          wrong.map(({ type }) => type),
          [],
        );
      });

      it("registers its public outputs, all of them and nothing else", () => {
        assert.deepEqual(Object.keys(component.outputs ?? {}).sort(), publicOutputs(instance));
      });

      it("protects and retains what holds data", () => {
        assert.deepEqual(deletable(children.filter(({ type }) => dataTypes.includes(type))), []);
      });

      if (contract.disposable) {
        it("protects and retains all the rest too, which a refused destroy would delete first", () => {
          assert.deepEqual(deletable(ofAws(children)), []);
        });
      }

      if (contract.disposable) {
        it("protects what it has in the cluster, and leaves none of it behind", () => {
          assert.deepEqual(
            children
              .filter(({ type }) => type.startsWith("kubernetes:"))
              .filter(({ options }) => options.protect !== true || options.retainOnDelete === true)
              .map(({ type, name }) => `${type} ${name}`),
            [],
          );
        });
      }

      if (contract.disposable) {
        it("protects and retains nothing in a sandbox", async () => {
          const sandbox = await declaredAs(contract, "alpha", { disposable: true });
          assert.deepEqual(kept(sandbox.children), []);
        });
      }
    });
  }
});
