import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { declareAccess } from "./composition/access";
import { declareAuditTrail } from "./composition/audit";
import { declareBreakGlassRoles, foreignBreakGlassRole } from "./composition/breakGlass";
import { declareBudgets } from "./composition/budgets";
import { declareCaches } from "./composition/cache";
import { clusterAccess } from "./composition/cluster";
import { declareDatabase } from "./composition/database";
import { declareDns } from "./composition/dns";
import { declareImages } from "./composition/images";
import { declareKeys } from "./composition/keys";
import { declareMonitoring } from "./composition/monitoring";
import { landscapeOf } from "./composition/places";
import { declareRecordBuckets } from "./composition/records";
import { notBuiltYet, remarksOn } from "./composition/remarks";
import { declareRoles } from "./composition/roles";
import { declareJobs } from "./composition/schedule";
import { declareSnapshots, declareVaults } from "./composition/snapshots";
import { type AccessConfiguration } from "./config/access";
import { type Configuration, isAccess, readAnyConfiguration } from "./config/configuration";
import { ConfigurationError } from "./config/problem";
import { type AccessOutputs, type StackOutputs } from "./contracts/outputs";

/** Declares one stack: of a region, or of what is inside the database. */
function program(): StackOutputs | AccessOutputs {
  const configuration = configurationOfStack();
  return isAccess(configuration) ? declareAccess(configuration) : declareRegion(configuration);
}

/** Declares the stack of a region: what its role, phase and system file ask for. */
function declareRegion(configuration: Configuration): StackOutputs {
  const { settings, system, region } = configuration;
  const landscape = landscapeOf(configuration);
  const whole = settings.phase === "whole";
  const options = { providers: providersOf(configuration) };

  const keys = declareKeys(configuration, landscape, options);
  const vaults = declareVaults(configuration, landscape, keys, options);
  const roles = settings.role === "prod" ? declareRoles(configuration, landscape, options) : [];
  const recordBuckets = declareRecordBuckets(configuration, landscape, keys, roles, options);
  const images = declareImages(configuration, landscape, keys, roles, options);
  const auditTrail = declareAuditTrail(configuration, landscape, recordBuckets, options);
  const topic = vaults.noticeTopic;
  const dns = declareDns(configuration, landscape, topic.arn, options);
  const database = whole ? declareDatabase(configuration, landscape, keys, options) : undefined;
  const caches = whole ? declareCaches(configuration, landscape, keys, options) : {};
  const jobs = whole
    ? declareJobs(configuration, landscape, database?.current, roles, options)
    : undefined;
  if (database !== undefined) {
    declareSnapshots(configuration, landscape, vaults, database.current, {
      ...options,
      dependsOn: [...roles, database.current, ...Object.values(vaults.byLockClass)],
    });
  }
  declareMonitoring(
    configuration,
    landscape,
    {
      topicArn: topic.arn,
      noticeKeyArn: keys.notices.arn,
      lockClasses: Object.keys(recordBuckets),
      healthCheckId: dns.primaryEndpointCheckId,
    },
    { ...options, dependsOn: [...roles, ...Object.values(recordBuckets), topic] },
  );
  if (settings.role === "prod") {
    declareBreakGlassRoles(configuration, landscape, options);
    declareBudgets(configuration, landscape, topic.arn, { ...options, dependsOn: [topic] });
  }
  const breakGlassRole = foreignBreakGlassRole(configuration, landscape);
  return {
    system: system.id,
    role: settings.role,
    region,
    phase: settings.phase,
    profile: settings.profile,
    keys: mapValues(keys, ({ alias }) => alias),
    recordBuckets: mapValues(recordBuckets, ({ bucketName }) => bucketName),
    vaults: mapValues(vaults.byLockClass, ({ arn }) => arn),
    ...(images === undefined ? {} : { images: mapValues(images, ({ url }) => url) }),
    noticeTopicArn: topic.arn,
    ...dns.outputs,
    ...(auditTrail === undefined ? {} : { auditTrailArn: auditTrail.arn }),
    ...(breakGlassRole === undefined ? {} : { breakGlassRole }),
    ...(database === undefined
      ? {}
      : {
          database: {
            arn: database.current.arn,
            endpoint: database.current.endpoint,
            readerEndpoint: database.current.readerEndpoint,
            globalEndpoint: database.current.globalEndpoint,
            administratorSecretArn: database.administratorSecretArn,
          },
        }),
    caches: mapValues(caches, ({ applicationSecretName }) => applicationSecretName),
    ...(jobs === undefined ? {} : { jobs }),
    notBuiltYet: notBuiltYet(configuration),
    remarks: remarksOn(configuration),
  };
}

/** The only place that reads Pulumi's configuration. */
function configurationOfStack(): Configuration | AccessConfiguration {
  try {
    return readAnyConfiguration(
      pulumi.runtime.allConfig(),
      { file: `Pulumi.${pulumi.getStack()}.yaml`, lineOf: () => undefined },
      join(__dirname, "systems"),
    );
  } catch (error) {
    throw error instanceof ConfigurationError ? withoutStack(error) : error;
  }
}

/**
 * An error that Pulumi shows by its message alone. Its stack trace would be shown to nobody, but the
 * SDK formats it all the same, for which some versions of Node.js take many seconds and gigabytes.
 */
function withoutStack({ message }: ConfigurationError): pulumi.RunError {
  return Object.assign(new pulumi.RunError(message), { stack: "" });
}

/** The stack's explicit providers: AWS for its region and account, its cluster, random values. */
function providersOf(configuration: Configuration): pulumi.ProviderResource[] {
  const { settings, region } = configuration;
  const cluster = clusterAccess(configuration);
  const account =
    settings.role === "archive" ? settings.accounts.archive : settings.accounts.trading;
  return [
    new aws.Provider("aws", {
      region: region as aws.Region,
      allowedAccountIds: [account],
      ...(settings.assumeRoleArn === undefined
        ? {}
        : { assumeRoles: [{ roleArn: settings.assumeRoleArn }] }),
    }),
    new random.Provider("random"),
    ...(cluster === undefined
      ? []
      : [
          new kubernetes.Provider("kubernetes", {
            ...cluster,
            // Without these a changed ConfigMap or Secret is deleted and made anew under its pods.
            enableConfigMapMutable: true,
            enableSecretMutable: true,
          }),
        ]),
  ];
}

function mapValues<Value, Result>(
  values: Readonly<Record<string, Value>>,
  change: (value: Value) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}

/**
 * Runs something whose stack traces are not traced back to TypeScript. The SDK writes one for every
 * promise of every resource, in case it leaks, and that would take a fifth of a preview. An error that
 * is thrown is written when somebody looks at it, which is later.
 */
function withoutSourceMaps<Result>(run: () => Result): Result {
  const enabled = process.sourceMapsEnabled;
  process.setSourceMapsEnabled(false);
  try {
    return run();
  } finally {
    process.setSourceMapsEnabled(enabled);
  }
}

export = () => withoutSourceMaps(program);
