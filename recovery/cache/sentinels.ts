import { messageOf, RecoveryFailure } from "../failure";
import {
  addressText,
  type CacheAddress,
  CacheConnection,
  type CacheLogin,
  CacheRefusal,
  parseAddress,
} from "./connection";
import { fieldsOf, itemsOf, texts } from "./replies";

/** What one Sentinel knows of a group. */
export interface SentinelAnswer {
  readonly sentinel: CacheAddress;
  /** The server that it calls the primary. @default - it watches no such group */
  readonly primary?: CacheAddress;
  /** Servers that it knows as replicas of that. */
  readonly replicas: readonly CacheAddress[];
  /** Why it said nothing. @default - it answered */
  readonly silence?: string;
}

/** Asks all Sentinels at once. One that does not answer is in the result, with the reason. */
export function askSentinels(
  sentinels: readonly CacheAddress[],
  masterName: string,
  login: CacheLogin,
): Promise<SentinelAnswer[]> {
  return Promise.all(
    sentinels.map(async (sentinel) => {
      try {
        return await answerOf(sentinel, masterName, login);
      } catch (error) {
        return { sentinel, replicas: [], silence: messageOf(error) };
      }
    }),
  );
}

async function answerOf(
  sentinel: CacheAddress,
  masterName: string,
  login: CacheLogin,
): Promise<SentinelAnswer> {
  const connection = await CacheConnection.open(sentinel, login);
  try {
    const [host, port] = texts(
      await connection.ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", masterName),
    );
    if (host === undefined || port === undefined) {
      return { sentinel, replicas: [] };
    }
    const known = await connection.ask("SENTINEL", "REPLICAS", masterName).catch(ifForgotten);
    const replicas = itemsOf(known).map((replica) => {
      const fields = fieldsOf(replica);
      return { host: fields.get("ip") ?? "", port: Number(fields.get("port")) };
    });
    return { sentinel, primary: { host, port: Number(port) }, replicas };
  } finally {
    connection.close();
  }
}

/** Between the two questions it was told to watch no more. */
function ifForgotten(error: unknown): null {
  if (error instanceof CacheRefusal && error.code === "ERR") {
    return null;
  }
  throw error;
}

/**
 * The servers that may be the primary. If more than half of the Sentinels that know of one name the
 * same, that alone; otherwise each that is named.
 *
 * @throws RecoveryFailure `database` when no Sentinel answers, `refused` when none watches the group.
 */
export function namedPrimaries(
  answers: readonly SentinelAnswer[],
  masterName: string,
): CacheAddress[] {
  const silent = answers.flatMap(({ sentinel, silence }) =>
    silence === undefined ? [] : [`${addressText(sentinel)}: ${silence}`],
  );
  if (silent.length === answers.length) {
    throw new RecoveryFailure("database", `no Sentinel answers:\n${silent.join("\n")}`);
  }
  const votes = new Map<string, number>();
  for (const { primary } of answers) {
    if (primary !== undefined) {
      const name = addressText(primary);
      votes.set(name, (votes.get(name) ?? 0) + 1);
    }
  }
  const all = [...votes.values()].reduce((sum, count) => sum + count, 0);
  if (all === 0) {
    throw new RecoveryFailure(
      "refused",
      [
        `no Sentinel watches ${masterName}: this region stands by, or the Sentinels were put to rest`,
        ...silent,
      ].join("\n"),
    );
  }
  const chosen = [...votes].filter(([, count]) => count > all / 2);
  return (chosen.length > 0 ? chosen : [...votes]).map(([name]) => parseAddress(name));
}

/** Replicas that Sentinels know of which name this server as the primary. */
export function knownReplicas(
  answers: readonly SentinelAnswer[],
  primary: CacheAddress,
): CacheAddress[] {
  const known = answers
    .filter((answer) => answer.primary && addressText(answer.primary) === addressText(primary))
    .flatMap(({ replicas }) => replicas.map(addressText));
  return [...new Set(known)].sort().map(parseAddress);
}
