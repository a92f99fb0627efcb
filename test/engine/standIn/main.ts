import { serve } from "./protocol";
import { StandIn } from "./provider";
import { World } from "./world";

/** The process that an engine starts as a provider. */
serve(new StandIn(new World(String(process.env["STAND_IN_WORLD"]))));
