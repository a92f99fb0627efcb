import { isDeepStrictEqual } from "node:util";
import { globalControlPlane, isGlobal, madeFrom, type Place } from "./cloud";
import { enforceMembership, joinTogether, refuseDeletion } from "./databases";
import { libraryType } from "./library";
import { isForgotten, isInDatabase, PostgresqlServer } from "./postgresql";
import { type Change, type Difference, type Properties, type Provider, unknown } from "./protocol";
import { constraintFailures, isUndone, replacesOn } from "./rules";
import { secretValue, supersedeVersions } from "./secrets";
import { type Address, type Thing, type World } from "./world";

/**
 * A stand-in for the providers of AWS, Kubernetes, PostgreSQL and random values: what an engine
 * talks to where there is no cloud. It speaks Pulumi's provider protocol, keeps what it "makes" in a
 * directory, refuses inputs that the published schemas refuse, and knows which changes AWS answers
 * with a replacement and what RDS reports after a failover. What belongs into a database it makes in
 * one, at the address that the program gives: there has to be a real server.
 *
 * It is no AWS: it checks no permissions, moves no data, and most of what AWS would refuse it does
 * not know. What passes here shows that the engine accepts the program and plans what it should, not
 * that AWS accepts the resources.
 */
export class StandIn implements Provider {
  private place: Place = { account: "", region: "" };
  private server: PostgresqlServer | undefined;

  public constructor(private readonly world: World) {}

  /** A real provider asks who it is as soon as it is configured, and fails where nothing answers. */
  public configure(args: Properties): void {
    // Like the real one it connects only when there is something to do.
    this.server = args["host"] === undefined ? undefined : new PostgresqlServer(args);
    const [account] = parsed(args["allowedAccountIds"]) as unknown[];
    this.place = { account: String(account ?? ""), region: String(args["region"] ?? "") };
    this.reach(this.place.region);
  }

  public invoke(token: string, args: Properties): Properties {
    this.reach(this.place.region);
    if (token !== "aws:secretsmanager/getSecretVersion:getSecretVersion") {
      throw new Error(`the stand-in knows no ${token}`);
    }
    return { ...args, secretString: secretValue(this.world, this.place, args["secretId"]) };
  }

  public failures(urn: string, inputs: Properties): (readonly [string, string])[] {
    const type = typeOf(urn);
    const described = libraryType(type);
    if (described === undefined) {
      return [];
    }
    return [
      ...described.required
        .filter((property) => inputs[property] === undefined)
        .map((property) => [property, "is required"] as const),
      ...Object.keys(inputs)
        .filter((property) => !described.inputs.has(property))
        .map((property) => [property, "is not an input of this type"] as const),
      ...constraintFailures(type, inputs),
    ];
  }

  public differences({ urn, olds, oldInputs, news, ignored }: Change): Difference[] {
    const type = typeOf(urn);
    const replaces = replacesOn(type);
    const kindOf = (property: string): Difference["kind"] | undefined => {
      if (property in news) {
        return isDeepStrictEqual(olds[property], news[property])
          ? undefined
          : property in olds
            ? "update"
            : "add";
      }
      return property in oldInputs || isUndone(type, property, olds[property])
        ? "delete"
        : undefined;
    };
    return [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort().flatMap((property) => {
      const kind =
        ignored.includes(property) || isForgotten(type, property) ? undefined : kindOf(property);
      return kind === undefined
        ? []
        : [
            {
              property,
              kind,
              replaces: replaces.some((path) => differsAt(path, property, olds, news)),
            },
          ];
    });
  }

  public create(
    urn: string,
    inputs: Properties,
    preview: boolean,
  ): { id: string; properties: Properties } {
    const type = typeOf(urn);
    this.reach(this.regionOf(type));
    if (preview) {
      const outputs = libraryType(type)?.outputs ?? [];
      const properties = Object.fromEntries(outputs.map((name) => [name, unknown]));
      return { id: "", properties: { ...inputs, ...properties } };
    }
    const thing = madeFrom(this.world, urn, type, this.place, remembered(type, inputs));
    this.world.put(thing);
    try {
      if (isInDatabase(type)) {
        this.database().create(type, inputs);
      }
      supersedeVersions(this.world, thing);
      joinTogether(this.world, thing);
    } catch (error) {
      this.world.remove(thing);
      throw error;
    }
    return { id: thing.id, properties: { ...this.thing(urn, thing.id)?.properties } };
  }

  public update({ urn, id, olds, oldInputs, news, ignored, preview }: Change): Properties {
    const type = typeOf(urn);
    this.reach(this.regionOf(type));
    const thing = this.thing(urn, id);
    const kept = Object.entries(preview ? olds : (thing?.properties ?? {})).filter(
      ([property, value]) =>
        ignored.includes(property) ||
        !(property in oldInputs || property in news || isUndone(type, property, value)),
    );
    const wanted = { ...news, ...Object.fromEntries(kept) };
    if (preview) {
      return wanted;
    }
    if (thing === undefined) {
      throw new Error(`NotFound: ${id}`);
    }
    if (isInDatabase(type)) {
      this.database().update(type, olds, wanted);
    }
    const properties = {
      ...remembered(type, wanted),
      ...enforceMembership(this.world, thing, wanted),
    };
    this.world.put({ ...thing, properties });
    return properties;
  }

  public read(
    urn: string,
    id: string,
    inputs: Properties,
  ): { properties: Properties; inputs: Properties } | undefined {
    const type = typeOf(urn);
    this.reach(this.regionOf(type));
    const known = this.thing(urn, id);
    const thing = known && isInDatabase(type) ? this.inDatabase(known) : known;
    return (
      thing && {
        properties: { ...thing.properties },
        inputs: Object.fromEntries(
          Object.entries(inputs).flatMap(([property, value]) =>
            isForgotten(type, property)
              ? [[property, value]]
              : property in thing.properties
                ? [[property, thing.properties[property]]]
                : [],
          ),
        ),
      }
    );
  }

  public delete(urn: string, id: string): void {
    const type = typeOf(urn);
    this.reach(this.regionOf(type));
    const thing = this.thing(urn, id);
    if (thing !== undefined) {
      refuseDeletion(this.world, thing);
      if (isInDatabase(type)) {
        this.database().delete(type, thing.properties);
      }
      this.world.remove(thing);
    }
  }

  private database(): PostgresqlServer {
    if (this.server === undefined) {
      throw new Error("the provider is told of no host");
    }
    return this.server;
  }

  /** A thing with what the database itself says of it. */
  private inDatabase(thing: Thing): Thing | undefined {
    const found = this.database().read(thing.type, thing.properties);
    return found && { ...thing, properties: withFound(thing.properties, found) };
  }

  private thing(urn: string, id: string): Thing | undefined {
    const type = typeOf(urn);
    const address: Address = {
      type,
      id,
      account: this.place.account,
      region: isGlobal(type) ? "global" : this.place.region,
    };
    return this.world.get(address);
  }

  /** The region whose control plane answers for a type. */
  private regionOf(type: string): string {
    return isGlobal(type) ? globalControlPlane : this.place.region;
  }

  private reach(region: string): void {
    if (this.world.unreachable.includes(region)) {
      throw new Error(`no endpoint in ${region} answers: dial tcp: i/o timeout`);
    }
  }
}

/** Inputs without those that the provider passes on and keeps nowhere. */
function remembered(type: string, inputs: Properties): Properties {
  return Object.fromEntries(
    Object.entries(inputs).filter(([property]) => !isForgotten(type, property)),
  );
}

/** What was found in place of what was known; lists are sets, whose order says nothing. */
function withFound(known: Properties, found: Properties): Properties {
  const sorted = (value: unknown) =>
    Array.isArray(value) ? [...(value as unknown[])].map(String).sort() : value;
  const differing = Object.entries(found).filter(
    ([property, value]) => !isDeepStrictEqual(sorted(known[property]), sorted(value)),
  );
  return { ...known, ...Object.fromEntries(differing) };
}

function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").pop() ?? "";
}

/** Providers get their settings as text, structures as JSON. */
function parsed(setting: unknown): unknown {
  return typeof setting === "string" ? JSON.parse(setting) : (setting ?? []);
}

/** Whether a path, such as `bucket` or `objectLockConfiguration.rule`, is in a property and differs. */
function differsAt(path: string, property: string, olds: Properties, news: Properties): boolean {
  const [first, ...rest] = path.split(".");
  const valueIn = (value: unknown) =>
    rest.reduce<unknown>((found, key) => (found as Properties | undefined)?.[key], value);
  return first === property && !isDeepStrictEqual(valueIn(olds[property]), valueIn(news[property]));
}
