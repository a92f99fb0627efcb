import { type Manifest } from "../../contracts/manifest";
import { type DatabaseSession } from "./session";

/** How a database holds and sorts text, which is said once, when it is made. */
export type TextState = Pick<
  Manifest["source"],
  "encoding" | "collation" | "characterType" | "locale"
>;

/**
 * How a database holds and sorts text.
 *
 * @param database @default - the one that the session is connected to
 */
export async function textStateOf(session: DatabaseSession, database?: string): Promise<TextState> {
  const found = await session.row<{
    encoding: string;
    collation: string;
    character_type: string;
    provider: string;
    locale: string | null;
    rules: string | null;
  }>(
    `SELECT pg_catalog.pg_encoding_to_char(encoding) AS encoding,
      datcollate AS collation, datctype AS character_type,
      datlocprovider AS provider,
      -- Columns that have other names, or are not there, by the server's version.
      coalesce(pg_catalog.to_jsonb(d) ->> 'datlocale', pg_catalog.to_jsonb(d) ->> 'daticulocale') AS locale,
      pg_catalog.to_jsonb(d) ->> 'daticurules' AS rules
    FROM pg_catalog.pg_database d
    WHERE datname = coalesce($1::pg_catalog.name, pg_catalog.current_database())`,
    [database ?? null],
  );
  const { encoding, collation, character_type: characterType } = found;
  const locale = localeOf(found);
  return { encoding, collation, characterType, ...(locale === undefined ? {} : { locale }) };
}

/** Who sorts text, by the catalog's letter, where it is not the C library. */
const providers: Readonly<Record<string, "icu" | "builtin">> = { i: "icu", b: "builtin" };

function localeOf(found: {
  readonly provider: string;
  readonly locale: string | null;
  readonly rules: string | null;
}): TextState["locale"] {
  const provider = providers[found.provider];
  return provider === undefined || found.locale === null
    ? undefined
    : {
        provider,
        name: found.locale,
        ...(found.rules === null ? {} : { rules: found.rules }),
      };
}
