import { z } from "zod";
import { isGlobal } from "../../contracts/globalServices";
import { rule } from "../rule";
import { anyType, type Resource, stackType } from "../stack";

/** A resource's region is where its stack's is. */
export const ownRegion = rule({
  id: "placement-own-region",
  severity: "critical",
  scope: "resource",
  description: "A stack makes everything in its own region, and has no provider for another one.",
  serves: "the loss of a region takes one stack with it",
  peers: [],
  types: [anyType],
  example: {
    good: 'new aws.Provider("aws", { region: "us-west-2" }) // in dr',
    bad: 'new aws.s3.Bucket("records", { region: "us-east-1" }) // in dr',
  },
  settings: z.strictObject({
    /** The stack's region; in a sandbox, whose file fits a stack of any role, all of the system. */
    regions: z.array(z.string()).min(1),
  }),
  settingsFor: ({ name, configuration }) => {
    const { primary, standby, archive } = configuration.system.regions;
    return {
      regions: name === "sandbox" ? [primary, standby, archive] : [configuration.region],
    };
  },
  *check({ region }, { settings: { regions } }) {
    if (region !== undefined && !regions.includes(region)) {
      yield {
        setting: "region",
        found: region,
        required: regions.join(" or "),
        mend: "declare it in the stack of that region, or leave region out",
      };
    }
  },
});

/** Default providers take region and account from the environment of whoever runs the engine. */
export const explicitProvider = rule({
  id: "placement-explicit-provider",
  severity: "critical",
  scope: "resource",
  description:
    "Every resource has an explicit provider, so that none lands in whatever region and account the environment says.",
  serves: "the loss of a region takes one stack with it",
  peers: [],
  types: [anyType],
  example: {
    good: 'new aws.s3.Bucket("records", {…}, { parent: this })',
    bad: 'new aws.s3.Bucket("records", {…})',
  },
  *check(subject) {
    if (!subject.hasProvider && !needsNone(subject)) {
      yield {
        setting: "provider",
        required: "the stack's own provider",
        mend: "pass it on through the resource's parent",
      };
    }
  },
});

/** Components pass providers on, and providers and the stack itself have none. */
function needsNone({ type }: Resource): boolean {
  return type === stackType || /^(trading-dr|pulumi:providers):/.test(type);
}

/** A stack that holds nothing global can be applied while us-east-1 is gone. */
export const globalServicesInPrimary = rule({
  id: "placement-global-services",
  severity: "critical",
  scope: "resource",
  description:
    "Only the primary region's stack declares what AWS keeps in us-east-1: roles, DNS, budgets, CloudFront.",
  serves: "the standby stack can be applied while us-east-1 is gone",
  peers: [],
  types: [anyType],
  example: {
    good: 'new aws.iam.Role("snapshots-us-west-2", {…}) // in prod',
    bad: 'new aws.iam.Role("snapshots-us-west-2", {…}) // in dr',
  },
  settingsFor: ({ name }) => (name === "prod" || name === "sandbox" ? undefined : {}),
  *check({ type }) {
    if (isGlobal(type)) {
      yield {
        setting: "its stack",
        found: "another one than the primary region's",
        required: "the primary region's, because AWS keeps this in us-east-1",
        mend: "declare it in prod, and name it here by contracts/names.ts",
      };
    }
  },
});
