import assert from "node:assert/strict";
import { propertyProblems, settingProblems, textProblems } from "../../recovery/compareOwn";
import { type TextState } from "../../recovery/database/textState";

describe("what is said of a database as a whole", () => {
  const text: TextState = { encoding: "UTF8", collation: "en_US.UTF-8", characterType: "C.UTF-8" };
  const icu = (name: string, rules?: string): TextState => ({
    ...text,
    locale: { provider: "icu", name, ...(rules === undefined ? {} : { rules }) },
  });

  for (const [what, now, complaint] of [
    ["encoding", { ...text, encoding: "LATIN1" }, "encoding: LATIN1, backed up was UTF8"],
    ["collation", { ...text, collation: "C" }, "collation: C, backed up was en_US.UTF-8"],
    ["character type", { ...text, characterType: "C" }, "character type: C, backed up was C.UTF-8"],
  ] as const) {
    it(`is found to have another ${what}`, () => {
      assert.deepEqual(textProblems(text, now, true), [`the database's ${complaint}`]);
    });
  }

  it("is found to sort text by another provider, locale or rules", () => {
    assert.deepEqual(textProblems(icu("de", "& a < b"), text, true), [
      "the database's locale provider: libc, backed up was icu",
      "the database's locale: none, backed up was de",
      "the database's rules of the locale: none, backed up was & a < b",
    ]);
    assert.deepEqual(textProblems(icu("de"), icu("sv"), true), [
      "the database's locale: sv, backed up was de",
    ]);
  });

  it("is the same where another major writes the name of ICU's locale otherwise", () => {
    assert.deepEqual(textProblems(icu("en_US"), icu("en-US"), false), []);
    const builtin = (name: string): TextState => ({
      ...text,
      locale: { provider: "builtin", name },
    });
    assert.deepEqual(textProblems(builtin("C"), builtin("C.UTF-8"), false), [
      "the database's locale: C.UTF-8, backed up was C",
    ]);
  });

  it("is found to have another owner, limit, comment or grants", () => {
    const connect = { privilege: "CONNECT", isGrantable: false } as const;
    const before = {
      owner: "desk",
      connectionLimit: 7,
      comment: "ours",
      grants: [connect, { ...connect, role: "trader" }],
    };
    const inAnotherOrder = [...before.grants].reverse();
    assert.deepEqual(propertyProblems(before, { ...before, grants: inAnotherOrder }), []);
    assert.deepEqual(propertyProblems(before, { owner: "postgres", connectionLimit: -1 }), [
      "the database's owner: postgres, backed up was desk",
      "the database's connection limit: -1, backed up was 7",
      "the database's comment is not the one that was backed up",
      `the database's privileges: those that any database has, backed up was CONNECT to "trader", CONNECT to everybody`,
    ]);
    assert.deepEqual(
      propertyProblems(
        { owner: "desk", connectionLimit: -1, grants: [] },
        {
          owner: "desk",
          connectionLimit: -1,
          grants: [{ role: "t", privilege: "CREATE", isGrantable: true }],
        },
      ),
      [`the database's privileges: CREATE to "t" with grant option, backed up was none`],
    );
  });

  it("is found to lack settings, to have others, or other values, which are not shown", () => {
    const problems = settingProblems(
      [
        { name: "work_mem", value: "64MB" },
        { name: "app.key", value: "secret one" },
        { role: "trader", name: "work_mem", value: "1GB" },
        { name: "search_path", value: `desk,"$user"` },
      ],
      [
        { name: "work_mem", value: "64MB" },
        { name: "app.key", value: "secret two" },
        { role: "auditor", name: "work_mem", value: "1GB" },
        { name: "search_path", value: `"desk", "$user"` },
      ],
    );
    assert.deepEqual(problems, [
      "the database's setting app.key does not have the value that was backed up",
      `the database's setting work_mem of role "trader" is not there`,
      `the database's setting work_mem of role "auditor" was not backed up`,
    ]);
  });
});
