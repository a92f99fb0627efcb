import { handOver } from "./handOver";
import { type CacheLayout } from "./layout";
import { rehearsal } from "./rehearsal";
import { serverPromote, serverStandBy } from "./regionSwitch";
import {
  sentinelConf,
  sentinelLive,
  sentinelPromote,
  sentinelReady,
  type SentinelSettings,
  sentinelStandBy,
  sentinelStart,
} from "./sentinelConfiguration";
import {
  redisConf,
  serverLive,
  serverReady,
  type ServerSettings,
  serverStart,
} from "./serverConfiguration";
import { serverReload } from "./serverReload";
import { serverFill } from "./snapshotFill";

/** The files of a ConfigMap whose change restarts what reads them, by name. */
export type ConfigurationFiles = Readonly<Record<string, string>>;

/** Configuration and scripts of a group's servers. */
export function serverFiles(settings: ServerSettings, layout: CacheLayout): ConfigurationFiles {
  return {
    "redis.conf": redisConf(settings, layout),
    "start.sh": serverStart(settings, layout),
    "ready.sh": serverReady(settings, layout),
    "live.sh": serverLive(settings, layout),
    "reload.sh": serverReload(settings, layout),
    "hand-over.sh": handOver(settings, layout),
    "rehearse.sh": rehearsal(settings, layout),
    "fill.sh": serverFill(settings, layout),
    "promote.sh": serverPromote(settings, layout),
    "stand-by.sh": serverStandBy(settings, layout),
  };
}

/** Configuration and scripts of a group's Sentinels. */
export function sentinelFiles(settings: SentinelSettings, layout: CacheLayout): ConfigurationFiles {
  return {
    "sentinel.conf": sentinelConf(settings, layout),
    "start.sh": sentinelStart(settings, layout),
    "ready.sh": sentinelReady(settings, layout),
    "live.sh": sentinelLive(settings, layout),
    "promote.sh": sentinelPromote(settings, layout),
    "stand-by.sh": sentinelStandBy(settings, layout),
  };
}
