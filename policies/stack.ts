/** A resource as rules look at it, whichever engine declares it. */
export interface Resource {
  readonly urn: string;
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** Inputs. Where a program has not run, as in `pulumi policy analyze`, outputs, which hold them. See values.ts. */
  readonly inputs: unknown;
  /** Region it is made in; absent where neither it nor its provider names one. */
  readonly region?: string;
  /** False for what would be left to a default provider. */
  readonly hasProvider: boolean;
  readonly protect: boolean;
  readonly ignoreChanges: readonly string[];
  readonly deleteBeforeReplace: boolean;
  /** URN of the parent. */
  readonly parent?: string;
  /** URNs of what it waits for. A rule of scope `resource` sees none. */
  readonly dependencies: readonly string[];
}

/** The type of the resource that stands for a whole stack. */
export const stackType = "pulumi:pulumi:Stack";

/** Among the types of a rule: it judges resources of every type. */
export const anyType = "*";

/** All that one stack declares. */
export class Stack {
  private readonly byType = new Map<string, Resource[]>();

  public constructor(
    /** Name of the stack: `prod`. */
    public readonly name: string,
    public readonly resources: readonly Resource[],
  ) {
    for (const resource of resources) {
      const alike = this.byType.get(resource.type);
      if (alike === undefined) {
        this.byType.set(resource.type, [resource]);
      } else {
        alike.push(resource);
      }
    }
  }

  /** The resources of some types, type by type. */
  public ofType(...types: readonly string[]): readonly Resource[] {
    if (types.includes(anyType)) {
      return this.resources;
    }
    const [only, ...others] = types.map((type) => this.byType.get(type) ?? []);
    return [...(only ?? []), ...others.flat()];
  }
}

/** The resource that stands for a stack, where an engine shows none. */
export function stackItself(name: string): Resource {
  return {
    urn: `urn:pulumi:${name}::trading-dr::${stackType}::trading-dr-${name}`,
    type: stackType,
    name: `trading-dr-${name}`,
    inputs: {},
    hasProvider: true,
    protect: false,
    ignoreChanges: [],
    deleteBeforeReplace: false,
    dependencies: [],
  };
}
