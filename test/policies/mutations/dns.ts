import { type Mutation } from "../mutation";

/** Mutations of what sends users to a region. */
export const dnsMutations: readonly Mutation[] = [
  {
    title: "no address in the standby region",

    stack: "prod",
    change: (declared) => {
      declared.remove("aws:route53/record:Record", "failover-secondary");
    },
    trips: ["dns-failover-pair"],
  },
  {
    title: "two records that lead to one place",

    stack: "prod",
    change: (declared) => {
      declared.set("aws:route53/record:Record", "failover-secondary", "records", [
        "api-us-east-1.market-scanning.example.com",
      ]);
    },
    trips: ["dns-failover-pair"],
  },
  {
    title: "a PRIMARY without a check",

    stack: "prod",
    change: (declared) => {
      const record = declared.one("aws:route53/record:Record", "failover-primary");
      record.options = { ...record.options, dependencies: [] };
    },
    trips: ["dns-failover-checks"],
  },
  {
    title: "a PRIMARY that one of two checks is enough for",

    stack: "prod",
    change: (declared) => {
      declared.set(
        "aws:route53/healthCheck:HealthCheck",
        "failover-primary-check",
        "childHealthThreshold",
        1,
      );
    },
    trips: ["dns-failover-checks"],
  },
  {
    title: "a SECONDARY that is healthy from the first",

    stack: "prod",
    change: (declared) => {
      declared.set(
        "aws:route53/healthCheck:HealthCheck",
        "failover-secondary-check",
        "invertHealthcheck",
        undefined,
      );
    },
    trips: ["dns-failover-checks"],
  },
  {
    title: "a switch's check that is turned off",

    stack: "prod",
    change: (declared) => {
      declared.set("aws:route53/healthCheck:HealthCheck", "failover-switch", "disabled", true);
    },
    trips: ["dns-failover-checks"],
  },
  {
    title: "an address that lives for an hour",

    stack: "prod",
    change: (declared) => {
      declared.set("aws:route53/record:Record", "failover-primary", "ttl", 3600);
    },
    trips: ["dns-detection-time"],
  },
  {
    title: "an endpoint that is asked less often",

    stack: "prod",
    change: (declared) => {
      declared.set(
        "aws:route53/healthCheck:HealthCheck",
        "failover-primary-endpoint",
        "requestInterval",
        30,
      );
    },
    trips: ["dns-detection-time"],
  },
  {
    title: "an endpoint that fails late",
    system: "smc",
    stack: "prod",
    change: (declared) => {
      declared.set(
        "aws:route53/healthCheck:HealthCheck",
        "failover-primary-endpoint",
        "failureThreshold",
        10,
      );
    },
    trips: ["dns-detection-time"],
  },
  {
    title: "a switch that forgets",

    stack: "prod",
    change: (declared) => {
      declared.set(
        "aws:route53/healthCheck:HealthCheck",
        "failover-switch",
        "insufficientDataHealthStatus",
        "Healthy",
      );
    },
    trips: ["dns-switch-latches"],
  },
  {
    title: "a switch in the primary region",

    stack: "prod",
    change: (declared) => {
      declared.set(
        "aws:route53/healthCheck:HealthCheck",
        "failover-switch",
        "cloudwatchAlarmRegion",
        "us-east-1",
      );
    },
    trips: ["dns-switch-latches"],
  },
  {
    title: "a switch whose alarm was changed alone",

    stack: "dr",
    change: (declared) => {
      declared.set("aws:cloudwatch/metricAlarm:MetricAlarm", "failover-switch", "threshold", 2);
    },
    trips: ["dns-switch-latches", "dns-switch-pair"],
  },
  {
    title: "a switch without an alarm",

    stack: "dr",
    change: (declared) => {
      declared.remove("aws:cloudwatch/metricAlarm:MetricAlarm", "failover-switch");
    },
    trips: ["dns-switch-pair"],
  },
  {
    title: "a switch that keeps old settings",

    stack: "prod",
    change: (declared) => {
      declared.set(
        "aws:route53/healthCheck:HealthCheck",
        "failover-switch",
        "triggers.period",
        undefined,
      );
    },
    trips: ["dns-switch-pair"],
  },
  {
    title: "a record that may go",

    stack: "prod",
    change: (declared) => {
      Reflect.deleteProperty(
        declared.one("aws:route53/record:Record", "failover-primary").options,
        "protect",
      );
    },
    trips: ["dns-protected"],
  },
  {
    title: "a switch's check that may go",

    stack: "prod",
    change: (declared) => {
      Reflect.deleteProperty(
        declared.one("aws:route53/healthCheck:HealthCheck", "failover-switch").options,
        "protect",
      );
    },
    trips: ["dns-protected"],
  },
];
