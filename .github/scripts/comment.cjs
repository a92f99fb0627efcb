"use strict";
const { existsSync, readdirSync, readFileSync, statSync } = require("node:fs");
const { join } = require("node:path");

/** Tells the comment from others, and is not shown. */
const marker = "<!-- trading-dr preview -->";

/** Characters of a comment; GitHub takes 65,536. */
const longestComment = 60_000;

/**
 * Keeps one comment on the pull request that a run of the preview belongs to.
 *
 * @param directory Where the run's summaries are. The pull request's own code has written them, so
 * they may hold anything.
 */
module.exports = async ({ github, context, core, directory }) => {
  const run = context.payload.workflow_run;
  const pulls = await pullRequestsOf(github, context.repo, run);
  if (pulls.length === 0) {
    core.info(`${run.head_sha} is not, or not any more, the head of an open pull request`);
  }
  const body = commentOn(run, summariesIn(directory));
  for (const { number } of pulls) {
    await keepComment(github, { ...context.repo, issue_number: number }, body);
  }
};

/** By the commit, out of the API: the run's own word on it could name any pull request. */
async function pullRequestsOf(github, repo, run) {
  // GitHub finds no pull request by a commit that only a fork has, but it does by the fork's branch.
  const open = await github.paginate(github.rest.pulls.list, {
    ...repo,
    state: "open",
    head: `${run.head_repository.owner.login}:${run.head_branch}`,
  });
  return open.filter(({ head }) => head.sha === run.head_sha);
}

/** The summaries by name, that of the stack files first. */
function summariesIn(directory) {
  if (!existsSync(directory)) {
    return [];
  }
  const first = "stack-files.md";
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^[a-z0-9-]{1,40}\.md$/.test(entry.name))
    .map(({ name }) => name)
    .filter((name) => statSync(join(directory, name)).size <= longestComment)
    .sort((left, right) => (right === first) - (left === first) || left.localeCompare(right))
    .map((name) => ({
      name: name.slice(0, -".md".length),
      text: readFileSync(join(directory, name), "utf8"),
    }));
}

function commentOn(run, summaries) {
  const link = `[all of it](${run.html_url})`;
  const verdict = run.conclusion === "success" ? "succeeded" : "failed";
  const head = `${marker}\n**The in-process preview of ${run.head_sha} ${verdict}**: ${link}\n`;
  let body = head;
  const leftOut = [];
  for (const { name, text } of summaries) {
    const shown = isPlain(text) ? text : "Not what the preview prints, so it is not shown here.\n";
    const open = name === "stack-files" ? " open" : "";
    const section = `\n<details${open}><summary>${name}</summary>\n\n${shown}\n</details>\n`;
    if (body.length + section.length <= longestComment) {
      body += section;
    } else {
      leftOut.push(name);
    }
  }
  if (leftOut.length > 0) {
    body += `\nNo room here for: ${leftOut.join(", ")}\n`;
  }
  return body === head ? `${head}\nIt left no summary.\n` : body;
}

/**
 * Whether a text is of the form that preview/markdown.ts gives it: outside of code spans, which
 * begin and end on one line and hold no border of a table's cell, there is nothing but words,
 * numbers, and the marks of tables, lists and bold type. So nothing in it is a mention, a reference
 * (`GH-1`), an image, HTML or a link, but for a commit's hash, which GitHub links to the commit.
 */
function isPlain(text) {
  return text
    .split("\n")
    .every((line) => /^([A-Za-z0-9 |:*,]|-(?![A-Za-z0-9]))*$/.test(line.replace(/`[^`|]+`/g, "")));
}

async function keepComment(github, issue, body) {
  const { owner, repo } = issue;
  const comments = await github.paginate(github.rest.issues.listComments, issue);
  const own = comments.find(
    (comment) => comment.user?.type === "Bot" && comment.body?.startsWith(marker),
  );
  await (own === undefined
    ? github.rest.issues.createComment({ ...issue, body })
    : github.rest.issues.updateComment({ owner, repo, comment_id: own.id, body }));
}
