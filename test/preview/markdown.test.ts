import assert from "node:assert/strict";
import { previewMarkdown, refusalMarkdown } from "../../preview/markdown";
import { type PreviewReport, type StackReport } from "../../preview/report";
import { runEdited, runPreview } from "../support/previewCommand";

function stack(name: string, changes: Partial<StackReport> = {}): StackReport {
  return {
    name,
    system: "market-scanning",
    role: name,
    region: "us-east-1",
    remarks: [],
    totals: { resources: 3, components: 1, protected: 2 },
    counts: { "aws:s3/bucket:Bucket": 2 },
    policies: { evaluated: 5, violations: [], unknown: [], exceptions: [] },
    outputs: {},
    resources: [],
    ...changes,
  };
}

function report(...stacks: StackReport[]): PreviewReport {
  return {
    stacks,
    totals: { resources: 6, components: 2, protected: 4 },
    notBuiltYet: [],
    objectives: [],
    problems: [],
    remarks: [],
  };
}

describe("Markdown summary", () => {
  it("tells of each stack, of what they remark, of what is missing, and counts kinds", () => {
    const summary = previewMarkdown({
      ...report(
        stack("prod", { remarks: ["locks are put off", "sandbox"] }),
        stack("dr", {
          remarks: ["locks are put off"],
          counts: { "aws:s3/bucket:Bucket": 1, "aws:kms/key:Key": 2 },
        }),
      ),
      notBuiltYet: [{ path: "stores.cache", what: "cache: prices" }],
    });
    assert.equal(
      summary,
      [
        "| Stack | System | Role | Region | Resources | Components | Protected |",
        "| --- | --- | --- | --- | ---: | ---: | ---: |",
        "| `prod` | `market-scanning` | `prod` | `us-east-1` | 3 | 1 | 2 |",
        "| `dr` | `market-scanning` | `dr` | `us-east-1` | 3 | 1 | 2 |",
        "| **Total** |  |  |  | 6 | 2 | 4 |",
        "",
        "**Policies**",
        "",
        "- `prod`: 5 checks, 0 broken, 0 advised, 0 unknown, 0 exceptions",
        "- `dr`: 5 checks, 0 broken, 0 advised, 0 unknown, 0 exceptions",
        "",
        "**Remarks**",
        "",
        "- `prod`, `dr`: `locks are put off`",
        "- `prod`: `sandbox`",
        "",
        "**Declared in the system file, but not built yet**",
        "",
        "- `stores.cache`: `cache: prices`",
        "",
        "| Kind | `prod` | `dr` |",
        "| --- | ---: | ---: |",
        "| `aws:kms:Key` | 0 | 2 |",
        "| `aws:s3:Bucket` | 2 | 1 |",
        "",
      ].join("\n"),
    );
  });

  const hostile: readonly (readonly [string, string, string])[] = [
    ["a mention", "@everyone, see #1", "`@everyone, see #1`"],
    ["the end of a code span", "a ` @b `` c", "`a ' @b '' c`"],
    ["a cell's border", "a | b \\| c", "`a ¦ b \\¦ c`"],
    ["a line's end", "a\n\n# b\r\n- c\u2028d", "`a  # b  - c d`"],
    ["HTML", "<img src=x> <!-- a", "`<img src=x> <!-- a`"],
    ["characters that nobody sees", "a\u202eb\u0000c\u200bd", "`a b c d`"],
    ["nothing", "\t", "`(empty)`"],
    ["too much", "€".repeat(301), `\`${"€".repeat(300)}…\``],
  ];
  for (const [what, text, shown] of hostile) {
    it(`keeps ${what} inside of a code span`, () => {
      const lines = previewMarkdown(report(stack(text, { remarks: [text] }))).split("\n");
      assert.ok(lines.includes(`- ${shown}: ${shown}`), lines.join("\n"));
      assert.ok(lines[2]?.startsWith(`| ${shown} | \`market-scanning\` |`), lines[2]);
    });
  }

  it("tells a refusal line by line, as safely", () => {
    assert.equal(
      refusalMarkdown("2 problems.\n  a.yaml:1: `b`\n\n      ask @c | d\n"),
      "**Refused**\n\n- `2 problems.`\n- `a.yaml:1: 'b'`\n- `ask @c ¦ d`\n",
    );
  });

  it("stays short, whatever the files hold, and says how much is left out", () => {
    const remarks = Array.from({ length: 500 }, (_, index) => `${String(index)} ${"x".repeat(90)}`);
    for (const summary of [
      previewMarkdown(report(stack("prod", { remarks }))),
      refusalMarkdown(remarks.join("\n")),
    ]) {
      assert.ok(summary.length > 9_000 && summary.length < 10_100, String(summary.length));
      assert.match(summary, /\n- .*x`\n\n\*\*4\d\d more lines were left out\*\*\n$/);
    }
  });
});

describe("preview command with --markdown", () => {
  it("prints the summary of the stack files", async () => {
    const { status, stdout, stderr } = await runPreview(["--markdown", "--stack", "archive"]);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
    const lines = stdout.split("\n");
    assert.match(
      lines[2] ?? "",
      /^\| `archive` \| `market-scanning` \| `archive` \| `eu-west-1` \|/,
    );
    assert.ok(lines.includes("| `aws:s3:Bucket` | 6 |"), stdout);
  });

  it("prints the reasons of a refusal twice: as a summary, and as always", async () => {
    const { status, stdout, stderr } = await runEdited(
      [{ file: "systems/market-scanning.yaml", find: "recordTtl: 60s", replace: "recordTtl: 5m" }],
      ["--markdown"],
    );
    assert.equal(status, 1);
    assert.equal(
      stdout,
      `**Refused**

- \`1 problem in the configuration; nothing was declared.\`
- \`systems/market-scanning.yaml:19: failover.recordTtl, found "5m"\`
- \`must be at least 1s and at most 60s; choose a duration within that\`
`,
    );
    assert.match(stderr, /^1 problem in the configuration; nothing was declared\.\n {2}systems\//);
  });

  it("refuses to be two formats at once", async () => {
    const { status, stderr } = await runPreview(["--markdown", "--json"]);
    assert.deepEqual(
      { status, stderr },
      { status: 1, stderr: "--json and --markdown are two formats; choose one of them.\n" },
    );
  });
});
