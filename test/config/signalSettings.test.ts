import assert from "node:assert/strict";
import { signalProblems, type SignalSettings, signalSettings } from "../../config/signalSettings";
import { checkAgainst } from "../../config/yamlFile";

const source = { file: "Pulumi.prod.yaml", lineOf: () => undefined };
const pushgateway = { service: "prometheus-pushgateway", namespace: "monitoring", port: 9091 };

/** What is refused of what is written: paths and messages. */
function refused(written: object): string[] {
  const checked = checkAgainst(signalSettings, written, source);
  return "problems" in checked
    ? checked.problems.map(({ path, message }) => `${path}: ${message}`)
    : [];
}

/** What is refused of sound settings, for a role and a system. */
function refusedFor(role: string, signals: SignalSettings | undefined): string[] {
  return signalProblems({ role, signals }, { namespace: "market-scanning" }, source).map(
    ({ path, message }) => `${path}: ${message}`,
  );
}

describe("settings of signals", () => {
  it("name a Pushgateway, a Secret, both or neither", () => {
    const slackSecret = "trading-dr-slack";
    for (const written of [{}, { pushgateway }, { slackSecret }, { pushgateway, slackSecret }]) {
      assert.deepEqual(refused(written), []);
    }
  });

  it("are refused where Kubernetes has no such names, or a key is strange", () => {
    const wrong = { ...pushgateway, service: "http://push:9091", port: 0 };
    assert.match(
      refused({ pushgateway: wrong }).join("\n"),
      /^pushgateway\.service: names are .*\npushgateway\.port: must be a whole number of port number/,
    );
    assert.match(refused({ slackWebhook: "https://hooks.slack.com/x" }).join(), /slackWebhook/);
  });

  it("are refused in the archive, which has no jobs", () => {
    assert.deepEqual(refusedFor("archive", { pushgateway }), [
      "signals: the archive runs no jobs to tell of; remove it",
    ]);
    assert.deepEqual(refusedFor("archive", undefined), []);
  });

  it("are refused for a Pushgateway beside the system's stores, which restores must not reach", () => {
    assert.deepEqual(refusedFor("dr", { pushgateway }), []);
    const beside = { pushgateway: { ...pushgateway, namespace: "market-scanning" } };
    assert.match(refusedFor("dr", beside).join(), /^signals\.pushgateway\.namespace: must not be/);
  });
});
