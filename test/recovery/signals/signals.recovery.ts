import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer, type AddressInfo, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { freePort } from "../../support/freePort";
import { needsPushgateway, Pushgateway } from "../../support/pushgateway";
import { type Behaviour, type SlackMessage, SlackServer } from "../../support/slackServer";
import { events, type Outcome, otherEvents, useLaboratory } from "../laboratory";

/** Seconds that signals may hold up a run at most: all of them fail, each as late as it can. */
const longestDelay = 12;

describe("signals of runs", () => {
  needsPushgateway();
  const laboratory = useLaboratory();
  let pushgateway: Pushgateway;
  let slack: SlackServer;
  /** All that commands said: nothing of it may hold the webhook's secret. */
  const said: string[] = [];

  before(async () => {
    [pushgateway, slack] = await Promise.all([Pushgateway.start(), SlackServer.start()]);
    laboratory().source.asSuperuser("postgres", "CREATE DATABASE trading");
    laboratory().source.asSuperuser(
      "trading",
      "CREATE TABLE trades (id bigint PRIMARY KEY); INSERT INTO trades SELECT generate_series(1, 100)",
    );
  });
  after(async () => {
    await Promise.all([pushgateway.close(), slack.close()]);
  });
  beforeEach(() => {
    slack.answer({ answer: "ok" });
  });

  /** What commands are told of where signals go. */
  const targets = () => ({
    TRADING_DR_PUSHGATEWAY: pushgateway.url,
    TRADING_DR_SLACK_WEBHOOK_FILE: slack.webhookFile,
    NODE_EXTRA_CA_CERTS: slack.certificateFile,
  });

  async function run(
    words: string,
    environment: Readonly<Record<string, string | undefined>>,
  ): Promise<Outcome> {
    const outcome = await laboratory().run(words, { ...targets(), ...environment });
    said.push(outcome.output, outcome.log);
    return outcome;
  }

  /** Backs up a database, as a run of a series of its own. */
  const backup = (
    series: string,
    more: Readonly<Record<string, string | undefined>> = {},
    database = "trading",
  ) =>
    run("backup database", {
      ...laboratory().backupOf(database),
      TRADING_DR_SERIES: series,
      ...more,
    });

  /** Has a run of a series fail at once: nobody listens where its database should be. */
  const failingBackup = (series: string, more: Readonly<Record<string, string | undefined>> = {}) =>
    backup(series, { PGPORT: "1", ...more });

  const succeeded = (outcome: Outcome) => {
    assert.equal(outcome.status, 0, outcome.errors);
    return outcome;
  };
  const failed = (outcome: Outcome) => {
    assert.equal(outcome.status, 4, outcome.errors);
    return outcome;
  };

  const textOf = ({ blocks }: SlackMessage) => blocks.map(({ text }) => text.text).join("\n");

  /** Warnings in a log. */
  const warnings = ({ log }: Outcome) =>
    log
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ level }) => level === "warning");

  const bySeries = (name: string) => pushgateway.values(`trading_dr_${name}`, "series");

  it("go to nobody where nobody is named", async () => {
    const outcome = succeeded(
      await backup("silent", {
        TRADING_DR_PUSHGATEWAY: undefined,
        TRADING_DR_SLACK_WEBHOOK_FILE: undefined,
      }),
    );
    assert.deepEqual(warnings(outcome), []);
    assert.equal(slack.requests, 0);
    assert.equal((await bySeries("last_run_success"))["silent"], undefined);
  });

  it("are numbers alone, of a run that goes well", async () => {
    const before = Date.now() / 1000;
    succeeded(await backup("well"));
    assert.equal(slack.requests, 0);
    assert.equal((await bySeries("last_run_success"))["well"], 1);
    assert.equal((await bySeries("recovery_point_rows"))["well"], 100);
    assert.equal((await bySeries("recovery_point_tables"))["well"], 1);
    assert.equal((await bySeries("last_run_event_lost"))["well"], 0);
    const success = (await bySeries("last_success_timestamp_seconds"))["well"] ?? 0;
    assert(success >= before && success <= Date.now() / 1000);
    const [line] = (await pushgateway.lines()).filter((one) => one.includes('series="well"'));
    assert.match(
      String(line),
      /\{database="trading",instance="",job="trading_dr",kind="backup",.*region="us-east-1",series="well",store="database",system="lab"\}/,
    );
  });

  it("keep the last success when a run fails, and say for people what to do", async () => {
    succeeded(await backup("broken"));
    const before = await bySeries("last_success_timestamp_seconds");
    const size = await bySeries("recovery_point_size_bytes");
    const outcome = failed(await failingBackup("broken"));
    assert.deepEqual(warnings(outcome), []);
    assert.equal((await bySeries("last_run_success"))["broken"], 0);
    assert.deepEqual(await bySeries("last_success_timestamp_seconds"), before);
    assert.deepEqual(await bySeries("recovery_point_size_bytes"), size);
    const lastRun = (await bySeries("last_run_timestamp_seconds"))["broken"] ?? 0;
    assert(lastRun > (before["broken"] ?? 0));

    const [message] = slack.received;
    assert(message !== undefined && slack.received.length === 1);
    assert.equal(
      message.text,
      ":red_circle: lab: backup of database trading (store database, series broken) failed in us-east-1 (database)",
    );
    const text = textOf(message);
    assert.match(text, /```\ncannot log in: .*\n```/);
    assert.match(text, /\*since:\* \d{4}-\d\d-\d\d \d\d:\d\d UTC, one run\n/);
    assert.match(text, /\*last success before:\* \d{4}-/);
    assert.match(text, /docs\/recovery\.md, "When it fails", status 4\.$/);

    failed(await failingBackup("broken"));
    assert.match(textOf(slack.received[1] ?? message), /\*since:\* .* UTC, 2 runs\n/);
  });

  it("say once that it goes well again", async () => {
    failed(await failingBackup("mended"));
    failed(await failingBackup("mended"));
    slack.answer({ answer: "ok" });
    succeeded(await backup("mended"));
    assert.deepEqual(
      slack.received.map(({ text }) => text),
      [
        ":large_green_circle: lab: backup of database trading (store database, series mended) succeeds again in us-east-1",
      ],
    );
    const [message] = slack.received;
    assert(message !== undefined);
    assert.match(
      textOf(message),
      /\*had failed since:\* .* UTC, 2 runs\n\*last success before:\* none/,
    );
    succeeded(await backup("mended"));
    assert.equal(slack.received.length, 1);
  });

  it("of another series, region or database are no business of a run's", async () => {
    const odd = `a/b"c"é.`;
    laboratory().source.asSuperuser("postgres", `CREATE DATABASE "a/b""c""é."`);
    failed(await failingBackup("apart"));
    slack.answer({ answer: "ok" });
    succeeded(await backup("apart", {}, odd));
    succeeded(await backup("apart", { TRADING_DR_REGION: "us-west-2" }));
    const found = await pushgateway.lines();
    const ofSeries = found.filter(
      (line) => line.startsWith("trading_dr_last_run_success{") && line.includes('series="apart"'),
    );
    assert.equal(ofSeries.length, 3, ofSeries.join("\n"));
    assert(
      ofSeries.some((line) => line.includes(`database="a/b\\"c\\"é."`)),
      ofSeries.join("\n"),
    );
    // The region's events are elsewhere in real life; here its failure is the other's.
    assert(slack.received.every(({ text }) => !text.includes("é")));
  });

  it("tell of verifications and restores", async () => {
    const point = succeeded(await backup("proven")).output.trim();
    const verification = {
      ...laboratory().verification,
      TRADING_DR_RECOVERY_POINTS: laboratory().backupOf("trading")["TRADING_DR_RECOVERY_POINTS"],
      TRADING_DR_BASELINE_QUERIES: '{"all":"SELECT * FROM trades"}',
    };
    succeeded(await run(`verify --point ${point}`, verification));
    const value = async (name: string, label = "kind") =>
      pushgateway.values(`trading_dr_${name}`, label);
    assert.equal((await value("last_run_success"))["verification"], 1);
    assert.equal((await value("verification_problems"))["verification"], 0);
    assert.ok("all" in (await value("baseline_query_seconds", "query")));
    const proven = (await value("recovery_point_timestamp_seconds"))["verification"];

    const damaged = await run(`verify --point ${point}`, {
      ...verification,
      TRADING_DR_INTEGRITY_QUERIES: '{"none":"SELECT * FROM trades"}',
    });
    assert.equal(damaged.status, 6);
    assert.equal((await value("verification_problems"))["verification"], 1);
    assert.equal((await value("last_run_success"))["verification"], 0);
    assert.equal((await value("recovery_point_timestamp_seconds"))["verification"], proven);
    assert.match(String(slack.received[0]?.text), new RegExp(`verification of ${point} failed`));

    succeeded(
      await run(
        `restore database --point ${point} --damaged-too --into restored`,
        laboratory().restoreOn(laboratory().scratch),
      ),
    );
    const seconds = (await value("rto_measured_seconds"))["restoration"] ?? 0;
    assert(seconds > 0 && seconds < 60, String(seconds));
    assert(((await value("rpo_measured_seconds"))["restoration"] ?? 0) > 0);
  });

  it("say that a run was ended from outside", async () => {
    const { source } = laboratory();
    const client = new Client({
      host: source.socketDirectory,
      port: source.port,
      user: "postgres",
      database: "trading",
    });
    await client.connect();
    await client.query("BEGIN; LOCK TABLE trades");
    const { child, ended } = laboratory().start("backup database", {
      ...laboratory().backupOf("trading"),
      TRADING_DR_SERIES: "ended",
      ...targets(),
    });
    try {
      await untilTrue(
        () =>
          source.asSuperuser(
            "postgres",
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock'",
          ) === "t",
      );
      child.kill("SIGTERM");
    } finally {
      await client.end();
    }
    const outcome = await ended;
    said.push(outcome.log);
    assert.equal(outcome.status, 143, outcome.errors);
    assert.match(
      String(slack.received[0]?.text),
      /series ended\) failed in us-east-1 \(interrupted\)/,
    );
    assert.equal((await bySeries("last_run_success"))["ended"], 0);
  });

  it("are sent when the event cannot be written, and say so", async () => {
    const outcome = await backup("lost", {
      TRADING_DR_EVENTS: "s3://no-such-bucket/records/audit/events/us-east-1/backup-database/",
    });
    assert.equal(outcome.status, 5);
    assert.equal((await bySeries("last_run_event_lost"))["lost"], 1);
    assert.equal((await bySeries("last_run_success"))["lost"], 0);
    const [message] = slack.received;
    assert(message !== undefined);
    assert.match(textOf(message), /its event is lost to the catalog/);
    assert.match(textOf(message), /\*since:\* not known/);
  });

  describe("to a Slack that", () => {
    const cases: readonly (readonly [
      string,
      Behaviour | undefined,
      Readonly<Record<string, string | undefined>> | (() => Readonly<Record<string, string>>),
      RegExp,
    ])[] = [
      ["never answers", { answer: "never" }, {}, /there is no answer within 3 s/],
      ["never ends its answer", { answer: "endless" }, {}, /there is no answer within 3 s/],
      ["fails", { status: 500, text: "oops" }, {}, /the answer is 500: "oops"/],
      ["does not know the webhook", { status: 404, text: "no_service" }, {}, /404: "no_service"/],
      [
        "is elsewhere",
        { status: 302, headers: { Location: "/services/other" }, text: "" },
        {},
        /the answer is 302/,
      ],
      [
        "is another program",
        { status: 200, text: "<html>Welcome</html>" },
        {},
        /the answer is 200: "<html>Welcome<\/html>"/,
      ],
      [
        "wants less for a long time",
        { status: 429, headers: { "Retry-After": "60" }, text: "" },
        {},
        /60 s are to be waited, which is too long/,
      ],
      [
        "has a certificate of an authority that nobody named",
        { answer: "ok" },
        { NODE_EXTRA_CA_CERTS: undefined },
        /SELF_SIGNED_CERT|self-signed certificate/,
      ],
      [
        "has a file that is not there",
        { answer: "ok" },
        { TRADING_DR_SLACK_WEBHOOK_FILE: "/nonexistent/webhook" },
        /cannot be read: ENOENT/,
      ],
    ];
    for (const [title, behaviour, more, problem] of cases) {
      it(`${title} fails no run, and is logged`, async () => {
        slack.answer(behaviour ?? { answer: "ok" });
        const began = performance.now();
        const outcome = failed(
          await failingBackup("slackless", typeof more === "function" ? more() : more),
        );
        assert(performance.now() - began < longestDelay * 1000);
        const [warning, ...others] = warnings(outcome);
        assert.equal(others.length, 0, outcome.log);
        assert.equal(warning?.["signal"], "slack");
        assert.match(String(warning["reason"]), problem);
        assert.equal(slack.received.length, 0);
      });
    }

    it("is down fails no run, and is told of by the next", async () => {
      const address = readFileSync(slack.webhookFile, "utf8");
      const nobody = `https://localhost:${String(await freePort())}/services/${slack.secret}`;
      failed(await failingBackup("down"));
      writeFileSync(slack.webhookFile, nobody);
      let outcome: Outcome;
      try {
        outcome = succeeded(await backup("down"));
      } finally {
        writeFileSync(slack.webhookFile, address);
      }
      assert.match(String(warnings(outcome)[0]?.["reason"]), /ECONNREFUSED/);
      slack.answer({ answer: "ok" });
      succeeded(await backup("down"));
      const unsent = await pushgateway.values(
        "trading_dr_previous_run_signal_unsent",
        "series",
        "signal",
      );
      assert.equal(unsent["down slack"], 1);
      assert.equal(unsent["down metrics"], 0);
      const [message] = slack.received;
      assert(message !== undefined);
      assert.match(message.text, /series down\) went well in us-east-1, but signals/);
      assert.match(textOf(message), /\*could not be sent by the run before:\* slack/);
      succeeded(await backup("down"));
      assert.equal(slack.received.length, 1);
      const after = await pushgateway.values(
        "trading_dr_previous_run_signal_unsent",
        "series",
        "signal",
      );
      assert.equal(after["down slack"], 0);
    });

    it("has a file with something else in it gets nothing, and nobody sees what it is", async () => {
      const address = readFileSync(slack.webhookFile, "utf8");
      const misplaced = "xoxb-1234-secret-token";
      writeFileSync(slack.webhookFile, misplaced);
      try {
        const outcome = failed(await failingBackup("misplaced"));
        assert.match(String(warnings(outcome)[0]?.["reason"]), /has to hold the webhook's address/);
        assert.doesNotMatch(outcome.log, new RegExp(misplaced));
      } finally {
        writeFileSync(slack.webhookFile, address);
      }
    });

    it("wants less for a moment is given that moment", async () => {
      slack.answer({ status: 429, headers: { "Retry-After": "1" }, text: "" }, { answer: "ok" });
      const outcome = failed(await failingBackup("patient"));
      assert.deepEqual(warnings(outcome), []);
      assert.equal(slack.requests, 2);
      assert.equal(slack.received.length, 1);
    });
  });

  describe("to a Pushgateway that", () => {
    /** Somebody else, who listens where a Pushgateway should. */
    async function withServer(server: Server, act: (url: string) => Promise<void>): Promise<void> {
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const sockets = new Set<{ destroy: () => void }>();
      server.on("connection", (socket) => sockets.add(socket));
      try {
        await act(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
      } finally {
        sockets.forEach((socket) => {
          socket.destroy();
        });
        await new Promise((resolve) => server.close(resolve));
      }
    }
    const answering = (status: number, text: string, headers = {}) =>
      createHttpServer((_, response) => response.writeHead(status, headers).end(text));

    const cases: readonly (readonly [string, () => Server, RegExp])[] = [
      ["never answers", () => createServer(() => undefined), /there is no answer within 3 s/],
      ["fails", () => answering(500, "oops"), /the answer is 500: "oops"/],
      ["is elsewhere", () => answering(302, "", { Location: "/" }), /the answer is 302/],
      ["is another program", () => answering(200, "<html>"), /the answer is 200: "<html>"/],
      [
        "is no server of HTTP",
        () => createServer((socket) => socket.end("220 mail.example\r\n")),
        /HPE_INVALID|Parse Error|Expected HTTP/,
      ],
    ];
    for (const [title, server, problem] of cases) {
      it(`${title} fails no run, and people are told`, async () => {
        await withServer(server(), async (url) => {
          const began = performance.now();
          const series = `gateway-${title.replaceAll(" ", "-")}`;
          const outcome = succeeded(await backup(series, { TRADING_DR_PUSHGATEWAY: url }));
          assert(performance.now() - began < longestDelay * 1000);
          const [warning] = warnings(outcome);
          assert.equal(warning?.["signal"], "metrics");
          assert.match(String(warning["reason"]), problem);
          const [message] = slack.received;
          assert(message !== undefined);
          assert.match(message.text, /went well in us-east-1, but signals could not be sent/);
          assert.match(textOf(message), /\*metrics could not be pushed:\* /);
        });
      });
    }

    it("is down is told of once, and in numbers when it is there again", async () => {
      const nobody = { TRADING_DR_PUSHGATEWAY: `http://127.0.0.1:${String(await freePort())}` };
      succeeded(await backup("gone", nobody));
      assert.equal(slack.received.length, 1);
      succeeded(await backup("gone", nobody));
      assert.equal(slack.received.length, 1);
      succeeded(await backup("gone"));
      assert.equal(slack.received.length, 1);
      const unsent = () =>
        pushgateway.values("trading_dr_previous_run_signal_unsent", "series", "signal");
      assert.equal((await unsent())["gone metrics"], 1);
      succeeded(await backup("gone"));
      assert.equal((await unsent())["gone metrics"], 0);
    });
  });

  it("never hold the webhook's secret, nor does the log or an event", async () => {
    assert(said.length > 20);
    assert(said.every((text) => !text.includes(slack.secret)));
    for (const prefix of [
      otherEvents.backups.prefix,
      events.prefix,
      otherEvents.operators.prefix,
    ]) {
      const happened = await laboratory().eventsIn(prefix);
      assert(happened.length > 0);
      assert(!JSON.stringify(happened).includes(slack.secret));
    }
  });
});

/** Asks until it is so. */
async function untilTrue(ask: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 300 && !ask(); attempt += 1) {
    await sleep(100);
  }
  assert(ask(), "it never became so");
}
