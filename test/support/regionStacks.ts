import { type Configuration, isAccess } from "../../config/configuration";
import { readStacks, type ReadyStack, type StackChoice } from "../../preview/stacks";

/** A stack of a region: any but that of access to the database. */
export type RegionStack = ReadyStack & { readonly configuration: Configuration };

/** The stacks of regions among those that `readStacks` reads. */
export function readRegionStacks(choice: StackChoice): RegionStack[] {
  return readStacks(choice).filter((stack): stack is RegionStack => !isAccess(stack.configuration));
}
