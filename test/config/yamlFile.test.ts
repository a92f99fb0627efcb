import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { section } from "../../config/field";
import { ConfigurationError } from "../../config/problem";
import { checkAgainst, readYamlFile, type SourceFile } from "../../config/yamlFile";

describe("configuration files", () => {
  let directory: string;
  let file: string;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), "trading-dr-"));
    file = join(directory, "example.yaml");
  });

  after(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  const read = (...lines: string[]): SourceFile => {
    writeFileSync(file, lines.join("\n"));
    return readYamlFile(file);
  };

  describe("reading", () => {
    it("gives the contents as plain data, text and numbers apart", () => {
      const { data } = read("ttl: 60s # seconds", "count: 3", 'account: "012345678901"', "on: []");
      assert.deepEqual(data, { ttl: "60s", count: 3, account: "012345678901", on: [] });
    });

    it("keeps the name of the file as it was given", () => {
      assert.equal(read("a: 1").file, file);
    });

    it("says that a file is not there", () => {
      const missing = join(directory, "missing.yaml");
      assert.throws(
        () => readYamlFile(missing),
        new ConfigurationError([
          {
            file: missing,
            path: "",
            message: "there is no such file; create it, or correct the name",
          },
        ]),
      );
    });

    it("says that an alias has no anchor", () => {
      assert.throws(
        () => read("a: *nowhere"),
        new ConfigurationError([
          {
            file,
            path: "",
            message:
              "not valid YAML: Unresolved alias (the anchor must be set before the alias): nowhere; correct the alias or its anchor",
          },
        ]),
      );
    });

    const broken: readonly (readonly [string, string[], number, string])[] = [
      [
        "a list that does not end",
        ["id: hft", "owns: [", "plan: hft.md"],
        3,
        "Flow sequence in block collection must be sufficiently indented and end with a ]",
      ],
      [
        "lines that are not aligned",
        ["a:", "  b: 1", " c: 2"],
        3,
        "All mapping items must start at the same column",
      ],
      ["a key given twice", ["a: 1", "b: 2", "a: 3"], 3, "Map keys must be unique"],
      [
        "a schedule without quotes",
        ["a: 1", "schedule: */15 * * * *"],
        2,
        "Unexpected alias at node end",
      ],
    ];
    for (const [what, lines, line, reason] of broken) {
      it(`gives the line and the reason of ${what}`, () => {
        assert.throws(
          () => read(...lines),
          new ConfigurationError([
            { file, line, path: "", message: `not valid YAML: ${reason}; correct the syntax` },
          ]),
        );
      });
    }

    it("reports the first of two syntax errors only", () => {
      assert.throws(
        () => read("a: 1", "a: 2", "b: 1", "b: 2"),
        (error) => error instanceof ConfigurationError && error.problems.length === 1,
      );
    });
  });

  describe("the line of a setting", () => {
    const source = () => read("# heading", "a:", "  b:", "    c: 1", "list:", "  - x", "  - y");
    const places: readonly (readonly [string, PropertyKey[], number | undefined])[] = [
      ["a nested setting", ["a", "b", "c"], 4],
      ["an entry of a list", ["list", 1], 7],
      ["a missing setting: the nearest one around it", ["a", "b", "d"], 4],
      ["a setting missing at the top: none", ["d"], undefined],
      ["the file as a whole: none", [], undefined],
    ];
    for (const [what, path, line] of places) {
      it(`is found for ${what}`, () => {
        assert.equal(source().lineOf(path), line);
      });
    }
  });

  describe("checking against a schema", () => {
    const schema = section({
      ttl: z.string({ error: "must be text; quote it" }),
      inner: section({ count: z.int({ error: "must be a whole number" }) }),
    });
    const check = (source: SourceFile) => checkAgainst(schema, source.data, source);

    it("returns the value when it is sound", () => {
      assert.deepEqual(check(read("ttl: 60s", "inner: {count: 3}")), {
        value: { ttl: "60s", inner: { count: 3 } },
      });
    });

    it("reports file, line, path and value of every problem", () => {
      assert.deepEqual(check(read("ttl: 60", "inner:", "  count: many")), {
        problems: [
          { file, line: 1, path: "ttl", found: "60", message: "must be text; quote it" },
          {
            file,
            line: 3,
            path: "inner.count",
            found: '"many"',
            message: "must be a whole number",
          },
        ],
      });
    });

    it("says that a setting is missing, at the line of what is around it", () => {
      assert.deepEqual(check(read("ttl: 60s", "inner:", "  {}")), {
        problems: [
          { file, line: 3, path: "inner.count", message: "missing: must be a whole number" },
        ],
      });
    });

    it("tells an empty setting from a missing one", () => {
      assert.deepEqual(check(read("ttl:", "inner: {count: 3}")), {
        problems: [
          { file, line: 1, path: "ttl", found: "null", message: "must be text; quote it" },
        ],
      });
    });

    it("reports an unknown key at its own line, with the keys that are known", () => {
      assert.deepEqual(check(read("ttl: 60s", "inner:", "  count: 3", "  counts: 4")), {
        problems: [
          {
            file,
            line: 4,
            path: "inner.counts",
            found: "4",
            message: "unknown key; allowed here: count. Correct the spelling or remove it",
          },
        ],
      });
    });

    it("puts each of two unknown keys at its own line", () => {
      const checked = check(read("ttl: 60s", "x: 1", "inner: {count: 3}", "y: 2"));
      assert.ok("problems" in checked);
      assert.deepEqual(
        checked.problems.map(({ path, line, found }) => ({ path, line, found })),
        [
          { path: "x", line: 2, found: "1" },
          { path: "y", line: 4, found: "2" },
        ],
      );
    });

    const lengths: readonly (readonly [string, number, string])[] = [
      ["shows a value of 80 characters whole", 70, `{"key":"${"x".repeat(70)}"}`],
      ["cuts a value of 81 characters short", 71, `{"key":"${"x".repeat(69)}...`],
    ];
    for (const [what, length, shown] of lengths) {
      it(what, () => {
        const checked = check(read("ttl:", `  key: ${"x".repeat(length)}`, "inner: {count: 3}"));
        assert.ok("problems" in checked);
        assert.deepEqual(
          checked.problems.map(({ found }) => found),
          [shown],
        );
      });
    }
  });

  describe("the message of several problems", () => {
    it("tells the file, the line, the path, the value and the way to mend each", () => {
      const error = new ConfigurationError([
        { file: "a.yaml", line: 3, path: "x.y", found: "15", message: "must be a duration" },
        { file: "a.yaml", path: "z", message: "missing: must be a duration" },
        { file: "b.yaml", path: "", message: "there is no such file" },
      ]);
      assert.equal(
        error.message,
        [
          "3 problems in the configuration; nothing was declared.",
          "  a.yaml:3: x.y, found 15",
          "      must be a duration",
          "  a.yaml: z",
          "      missing: must be a duration",
          "  b.yaml:",
          "      there is no such file",
        ].join("\n"),
      );
    });

    it("counts a single problem in the singular", () => {
      const error = new ConfigurationError([{ file: "b.yaml", path: "", message: "gone" }]);
      assert.equal(
        error.message,
        "1 problem in the configuration; nothing was declared.\n  b.yaml:\n      gone",
      );
    });
  });
});
