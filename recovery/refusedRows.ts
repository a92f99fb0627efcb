import { escapeIdentifier } from "pg";
import { type TableContent } from "../contracts/manifest";
import { qualified } from "./database/inventory";
import { DatabaseFailure } from "./database/session";
import { RecoveryFailure } from "./failure";

/**
 * SQLSTATE classes of what rows themselves are at fault for: values that are none of their type, and
 * constraints. All others may be the server's own trouble: its disk, its memory, its operator.
 */
const ofRows = /^(?:22|23)[0-9A-Z]{3}$/;

/** What is wrong with a row, by SQLSTATE, in words that have nothing of the row. */
const reasons: Readonly<Record<string, string>> = {
  "22001": "a value is too long for its column",
  "22003": "a number is out of the range of its column",
  "22007": "a value is no date or time",
  "22008": "a date or time is out of range",
  "22021": "a text is not in the encoding of the database",
  "22P02": "a value is none of the type of its column",
  "22P04": "a row does not have the columns of its table",
  "23502": "a row has no value where one is required",
  "23505": "a row is there twice",
  "23514": "a row does not pass a check",
};

/**
 * What is told of rows that are what was written, and that the server refuses all the same: the
 * recovery point is damaged. PostgreSQL's own words may hold values of the row, which may be secret: they
 * are in the server's log alone.
 *
 * @param table Undefined for large objects.
 * @returns Undefined where it was not the rows that were refused.
 */
export function refusalOfRows(
  table: TableContent | undefined,
  error: unknown,
): RecoveryFailure | undefined {
  if (!(error instanceof DatabaseFailure) || error.code === undefined || !ofRows.test(error.code)) {
    return undefined;
  }
  const { code } = error;
  const reason =
    reasons[code] ??
    (code.startsWith("22") ? "a value is not what it has to be" : "a row breaks a constraint");
  const where = [`SQLSTATE ${code}`, columnOf(table, error.cause), constraintOf(error.cause)];
  const what =
    table === undefined ? "the large objects are" : `${qualified(table)} has rows that are`;
  return new RecoveryFailure(
    "damaged",
    `${what} what was backed up, and the server refuses them: ${reason} (${where.filter(Boolean).join(", ")}); the server's log says which`,
  );
}

/** What PostgreSQL says of an error beside its message. */
interface Fields {
  readonly column?: string;
  readonly constraint?: string;
  /** `COPY trades, line 7, column price: "..."` */
  readonly where?: string;
}

function columnOf(table: TableContent | undefined, error: unknown): string | undefined {
  const { column, where } = error as Fields;
  const start = table === undefined ? "" : `COPY ${table.name}, line `;
  const line = where?.split("\n").find((text) => text.startsWith(start));
  const rest = line?.slice(start.length).replace(/^\d+, column /, "");
  // Only what is known to be a column's name: what comes after it is the value.
  const found = table?.columns.find((name) => name === column || rest?.startsWith(`${name}: `));
  return found === undefined ? undefined : `column ${escapeIdentifier(found)}`;
}

function constraintOf(error: unknown): string | undefined {
  const { constraint } = error as Fields;
  return constraint === undefined ? undefined : `constraint ${escapeIdentifier(constraint)}`;
}
