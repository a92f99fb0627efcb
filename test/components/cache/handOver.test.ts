import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gracePeriodSeconds, handOver } from "../../../components/cache/handOver";
import { cacheMemberSettings } from "../minimalArgs";

const members = (part: string) =>
  [0, 1, 2].map((ordinal) => ({ host: `${part}-${String(ordinal)}`, port: 1 }));
const settings = {
  ...cacheMemberSettings,
  servers: members("server"),
  sentinels: members("sentinel"),
};

/** Time passes only when the script waits, or where an answer takes some. */
const commands = {
  timeout: 'shift\nexec "$@"',
  date: "echo $(($(cat clock) / 1000))",
  sleep:
    "case $1 in\n0.*) waited=$((${1#0.} * 100)) ;;\n*) waited=$((1000 * $1)) ;;\nesac\necho $(($(cat clock) + waited)) >clock",
};

/** What a redis-cli answers, by host and command; an unfinished `case` of a shell. */
const asCluster = (cases: string) => `
while :; do
  case $1 in
  -h) host=$2; shift 2 ;;
  -p | --cacert | --user) shift 2 ;;
  --*) shift ;;
  *) break ;;
  esac
done
slowly() { sleep 5; }
echo "$host $*" >>asked
case "$host $*" in
${cases}
"localhost ROLE") printf 'master\\n7\\nserver-1\\n1\\n7\\nserver-2\\n1\\n7\\n' ;;
sentinel*"GET-MASTER"*) printf 'server-0\\n1\\n' ;;
*) echo OK ;;
esac`;

describe("hand-over of a server to another", () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "trading-dr-hand-over-"));
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  /** Runs the script where servers and Sentinels answer like this, and says how long it took. */
  function handedOver(cases: string) {
    mkdirSync(join(directory, "data"));
    for (const user of ["hand-over", "reload"]) {
      writeFileSync(join(directory, user), user);
    }
    for (const [name, text] of Object.entries({ ...commands, "redis-cli": asCluster(cases) })) {
      writeFileSync(join(directory, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    }
    writeFileSync(join(directory, "clock"), "0\n");
    const script = handOver(settings, {
      configuration: directory,
      credentials: directory,
      certificates: directory,
      data: join(directory, "data"),
    });
    const { status, stdout, stderr } = spawnSync("sh", ["-c", script], {
      cwd: directory,
      encoding: "utf8",
      env: { PATH: `${directory}:${String(process.env["PATH"])}`, HOSTNAME: "cache-0" },
    });
    assert.equal(stderr, "");
    return {
      status,
      said: stdout.split("\n").filter((line) => line !== ""),
      seconds: Number(readFileSync(join(directory, "clock"), "utf8")) / 1_000,
      asked: readFileSync(join(directory, "asked"), "utf8").split("\n"),
    };
  }

  it("is to whom a Sentinel promotes, once that one says so itself", () => {
    const { status, said, asked } = handedOver(`
"sentinel-0 SENTINEL FAILOVER"*) touch promoted; echo OK ;;
sentinel-0*"GET-MASTER"*) [ -f promoted ] && echo "server-1 1" || echo "server-0 1" ;;
"server-1 ROLE") echo master ;;`);
    assert.deepEqual(
      { status, said },
      { status: 0, said: ["hand-over: server-1:1 is the primary now"] },
    );
    assert.deepEqual(asked.slice(-5), [
      "server-1 ROLE",
      "localhost REPLICAOF server-1 1",
      "localhost CLIENT UNPAUSE",
      "localhost CONFIG SET repl-ping-replica-period 10",
      "",
    ]);
  });

  it("holds writes for less than half of what Sentinels wait, as long as replicas are behind", () => {
    const { status, said, asked } = handedOver(
      `"localhost ROLE") printf 'master\\n7\\nserver-1\\n1\\n6\\nserver-2\\n1\\n7\\n' ;;`,
    );
    assert.deepEqual(
      { status, said },
      { status: 1, said: ["hand-over: server-1:1 is behind; writes go on here"] },
    );
    const holds = asked.filter((line) => /PAUSE \d/.test(line));
    assert.ok(holds.length > 1);
    assert.deepEqual([...new Set(holds)], ["localhost CLIENT PAUSE 2000 WRITE"]);
  });

  it("given up, ends with following whoever was promoted meanwhile, before writes go on", () => {
    const { status, said, asked } = handedOver(`
"sentinel-0 "*) echo "server-0 1" ;;
sentinel*"GET-MASTER"*) echo "server-2 1" ;;
"server-2 ROLE") echo master ;;`);
    assert.equal(status, 0);
    assert.equal(said.at(-1), "hand-over: server-2:1 is the primary now");
    assert.ok(
      asked.indexOf("localhost REPLICAOF server-2 1") < asked.indexOf("localhost CLIENT UNPAUSE"),
    );
  });

  for (const [what, answer, said] of [
    ["nothing", "", "hand-over: this server does not answer: "],
    ["that it loads", "LOADING Redis", "hand-over: this server does not answer: LOADING Redis"],
  ] as const) {
    it(`does not take a server for a replica that answers ${what}`, () => {
      const result = handedOver(`"localhost ROLE") echo "${answer}" ;;`);
      assert.deepEqual([result.status, result.said], [1, [said]]);
      assert.deepEqual(result.asked, ["localhost ROLE", ""]);
    });
  }

  const behindAtFirst = `
"localhost ROLE")
  [ "$(cat clock)" -lt 9000 ] && behind=6 || behind=7
  printf 'master\\n7\\nserver-1\\n1\\n%s\\n' "$behind" ;;`;
  const courses: readonly (readonly [string, string])[] = [
    ["Sentinels that all hang", `${behindAtFirst}\nsentinel*) slowly ;;`],
    [
      "a slow Sentinel that promotes nobody, after one that hangs",
      `${behindAtFirst}
"sentinel-0 "*) slowly ;;
sentinel*"GET-MASTER"*) slowly; echo "server-0 1" ;;
sentinel*) slowly; echo OK ;;`,
    ],
    [
      "Sentinels that promote a server which hangs",
      `${behindAtFirst}
sentinel*"FAILOVER"*) touch promoted; slowly; echo OK ;;
sentinel*"GET-MASTER"*) slowly; [ -f promoted ] && echo "server-1 1" || echo "server-0 1" ;;
"server-1 ROLE") slowly ;;`,
    ],
  ];
  for (const [what, cases] of courses) {
    it(`is over before the pod's time is, with time left to stop, for ${what}`, () => {
      const { status, seconds } = handedOver(cases);
      assert.equal(status, 1);
      // Redis waits ten seconds for its replicas before it stops.
      const allowed = gracePeriodSeconds(settings) - 10;
      assert.ok(seconds <= allowed, `${String(seconds)} s of ${String(allowed)} s`);
    });
  }
});
