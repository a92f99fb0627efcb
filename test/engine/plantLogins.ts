import { isAccess } from "../../config/configuration";
import { physicalName } from "../../contracts/names";
import { type ReadyStack } from "../../preview/stacks";
import { plantSecret } from "./standIn/secrets";
import { type World } from "./standIn/world";

/** Puts the logins there that access stacks look up, as the stacks before them would have made them. */
export function plantLogins(world: World, stacks: readonly ReadyStack[]): void {
  for (const { configuration } of stacks) {
    const { settings, system, region } = configuration;
    const place = { system: system.id, region, account: settings.accounts.trading };
    if (isAccess(configuration)) {
      const name = physicalName("secret", "database-administrator", place);
      plantSecret(world, place, name, JSON.stringify({ password: "planted" }));
    }
  }
}
