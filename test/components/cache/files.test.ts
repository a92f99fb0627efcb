import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sentinelFiles, serverFiles } from "../../../components/cache/files";
import { podLayout } from "../../../components/cache/layout";
import { firstPrimary } from "../../../components/cache/sentinelConfiguration";
import { firstUpstream } from "../../../components/cache/serverConfiguration";
import { projectDirectory } from "../../support/projectCopy";
import { cacheLink, cacheMemberSettings } from "../minimalArgs";

const settings = { ...cacheMemberSettings, upstream: cacheLink.upstream };

/**
 * The files of servers and Sentinels as they are in a pod, pinned as a reader would meet them there.
 * `UPDATE_PINNED_CACHE=1 npm run test:fast` writes them.
 */
describe("files of a cache's pods", () => {
  const rendered = {
    server: serverFiles(settings, podLayout),
    sentinel: sentinelFiles(settings, podLayout),
  };
  for (const [part, files] of Object.entries(rendered)) {
    const directory = join(projectDirectory, "test", "pinned", "cache", part);

    it(`are those that are pinned, for a ${part}`, () => {
      if (process.env["UPDATE_PINNED_CACHE"] === "1") {
        mkdirSync(directory, { recursive: true });
        for (const [file, text] of Object.entries(files)) {
          writeFileSync(join(directory, file), text);
        }
      }
      const pinned = readdirSync(directory).map((file) => [
        file,
        readFileSync(join(directory, file), "utf8"),
      ]);
      assert.deepEqual(files, Object.fromEntries(pinned));
    });

    for (const [file, text] of Object.entries(files).filter(([name]) => name.endsWith(".sh"))) {
      it(`have a ${part}'s ${file} that a shell can read`, () => {
        const { status, stderr } = spawnSync("sh", ["-n"], { input: text, encoding: "utf8" });
        assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
      });
    }
  }

  it("differ by region only in whom a first start follows, which restarts nobody", () => {
    assert.equal(firstUpstream(undefined), "");
    assert.equal(
      firstUpstream(cacheLink.upstream),
      "cache-feed.market-scanning-prod.us-west-2.trading.internal 6379\n",
    );
    assert.equal(firstPrimary(settings, false), "");
    assert.equal(
      firstPrimary(settings, true),
      "cache-server-us-east-1-0.cache-server-us-east-1.market-scanning-prod.svc.cluster.local 6379\n",
    );
  });

  it("promote no server last where none feeds another region", () => {
    const alone = serverFiles(cacheMemberSettings, podLayout);
    assert.equal(String(alone["start.sh"]).includes("priority=200"), false);
    assert.equal(String(rendered.server["start.sh"]).includes("priority=200"), true);
  });

  it("accept TLS 1.3 only, where the system asks for it", () => {
    const strict = serverFiles({ ...settings, minimumTlsVersion: "1.3" }, podLayout);
    assert.match(String(strict["redis.conf"]), /^tls-protocols "TLSv1\.3"$/m);
  });
});
