import { createHash, randomBytes } from "node:crypto";
import { libraryType } from "./library";
import { type Properties } from "./protocol";
import { type Thing, type World } from "./world";

/** Where a provider works. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** Services that AWS runs in us-east-1 whatever region they serve. */
const globalServices = ["aws:iam/", "aws:route53/", "aws:budgets/", "aws:cloudfront/"];

/** Region of a global service's only control plane. */
export const globalControlPlane = "us-east-1";

/** True for what AWS keeps in no region. */
export function isGlobal(type: string): boolean {
  return globalServices.some((service) => type.startsWith(service));
}

/** Properties that are a thing's identifier: there can be no second one of the same. */
const identifiers: Readonly<Record<string, string>> = {
  "aws:backup/plan:Plan": "name",
  "aws:backup/restoreTestingPlan:RestoreTestingPlan": "name",
  "aws:backup/vault:Vault": "name",
  "aws:budgets/budget:Budget": "name",
  "aws:cloudtrail/trail:Trail": "name",
  "aws:cloudwatch/eventRule:EventRule": "name",
  "aws:cloudwatch/logGroup:LogGroup": "name",
  "aws:cloudwatch/metricAlarm:MetricAlarm": "name",
  "aws:ecr/repository:Repository": "name",
  "aws:iam/role:Role": "name",
  "aws:kms/alias:Alias": "name",
  "aws:rds/cluster:Cluster": "clusterIdentifier",
  "aws:rds/clusterInstance:ClusterInstance": "identifier",
  "aws:rds/clusterParameterGroup:ClusterParameterGroup": "name",
  "aws:rds/globalCluster:GlobalCluster": "globalClusterIdentifier",
  "aws:rds/instance:Instance": "identifier",
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication":
    "sourceDbInstanceArn",
  "aws:rds/parameterGroup:ParameterGroup": "name",
  "aws:rds/subnetGroup:SubnetGroup": "name",
  "aws:s3/bucket:Bucket": "bucket",
  "aws:secretsmanager/secret:Secret": "name",
  "aws:sns/topic:Topic": "name",
  "aws:sqs/queue:Queue": "name",
};

/** ARNs, where AWS documents their form and something names them. */
const arns: Readonly<Record<string, (at: Place, name: string, id: string) => string>> = {
  "aws:backup/vault:Vault": ({ region, account }, name) =>
    `arn:aws:backup:${region}:${account}:backup-vault:${name}`,
  "aws:cloudtrail/trail:Trail": ({ region, account }, name) =>
    `arn:aws:cloudtrail:${region}:${account}:trail/${name}`,
  "aws:cloudwatch/eventRule:EventRule": ({ region, account }, name) =>
    `arn:aws:events:${region}:${account}:rule/${name}`,
  "aws:cloudwatch/logGroup:LogGroup": ({ region, account }, name) =>
    `arn:aws:logs:${region}:${account}:log-group:${name}`,
  "aws:ecr/repository:Repository": ({ region, account }, name) =>
    `arn:aws:ecr:${region}:${account}:repository/${name}`,
  "aws:iam/role:Role": ({ account }, name) => `arn:aws:iam::${account}:role/${name}`,
  "aws:kms/alias:Alias": ({ region, account }, name) => `arn:aws:kms:${region}:${account}:${name}`,
  "aws:kms/key:Key": ({ region, account }, _, id) => `arn:aws:kms:${region}:${account}:key/${id}`,
  "aws:rds/cluster:Cluster": ({ region, account }, name) =>
    `arn:aws:rds:${region}:${account}:cluster:${name}`,
  "aws:rds/clusterInstance:ClusterInstance": ({ region, account }, name) =>
    `arn:aws:rds:${region}:${account}:db:${name}`,
  "aws:rds/globalCluster:GlobalCluster": ({ account }, name) =>
    `arn:aws:rds::${account}:global-cluster:${name}`,
  "aws:rds/instance:Instance": ({ region, account }, name) =>
    `arn:aws:rds:${region}:${account}:db:${name}`,
  "aws:rds/subnetGroup:SubnetGroup": ({ region, account }, name) =>
    `arn:aws:rds:${region}:${account}:subgrp:${name}`,
  "aws:s3/bucket:Bucket": (_, name) => `arn:aws:s3:::${name}`,
  "aws:secretsmanager/secret:Secret": ({ region, account }, name, id) =>
    `arn:aws:secretsmanager:${region}:${account}:secret:${name}-${digest(id).slice(0, 6)}`,
  "aws:sns/topic:Topic": ({ region, account }, name) => `arn:aws:sns:${region}:${account}:${name}`,
  "aws:sqs/queue:Queue": ({ region, account }, name) => `arn:aws:sqs:${region}:${account}:${name}`,
};

/**
 * Makes what a cloud would: an identifier, and the properties that only it knows.
 *
 * @throws Error where AWS would refuse: a second thing of the same identifier.
 */
export function madeFrom(
  world: World,
  urn: string,
  type: string,
  at: Place,
  inputs: Properties,
): Thing {
  const region = isGlobal(type) ? "global" : at.region;
  const identifier = identifiers[type];
  const id =
    identifier === undefined
      ? `${String(urn.split("::").pop())}-${randomBytes(4).toString("hex")}`
      : String(inputs[identifier]);
  const thing = { urn, type, id, account: at.account, region };
  if (world.get(thing) !== undefined) {
    throw new Error(`AlreadyExists: there is a ${type} called ${id} in ${region}`);
  }
  const arn = (arns[type] ?? anyArn(type))(at, id, id);
  return { ...thing, properties: { ...inputs, ...addedBy(type, at, id, arn, inputs) } };
}

function anyArn(type: string): (at: Place, name: string) => string {
  const service = String(type.split(/[:/]/)[1]);
  return ({ region, account }, name) => `arn:aws:${service}:${region}:${account}:${name}`;
}

/** The properties that the cloud adds to what it was given, as far as anything here reads them. */
function addedBy(
  type: string,
  { region }: Place,
  id: string,
  arn: string,
  inputs: Properties,
): Properties {
  const host = `${id}.${digest(arn).slice(0, 12)}.${region}.rds.amazonaws.com`;
  switch (type) {
    case "random:index/randomId:RandomId":
      return { hex: randomBytes(Number(inputs["byteLength"])).toString("hex") };
    case "random:index/randomPassword:RandomPassword":
      return { result: randomBytes(Number(inputs["length"])).toString("hex") };
    case "aws:kms/key:Key":
      return { arn, keyId: id };
    case "aws:rds/globalCluster:GlobalCluster":
      return {
        arn,
        endpoint: `${id}.global-${digest(arn).slice(0, 12)}.global.rds.amazonaws.com`,
        globalClusterMembers: [],
      };
    case "aws:rds/cluster:Cluster":
      return { arn, endpoint: host, readerEndpoint: host.replace(".", ".cluster-ro-") };
    case "aws:rds/instance:Instance":
      return { arn, address: host, endpoint: `${host}:5432`, replicas: [] };
    default:
      return libraryType(type)?.outputs.includes("arn") === true ? { arn } : {};
  }
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
