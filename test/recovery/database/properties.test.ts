import assert from "node:assert/strict";
import { commentStatement, propertyStatements } from "../../../recovery/database/properties";

describe("the statements that give a database its properties", () => {
  it("take away what everybody may, before they give what some may", () => {
    assert.deepEqual(
      propertyStatements(
        'the "one"',
        {
          owner: "desk",
          connectionLimit: 7,
          comment: "it's ours",
          grants: [
            { privilege: "CONNECT", isGrantable: false },
            { role: "trader", privilege: "CREATE", isGrantable: true },
            { role: "gone", privilege: "CREATE", isGrantable: false },
          ],
        },
        ["desk", "trader"],
      ),
      [
        `ALTER DATABASE "the ""one""" OWNER TO "desk"`,
        `ALTER DATABASE "the ""one""" CONNECTION LIMIT 7`,
        `REVOKE ALL ON DATABASE "the ""one""" FROM PUBLIC`,
        `REVOKE ALL ON DATABASE "the ""one""" FROM "desk"`,
        `GRANT CONNECT ON DATABASE "the ""one""" TO PUBLIC`,
        `GRANT CREATE ON DATABASE "the ""one""" TO "trader" WITH GRANT OPTION`,
      ],
    );
  });

  it("leave grants as they are where nobody ever said, and the owner where there is no such role", () => {
    assert.deepEqual(propertyStatements("d", { owner: "gone", connectionLimit: -1 }, []), [
      `ALTER DATABASE "d" CONNECTION LIMIT -1`,
    ]);
  });

  it("give it a comment, or none", () => {
    assert.equal(commentStatement("d", "it's ours"), `COMMENT ON DATABASE "d" IS 'it''s ours'`);
    assert.equal(commentStatement("d", undefined), `COMMENT ON DATABASE "d" IS NULL`);
  });
});
