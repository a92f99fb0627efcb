/**
 * Values as the Pulumi SDK sends them to an engine. Secrets, values that are not known yet and
 * references come wrapped in objects and texts with fixed signatures
 * (`@pulumi/pulumi/runtime/rpc`).
 */

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const resourceSignature = "5cf8f73096256a8f31e491e813e4eb8e";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** What the SDK sends in the place of a value that is not known yet. */
export const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Stands for every secret, wherever it would appear. */
export const secretMark = "[secret]";

/** Stands for every value that only the cloud knows. */
export const unknownMark = "[known after deployment]";

/** A value fit to be shown: plain data, with secrets and unknown values replaced by their marks. */
export type Shown = string | number | boolean | null | Shown[] | { [key: string]: Shown };

/** Makes a value from the wire fit to be shown. A secret's inside is never looked at. */
export function shown(value: unknown): Shown {
  if (value === unknownText) {
    return unknownMark;
  }
  if (Array.isArray(value)) {
    return value.map(shown);
  }
  if (typeof value !== "object" || value === null) {
    return value as string | number | boolean | null;
  }
  const wrapped = value as Record<string, unknown>;
  switch (wrapped[signatureKey]) {
    case undefined:
      return Object.fromEntries(Object.entries(wrapped).map(([key, inner]) => [key, shown(inner)]));
    case secretSignature:
      return secretMark;
    case outputSignature:
      return wrapped["secret"] === true ? secretMark : shown(wrapped["value"] ?? unknownText);
    case resourceSignature:
      return typeof wrapped["urn"] === "string" ? wrapped["urn"] : unknownMark;
    default:
      return "[file]";
  }
}
