import { z } from "zod";
import { section, text, whenSound } from "./field";
import { type Problem } from "./problem";
import { problemAt, type SourceFile } from "./yamlFile";

/** DNS in a stack's settings: the zone of the failover records, and where they lead. */

const label = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
const domain = new RegExp(`^(?=.{1,253}$)(${label}\\.)+[a-z]{2,63}$`);

/** A name that resolves to something. */
export function hostName() {
  return text(
    'must be a host name without a trailing dot; write it like "api.example.com"',
    domain,
  );
}

const zoneName = text('must be a DNS zone; write it like "example.com"', domain);

/** The DNS zone of the failover records: an existing one, or one that the stack makes. */
export const hostedZone = z.discriminatedUnion(
  "kind",
  [
    section({
      kind: z.literal("adopt"),
      name: zoneName,
      id: text(
        'must be a hosted zone\'s id; write it like "Z0123456789ABCDEFGHIJ"',
        /^Z[A-Z0-9]{6,32}$/,
      ),
    }),
    section({ kind: z.literal("create"), name: zoneName }),
  ],
  {
    error:
      "must have a kind: adopt (with name and id) or create (with name); set kind to one of them",
  },
);

/** Where each region answers: a public host name of its own, such as its load balancer's. */
export const endpoints = section({ primary: hostName(), standby: hostName() }).superRefine(
  ({ primary, standby }, context) => {
    if (standby === primary) {
      context.addIssue({
        code: "custom",
        path: ["standby"],
        message: `must differ from endpoints.primary (${primary}), or a failover would lead back to it; name a host of the standby region's own`,
      });
    }
  },
  whenSound("primary", "standby"),
);

/** DNS as a stack's settings and its system file have it. */
interface Dns {
  readonly hostedZone?: z.output<typeof hostedZone> | undefined;
  readonly endpoints?: z.output<typeof endpoints> | undefined;
}

/** What must hold between the zone, the hosts and the name that users resolve. */
export function dnsProblems(
  settings: Dns,
  system: { readonly id: string; readonly failover: { readonly recordName: string } },
  source: Omit<SourceFile, "data">,
): Problem[] {
  const { recordName } = system.failover;
  const named = `failover.recordName of systems/${system.id}.yaml`;
  const problems: Problem[] = [];
  const zone = settings.hostedZone?.name;
  if (zone === recordName) {
    problems.push(
      problemAt(
        source,
        ["hostedZone", "name"],
        zone,
        `is itself ${named}, and a zone's own name cannot have the CNAMEs that failover needs; give the record a name inside the zone`,
      ),
    );
  } else if (zone !== undefined && !recordName.endsWith(`.${zone}`)) {
    problems.push(
      problemAt(
        source,
        ["hostedZone", "name"],
        zone,
        `must be the zone that holds "${recordName}", ${named}; name that zone, or correct the record's name`,
      ),
    );
  }
  for (const [region, host] of Object.entries(settings.endpoints ?? {})) {
    if (host === recordName) {
      problems.push(
        problemAt(
          source,
          ["endpoints", region],
          host,
          `must not be ${named}, which leads here; name a host of the region's own`,
        ),
      );
    }
  }
  return problems;
}
