import { type Rule } from "../rule";
import { alarmTellsSomebody, queueIsWatched } from "./alarms";
import { budgets } from "./budgets";
import { alarmOnFailedCopies, alarmOnLateCopies } from "./copies";
import { heartbeats } from "./heartbeats";
import { alarmOnDatabaseLag, alarmOnEndpoint } from "./lag";
import { noticesReachPeople } from "./notices";
import { topicHasSubscribers } from "./topics";

/** Rules of who is told of what. */
export const monitoringRules: readonly Rule[] = [
  alarmOnDatabaseLag,
  alarmOnFailedCopies,
  alarmOnLateCopies,
  heartbeats,
  alarmOnEndpoint,
  noticesReachPeople,
  queueIsWatched,
  alarmTellsSomebody,
  topicHasSubscribers,
  budgets,
];
