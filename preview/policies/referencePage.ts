import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { exceptionsRule } from "../../policies/evaluation";
import { reports } from "../../policies/reports";
import { type Rule, type Scope } from "../../policies/rule";
import { rules, rulesByConcern } from "../../policies/rules";
import { tableLines } from "../documentTable";

/** The page that {@link referencePage} is the text of. */
export const referencePageFile = join(__dirname, "..", "..", "docs", "policies.md");

/** Every rule of the policy pack, as a document. */
export async function referencePage(): Promise<string> {
  const text = [
    introduction(),
    ...Object.entries(rulesByConcern).flatMap(([concern, its]) =>
      its.length === 0 ? [] : [`## ${concern}`, table(its)],
    ),
    "## What reports on the rules",
    reportTable(),
  ].join("\n\n");
  return format(text, { ...(await resolveConfig(referencePageFile)), parser: "markdown" });
}

const scopes: Readonly<Record<Scope, string>> = {
  resource: "one resource",
  stack: "a stack",
  system: "all stacks: by the preview alone",
};

function introduction(): string {
  const ofScope = (scope: Scope) => String(rules.filter((rule) => rule.scope === scope).length);
  return `<!-- Written by \`npm run docs:policies\`; a test fails when it is stale. -->

# Policies

${String(rules.length)} rules that block what would break recovery. \`npm run preview\` judges every stack by
all of them. The same rules are a policy pack for Pulumi, in \`policies/\`:

\`\`\`
npm run policies:build
pulumi preview --stack prod --policy-pack policies --policy-pack-config policies/config/prod.json
\`\`\`

- A rule that looks at **one resource** (${ofScope("resource")}) blocks before that resource is made. One that looks at **a
  stack** (${ofScope("stack")}) is judged once all of it is declared: in a preview before anything is made, in
  \`pulumi up --skip-preview\` after, so a preview with the pack has to be a required step.
- A rule that compares **all stacks** of a system (${ofScope("system")}) is judged by \`npm run preview\`, which sees them
  together. The pack lists these as not judged.
- What is not known before deployment is neither right nor wrong. It is listed (\`unknown\`, \`values-known\`), never
  passed over. To block on it, set \`values-known\` to \`mandatory\` in the environment's file.
- A message names the resource, the setting, the value found, the value required, what it serves, and how to mend it.
  Values that may be secret are in none.

## Configuration

One file for each environment: \`policies/config/prod.json\`, \`dr\`, \`archive\`, \`access\`, and \`sandbox\` for a sandbox's
stacks of any role. What is in them follows from the system's file and the stack files: \`npm run policies:config\` writes
all of them anew, and a test fails when one differs. The engine ignores names that it does not know, so a file of your own
is checked by \`npm run policies:config -- FILE\`.

## Exceptions

\`policies/exceptions.yaml\` lists exceptions, each with the rule, the resource, a reason, the role that approves it, a date, and
an end at most a year later. One that has expired, or that excuses nothing, breaks \`${exceptionsRule.id}\`.
Every run lists those that are in force, and \`npm run preview -- --against\` shows new ones.

The last columns of the tables show what passes and what does not.`;
}

function table(of: readonly Rule[]): string {
  return tableLines(
    ["Rule", "Asks", "Serves", "If broken", "Looks at", "Other packs ask", "Passes", "Does not"],
    of.map(({ id, description, serves, severity, level, scope, peers, example }) => [
      `\`${id}\``,
      description,
      serves,
      `${severity}${level === "advisory" ? ", advised" : ""}`,
      scopes[scope],
      peers.length === 0 ? "nothing like it" : peers.join(", "),
      code(example.good),
      code(example.bad),
    ]),
  ).join("\n");
}

function reportTable(): string {
  const { id, description } = exceptionsRule;
  return tableLines(
    ["Policy", "Says"],
    [
      [`\`${id}\``, description],
      ...Object.values(reports).map((report) => [`\`${report.name}\``, report.description]),
    ],
  ).join("\n");
}

function code(text: string): string {
  return `\`${text}\``;
}

async function write(): Promise<void> {
  writeFileSync(referencePageFile, await referencePage());
}

if (require.main === module) {
  void write();
}
