import assert from "node:assert/strict";
import { createRequire } from "node:module";

type KeepIssue = (run: {
  readonly github: unknown;
  readonly context: unknown;
  readonly clean: boolean;
}) => Promise<void>;

const keepIssue = createRequire(__filename)("../../.github/scripts/drift-issue.cjs") as KeepIssue;

const repo = { owner: "firm", repo: "trading-dr" };
const title = "What is deployed differs from main";
const body = `A stack differs from main, or could not be looked at: https://github.example/firm/trading-dr/actions/runs/7

docs/operations.md, "Drift", says what to do. This issue closes itself.
`;

/** Runs the script against a GitHub with these issues open, and says what it changed. */
async function changes(
  clean: boolean,
  open: readonly { number: number; title: string; user: { type: string } }[],
): Promise<unknown[]> {
  const made: unknown[] = [];
  const record = (what: string) => (parameters: unknown) => {
    made.push([what, parameters]);
    return Promise.resolve({});
  };
  const issues = {
    listForRepo: (parameters: unknown) => {
      assert.deepEqual(parameters, { ...repo, state: "open" });
      return open;
    },
    create: record("create"),
    update: record("update"),
  };
  await keepIssue({
    github: {
      paginate: (method: (parameters: unknown) => unknown, parameters: unknown) =>
        Promise.resolve(method(parameters)),
      rest: { issues },
    },
    context: { repo, serverUrl: "https://github.example", runId: 7 },
    clean,
  });
  return made;
}

describe("issue about drift", () => {
  const own = { number: 5, title, user: { type: "Bot" } };
  const others = [
    { number: 3, title: "Another", user: { type: "Bot" } },
    { number: 4, title, user: { type: "User" } },
  ];

  it("is opened when something is found", async () => {
    assert.deepEqual(await changes(false, others), [["create", { ...repo, title, body }]]);
  });

  it("is brought up to date while something is still found", async () => {
    assert.deepEqual(await changes(false, [...others, own]), [
      ["update", { ...repo, issue_number: 5, body }],
    ]);
  });

  it("is closed when nothing is found any more", async () => {
    assert.deepEqual(await changes(true, [...others, own]), [
      ["update", { ...repo, issue_number: 5, state: "closed" }],
    ]);
  });

  it("is not touched while there is nothing to say", async () => {
    assert.deepEqual(await changes(true, others), []);
  });
});
