import { randomBytes } from "node:crypto";
import { type Address } from "../../../components/cache/layout";
import { type CacheServers } from "../../support/cacheServers";

/** Keys of {@link fillEveryType} by database, and how many of them end. */
export const everyType = [
  { database: 0, keys: 17, expiring: 2 },
  { database: 3, keys: 1, expiring: 1 },
  { database: 15, keys: 1, expiring: 0 },
];

const many = (count: number, word: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => word(index)).join(" ");

/** Fills a server, which loses what it has, with keys of every type, in each of the forms that they are stored in. */
export function fillEveryType(group: CacheServers, server: Address): void {
  const commands = [
    "DEBUG SET-ACTIVE-EXPIRE 0",
    "FLUSHALL",
    "FUNCTION FLUSH",
    "SET text value",
    "SET number 12345678901",
    // Several pieces of content, which cannot be packed to nothing.
    ...Array.from({ length: 900 }, () => `APPEND large ${randomBytes(7_500).toString("base64")}`),
    'SET "\\x00\\xff\\r\\n binary \\xc3\\x28" "\\x00\\x01\\xfe\\xff"',
    'SET "" "empty key"',
    "RPUSH list:short a b c",
    `RPUSH list:long ${many(5_000, (index) => `item-${String(index)}`)}`,
    "HSET hash:short a 1 b 2",
    `HSET hash:long ${many(2_000, (index) => `field-${String(index)} ${String(index)}`)}`,
    "SADD set:numbers 1 2 3",
    `SADD set:long ${many(2_000, (index) => `member-${String(index)}`)}`,
    "ZADD sorted:short 1.5 a -inf b",
    `ZADD sorted:long ${many(2_000, (index) => `${String(index / 7)} member-${String(index)}`)}`,
    ...Array.from({ length: 300 }, (_, index) => `XADD stream ${String(index + 1)}-1 field value`),
    "XGROUP CREATE stream readers 0",
    "XREADGROUP GROUP readers one COUNT 20 STREAMS stream >",
    "XACK stream readers 3-1 4-1",
    "XGROUP CREATE stream idle $",
    "PFADD hyperloglog a b c d",
    "SET ends later EX 100000",
    // It has ended when it is read, and is still there: nobody has looked at it.
    "SET ended value PX 1",
    "SELECT 3",
    "SET session token PXAT 4102444800000",
    "SELECT 15",
    "SET last database",
  ];
  const answers = group.askAll(server, commands);
  const refused = answers.split("\n").filter((line) => /^(ERR|WRONG|NO)/.test(line));
  if (refused.length > 0) {
    throw new Error(refused.join("\n"));
  }
}
