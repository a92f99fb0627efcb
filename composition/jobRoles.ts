import type * as pulumi from "@pulumi/pulumi";
import { ServiceRole } from "../components/access/serviceRole";
import {
  type DescribedDatabase,
  jobPolicy,
  type JobScope,
} from "../components/schedule/jobPolicies";
import { type Configuration } from "../config/configuration";
import { type System } from "../config/system";
import {
  backupDatabaseUser,
  eventWriterUser,
  type JobKind,
  namespaceOf,
  serviceAccountName,
} from "../contracts/jobs";
import { jobPurpose, type Place } from "../contracts/names";
import { databaseOf, generationsIn } from "../config/generations";
import {
  allEventsOf,
  areaOf,
  areasOf,
  databaseAreas,
  eventsOf,
  jobKindsOf,
  seriesOf,
  verificationAreas,
} from "./jobs";
import { imagesDue } from "./imagesDue";
import { type Landscape } from "./places";

/**
 * Declares the roles of the jobs of both regions, one for each kind and region. The standby's are
 * there before they are needed, like all roles.
 */
export function declareJobRoles(
  { system }: Configuration,
  { primary, standby, tags, disposable }: Landscape,
  options: pulumi.ComponentResourceOptions,
): ServiceRole[] {
  return [primary, standby].flatMap((place) =>
    jobKindsOf(system).map(
      (kind) =>
        new ServiceRole(
          `${jobPurpose(kind)}-${place.region}`,
          {
            place,
            purpose: jobPurpose(kind),
            description: `Jobs of ${system.id} in ${place.region}: ${kind}`,
            service: "pods.eks.amazonaws.com",
            pods: {
              namespace: namespaceOf(kind, system.namespace),
              serviceAccount: serviceAccountName(kind),
            },
            policy: jobPolicy(jobScope(kind, system, place, place === primary ? standby : primary)),
            tags,
            taggedPurpose: "jobs",
            disposable,
          },
          options,
        ),
    ),
  );
}

/**
 * What the jobs of a kind reach in a region.
 *
 * @param other The system's other region.
 */
export function jobScope(kind: JobKind, system: System, place: Place, other: Place): JobScope {
  const regions = [place.region, other.region];
  const events = eventsOf(system, kind, place.region);
  const engine = databaseOf(system)?.engine;
  const own = seriesOf(system)
    .filter((series) => series.kind === kind)
    .map((series) => areaOf(system, series, place.region));
  switch (kind) {
    case "backup-database":
      return {
        place,
        writes: [...own, events],
        // What became of its runs before: whoever is told of a failure is told when it is over.
        reads: [events],
        ...(engine === undefined
          ? {}
          : { connectsTo: { engine, user: backupDatabaseUser(system.id) } }),
      };
    case "snapshot-cache":
    case "snapshot-configuration":
      return { place, writes: [...own, events], reads: [...own, events] };
    case "check": {
      const areas = areasOf(system, seriesOf(system), regions);
      const reads = [...areas, ...verificationAreas(system, regions), events];
      return { place, writes: [events], reads, compares: { areas, other } };
    }
    case "catalog-load":
      return {
        place,
        writes: [events],
        reads: [allEventsOf(system)],
        ...(engine === undefined
          ? {}
          : { connectsTo: { engine, user: eventWriterUser(system.id) } }),
      };
    case "verify":
    case "drill-recovery":
      return { place, writes: [events], reads: [...databaseAreas(system, regions), events] };
    case "drill-disaster":
      return {
        place,
        writes: [events],
        reads: [...databaseAreas(system, regions), events],
        ...describedIn(system, place),
        repositories: imagesDue(system, place).map(({ repository }) => repository),
      };
  }
}

/** The database that counts in a region, and the pair that it is in. */
function describedIn(
  system: System,
  { region }: Place,
): { readonly describes?: DescribedDatabase } {
  const engine = databaseOf(system)?.engine;
  const current = generationsIn(system, region).at(-1);
  if (engine === undefined || current === undefined) {
    return {};
  }
  const { generation, laterGenerations } = current;
  return {
    describes: { engine, generation, pairGeneration: laterGenerations.at(-1) ?? generation },
  };
}
