/** Where a member of a cache group is reached. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Directories that servers and Sentinels find their files in. */
export interface CacheLayout {
  /** Configuration and scripts; read-only. */
  readonly configuration: string;
  /** Passwords, one file for each user, and the users' permissions; read-only. */
  readonly credentials: string;
  /** `tls.crt`, `tls.key` and `ca.crt`; read-only. */
  readonly certificates: string;
  /** Data and the configuration as Redis rewrites it; survives rescheduling. */
  readonly data: string;
}

/** The directories in a pod. */
export const podLayout: CacheLayout = {
  configuration: "/configuration",
  credentials: "/credentials",
  certificates: "/certificates",
  data: "/data",
};

/** The members of one group. */
export interface CacheMembers {
  /** Servers by ordinal. The first is the primary of a group that starts for the first time. */
  readonly servers: readonly Address[];
  /** Sentinels by ordinal. */
  readonly sentinels: readonly Address[];
}

/** An address as Redis writes it: host and port, a space between. */
export function spaced({ host, port }: Address): string {
  return `${host} ${String(port)}`;
}

/** Which of the group's servers feeds the other region: the last, the least likely to be promoted. */
export function feedOrdinal({ servers }: CacheMembers): number {
  return servers.length - 1;
}

/** How long scripts wait for an answer, in seconds; none is a failure. */
export const answerSeconds = 5;

/**
 * A shell function that asks a server or Sentinel something as some user. The password comes from
 * its file and is in no argument.
 */
export function askFunction({ credentials, certificates }: CacheLayout, name = "ask"): string {
  return `${name}() {
  user=$1 host=$2 port=$3
  shift 3
  REDISCLI_AUTH=$(cat "${credentials}/$user") timeout ${String(answerSeconds)} redis-cli -h "$host" -p "$port" \\
    --tls --cacert ${certificates}/ca.crt --user "$user" --no-auth-warning "$@"
}`;
}

/** Shell lines that set `self` to the address of the pod that runs them, from its own name. */
export function selfLines(members: readonly Address[]): string {
  return `ordinal=\${HOSTNAME##*-}
${memberLines("self", "$ordinal", members)}`;
}

/** Shell lines that set a variable to the address of the member with some ordinal. */
export function memberLines(
  variable: string,
  ordinal: string,
  members: readonly Address[],
): string {
  const cases = members.map(
    (address, index) => `${String(index)}) ${variable}="${spaced(address)}" ;;`,
  );
  return `case ${ordinal} in
${cases.join("\n")}
*) echo "${ordinal} is not a member of this group" >&2; exit 1 ;;
esac`;
}

/** Addresses as the words of a shell loop, one a line. */
export function shellWords(addresses: readonly Address[]): string {
  return addresses.map((address) => `\\\n  "${spaced(address)}"`).join(" ");
}
