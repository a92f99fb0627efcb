"use strict";

const title = "What is deployed differs from main";

/**
 * Keeps one open issue for as long as the nightly look at the stacks finds something.
 *
 * @param clean True when no stack differed and all could be looked at.
 */
module.exports = async ({ github, context, clean }) => {
  const { repo } = context;
  const open = await github.paginate(github.rest.issues.listForRepo, { ...repo, state: "open" });
  const own = open.find((issue) => issue.title === title && issue.user?.type === "Bot");
  const run = `${context.serverUrl}/${repo.owner}/${repo.repo}/actions/runs/${context.runId}`;
  const body = `A stack differs from main, or could not be looked at: ${run}\n\ndocs/operations.md, "Drift", says what to do. This issue closes itself.\n`;
  if (clean) {
    if (own !== undefined) {
      await github.rest.issues.update({ ...repo, issue_number: own.number, state: "closed" });
    }
  } else if (own === undefined) {
    await github.rest.issues.create({ ...repo, title, body });
  } else {
    await github.rest.issues.update({ ...repo, issue_number: own.number, body });
  }
};
