import { type System } from "../../config/system";
import { type PreviewedResource } from "../../preview/inProcess";

/** A change of what a stack declares, and the rules that have to notice it. */
export interface Mutation {
  readonly title: string;
  /** The system that is changed. @default "market-scanning", whose database is Aurora; that of smc is plain RDS */
  readonly system?: "market-scanning" | "smc";
  /** Name of the stack. */
  readonly stack: "prod" | "dr" | "archive" | "access";
  /** Changes the stack's resources, in place. @default - they stay as they are */
  readonly change?: (resources: Declared) => void;
  /** What the system's file says instead. @default - what it says */
  readonly configure?: (system: System) => System;
  /** Ids of all rules that notice it, in any stack, in alphabetical order. */
  readonly trips: readonly string[];
}

/** A resource that may be changed. */
export type Changeable = {
  -readonly [Key in keyof PreviewedResource]: PreviewedResource[Key];
} & { inputs: Record<string, unknown>; options: Record<string, unknown> };

/** The resources of a stack, to be changed. */
export class Declared {
  public constructor(public readonly resources: Changeable[]) {}

  /** The resource of a type with a logical name, which must be there. */
  public one(type: string, name?: string): Changeable {
    const found = this.resources.find(
      (resource) => resource.type === type && (name === undefined || resource.name === name),
    );
    if (found === undefined) {
      throw new Error(`there is no ${type} ${name ?? ""}`);
    }
    return found;
  }

  /** Sets a value inside of a resource's inputs; `undefined` takes it away. */
  public set(type: string, name: string | undefined, path: string, value: unknown): void {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    const container = keys.reduce<unknown>((inner, key) => {
      const next = (inner as Record<string, unknown>)[key];
      if (typeof next !== "object" || next === null) {
        throw new Error(`${type} has no ${path}`);
      }
      return next;
    }, this.one(type, name).inputs) as Record<string, unknown>;
    if (value === undefined) {
      if (!(last in container)) {
        throw new Error(`${type} has no ${path}`);
      }
      Reflect.deleteProperty(container, last);
    } else {
      container[last] = value;
    }
  }

  /** Takes a resource away. */
  public remove(type: string, name?: string): void {
    this.resources.splice(this.resources.indexOf(this.one(type, name)), 1);
  }

  /** Adds a resource like another one, under another name. */
  public copy(type: string, name: string | undefined, copy: string): Changeable {
    const original = this.one(type, name);
    const made = {
      ...structuredClone(original),
      name: copy,
      urn: original.urn.replace(/[^:]+$/, copy),
    };
    this.resources.push(made);
    return made;
  }
}
