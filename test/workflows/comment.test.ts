import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { previewMarkdown, refusalMarkdown } from "../../preview/markdown";

interface Call {
  readonly what: string;
  readonly with: Readonly<Record<string, unknown>>;
}

type Comment = (run: {
  readonly github: unknown;
  readonly context: unknown;
  readonly core: { readonly info: (text: string) => void };
  readonly directory: string;
}) => Promise<void>;

const comment = createRequire(__filename)("../../.github/scripts/comment.cjs") as Comment;

const commit = "0123456789abcdef0123456789abcdef01234567";
const repo = { owner: "firm", repo: "trading-dr" };
const head = `<!-- trading-dr preview -->
**The in-process preview of ${commit} succeeded**: [all of it](https://github.example/run/7)
`;

describe("comment on a pull request", () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "trading-dr-summaries-"));
  });

  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  /** Runs the script against a GitHub with one pull request from a fork, and says what it asked for. */
  async function calls(
    world: {
      readonly pulls?: readonly { number: number; head: { sha: string } }[];
      readonly comments?: readonly { id: number; user: { type: string }; body: string }[];
      readonly conclusion?: string;
    } = {},
  ): Promise<Call[]> {
    const made: Call[] = [];
    const record = (what: string, answer: unknown) => (parameters: Call["with"]) => {
      made.push({ what, with: parameters });
      return Promise.resolve(answer);
    };
    const github = {
      paginate: (method: (parameters: Call["with"]) => unknown, parameters: Call["with"]) =>
        method(parameters),
      rest: {
        pulls: { list: record("pulls", world.pulls ?? [{ number: 12, head: { sha: commit } }]) },
        issues: {
          listComments: record("comments", world.comments ?? []),
          createComment: record("create", {}),
          updateComment: record("update", {}),
        },
      },
    };
    const workflowRun = {
      head_sha: commit,
      head_branch: "a-branch",
      head_repository: { owner: { login: "somebody" } },
      html_url: "https://github.example/run/7",
      conclusion: world.conclusion ?? "success",
    };
    await comment({
      github,
      context: { repo, payload: { workflow_run: workflowRun } },
      core: { info: (text) => made.push({ what: "info", with: { text } }) },
      directory,
    });
    return made;
  }

  const write = (name: string, text: string) => {
    writeFileSync(join(directory, name), text);
  };
  const bodyOf = (made: readonly Call[]) => String(made.at(-1)?.with["body"]);

  it("finds the pull request by its commit, and makes one comment", async () => {
    write("stack-files.md", "| `prod` | 3 |\n");
    write("hft.md", "**Refused**\n\n- `1 problem`\n");
    assert.deepEqual(await calls(), [
      { what: "pulls", with: { ...repo, state: "open", head: "somebody:a-branch" } },
      { what: "comments", with: { ...repo, issue_number: 12 } },
      {
        what: "create",
        with: {
          ...repo,
          issue_number: 12,
          body: `${head}
<details open><summary>stack-files</summary>

| \`prod\` | 3 |

</details>

<details><summary>hft</summary>

**Refused**

- \`1 problem\`

</details>
`,
        },
      },
    ]);
  });

  it("brings its own comment up to date, and nobody else's", async () => {
    const made = await calls({
      comments: [
        { id: 1, user: { type: "User" }, body: head },
        { id: 2, user: { type: "Bot" }, body: `they said: ${head}` },
        { id: 3, user: { type: "Bot" }, body: head },
      ],
      conclusion: "failure",
    });
    assert.deepEqual(made.at(-1), {
      what: "update",
      with: {
        ...repo,
        comment_id: 3,
        body: `${head.replace("succeeded", "failed")}\nIt left no summary.\n`,
      },
    });
  });

  it("says nothing on a pull request that has moved on", async () => {
    const made = await calls({ pulls: [{ number: 12, head: { sha: "f".repeat(40) } }] });
    assert.deepEqual(
      made.map(({ what }) => what),
      ["pulls", "info"],
    );
  });

  it("manages without any summary", async () => {
    rmSync(directory, { recursive: true });
    assert.equal(bodyOf(await calls()), `${head}\nIt left no summary.\n`);
  });

  it("shows what the preview prints, refusals and hostile texts included", async () => {
    const hostile = "@everyone `| <img src=x>\n# [a](b) \u202e #1";
    const report = previewMarkdown({
      stacks: [
        {
          ...{ name: hostile, system: hostile, role: "prod", region: "us-east-1" },
          ...{ remarks: [hostile], counts: { [hostile]: 1 }, outputs: {}, resources: [] },
          totals: { resources: 1, components: 0, protected: 0 },
          policies: {
            evaluated: 1,
            violations: [
              {
                ...{ rule: hostile, level: "advisory", severity: "low" },
                ...{ resource: hostile, message: hostile },
              },
            ],
            unknown: [],
            exceptions: [
              {
                ...{ rule: hostile, system: hostile, stack: hostile, resource: hostile },
                ...{ reason: hostile, approver: hostile, date: hostile, expires: hostile },
              },
            ],
          },
        },
      ],
      totals: { resources: 1, components: 0, protected: 0 },
      notBuiltYet: [{ path: hostile, what: hostile }],
      objectives: [
        {
          ...{ system: hostile, dataClass: hostile, scenario: "region", kind: "rpo" },
          ...{ objectiveSeconds: 0, boundSeconds: null, store: hostile, mechanism: hostile },
          ...{ arithmetic: hostile, met: false },
        },
      ],
      problems: [hostile],
      remarks: [hostile],
    });
    const refusal = refusalMarkdown(`1 problem\n  ${hostile}`.repeat(400));
    write("a.md", report);
    write("b.md", refusal);
    const body = bodyOf(await calls());
    assert.ok(body.includes(`\n\n${report}\n</details>`), body);
    assert.ok(body.includes(`\n\n${refusal}\n</details>`), body);
  });

  const refused = [
    "@everyone",
    "see #1",
    "see GH-1",
    "<img src=x>",
    "</details>",
    "![a](b)",
    "[a](b)",
    "https://example.com",
    "www.example.com",
    "a@example.com",
    "&commat;a",
    "`a` ` @b",
    "``<b>`",
    "`a``` <b>",
    "| `a | <b>` |",
    "`a\n<b>`",
    "~~~\na",
    "a\\`b`",
    "a\rb",
    "a\u202eb",
    "ä",
  ];
  for (const text of refused) {
    it(`does not show ${encodeURI(text)}`, async () => {
      write("hft.md", `**Refused**\n\n${text}\n`);
      assert.equal(
        bodyOf(await calls()),
        `${head}
<details><summary>hft</summary>

Not what the preview prints, so it is not shown here.

</details>
`,
      );
    });
  }

  it("reads files of the right name only, and none through a link", async () => {
    write("UPPER.md", "a\n");
    write("a b.md", "a\n");
    write("a.txt", "a\n");
    write(`${"a".repeat(41)}.md`, "a\n");
    write("large.md", "a\n".repeat(30_001));
    symlinkSync("/etc/hostname", join(directory, "link.md"));
    mkdirSync(join(directory, "directory.md"));
    assert.equal(bodyOf(await calls()), `${head}\nIt left no summary.\n`);
  });

  it("stays within what GitHub takes, and says what has no room", async () => {
    for (const name of ["a", "b", "c"]) {
      write(`${name}.md`, "a\n".repeat(14_000));
    }
    const body = bodyOf(await calls());
    assert.ok(body.length < 61_000, String(body.length));
    assert.match(body, /\nNo room here for: c\n$/);
  });
});
