import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import { HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Answers } from "../../../recovery/monitor/watchedClient";

// As the command does: the SDK's advice on versions of Node is nothing that a test's reader can act on.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

describe("what S3's answers tell of clocks", () => {
  let server: Server;
  let aheadSeconds = 0;
  let status = 200;

  before((done) => {
    server = createServer((_, response) => {
      const date = new Date(Date.now() + aheadSeconds * 1_000).toUTCString();
      response.writeHead(status, { date }).end();
    }).listen(0, "127.0.0.1", done);
  });
  after(() => {
    server.close();
  });

  async function ask(): Promise<Answers> {
    const answers = new Answers();
    const client = answers.listenTo(
      new S3Client({
        region: "us-east-1",
        endpoint: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
        forcePathStyle: true,
        credentials: { accessKeyId: "a", secretAccessKey: "b" },
        maxAttempts: 1,
      }),
    );
    await client
      .send(new HeadObjectCommand({ Bucket: "records", Key: "one" }))
      .catch(() => undefined);
    client.destroy();
    return answers;
  }

  for (const [title, seconds, answered, expected] of [
    ["is content with four minutes", 240, 200, undefined],
    ["says that ours is behind", 7_200, 200, /^The clock here is (2h|1h 59m) behind that of S3/],
    ["says that ours is ahead", -7_200, 200, /^The clock here is (2h|1h 59m) ahead of that/],
    ["hears a refusal too", 7_200, 403, /behind that of S3/],
  ] as const) {
    it(title, async () => {
      [aheadSeconds, status] = [seconds, answered];
      const answers = await ask();
      assert.equal(answers.requests, 1);
      const finding = answers.clockFinding("s3://records/");
      if (expected === undefined) {
        assert.equal(finding, undefined);
      } else {
        assert.equal(finding?.kind, "clock");
        assert.match(finding.message, expected);
      }
    });
  }
});
