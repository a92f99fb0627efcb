/** A figure that no declared resource gives, and where it comes from. */
export interface Assumption {
  readonly what: string;
  readonly seconds: number;
  /** The vendor's document, or `assumed here` with the reason. */
  readonly source: string;
}

const minutes = 60;
const hours = 3_600;

/**
 * Times that bounds are made of and that are no setting. What a vendor calls typical is taken at its
 * upper end; it is no promise of theirs.
 */
export const assumptions = {
  auroraFailover: {
    what: "a reader of the same Aurora cluster takes over",
    seconds: 60,
    source: "Amazon Aurora User Guide, fault tolerance: typically within 60 seconds",
  },
  auroraWriterRemade: {
    what: "Aurora makes its only instance anew",
    seconds: 10 * minutes,
    source: "Amazon Aurora User Guide, fault tolerance: typically within 10 minutes",
  },
  multiAzFailover: {
    what: "the standby of an RDS instance in another zone takes over",
    seconds: 2 * minutes,
    source: "Amazon RDS User Guide, failing over a Multi-AZ instance: typically 60 to 120 seconds",
  },
  missedHeartbeats: {
    what: "CloudWatch takes heartbeats for missing, once they have been silent for as long as the alarm looks back",
    seconds: 5 * minutes,
    source:
      "docs/architecture.md, who is told: after 5 to 10 minutes; CloudWatch looks beyond the last periods before it takes data as missing",
  },
  spreadNews: {
    what: "Route 53 spreads that a health check's status has changed",
    seconds: 60,
    source:
      "assumed here: AWS says of changes of records that they usually take under a minute, and gives no figure for health checks",
  },
  globalFailover: {
    what: "the standby cluster of a global database is made the writer",
    seconds: 5 * minutes,
    source: "assumed here: AWS speaks of minutes and gives no bound",
  },
  replicaPromotion: {
    what: "a replica in another region is promoted, and rebooted",
    seconds: 10 * minutes,
    source: "assumed here: AWS speaks of a few minutes or longer",
  },
  pointInTimeAge: {
    what: "the latest time that a database can be restored to is as old as this",
    seconds: 5 * minutes,
    source: "Amazon RDS and Aurora User Guides, point-in-time recovery: the last 5 minutes",
  },
  newDatabase: {
    what: "an empty database instance is made to restore into",
    seconds: 15 * minutes,
    source: "assumed here: AWS gives no figure",
  },
  cachePromotion: {
    what: "scripts promote the standby region's cache, one command after the other",
    seconds: 1 * minutes,
    source: "assumed here: 0.3 s without the operator's hands were measured (docs/cache.md)",
  },
  election: {
    what: "Sentinels vote and promote",
    seconds: 10,
    source: "Redis: SENTINEL_ELECTION_TIMEOUT, the longest vote",
  },
  configurationRestore: {
    what: "a namespace's manifests are applied again",
    seconds: 10 * minutes,
    source: "assumed here: they are small, and pods pull their images anew",
  },
  glacierRetrieval: {
    what: "an object in GLACIER becomes readable",
    seconds: 5 * hours,
    source: "Amazon S3 User Guide, archive retrieval: standard, 3 to 5 hours",
  },
  deepArchiveRetrieval: {
    what: "an object in DEEP_ARCHIVE becomes readable",
    seconds: 12 * hours,
    source: "Amazon S3 User Guide, archive retrieval: standard, within 12 hours",
  },
} as const satisfies Readonly<Record<string, Assumption>>;

/** Rates that a restore is counted with until one has been measured, in MiB/s. */
export const assumedRates = {
  databaseRestore: {
    mebibytesPerSecond: 50,
    source: "assumed here: one instance of a small class that loads data and builds indexes",
  },
  cacheRestore: {
    mebibytesPerSecond: 50,
    source: "assumed here: over TLS to one server, which then writes its append-only file anew",
  },
} as const;
