-- A database that tries hard to be restored wrongly: one of each thing that PostgreSQL knows and that a
-- backup can forget. Everything is the same each time, so that a failure can be looked at again.
\set ON_ERROR_STOP 1
SET client_min_messages = warning;

-- Roles, which are the server's and not the database's.
CREATE ROLE "Chief ""Risk"" Officer" NOLOGIN CREATEDB CONNECTION LIMIT 3;
CREATE ROLE auditor LOGIN INHERIT VALID UNTIL '2099-01-01';
CREATE ROLE desk_owner;
CREATE ROLE trader;
GRANT trader TO auditor;
GRANT "Chief ""Risk"" Officer" TO trader WITH ADMIN OPTION;
ALTER ROLE trader SET statement_timeout TO '70s';
-- What a role says of itself must not be taken for statements.
ALTER ROLE auditor SET market.note TO E'; \nCREATE ROLE intruder;\nALTER ROLE intruder SUPERUSER;\n';
COMMENT ON ROLE trader IS E'Somebody''s comment\nCREATE ROLE intruder;\nALTER ROLE intruder SUPERUSER;\n';

-- Properties of the database itself.
SELECT current_database() AS database \gset
COMMENT ON DATABASE :"database" IS 'All that was traded; it''s "everything"';
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE :"database" TO trader;
GRANT CREATE ON DATABASE :"database" TO auditor WITH GRANT OPTION;
ALTER DATABASE :"database" OWNER TO desk_owner;
ALTER DATABASE :"database" CONNECTION LIMIT 77;
ALTER DATABASE :"database" SET search_path TO "$user", public, "Odd schema";
ALTER DATABASE :"database" SET work_mem TO '7MB';
ALTER DATABASE :"database" SET timezone TO 'Asia/Kolkata';
ALTER DATABASE :"database" SET datestyle TO 'German, DMY';
ALTER DATABASE :"database" SET intervalstyle TO 'sql_standard';
ALTER DATABASE :"database" SET bytea_output TO 'escape';
ALTER DATABASE :"database" SET extra_float_digits TO '-10';
ALTER DATABASE :"database" SET default_transaction_isolation TO 'serializable';
ALTER DATABASE :"database" SET default_transaction_read_only TO 'off';
ALTER DATABASE :"database" SET quote_all_identifiers TO 'off';
ALTER DATABASE :"database" SET market.session TO 'it''s "open"';
ALTER DATABASE :"database" SET market.note TO '';
ALTER ROLE trader IN DATABASE :"database" SET statement_timeout TO '90s';
ALTER ROLE auditor IN DATABASE :"database" SET search_path TO '';
ALTER ROLE "Chief ""Risk"" Officer" IN DATABASE :"database" SET search_path TO audit;

-- Schemas.
CREATE SCHEMA market AUTHORIZATION trader;
CREATE SCHEMA audit;
CREATE SCHEMA extensions;
CREATE SCHEMA empty_schema;
CREATE SCHEMA "Odd schema";
COMMENT ON SCHEMA audit IS 'Read by those who ask questions';
GRANT USAGE ON SCHEMA audit TO auditor;
GRANT USAGE, CREATE ON SCHEMA market TO auditor WITH GRANT OPTION;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO auditor;
ALTER DEFAULT PRIVILEGES IN SCHEMA audit GRANT SELECT, INSERT ON TABLES TO trader;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE trader GRANT USAGE ON SEQUENCES TO auditor;
ALTER DEFAULT PRIVILEGES FOR ROLE trader GRANT USAGE ON TYPES TO auditor;

-- Extensions.
CREATE EXTENSION hstore SCHEMA extensions;
CREATE EXTENSION citext SCHEMA public;
CREATE EXTENSION pg_trgm SCHEMA extensions;
CREATE EXTENSION "uuid-ossp" SCHEMA extensions;
CREATE EXTENSION ltree SCHEMA extensions;
CREATE EXTENSION cube;
CREATE EXTENSION earthdistance;
CREATE EXTENSION isn SCHEMA extensions;
CREATE EXTENSION seg SCHEMA extensions;
CREATE EXTENSION intarray SCHEMA extensions;
CREATE EXTENSION btree_gist;
CREATE EXTENSION bloom;
CREATE EXTENSION pgcrypto SCHEMA extensions;
CREATE EXTENSION lo SCHEMA extensions;
CREATE EXTENSION unaccent;
CREATE EXTENSION moddatetime;
CREATE EXTENSION file_fdw;
CREATE EXTENSION postgres_fdw;
COMMENT ON EXTENSION hstore IS 'Ours, for old orders';

-- Types.
CREATE TYPE market.side AS ENUM ('buy', 'sell', 'it''s "neither"', '');
ALTER TYPE market.side ADD VALUE 'short' BEFORE 'sell';
CREATE DOMAIN market.price AS numeric(20, 8) DEFAULT 0 NOT NULL CONSTRAINT positive CHECK (VALUE >= 0);
CREATE DOMAIN market.isin AS text COLLATE "C" CHECK (VALUE ~ '^[A-Z]{2}[A-Z0-9]{10}$');
CREATE TYPE market.leg AS (instrument text, side market.side, price market.price, "odd, name" int[]);
CREATE TYPE market.price_range AS RANGE (subtype = numeric, multirange_type_name = market.price_ranges);
CREATE TYPE public.shell_only;
COMMENT ON TYPE market.side IS 'Which way';
CREATE COLLATION market.german_names (provider = icu, locale = 'de-u-co-phonebk');
CREATE TEXT SEARCH CONFIGURATION market.plain_words (COPY = simple);
CREATE FUNCTION market.leg_text(market.leg) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT $1.instrument $$;
CREATE CAST (market.leg AS text) WITH FUNCTION market.leg_text(market.leg) AS ASSIGNMENT;
CREATE OPERATOR market.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = pg_catalog.texteq, COMMUTATOR = OPERATOR(market.===));
CREATE AGGREGATE market.product(numeric) (SFUNC = numeric_mul, STYPE = numeric, INITCOND = '1');

-- Every common type, with its ends and its oddities.
CREATE TABLE market.every_type (
  id bigint GENERATED ALWAYS AS IDENTITY (START WITH 1000 INCREMENT BY 7) PRIMARY KEY,
  a_boolean boolean, a_smallint smallint, an_integer integer, a_bigint bigint,
  a_numeric numeric, a_scaled numeric(30, 10), a_negative_scale numeric(5, -2),
  a_real real, a_double double precision, a_money money,
  a_char char(5), a_varchar varchar(20), a_text text, a_quoted_char "char", a_name name,
  a_bytea bytea, a_date date, a_time time, a_time_with_zone time with time zone,
  a_timestamp timestamp, a_timestamp_with_zone timestamptz(3), an_interval interval,
  a_uuid uuid, a_json json, a_jsonb jsonb, a_path jsonpath, an_xml xml,
  an_inet inet, a_cidr cidr, a_mac macaddr, a_mac8 macaddr8,
  a_bit bit(9), a_varbit bit varying,
  a_point point, a_line line, a_segment lseg, a_box box, an_open_path path, a_polygon polygon, a_circle circle,
  a_vector tsvector, a_query tsquery,
  an_int4range int4range, a_numrange numrange, a_tstzrange tstzrange, a_daterange daterange,
  an_int8multirange int8multirange, a_datemultirange datemultirange, a_price_range market.price_range, price_ranges market.price_ranges,
  an_enum market.side, a_domain market.isin, a_composite market.leg,
  some_integers integer[], some_texts text[], a_matrix integer[][], shifted integer[], some_legs market.leg[], some_sides market.side[],
  an_oid oid, a_regclass regclass, a_regtype regtype, a_log_position pg_lsn, a_snapshot pg_snapshot, a_row tid, an_xid8 xid8,
  an_hstore extensions.hstore, a_citext public.citext, a_tree extensions.ltree, a_cube cube, an_isbn extensions.isbn13, a_segment_of_extension extensions.seg
);
INSERT INTO market.every_type DEFAULT VALUES;
INSERT INTO market.every_type OVERRIDING SYSTEM VALUE VALUES
  (-1, true, -32768, -2147483648, -9223372036854775808,
   'NaN', 12345678901234567890.0123456789, 12345, 'NaN', 'NaN', '-92233720368547758.08',
   'ab', E'tab\there', E'line\nline\r\nline\\N \\. \u2028 \U0001F4B9 \b\f\v', 'x', 'a name',
   (SELECT string_agg(decode(lpad(to_hex(byte), 2, '0'), 'hex'), '' ORDER BY byte) FROM generate_series(0, 255) byte),
   'infinity', '24:00:00', '15:00:00+05:45', '-infinity', 'infinity', '-178000000 years 11 mons -3 days -04:05:06.789',
   '00000000-0000-0000-0000-000000000000', '{"a": 1,  "a" :2, "\u00e9": "\\N"}', '{"a": [1, 2.50, null, {"b": "\t\"\\"}], "": -0.0, "big": 123456789012345678901234567890.123}', '$.a[*] ? (@ > 1)', '<a b="1">&lt;x<!-- c --></a>',
   '::ffff:10.1.2.3/128', '10.0.0.0/8', '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05',
   B'101010101', B'', '(1.5,-2)', '{1,-1,0}', '[(0,0),(1,1)]', '((1,1),(0,0))', '[(0,0),(1,1),(2,0)]', '((0,0),(1,1),(2,0))', '<(0.1,0.2),3>',
   'fat:2,4A cat:3B', 'fat & (rat | !cat:AB)',
   'empty', '[1.5,)', '["2020-01-01 00:00:00+00",infinity)', '(,2024-02-29]', '{[1,3),[5,8)}', '{}', '[0.00000001,99)', '{[1,2],(3,4]}',
   'it''s "neither"', 'US0378331005', ROW('A,B"C\', 'sell', 1.5, '{1,NULL,3}'),
   '{1,NULL,-3}', ARRAY['', 'NULL', NULL, 'a"b\c', E'x\ny', '{}', ' '], '{{1,2},{3,4}}', '[-2:0]={7,8,9}', ARRAY[ROW('x', 'buy', 0, NULL)::market.leg, NULL], '{buy,"",short}',
   4294967295, 'market.every_type', 'market.leg[]', 'FFFFFFFF/FFFFFFFF', '10:20:10,14,15', '(4294967294,65535)', '18446744073709551615',
   '"a=>b"=>"c\\\"d", n=>NULL', 'CaSe', 'Top.Science.Astronomy', '(1,2,3),(4,5,6)', '978-0-393-04002-9', '1.5 .. 2.50'),
  (-2, false, 32767, 2147483647, 9223372036854775807,
   'Infinity', 'NaN', -99900, 'Infinity', '-Infinity', '92233720368547758.07',
   '', '', '\N', '\', '',
   '', '4713-01-01 BC', '00:00:00', '00:00:00-15:59', '294276-12-31 23:59:59.999999', '0044-03-15 12:00:00+00 BC', '0',
   'ffffffff-ffff-ffff-ffff-ffffffffffff', 'null', 'null', '$', 'text and <b/>',
   '0.0.0.0', '::/0', '00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff:ff:ff',
   B'000000000', B'1', '(NaN,Infinity)', '{0,1,-3}', '[(0,0),(0,0)]', '((0,0),(0,0))', '((0,0))', '((0,0))', '<(0,0),0>', '', '',
   '(,)', 'empty', '(,)', 'empty', '{(,)}', '{[2020-01-01,2020-02-01),[2021-01-01,)}', 'empty', '{}',
   '', NULL, ROW(NULL, NULL, 0, NULL), '{}', '{}', '{}', '{}', '{}', '{}',
   0, '0', '-', '0/0', '1:1:', '(0,0)', '0', '', '', '', '(0)', NULL, '1.0'),
  (-3, NULL, 0, 0, 0, '-Infinity', 0.0000000001, 0, '-0', '4.9e-324', 0,
   '    x', '   ', E'\\', 'é', repeat('n', 63), decode(repeat('00', 100), 'hex'), '5874897-12-31', '12:34:56.000001', '12:00:00.5+00',
   '4714-11-24 00:00:00 BC', '2026-03-29 02:30:00+01', 'P1Y2M3DT4H5M6.7S',
   'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '[]', '"\u00e9\u2028"', 'strict $.x', '',
   '192.168.100.128/25', '2001:db8::/32', '01:23:45:67:89:ab', '01:23:45:67:89:ab:cd:ef', B'111111111', B'0001',
   '(1e308,-1e-308)', '{1,0,0}', '[(1,2),(3,4)]', '((3,4),(1,2))', '((1,2),(3,4))', '((1,2),(3,4))', '<(1,2),3.3>',
   NULL, NULL, '[1,10)', '(1,2)', NULL, '[2020-01-01,2020-01-01]', '{}', NULL, NULL, NULL, 'buy', NULL, NULL,
   '{2147483647}', '{"\\N"}', '{{NULL}}', '[5:5]={1}', '{"(,buy,2,)"}', '{}', 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO market.every_type (a_real, a_double, a_text)
  SELECT n * 0.1, sqrt(n), repeat(chr(9 + n) || E'\\' || E'\n', n) FROM generate_series(1, 120) n;
-- A value that is kept outside of its row, one of them not compressed.
INSERT INTO market.every_type (a_text, a_bytea)
  VALUES (repeat('long ', 100000), (SELECT string_agg(sha256(n::text::bytea), '' ORDER BY n) FROM generate_series(1, 5000) n));
COMMENT ON COLUMN market.every_type.a_money IS E'A comment\nof two lines';
COMMENT ON TABLE market.every_type IS 'Типы данных 数据类型';
ALTER TABLE market.every_type ALTER COLUMN a_bytea SET STORAGE EXTERNAL, ALTER COLUMN a_text SET COMPRESSION pglz, ALTER COLUMN an_integer SET STATISTICS 500, ALTER COLUMN a_double SET (n_distinct = -0.5);

-- Names that a statement has to quote.
CREATE TABLE "Odd schema"."a ""quoted"" name" ("select" int, "with space" text, "with ""quotes""" text, "ünïcödé 価格" text, "a
new line" text, "back\slash" text, "%s $1 {} '" text, "tab	" int, "UPPER" int, "ααααααααααααααααααααααααααααααα1" int);
INSERT INTO "Odd schema"."a ""quoted"" name" VALUES (1, 'a', 'b', 'c', 'd', 'e', 'f', 2, 3, 4);
CREATE TABLE "Odd schema"."two
lines" ("from" int PRIMARY KEY);
INSERT INTO "Odd schema"."two
lines" VALUES (1), (2);
CREATE TABLE "Odd schema"."; DROP TABLE market.every_type; --" (id serial, "user" name DEFAULT current_user);
INSERT INTO "Odd schema"."; DROP TABLE market.every_type; --" ("user") VALUES ('x'), ('y');
CREATE TABLE "Odd schema"."nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn" (n int);
INSERT INTO "Odd schema"."nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn" VALUES (63);
CREATE TABLE "Odd schema"."価格表 💹" (n int);
INSERT INTO "Odd schema"."価格表 💹" VALUES (1);
CREATE TABLE "Odd schema".".." (n int);
INSERT INTO "Odd schema".".." VALUES (0);
CREATE TABLE public."CamelCase" (n int);
CREATE TABLE public.camelcase (n int);
INSERT INTO public."CamelCase" VALUES (1);
INSERT INTO public.camelcase VALUES (2);
-- The same name in two schemas.
CREATE TABLE audit.every_type (n int);
INSERT INTO audit.every_type VALUES (1), (1), (1);

-- Tables of little.
CREATE TABLE public.no_rows (id int PRIMARY KEY, note text);
CREATE TABLE public.no_columns ();
INSERT INTO public.no_columns SELECT FROM generate_series(1, 3);
CREATE TABLE public.no_columns_no_rows ();
CREATE TABLE public.all_generated (one int GENERATED ALWAYS AS (1) STORED, two text GENERATED ALWAYS AS ('t' || 'wo') STORED);
INSERT INTO public.all_generated SELECT FROM generate_series(1, 4);
CREATE TABLE public.some_generated (net numeric, rate numeric DEFAULT 0.19, gross numeric GENERATED ALWAYS AS (net * (1 + rate)) STORED, note text);
INSERT INTO public.some_generated (net, note) VALUES (100, 'a'), (NULL, NULL), ('NaN', '');
CREATE TABLE public.one_null (n int);
INSERT INTO public.one_null VALUES (NULL), (NULL);
CREATE TABLE public.end_of_data (t text);
INSERT INTO public.end_of_data VALUES ('\.'), ('\N'), (''), (NULL), ('NULL'), (E'\n'), (E'\\\n'), (E'\\.\n\\.'), (' '), (E'\t');
CREATE UNLOGGED TABLE public.unlogged (id serial PRIMARY KEY, t text);
INSERT INTO public.unlogged (t) VALUES ('kept'), ('too');
CREATE TABLE public.dropped_columns (first int, gone text, second int DEFAULT 2, gone_too text, third text);
INSERT INTO public.dropped_columns VALUES (1, 'x', 2, 'y', 'three');
ALTER TABLE public.dropped_columns DROP COLUMN gone, DROP COLUMN gone_too, ADD COLUMN added int DEFAULT 7 NOT NULL;
INSERT INTO public.dropped_columns VALUES (10, 20, 'thirty', 40);
CREATE TABLE public.all_dropped (a int, b int);
INSERT INTO public.all_dropped VALUES (1, 2), (3, 4);
ALTER TABLE public.all_dropped DROP COLUMN a, DROP COLUMN b;
CREATE TABLE public.with_storage (n int) WITH (fillfactor = 70, autovacuum_enabled = false);
INSERT INTO public.with_storage SELECT n % 5 FROM generate_series(1, 2000) n;
DELETE FROM public.with_storage WHERE n = 3;
UPDATE public.with_storage SET n = n + 10 WHERE n = 2;
CREATE TABLE public.of_type OF market.leg (PRIMARY KEY (instrument));
INSERT INTO public.of_type VALUES ('A', 'buy', 1, NULL);

-- Identity and sequences.
CREATE TABLE public.identity_by_default (id int GENERATED BY DEFAULT AS IDENTITY, t text);
INSERT INTO public.identity_by_default (t) SELECT 'row' FROM generate_series(1, 5);
INSERT INTO public.identity_by_default VALUES (900, 'by hand');
CREATE SEQUENCE public.never_called START 42;
CREATE SEQUENCE public.called AS smallint MINVALUE -5 MAXVALUE 5 START -5 CYCLE CACHE 3;
SELECT nextval('public.called');
CREATE SEQUENCE public.downwards INCREMENT -3 MINVALUE -9223372036854775808 MAXVALUE -1 START -1;
SELECT nextval('public.downwards'), nextval('public.downwards');
CREATE SEQUENCE public.restarted;
SELECT nextval('public.restarted');
ALTER SEQUENCE public.restarted RESTART WITH 500;
CREATE SEQUENCE public.at_its_end MAXVALUE 9223372036854775807;
SELECT setval('public.at_its_end', 9223372036854775807);
CREATE SEQUENCE public.not_called_at_seven;
SELECT setval('public.not_called_at_seven', 7, false);
CREATE UNLOGGED SEQUENCE public.unlogged_sequence;
SELECT nextval('public.unlogged_sequence');
CREATE SEQUENCE "Odd schema"."a ""sequence""";
SELECT nextval('"Odd schema"."a ""sequence"""');
CREATE TABLE public.owner_of_sequence (id int);
CREATE SEQUENCE public.owned OWNED BY public.owner_of_sequence.id;
GRANT USAGE ON SEQUENCE public.called TO auditor;

-- Partitions, three levels deep, one with other columns' positions than its parent.
CREATE TABLE market.trade (id bigint, at timestamptz NOT NULL, venue text, amount numeric, doubled numeric GENERATED ALWAYS AS (amount * 2) STORED) PARTITION BY RANGE (at);
CREATE TABLE market.trade_2025 PARTITION OF market.trade FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY LIST (venue);
CREATE TABLE market.trade_2025_x PARTITION OF market.trade_2025 FOR VALUES IN ('XLON', 'XPAR') PARTITION BY HASH (id);
CREATE TABLE market.trade_2025_x_0 PARTITION OF market.trade_2025_x FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE market.trade_2025_x_1 PARTITION OF market.trade_2025_x FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE market.trade_2025_rest PARTITION OF market.trade_2025 DEFAULT;
CREATE TABLE market.trade_default PARTITION OF market.trade DEFAULT;
CREATE TABLE market.trade_2026 (amount numeric, dropped int, venue text, at timestamptz NOT NULL, doubled numeric GENERATED ALWAYS AS (amount * 2) STORED, id bigint);
ALTER TABLE market.trade_2026 DROP COLUMN dropped;
ALTER TABLE market.trade ATTACH PARTITION market.trade_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX trade_by_time ON market.trade (at DESC NULLS LAST) INCLUDE (venue);
CREATE UNIQUE INDEX trade_by_id ON market.trade (id, at, venue);
INSERT INTO market.trade (id, at, venue, amount)
  SELECT n, '2024-06-01'::timestamptz + n * interval '7 hours', (ARRAY['XLON', 'XPAR', 'XNYS', NULL])[1 + n % 4], n * 1.5 FROM generate_series(1, 4000) n;
CREATE TABLE market.no_partitions (n int) PARTITION BY LIST (n);

-- Inheritance.
CREATE TABLE public.parent (id int, kind text DEFAULT 'parent', CHECK (id > 0));
CREATE TABLE public.child (extra text) INHERITS (public.parent);
CREATE TABLE public.other_parent (id int, weight real);
CREATE TABLE public.grandchild (more int) INHERITS (public.child, public.other_parent);
INSERT INTO public.parent VALUES (1);
INSERT INTO public.child VALUES (2, 'child', 'x');
INSERT INTO public.grandchild (id, kind, extra, weight, more) VALUES (3, 'grandchild', 'y', 1.5, 4);

-- Constraints: a cycle, a table that refers to itself, one that waits for the commit, one not yet valid.
CREATE TABLE market.desk (id int PRIMARY KEY, head int NOT NULL, parent int REFERENCES market.desk);
CREATE TABLE market.person (id int PRIMARY KEY, desk int NOT NULL REFERENCES market.desk DEFERRABLE INITIALLY DEFERRED, email public.citext UNIQUE);
ALTER TABLE market.desk ADD CONSTRAINT head_is_a_person FOREIGN KEY (head) REFERENCES market.person ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED;
BEGIN;
INSERT INTO market.desk VALUES (3, 1, NULL), (1, 2, 3), (2, 1, 1);
INSERT INTO market.person VALUES (1, 2, 'A@x'), (2, 3, 'b@x');
COMMIT;
CREATE TABLE market.booking (room int, during tstzrange, note text UNIQUE NULLS NOT DISTINCT, EXCLUDE USING gist (room WITH =, during WITH &&));
INSERT INTO market.booking VALUES (1, '[2020-01-01,2020-01-02)', NULL), (1, '[2020-01-02,2020-01-03)', 'x');
CREATE TABLE market.late (n int);
INSERT INTO market.late VALUES (-1), (1);
ALTER TABLE market.late ADD CONSTRAINT positive CHECK (n > 0) NOT VALID;
ALTER TABLE market.late ADD CONSTRAINT of_desk FOREIGN KEY (n) REFERENCES market.desk NOT VALID;
COMMENT ON CONSTRAINT positive ON market.late IS 'From now on';

-- Functions and procedures.
CREATE FUNCTION market.double(n numeric DEFAULT 1, OUT result numeric) LANGUAGE plpgsql STRICT IMMUTABLE PARALLEL SAFE SECURITY DEFINER SET search_path TO pg_catalog, pg_temp AS $body$
BEGIN
  result := n * 2; -- 'quotes' "and" $dollars$
END $body$;
CREATE FUNCTION market.legs(VARIADIC text[]) RETURNS SETOF market.leg LANGUAGE sql ROWS 5 COST 7 BEGIN ATOMIC SELECT NULL::text, 'buy'::market.side, 0::market.price, NULL::int[]; END;
CREATE PROCEDURE market.settle(INOUT amount numeric) LANGUAGE plpgsql AS $$ BEGIN amount := amount + 1; END $$;
CREATE FUNCTION market.stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit.change (what) VALUES (TG_OP); RETURN NEW; END $$;
CREATE FUNCTION market.look() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit.change (what) VALUES (tg_tag); END $$;
GRANT EXECUTE ON FUNCTION market.double TO auditor;
COMMENT ON FUNCTION market.double IS 'Twice as much';

-- Triggers and rules, which must not fire while rows are restored.
CREATE TABLE audit.change (id serial PRIMARY KEY, at timestamptz DEFAULT '2026-01-01', what text);
CREATE TABLE public.watched (id int PRIMARY KEY, n int, changed timestamptz);
CREATE TRIGGER each_row AFTER INSERT OR UPDATE OF n OR DELETE ON public.watched FOR EACH ROW WHEN (pg_trigger_depth() < 2) EXECUTE FUNCTION market.stamp();
CREATE TRIGGER always BEFORE INSERT ON public.watched FOR EACH STATEMENT EXECUTE FUNCTION market.stamp();
CREATE CONSTRAINT TRIGGER in_the_end AFTER INSERT ON public.watched DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION market.stamp();
CREATE TRIGGER moved BEFORE UPDATE ON public.watched FOR EACH ROW EXECUTE FUNCTION moddatetime(changed);
INSERT INTO public.watched VALUES (1, 1), (2, 2);
ALTER TABLE public.watched ENABLE ALWAYS TRIGGER always;
ALTER TABLE public.watched DISABLE TRIGGER moved;
CREATE RULE no_deletes AS ON DELETE TO public.watched DO INSTEAD NOTHING;
CREATE RULE also AS ON INSERT TO public.no_rows DO ALSO INSERT INTO audit.change (what) VALUES ('rule');
CREATE RULE instead AS ON INSERT TO public.one_null DO INSTEAD NOTHING;
CREATE TRIGGER part AFTER INSERT ON market.trade FOR EACH ROW EXECUTE FUNCTION market.stamp();

-- Views.
CREATE VIEW market.big AS SELECT id, amount FROM market.trade WHERE amount > 1000 WITH LOCAL CHECK OPTION;
CREATE VIEW market.bigger WITH (security_barrier, security_invoker) AS SELECT * FROM market.big WHERE amount > 3000;
CREATE VIEW market.chain AS WITH RECURSIVE chain (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM chain WHERE n < 5) SELECT n FROM chain;
ALTER VIEW market.big ALTER COLUMN amount SET DEFAULT 5;
CREATE MATERIALIZED VIEW market.by_venue AS SELECT venue, count(*) AS trades, sum(amount) AS amount FROM market.trade GROUP BY venue;
CREATE UNIQUE INDEX by_venue_key ON market.by_venue (venue);
CREATE MATERIALIZED VIEW market.on_another AS SELECT sum(trades) AS trades FROM market.by_venue;
CREATE MATERIALIZED VIEW market.not_filled AS SELECT 1 AS one WITH NO DATA;
GRANT SELECT (venue) ON market.by_venue TO auditor;
COMMENT ON VIEW market.big IS 'Big ones';

-- Indexes of several kinds, statistics, and a table that is clustered.
CREATE INDEX text_index ON market.every_type USING gin (a_text extensions.gin_trgm_ops);
CREATE INDEX expression_index ON market.every_type (lower(a_varchar), (a_jsonb -> 'a')) WHERE an_integer IS NOT NULL;
CREATE INDEX hash_index ON market.every_type USING hash (a_uuid);
CREATE INDEX brin_index ON market.trade_2026 USING brin (at) WITH (pages_per_range = 16);
CREATE INDEX bloom_index ON public.with_storage USING bloom (n);
CREATE INDEX collated ON market.person (email COLLATE "C" text_pattern_ops);
CREATE STATISTICS market.together (dependencies, ndistinct) ON venue, amount FROM market.trade_2026;
ALTER TABLE market.desk CLUSTER ON desk_pkey;
ALTER TABLE public.watched REPLICA IDENTITY FULL;
CREATE PUBLICATION all_trades FOR TABLE market.trade_2026 WHERE (amount > 10), TABLES IN SCHEMA audit WITH (publish = 'insert');

-- Who may see which rows.
CREATE TABLE market.secret (owner name, n int);
INSERT INTO market.secret VALUES ('trader', 1), ('auditor', 2);
CREATE POLICY own_rows ON market.secret AS RESTRICTIVE FOR SELECT TO trader, auditor USING (owner = current_user);
CREATE POLICY writes ON market.secret FOR INSERT WITH CHECK (n > 0);
GRANT SELECT, INSERT (n), UPDATE ON market.secret TO trader WITH GRANT OPTION;
REVOKE ALL ON public.no_columns FROM auditor;
ALTER TABLE market.person OWNER TO trader;
ALTER TABLE audit.every_type OWNER TO "Chief ""Risk"" Officer";
GRANT ALL ON market.desk TO PUBLIC;

-- Tables that are elsewhere.
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE public.elsewhere (line text) SERVER files OPTIONS (filename '/nowhere', format 'text');
CREATE SERVER other FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'nowhere.example');
CREATE USER MAPPING FOR trader SERVER other OPTIONS (user 'them');

CREATE SUBSCRIPTION from_afar CONNECTION 'host=nowhere.example' PUBLICATION all_trades WITH (connect = false, slot_name = NONE, enabled = false);

-- Large objects: an empty one, small ones, one of several pages, one with a hole, one that belongs to another.
SELECT lo_create(7001);
SELECT lo_from_bytea(7002, '\x00ff5c0a');
SELECT lo_from_bytea(7003, (SELECT string_agg(sha256(n::text::bytea), '' ORDER BY n) FROM generate_series(1, 25000) n));
SELECT lo_from_bytea(7004, decode(repeat('ab', 262144), 'hex'));
SELECT lo_create(7005);
SELECT lo_put(7005, 600000, '\x01');
SELECT lo_from_bytea(4294967295, 'the highest number');
COMMENT ON LARGE OBJECT 7002 IS 'It''s small';
GRANT SELECT ON LARGE OBJECT 7003 TO auditor;
GRANT UPDATE ON LARGE OBJECT 7003 TO trader WITH GRANT OPTION;
ALTER LARGE OBJECT 7004 OWNER TO trader;
CREATE TABLE public.document (id int PRIMARY KEY, content extensions.lo);
INSERT INTO public.document VALUES (1, 7002), (2, 7003);
CREATE TRIGGER content BEFORE UPDATE OR DELETE ON public.document FOR EACH ROW EXECUTE FUNCTION extensions.lo_manage(content);

-- Last, since from here on it sees all that is declared.
CREATE EVENT TRIGGER looks ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE', 'COMMENT') EXECUTE FUNCTION market.look();
CREATE EVENT TRIGGER looks_no_more ON sql_drop EXECUTE FUNCTION market.look();
ALTER EVENT TRIGGER looks_no_more DISABLE;
CREATE TABLE public.seen (n int);
COMMENT ON EVENT TRIGGER looks IS 'It writes down what is declared';
