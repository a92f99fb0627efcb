import { type Finding } from "./rule";
import { type Resource } from "./stack";

/**
 * What is wrong with a resource whose deletion an engine does not refuse.
 *
 * @param options Function of components/dataProtection.ts that gives the options.
 */
export function* protectionFindings(
  { protect }: Pick<Resource, "protect">,
  options = "keepData",
): Iterable<Finding> {
  if (!protect) {
    yield {
      setting: "protect",
      found: false,
      required: "true",
      mend: `give it the options of ${options}`,
    };
  }
}
