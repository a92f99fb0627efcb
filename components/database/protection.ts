import * as pulumi from "@pulumi/pulumi";
import { type Place } from "../../contracts/names";

/**
 * Says, in every preview and update, that nothing copies a database to the other region any more.
 * What AWS last reported decides, not what the program declares: a member that was detached or a
 * replica that was promoted stays as it is until an operator rebuilds the other side.
 *
 * @param database The database, which the warning is shown beside.
 * @param replicated Whether AWS reports that it is part of a pair; unknown before it is made.
 */
export function warnWhenUnprotected(
  database: pulumi.Resource,
  name: string,
  place: Place,
  replicated: pulumi.Output<boolean>,
): void {
  replicated.apply((isReplicated) => {
    if (!isReplicated) {
      void pulumi.log.warn(
        `${name} in ${place.region} is not protected any more: AWS reports that it stands alone, so no other region has its data as it changes. ` +
          `Rebuild the other side: docs/operations.md, "Rebuilding the lost side"`,
        database,
      );
    }
  });
}
