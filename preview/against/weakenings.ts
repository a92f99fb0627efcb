import { isMapping } from "../../config/field";
import {
  durationOf,
  namesAt,
  placesOf,
  type PromisedSetting,
  promisedEntries,
  promisedSettings,
  type Reading,
  type Subject,
  textsAt,
  valueAt,
} from "./promises";

/** What a system's file promises less than it did before. */

/** A promise that is weaker, or gone. */
export interface Weaker {
  readonly path: string;
  readonly what: Subject;
  readonly change: string;
}

/** A value of before that cannot be compared. */
export interface Unreadable {
  readonly path: string;
  readonly found: unknown;
}

type Finding = Weaker | Unreadable;

/**
 * Everything that a file's contents promise less than before.
 *
 * @param after Undefined where there is no file any more.
 */
export function findingsBetween(
  before: unknown,
  after: unknown,
): { readonly weaker: readonly Weaker[]; readonly unreadable: readonly Unreadable[] } {
  const findings =
    after === undefined
      ? [weaker("", "objectives", "the whole file")]
      : [
          ...weakerPromises(before, after),
          ...storesTakenOut(before, after),
          ...weakerScenarios(before, after),
          ...widerAcceptances(before, after),
        ];
  return {
    weaker: findings.filter((finding) => "what" in finding),
    unreadable: [
      ...findings.filter((finding) => "found" in finding),
      ...(isUnreadableList(before, ["mayWeaken"])
        ? [{ path: "mayWeaken", found: valueAt(before, ["mayWeaken"]) }]
        : []),
    ],
  };
}

function weaker(path: string, what: Subject, before: string, now = "nothing"): Weaker {
  return { path, what, change: `${before} before, ${now} now` };
}

/** Entries that are gone, and settings that promise less. */
function weakerPromises(before: unknown, after: unknown): Finding[] {
  const gone = promisedEntries.flatMap(({ path, subject }) =>
    placesOf(path, before)
      .filter((place) => isMapping(valueAt(before, place)) && !isMapping(valueAt(after, place)))
      .map((place) => weaker(place.join("."), subject, "the whole entry")),
  );
  const settings = promisedSettings.flatMap((setting) =>
    placesOf(setting.path, before).flatMap((place) => weakerSetting(setting, place, before, after)),
  );
  // What goes with its entry is told with it, unless it takes another permission.
  return [...gone, ...settings].filter(
    (finding) =>
      "found" in finding ||
      !gone.some(({ path, what }) => what === finding.what && finding.path.startsWith(`${path}.`)),
  );
}

function weakerSetting(
  { subject, read, isName }: PromisedSetting,
  place: readonly string[],
  before: unknown,
  after: unknown,
): Finding[] {
  const path = place.join(".");
  const [found, now] = [valueAt(before, place), valueAt(after, place)];
  if (found === undefined || (isName === true && (now === undefined || now === found))) {
    return [];
  }
  const [was, is] = [read(found, before), read(now, after)];
  if (was === undefined) {
    return [{ path, found }];
  }
  return is === undefined || isWeaker(is, was) ? [weaker(path, subject, was.text, is?.text)] : [];
}

function isWeaker(now: Reading, before: Reading): boolean {
  return now.weakness.some((weakness, index) => weakness > (before.weakness[index] ?? Infinity));
}

/** Stores for which the objectives of a class hold no longer. */
function storesTakenOut(before: unknown, after: unknown): Finding[] {
  return placesOf("dataClasses.*.stores", before).flatMap((place): Finding[] => {
    const path = place.join(".");
    if (isUnreadableList(before, place)) {
      return [{ path, found: valueAt(before, place) }];
    }
    const now = textsAt(after, place);
    // Of a class that is gone, more is told than that.
    const out =
      now === undefined
        ? []
        : (textsAt(before, place) ?? []).filter((store) => !now.includes(store));
    return out.length === 0 ? [] : [weaker(path, "objectives", out.join(", "), "not")];
  });
}

/** True for what is there and is no list of texts. */
function isUnreadableList(data: unknown, place: readonly string[]): boolean {
  return valueAt(data, place) !== undefined && textsAt(data, place) === undefined;
}

/** Figures for disasters that make an objective longer. */
function weakerScenarios(before: unknown, after: unknown): Finding[] {
  const scenarios = [before, after].flatMap((file) => namesAt(file, ["scenarios"]));
  return [...new Set(scenarios)].flatMap((scenario) =>
    (["rto", "rpo"] as const).flatMap((kind) => weakerScenario(scenario, kind, before, after)),
  );
}

/**
 * A disaster's figure holds for every class in place of the class's own, so giving one can make an
 * objective longer, and so can giving one up. It is told of the disaster where that alone would have
 * done it; else the class's own figure did, and it is told of the class.
 */
function weakerScenario(
  scenario: string,
  kind: "rto" | "rpo",
  before: unknown,
  after: unknown,
): Finding[] {
  const place = ["scenarios", scenario, kind];
  const path = place.join(".");
  const found = valueAt(before, place);
  const [was, is] = [durationOf(found), durationOf(valueAt(after, place))];
  if (found !== undefined && was === undefined) {
    return [{ path, found }];
  }
  const classes = namesAt(before, ["dataClasses"]).map((name) => {
    const figureIn = (file: unknown) => durationOf(valueAt(file, ["dataClasses", name, kind]));
    return { name, own: figureIn(before), ownNow: figureIn(after) };
  });
  if (was !== undefined && is === undefined) {
    const hold = classes.flatMap(({ name, own, ownNow }) =>
      ownNow !== undefined && Math.min(own?.seconds ?? Infinity, ownNow.seconds) > was.seconds
        ? [`${ownNow.text} of ${name}`]
        : [],
    );
    const change = `${was.text} before, none now: ${hold.join(", ")} ${hold.length === 1 ? "holds" : "hold"}`;
    return hold.length === 0 ? [] : [{ path, what: "objectives", change }];
  }
  if (was === undefined && is !== undefined) {
    const held = classes.flatMap(({ name, own, ownNow }) =>
      own !== undefined &&
      ownNow !== undefined &&
      is.seconds > Math.max(own.seconds, ownNow.seconds)
        ? [`${own.text} of ${name}`]
        : [],
    );
    const change = `none before, ${is.text} now: ${held.join(", ")} held`;
    return held.length === 0 ? [] : [{ path, what: "objectives", change }];
  }
  return was !== undefined && is !== undefined && is.seconds > was.seconds
    ? [weaker(path, "objectives", was.text, is.text)]
    : [];
}

/** That an objective may be missed in a store, and by how much. */
interface Acceptance {
  readonly dataClass: string;
  readonly store: string;
  readonly scenario: string;
  readonly kind: string;
  readonly accepted: Reading;
}

/** Acknowledgements of what was not acknowledged before, or only up to a lower bound. */
function widerAcceptances(before: unknown, after: unknown): Finding[] {
  const place = ["unmetObjectives"];
  const [found, now] = [valueAt(before, place), valueAt(after, place)];
  const entries = entriesOf(found);
  const known = entries.flatMap((entry) => acceptancesOf(entry, before) ?? []);
  return [
    ...(found === undefined || Array.isArray(found) ? [] : [{ path: place.join("."), found }]),
    ...entries.flatMap((entry, index) =>
      acceptancesOf(entry, before) === undefined
        ? [{ path: [...place, index].join("."), found: entry }]
        : [],
    ),
    ...entriesOf(now).flatMap((entry, index) => {
      const change = widerText(acceptancesOf(entry, after) ?? [], known);
      const path = [...place, index].join(".");
      return change === "" ? [] : [{ path, what: "acknowledgements" as const, change }];
    }),
  ];
}

function entriesOf(list: unknown): readonly unknown[] {
  return Array.isArray(list) ? list : [];
}

/**
 * Every objective that an entry acknowledges, of the stores that its file has in a class; undefined
 * where it is no such entry.
 */
function acceptancesOf(entry: unknown, file: unknown): Acceptance[] | undefined {
  const dataClasses = textsAt(entry, ["dataClasses"]);
  const stores = textsAt(entry, ["stores"]);
  const scenarios = textsAt(entry, ["scenarios"]);
  const kinds = textsAt(entry, ["kinds"]);
  const accepted = acceptedBound(valueAt(entry, ["accepted"]));
  return dataClasses && stores && scenarios && kinds && accepted
    ? dataClasses.flatMap((dataClass) => {
        const held = textsAt(file, ["dataClasses", dataClass, "stores"]) ?? [];
        return stores
          .filter((store) => held.includes(store))
          .flatMap((store) =>
            scenarios.flatMap((scenario) =>
              kinds.map((kind) => ({ dataClass, store, scenario, kind, accepted })),
            ),
          );
      })
    : undefined;
}

function acceptedBound(value: unknown): Reading | undefined {
  if (value === "none") {
    return { text: "without bound", weakness: [Infinity] };
  }
  const bound = durationOf(value);
  return bound && { text: `up to ${bound.text}`, weakness: [bound.seconds] };
}

/** What an entry acknowledges beyond what was, by how much that was; empty for nothing. */
function widerText(acceptances: readonly Acceptance[], known: readonly Acceptance[]): string {
  const wider = acceptances.flatMap((acceptance) => {
    const before = known.filter(
      ({ dataClass, store, scenario, kind }) =>
        dataClass === acceptance.dataClass &&
        store === acceptance.store &&
        scenario === acceptance.scenario &&
        kind === acceptance.kind,
    );
    return before.every(({ accepted }) => isWeaker(acceptance.accepted, accepted))
      ? [{ ...acceptance, was: widestText(before) }]
      : [];
  });
  return [...groupedBy(wider, ({ was }) => was)]
    .map(
      ([was, its]) => `${was} before, ${its[0]?.accepted.text ?? ""} now: ${objectivesText(its)}`,
    )
    .join("; ");
}

function widestText(acceptances: readonly Acceptance[]): string {
  const [first, ...others] = acceptances.map(({ accepted }) => accepted);
  return first === undefined
    ? "not accepted"
    : others.reduce((widest, other) => (isWeaker(other, widest) ? other : widest), first).text;
}

/** `signals, market-data in cache for region, zone (rpo, rto)`. */
function objectivesText(acceptances: readonly Acceptance[]): string {
  const classes = [...groupedBy(acceptances, ({ dataClass }) => dataClass)].map(
    ([dataClass, ofClass]) => {
      const stores = [...groupedBy(ofClass, ({ store }) => store)].map(([store, its]) => ({
        name: store,
        text: `for ${scenariosText(its)}`,
      }));
      const text = namedTogether(stores).map((named) => `in ${named}`);
      return { name: dataClass, text: text.join(", ") };
    },
  );
  return namedTogether(classes).join(" and ");
}

/** `region, zone (rpo, rto)`. */
function scenariosText(acceptances: readonly Acceptance[]): string {
  const scenarios = [...groupedBy(acceptances, ({ scenario }) => scenario)].map(
    ([scenario, its]) => ({
      name: scenario,
      text: `(${its.map(({ kind }) => kind).join(", ")})`,
    }),
  );
  return namedTogether(scenarios).join(", ");
}

/** The names that have the same text, in front of it. */
function namedTogether(named: readonly { readonly name: string; readonly text: string }[]) {
  return [...groupedBy(named, ({ text }) => text)].map(
    ([text, its]) => `${its.map(({ name }) => name).join(", ")} ${text}`,
  );
}

function groupedBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  }
  return groups;
}
