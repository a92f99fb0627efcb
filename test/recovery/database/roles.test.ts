import assert from "node:assert/strict";
import { statementsOf } from "../../../recovery/database/roles";

describe("the statements of a script", () => {
  it("end where they end, and not at a line's end or in a name", () => {
    assert.deepEqual(
      statementsOf(
        [
          "-- Roles; of a server",
          String.raw`\restrict abc;`,
          "CREATE ROLE trader;",
          `ALTER ROLE "odd; ""name""" SET note TO '; it''s`,
          "CREATE ROLE intruder;",
          "--';",
          "",
          `GRANT "a" TO "b" GRANTED BY postgres; COMMENT ON ROLE trader IS 'x -- y';`,
          "-- the end",
        ].join("\n"),
      ),
      [
        "CREATE ROLE trader;",
        `ALTER ROLE "odd; ""name""" SET note TO '; it''s\nCREATE ROLE intruder;\n--';`,
        `GRANT "a" TO "b" GRANTED BY postgres;`,
        "COMMENT ON ROLE trader IS 'x -- y';",
      ],
    );
  });
});
