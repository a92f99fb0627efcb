import { type DatabaseServer } from "../support/databaseServer";

/**
 * Makes a database `trading` of trades and orders, with the indexes and the foreign key that such tables have.
 *
 * @param mebibytes Size of its rows as text.
 */
export function makeTradingDatabase(server: DatabaseServer, mebibytes: number): void {
  // 110 bytes of text are a trade and a part of an order.
  const trades = Math.round((mebibytes * 1024 * 1024) / 120);
  server.asSuperuser("postgres", "CREATE DATABASE trading");
  server.asSuperuser(
    "trading",
    `SELECT setseed(0.5);
     CREATE TABLE trades (id bigint, symbol text NOT NULL, at timestamptz NOT NULL,
       price numeric(12,4), quantity integer, side text, reference uuid);
     INSERT INTO trades SELECT i, (ARRAY['AAPL','MSFT','GOOG','AMZN','TSLA'])[1 + i % 5],
       '2026-01-01'::timestamptz + i * interval '0.137 s', (random() * 1000)::numeric(12,4),
       (random() * 10000)::integer, CASE WHEN random() < 0.5 THEN 'buy' ELSE 'sell' END,
       md5(i::text)::uuid FROM generate_series(1, ${String(trades)}) i;
     ALTER TABLE trades ADD PRIMARY KEY (id);
     CREATE INDEX ON trades (symbol, at);
     CREATE TABLE orders (id bigserial PRIMARY KEY, trade bigint REFERENCES trades, note text);
     INSERT INTO orders (trade, note) SELECT 1 + (random() * (${String(trades)} - 1))::integer,
       repeat(md5(i::text), 3) FROM generate_series(1, ${String(Math.round(trades / 4))}) i;
     VACUUM ANALYZE`,
  );
}
