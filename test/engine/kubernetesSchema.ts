import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { secretMark, unknownMark } from "../../preview/wireValue";

/** Release of Kubernetes whose published API the manifests are held to. */
export const kubernetesVersion = "v1.34.2";

/** A schema of the published OpenAPI, as far as Kubernetes uses it. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly "x-kubernetes-group-version-kind"?: readonly {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
  }[];
}

/** A resource definition that an operator of the cluster adds to the API. */
interface CustomResourceDefinition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly schema: { readonly openAPIV3Schema: Schema };
    }[];
  };
}

/** What the stacks declare of operators' APIs, in the operators' own modules. */
const customResources = [
  {
    module: "github.com/cert-manager/cert-manager@v1.18.2",
    file: "deploy/crds/crd-certificates.yaml",
  },
  {
    module: "github.com/external-secrets/external-secrets@v0.19.2",
    file: "config/crds/bases/external-secrets.io_externalsecrets.yaml",
  },
];

/** The published API of one release of Kubernetes, and of the operators that the stacks ask for. */
export class KubernetesApi {
  private readonly definitions: Record<string, Schema>;

  /**
   * Takes the schemas out of Go modules, which are downloaded once and kept in Go's own cache.
   *
   * @throws Error that says what to install when there is no Go or a module is out of reach.
   */
  public constructor() {
    const openApi = fileOfModule(
      `k8s.io/kubernetes@${kubernetesVersion}`,
      "api/openapi-spec/swagger.json",
    );
    ({ definitions: this.definitions } = JSON.parse(openApi) as {
      definitions: Record<string, Schema>;
    });
    for (const { module, file } of customResources) {
      const { spec } = parse(fileOfModule(module, file)) as CustomResourceDefinition;
      const { group, names } = spec;
      for (const { name: version, schema } of spec.versions) {
        this.definitions[`${group}.${version}.${names.kind}`] = {
          ...schema.openAPIV3Schema,
          "x-kubernetes-group-version-kind": [{ group, version, kind: names.kind }],
        };
      }
    }
  }

  /** What Kubernetes does not know or would refuse about the form of a manifest. */
  public problems(manifest: Readonly<Record<string, unknown>>): string[] {
    const [version = "", group = ""] = String(manifest["apiVersion"]).split("/").reverse();
    const schema = Object.values(this.definitions).find((definition) =>
      definition["x-kubernetes-group-version-kind"]?.some(
        (known) =>
          known.group === group && known.version === version && known.kind === manifest["kind"],
      ),
    );
    return schema === undefined
      ? [`there is no ${String(manifest["kind"])} in ${String(manifest["apiVersion"])}`]
      : this.compare(schema, manifest, "");
  }

  private compare(schema: Schema, value: unknown, path: string): string[] {
    if (schema.$ref !== undefined) {
      const target = this.definitions[schema.$ref.replace("#/definitions/", "")];
      return target === undefined
        ? [`${path}: no ${schema.$ref}`]
        : this.compare(target, value, path);
    }
    // What only the cloud knows, and what is not shown, has some value of the right type later.
    if (value === unknownMark || value === secretMark) {
      return [];
    }
    if (schema.properties !== undefined || schema.additionalProperties !== undefined) {
      return this.compareObject(schema, value, path);
    }
    if (schema.items !== undefined) {
      const { items } = schema;
      return Array.isArray(value)
        ? value.flatMap((item, index) => this.compare(items, item, `${path}[${String(index)}]`))
        : [`${path} must be a list`];
    }
    if (!hasType(value, schema)) {
      return [`${path} must be of type ${String(schema.type)}`];
    }
    return isAllowed(value, schema) ? [] : [`${path} must not be ${JSON.stringify(value)}`];
  }

  private compareObject(schema: Schema, value: unknown, path: string): string[] {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return [`${path} must be a mapping`];
    }
    const missing = (schema.required ?? []).filter((key) => !(key in value));
    return [
      ...missing.map((key) => `${path}.${key} is missing`),
      ...Object.entries(value).flatMap(([key, inner]) => {
        const known = schema.properties?.[key] ?? schema.additionalProperties;
        return known === undefined
          ? [`${path}.${key} is unknown`]
          : this.compare(known, inner, `${path}.${key}`);
      }),
    ];
  }
}

/** Text of a file in a Go module. */
function fileOfModule(module: string, file: string): string {
  let answer: string;
  try {
    answer = execFileSync("go", ["mod", "download", "-json", module], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    throw new Error(
      `the Go module ${module} could not be downloaded (${String(error)}); install Go, and give it access to a module proxy`,
      { cause: error },
    );
  }
  const { Dir: directory } = JSON.parse(answer) as { Dir: string };
  return readFileSync(join(directory, file), "utf8");
}

function isAllowed(value: unknown, { enum: allowed, pattern }: Schema): boolean {
  return (
    (allowed === undefined || allowed.includes(value)) &&
    (pattern === undefined || new RegExp(pattern, "u").test(String(value)))
  );
}

function hasType(value: unknown, { type, format }: Schema): boolean {
  switch (type) {
    case "integer":
      return Number.isInteger(value);
    case "number":
    case "boolean":
      return typeof value === type;
    case "string":
      return typeof value === "string" || (format === "int-or-string" && Number.isInteger(value));
    default:
      return true;
  }
}
