import { textAt, valueAt } from "../values";

/** Reads the configuration that servers and Sentinels get, and what their scripts would change of it. */

/** The file that a part's settings are in. */
export const configurationFile = { server: "redis.conf", sentinel: "sentinel.conf" } as const;

/** The script that a part starts with: it puts members' own settings after those of the file. */
export const startScript = "start.sh";

/**
 * The settings in a file of a ConfigMap, by name, those of Sentinel as `sentinel resolve-hostnames`; the
 * last one of a name is in force. Undefined where there is no such file.
 */
export function directivesIn(
  inputs: unknown,
  file: string,
): ReadonlyMap<string, string> | undefined {
  const text = textAt(inputs, "data", file);
  return text === undefined
    ? undefined
    : new Map(
        text.split("\n").flatMap((line) => {
          const found = /^\s*(sentinel\s+\S+|[\w-]+)\s+(.*\S)/.exec(line);
          return found === null
            ? []
            : [[(found[1] ?? "").toLowerCase().replace(/\s+/, " "), found[2] ?? ""] as const];
        }),
      );
}

/**
 * The settings, out of some, that a script of a ConfigMap gives another value: the start script by adding
 * to the file or to the command, any script by `CONFIG SET`.
 */
export function overridden(
  inputs: unknown,
  names: readonly string[],
): { readonly script: string; readonly name: string }[] {
  return Object.keys(valueAt(inputs, "data") ?? {})
    .filter((file) => file.endsWith(".sh"))
    .flatMap((script) => {
      const commands = withoutComments(textAt(inputs, "data", script) ?? "");
      return names
        .filter(
          (name) =>
            new RegExp(`config\\s+set\\b[^\\n;|)]*\\s${name}\\s`, "i").test(commands) ||
            (script === startScript &&
              new RegExp(`(--|(?<![\\w-]))${name}\\s+[\\w%$"]`, "i").test(commands)),
        )
        .map((name) => ({ script, name }));
    });
}

/** The lines of a configuration file or script that are not comments as a whole. */
export function withoutComments(text: string): string {
  return text.replace(/^\s*#.*$/gm, "");
}

/** A word that may be shown in a message, or a number; anything else is left out. */
export function shown(value: string | undefined): { found?: string | number } {
  return value === undefined
    ? {}
    : /^\d+$/.test(value)
      ? { found: Number(value) }
      : /^(yes|no|always|everysec|\d+mb|(allkeys|volatile)-(lru|lfu|random|ttl))$/.test(value)
        ? { found: value }
        : { found: "something else" };
}
