import assert from "node:assert/strict";
import { settingStatement } from "../../../recovery/database/settings";

describe("the statement that gives a database a setting", () => {
  const cases: readonly {
    readonly of: Parameters<typeof settingStatement>[1];
    readonly is: string;
  }[] = [
    { of: { name: "work_mem", value: "7MB" }, is: `ALTER DATABASE "d" SET "work_mem" TO '7MB'` },
    {
      of: { name: "market.note", value: `it's "open"` },
      is: `ALTER DATABASE "d" SET "market"."note" TO 'it''s "open"'`,
    },
    {
      of: { name: "market.path", value: String.raw`C:\new` },
      is: String.raw`ALTER DATABASE "d" SET "market"."path" TO  E'C:\\new'`,
    },
    {
      of: { name: "market.empty", value: "" },
      is: `ALTER DATABASE "d" SET "market"."empty" TO ''`,
    },
    {
      of: { name: "search_path", value: `"$user", public, "Odd schema"` },
      is: `ALTER DATABASE "d" SET "search_path" TO '$user', 'public', 'Odd schema'`,
    },
    {
      of: { name: "search_path", value: `""` },
      is: `ALTER DATABASE "d" SET "search_path" TO ''`,
    },
    {
      of: { name: "session_preload_libraries", value: `"a ""b"", c", d` },
      is: `ALTER DATABASE "d" SET "session_preload_libraries" TO 'a "b", c', 'd'`,
    },
    {
      of: { name: "search_path", value: `Desk,"Desk"` },
      is: `ALTER DATABASE "d" SET "search_path" TO 'desk', 'Desk'`,
    },
    {
      of: { name: "local_preload_libraries", value: "Desk" },
      is: `ALTER DATABASE "d" SET "local_preload_libraries" TO 'Desk'`,
    },
    { of: { name: "search_path", value: "" }, is: `ALTER DATABASE "d" SET "search_path" TO ''` },
    {
      of: { role: `the "chief"`, name: "TimeZone", value: "UTC" },
      is: `ALTER ROLE "the ""chief""" IN DATABASE "d" SET "TimeZone" TO 'UTC'`,
    },
  ];
  for (const { of, is } of cases) {
    it(`for ${of.name} = ${of.value} quotes what has to be quoted`, () => {
      assert.equal(settingStatement("d", of), is);
    });
  }
});
