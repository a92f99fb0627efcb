import { escapeIdentifier } from "pg";
import { type Manifest } from "../contracts/manifest";
import { commentStatement, propertiesOf } from "./database/properties";
import { type DatabaseAddress, DatabaseSession } from "./database/session";
import { isSameSetting, settingsOf } from "./database/settings";
import { type TextState, textStateOf } from "./database/textState";
import { giveItsOwn } from "./giveItsOwn";
import { type Progress } from "./progress";

/** What is said of a database as a whole, and not of what is in it. */
export interface Own {
  readonly text: TextState;
  readonly properties: Manifest["properties"];
  readonly settings: Manifest["settings"];
}

/**
 * Compares what is said of a restored database as a whole with what was said of the source: how it holds
 * and sorts text, its owner, limit, comment and grants, and the settings that it has of its own or roles
 * have in it. They are given to it as a restore does, looked at, and taken back: settings are not made for
 * the scratch server, and might keep us out.
 *
 * @param server Another database of the server.
 * @param database Name of the restored database.
 * @returns What differs, as sentences. Values of settings may be secret, and are in none.
 */
export async function ownProblems(
  server: DatabaseAddress,
  database: string,
  manifest: Manifest,
  progress: Progress,
): Promise<string[]> {
  const session = await DatabaseSession.open(server);
  try {
    const refused: Manifest["settings"][number][] = [];
    await session.run("BEGIN");
    await giveItsOwn(session, database, manifest, ({ setting, failure }) => {
      refused.push(setting);
      progress.warn(
        "a setting was not compared, since the server for scratch databases refuses it",
        {
          setting: setting.name,
          sqlstate: failure.code ?? "",
        },
      );
    });
    await session.run(commentStatement(database, manifest.properties.comment));
    const restored = {
      text: await textStateOf(session, database),
      properties: await propertiesOf(session, database),
      settings: await settingsOf(session, database),
    };
    const { version } = await session.row<{ version: string }>(
      "SELECT pg_catalog.current_setting('server_version') AS version",
    );
    await session.run("ROLLBACK");
    const { source, properties } = manifest;
    const isSameMajor = Number.parseInt(version) === Number.parseInt(source.serverVersion);
    const settings = manifest.settings.filter((setting) => !refused.includes(setting));
    return [
      ...textProblems(source, restored.text, isSameMajor),
      ...propertyProblems(properties, restored.properties),
      ...settingProblems(settings, restored.settings),
    ];
  } finally {
    await session.close();
  }
}

/**
 * How text is held and sorted otherwise than it was.
 *
 * @param isSameMajor False on a server of another major version than the source's: newer ones write ICU's
 * names of locales in a form of their own, and so they are not compared there.
 */
export function textProblems(before: TextState, now: TextState, isSameMajor: boolean): string[] {
  const named = ({ encoding, collation, characterType, locale }: TextState) => ({
    encoding,
    collation,
    "character type": characterType,
    "locale provider": locale?.provider ?? "libc",
    locale: locale?.provider === "icu" && !isSameMajor ? "" : (locale?.name ?? ""),
    "rules of the locale": locale?.rules ?? "",
  });
  const there = named(now);
  return Object.entries(named(before)).flatMap(([name, value]) => {
    const other = there[name as keyof typeof there];
    return other === value ? [] : [differs(name, other, value)];
  });
}

/** What else is said of the database otherwise than it was. */
export function propertyProblems(
  before: Manifest["properties"],
  now: Manifest["properties"],
): string[] {
  const grants = [grantsText(now), grantsText(before)] as const;
  return [
    ...(now.owner === before.owner ? [] : [differs("owner", now.owner, before.owner)]),
    ...(now.connectionLimit === before.connectionLimit
      ? []
      : [differs("connection limit", String(now.connectionLimit), String(before.connectionLimit))]),
    ...(now.comment === before.comment
      ? []
      : ["the database's comment is not the one that was backed up"]),
    ...(grants[0] === grants[1] ? [] : [differs("privileges", ...grants)]),
  ];
}

/** Which settings are other than they were. */
export function settingProblems(before: Manifest["settings"], now: Manifest["settings"]): string[] {
  const nameOf = ({ role, name }: Manifest["settings"][number]) =>
    `the database's setting ${name}${role === undefined ? "" : ` of role ${escapeIdentifier(role)}`}`;
  const there = new Map(now.map((setting) => [nameOf(setting), setting]));
  const names = new Set(before.map(nameOf));
  return [
    ...before.flatMap((setting) => {
      const name = nameOf(setting);
      const other = there.get(name);
      return other === undefined
        ? [`${name} is not there`]
        : isSameSetting(setting, other)
          ? []
          : [`${name} does not have the value that was backed up`];
    }),
    ...[...there.keys()]
      .filter((name) => !names.has(name))
      .map((name) => `${name} was not backed up`),
  ];
}

function differs(what: string, now: string, before: string): string {
  return `the database's ${what}: ${now || "none"}, backed up was ${before || "none"}`;
}

function grantsText({ grants }: Manifest["properties"]): string {
  return grants === undefined
    ? "those that any database has"
    : grants
        .map(
          ({ role, privilege, isGrantable }) =>
            `${privilege} to ${role === undefined ? "everybody" : escapeIdentifier(role)}${isGrantable ? " with grant option" : ""}`,
        )
        .sort()
        .join(", ");
}
