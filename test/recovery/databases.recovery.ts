import assert from "node:assert/strict";
import { assertSame } from "./comparison";
import { useLaboratory } from "./laboratory";

describe("recovery points of unusual databases", () => {
  const laboratory = useLaboratory();

  before(() => {
    laboratory().makeReader("reader");
  });

  /** Makes a database, and holds what comes back to it. */
  async function roundTrip(database: string, options: string, statements: string): Promise<string> {
    const { source, scratch } = laboratory();
    source.asSuperuser("postgres", `CREATE DATABASE ${database} TEMPLATE template0 ${options}`);
    source.asSuperuser(database, statements);
    const point = await laboratory().backup(database, "reader");
    await laboratory().restore(point, `${database}_again`);
    assertSame({ server: scratch, database: `${database}_again` }, { server: source, database });
    return point;
  }

  it("brings back a database that has nothing in it", async () => {
    const point = await roundTrip("nothing", "", "");
    assert.match(
      await laboratory().verify(point),
      /is whole: 0 tables and 0 rows are what they were/,
    );
  });

  it("brings back a database in LATIN1, with its names", async () => {
    const point = await roundTrip(
      "latin",
      "ENCODING LATIN1 LOCALE 'C'",
      String.raw`\encoding UTF8
       CREATE TABLE "Größe" ("für" text);
       INSERT INTO "Größe" VALUES ('Ä é ÿ ¤'), (convert_from('\xa0ff09', 'LATIN1')), ('plain');
       COMMENT ON TABLE "Größe" IS 'Übersicht'`,
    );
    const { scratch } = laboratory();
    assert.equal(
      scratch.asSuperuser(
        "latin_again",
        String.raw`\encoding UTF8
         SELECT string_agg(encode(convert_to("für", 'LATIN1'), 'hex'), ' ' ORDER BY "für" COLLATE "C") FROM "Größe"`,
      ),
      "706c61696e a0ff09 c420e920ff20a4",
    );
    assert.equal((await laboratory().manifestOf(point)).source.encoding, "LATIN1");
    await laboratory().verify(point);
  });

  it("brings back a database in SQL_ASCII, whose text is no text in any one encoding", async () => {
    const point = await roundTrip(
      "bytes",
      "ENCODING SQL_ASCII LOCALE 'C'",
      String.raw`CREATE TABLE note (id int, t text);
       INSERT INTO note SELECT byte, chr(byte) || '!' FROM generate_series(1, 255) byte;
       INSERT INTO note VALUES (1000, 'é'), (1001, E'\xff\xfe\x80');
       CREATE TABLE "prix_é" (n int)`,
    );
    const { source, scratch } = laboratory();
    const bytes =
      "SELECT string_agg(id || ' ' || encode(convert_to(t, 'SQL_ASCII'), 'hex'), ',' ORDER BY id) FROM note";
    assert.match(source.asSuperuser("bytes", bytes), /,255 ff21,1000 c3a9,1001 fffe80$/);
    assert.equal(scratch.asSuperuser("bytes_again", bytes), source.asSuperuser("bytes", bytes));
    await laboratory().verify(point);
  });

  it("brings back a database whose text is sorted by ICU", async () => {
    const point = await roundTrip(
      "german",
      "LOCALE_PROVIDER icu ICU_LOCALE 'de-u-co-phonebk' LOCALE 'C'",
      "CREATE TABLE name (n text PRIMARY KEY); INSERT INTO name VALUES ('Ad'), ('Ä'), ('Af')",
    );
    const { scratch } = laboratory();
    assert.equal(
      scratch.asSuperuser("german_again", "SELECT string_agg(n, ' ' ORDER BY n) FROM name"),
      "Ad Ä Af",
    );
    await laboratory().verify(point);
  });
});
