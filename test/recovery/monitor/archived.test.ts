import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import { S3Client } from "@aws-sdk/client-s3";
import { examineContent } from "../../../recovery/monitor/examine";
import { openPoint } from "../../../recovery/monitor/points";
import { BucketPrefix, isWithheld } from "../../../recovery/storage/bucket";

// MinIO has no archive classes of storage: this answers as S3 does of what is in one.
describe("what is in an archive class of storage", () => {
  const asked: string[] = [];
  let server: Server;
  let client: S3Client;

  before((done) => {
    server = createServer(({ method = "", url = "" }, response) => {
      asked.push(`${method} ${url.replace(/\?.*/, "")}`);
      response.writeHead(method === "HEAD" ? 200 : 403, {
        "x-amz-storage-class": "DEEP_ARCHIVE",
        "content-type": "application/xml",
      });
      response.end(
        method === "HEAD"
          ? undefined
          : "<Error><Code>InvalidObjectState</Code><Message>The operation is not valid for the object's storage class</Message></Error>",
      );
    }).listen(0, "127.0.0.1", () => {
      client = new S3Client({
        region: "us-east-1",
        endpoint: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
        forcePathStyle: true,
        credentials: { accessKeyId: "a", secretAccessKey: "b" },
        maxAttempts: 1,
      });
      done();
    });
  });
  after(() => {
    client.destroy();
    server.close();
  });

  it("is finished, and is not read", async () => {
    const points = new BucketPrefix(client, { bucket: "records", prefix: "p/" });
    const opened = await openPoint(points, "20260101T000000Z-0badcafe", "lab");
    assert.deepEqual(opened, { kind: "archived" });
    const promised = { folder: "p/", name: "one", isShared: false, bytes: 1, sha256: "" };
    const placed = [{ promised, name: "p/one", isArchived: true }];
    assert.deepEqual(await examineContent(points, placed, 10, new Date()), {
      problems: [],
      bytes: 0,
    });
    assert.deepEqual(asked, ["HEAD /records/p/20260101T000000Z-0badcafe/manifest.json"]);
  });

  it("is withheld from whoever reads it, with what brings it back", async () => {
    const points = new BucketPrefix(client, { bucket: "records", prefix: "p/" });
    await assert.rejects(points.get("one"), (error: Error) => {
      assert.ok(isWithheld(error));
      assert.equal(
        error.message,
        "cannot read s3://records/p/one: The operation is not valid for the object's storage class; bring it back by `aws s3api restore-object`, which takes hours, and read it then",
      );
      return true;
    });
  });
});
