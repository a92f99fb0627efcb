import { type Rule } from "../rule";
import { alike } from "./alike";
import { certificates } from "./certificates";
import { complete } from "./complete";
import { disruption } from "./disruption";
import { durability } from "./durability";
import { encryption } from "./encryption";
import { feed } from "./feed";
import { members } from "./members";
import { network } from "./network";
import { quorum } from "./quorum";
import { retained } from "./retained";
import { standby } from "./standby";
import { storageClass } from "./storageClass";

/** Rules of caches. */
export const cacheRules: readonly Rule[] = [
  complete,
  durability,
  quorum,
  members,
  disruption,
  standby,
  feed,
  alike,
  encryption,
  certificates,
  storageClass,
  network,
  retained,
];
