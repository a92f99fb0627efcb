import assert from "node:assert/strict";
import { assertSame } from "./comparison";
import { useLaboratory } from "./laboratory";

describe("recovery points of unusual databases", () => {
  const laboratory = useLaboratory();

  it("brings back a database that has nothing in it", async () => {
    const { source, scratch } = laboratory();
    source.asSuperuser("postgres", "CREATE DATABASE empty");
    laboratory().makeReader("reader_of_nothing");
    const point = await laboratory().backup("empty", "reader_of_nothing");
    await laboratory().restore(point, "empty_again");
    assertSame({ server: scratch, database: "empty_again" }, { server: source, database: "empty" });
    assert.match(
      await laboratory().verify(point),
      /is whole: 0 tables and 0 rows are what they were/,
    );
  });
});
