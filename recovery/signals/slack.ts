import { readFile } from "node:fs/promises";
import { messageOf } from "../failure";
import { type Notice } from "./notice";
import { post, SignalFailure } from "./post";

/** Characters that are shown. Slack takes 3,000 in a section, and an escaped one counts as five. */
const longestDetail = 500;
const longestFact = 200;

/** Lines of what a program said that are shown. */
const shownLines = 6;

/** Emojis that say at a glance what a message is of. */
const emojis = {
  failure: ":red_circle:",
  recovery: ":large_green_circle:",
  warning: ":warning:",
} as const;

/**
 * Sends a message through an incoming webhook of Slack's.
 *
 * @param webhookFile File with the webhook's address, which is a secret: whoever has it can write to the channel.
 * @throws SignalFailure when it is not taken.
 */
export async function tellSlack(webhookFile: string, notice: Notice): Promise<void> {
  await post({
    url: await webhookOf(webhookFile),
    contentType: "application/json; charset=utf-8",
    body: JSON.stringify(slackMessage(notice)),
    isTaken: (answer) => answer === "ok",
  });
}

/** @throws SignalFailure for a file that holds no address; what it holds is not said. */
async function webhookOf(file: string): Promise<URL> {
  let text: string;
  try {
    text = (await readFile(file, "utf8")).trim();
  } catch (error) {
    throw new SignalFailure(
      `the file with the webhook's address cannot be read: ${messageOf(error)}`,
    );
  }
  if (!URL.canParse(text) || new URL(text).protocol !== "https:") {
    throw new SignalFailure(
      `${file} has to hold the webhook's address, and nothing else: https://hooks.slack.com/services/...`,
    );
  }
  return new URL(text);
}

/** A message in Slack's format: a line for lists of messages, and blocks for whoever opens it. */
export function slackMessage(notice: Notice): object {
  const { severity, title, detail, facts, remedy } = notice;
  const section = (text: string) => ({ type: "section", text: { type: "mrkdwn", text } });
  const lines = facts.map(
    ([name, value]) => `*${escaped(name)}:* ${escaped(shortened(value, longestFact))}`,
  );
  return {
    text: `${emojis[severity]} ${escaped(title)}`,
    blocks: [
      section(`${emojis[severity]} *${escaped(title)}*`),
      ...(detail === undefined ? [] : [section(`\`\`\`\n${fenced(detail)}\n\`\`\``)]),
      ...(lines.length === 0 ? [] : [section(lines.join("\n"))]),
      ...(remedy === undefined ? [] : [section(`*What to do:* ${escaped(remedy)}`)]),
    ],
    unfurl_links: false,
  };
}

/** Text that means nothing to Slack: no link, no mention of a person or a channel. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** The first lines of what a program said, which cannot end the block that they are in. */
function fenced(text: string): string {
  const lines = text.split("\n");
  const shown = lines.slice(0, shownLines).join("\n");
  const left = lines.length - shownLines;
  return escaped(
    shortened(shown, longestDetail).replaceAll("`", "'") +
      (left > 0 ? `\n(${String(left)} more lines in the log)` : ""),
  );
}

/** The first characters, none of them cut in half. */
function shortened(text: string, length: number): string {
  const characters = Array.from(text);
  return characters.length <= length ? text : `${characters.slice(0, length).join("")}…`;
}
