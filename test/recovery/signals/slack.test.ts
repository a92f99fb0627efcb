import assert from "node:assert/strict";
import { exitCodes } from "../../../recovery/failure";
import { type History } from "../../../recovery/signals/history";
import { noticeOf } from "../../../recovery/signals/notice";
import { slackMessage } from "../../../recovery/signals/slack";
import { sampleEvents } from "./sampleEvents";

const { backup } = sampleEvents;
const quiet: History = {
  failures: 0,
  failingSince: undefined,
  lastSuccess: "2026-11-29T15:00:00.120Z",
  unsent: [],
};
const failure = { reason: "storage", message: "the bucket is gone" };

describe("what is said of a run", () => {
  it("is nothing when it goes well, as those before did", () => {
    assert.equal(noticeOf(backup, quiet, undefined), undefined);
  });

  it("is nothing when it goes well, and what was before is not known", () => {
    assert.equal(noticeOf(backup, undefined, undefined), undefined);
    assert.equal(noticeOf(backup, undefined, "nobody listens"), undefined);
  });

  it("is since when it fails, from the first of several failures", () => {
    const before = { ...quiet, failures: 2, failingSince: "2026-11-29T15:15:00.120Z" };
    const notice = noticeOf({ ...backup, failure }, before, undefined);
    assert.equal(notice?.severity, "failure");
    assert.equal(notice.detail, failure.message);
    assert.deepEqual(notice.facts.slice(0, 2), [
      ["since", "2026-11-29 15:15 UTC, 3 runs"],
      ["last success before", "2026-11-29 15:00 UTC"],
    ]);
  });

  it("is a remedy for every way to fail, that is more than a look at the log", () => {
    const reasons = Object.keys(exitCodes).filter((reason) => reason !== "success");
    for (const reason of [...reasons, "interrupted"]) {
      const notice = noticeOf({ ...backup, failure: { reason, message: "" } }, quiet, undefined);
      assert.doesNotMatch(String(notice?.remedy), /^see the log/);
      const status = (exitCodes as Readonly<Record<string, number>>)[reason];
      assert.match(
        String(notice?.remedy),
        status === undefined ? /"When it fails"\.$/ : new RegExp(`status ${String(status)}\\.$`),
      );
    }
  });

  it("is that metrics cannot be pushed, until it was said", () => {
    assert.equal(noticeOf(backup, quiet, "nobody listens")?.severity, "warning");
    assert.equal(noticeOf(backup, { ...quiet, unsent: ["metrics"] }, "nobody listens"), undefined);
  });

  it("is that a message was lost", () => {
    const notice = noticeOf(backup, { ...quiet, unsent: ["slack"] }, undefined);
    assert.equal(notice?.severity, "warning");
    assert.deepEqual(notice.facts[0], ["could not be sent by the run before", "slack"]);
  });
});

describe("a message in Slack's format", () => {
  it("has nothing that Slack takes for a link, a mention or the end of a block", () => {
    const message = slackMessage({
      severity: "failure",
      title: "<!channel> & more",
      detail: "``` <https://example.com|click> &amp;",
      facts: [["a<b", "<@U012AB3CD>"]],
      remedy: "1 > 0",
    });
    assert.deepEqual(message, {
      text: ":red_circle: &lt;!channel&gt; &amp; more",
      blocks: [
        ":red_circle: *&lt;!channel&gt; &amp; more*",
        "```\n''' &lt;https://example.com|click&gt; &amp;amp;\n```",
        "*a&lt;b:* &lt;@U012AB3CD&gt;",
        "*What to do:* 1 &gt; 0",
      ].map((text) => ({ type: "section", text: { type: "mrkdwn", text } })),
      unfurl_links: false,
    });
  });

  it("is as short as Slack asks for, whatever a program said", () => {
    for (const detail of ["&".repeat(10_000), "😀".repeat(10_000), "line\n".repeat(1_000)]) {
      const { blocks } = slackMessage({
        severity: "warning",
        title: "short",
        detail,
        facts: [["fact", "&".repeat(10_000)]],
      }) as { blocks: { text: { text: string } }[] };
      for (const { text } of blocks) {
        assert(text.text.length <= 3_000, `${String(text.text.length)} characters`);
        assert(Buffer.from(text.text).toString() === text.text, "no character is cut in half");
      }
    }
  });
});
