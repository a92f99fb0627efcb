import assert from "node:assert/strict";
import { useLaboratory } from "./laboratory";
import { databasesOf } from "./remains";

describe("what is said of a database as a whole, when it is verified", () => {
  const laboratory = useLaboratory();

  it("comes back as it was, and leaves nothing on the server for scratch databases", async () => {
    const { source, scratch } = laboratory();
    source.asSuperuser(
      "postgres",
      `CREATE ROLE desk; CREATE ROLE trader;
       CREATE DATABASE trading OWNER desk ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0;
       ALTER DATABASE trading CONNECTION LIMIT 3;
       COMMENT ON DATABASE trading IS 'of the desk';
       REVOKE ALL ON DATABASE trading FROM PUBLIC;
       GRANT CONNECT ON DATABASE trading TO trader WITH GRANT OPTION;
       ALTER DATABASE trading SET work_mem = '7MB';
       ALTER DATABASE trading SET default_transaction_read_only = on;
       ALTER DATABASE trading SET role = 'desk';
       ALTER DATABASE trading SET app.note = 'it''s "open"';
       ALTER DATABASE trading SET DateStyle = 'German';
       ALTER ROLE trader IN DATABASE trading SET search_path = '$user', "Odd schema", public;
       ALTER ROLE trader IN DATABASE trading SET TIME ZONE INTERVAL '-08:00' HOUR TO MINUTE;
       -- As it stands in a session: names without quotes, and without a space between them.
       SELECT set_config('search_path', 'Desk,public', false);
       ALTER DATABASE trading SET search_path FROM CURRENT`,
    );
    const point = await laboratory().backup("trading");
    const before = databasesOf(scratch);
    await laboratory().verify(point);
    assert.deepEqual(databasesOf(scratch), before);
    assert.equal(scratch.asSuperuser("postgres", "SELECT count(*) FROM pg_db_role_setting"), "0");
  });

  it("is not found damaged for a setting that the server does not know, and it is said", async () => {
    const { source } = laboratory();
    // As of a server of Aurora: others know no such setting, and refuse it.
    source.asSuperuser(
      "postgres",
      `CREATE DATABASE of_aurora;
       INSERT INTO pg_db_role_setting
       SELECT oid, 0, ARRAY['aurora_quick=secret', 'work_mem=7MB'] FROM pg_database WHERE datname = 'of_aurora'`,
    );
    const point = await laboratory().backup("of_aurora");
    const { status, errors, log } = await laboratory().run(
      `verify --point ${point}`,
      laboratory().verification,
    );
    assert.equal(status, 0, errors);
    assert.match(
      log,
      /"a setting was not compared, since the server .*","setting":"aurora_quick","sqlstate":"42704"/,
    );
    assert.doesNotMatch(log, /secret|"setting":"work_mem"/);
  });
});
