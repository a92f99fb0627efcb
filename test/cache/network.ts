import { execFileSync } from "node:child_process";
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { type Pod } from "./pod";

/** Nobody's hardware address: what is sent there is lost without a word, as behind a cut cable. */
const nowhere = "02:00:00:00:00:01";

/** The network that joins pods, and the names that they find each other by. */
export class Network {
  private readonly hosts: string;
  private readonly addresses = new Map<Pod, string>();
  private readonly names = new Map<string, Pod>();
  /** How many addresses were given: none is given twice. */
  private given = 0;

  /** @param directory Where the file of host names is that the machine's own is hidden by. */
  public constructor(directory: string) {
    this.hosts = join(directory, "hosts");
  }

  /** Gives a pod an address, and names that lead there. */
  public attach(pod: Pod, names: readonly string[]): void {
    const end = `pod${String(pod.pid)}`;
    const pid = String(pod.pid);
    ip(["link", "add", end, "type", "veth", "peer", "name", "eth0", "netns", pid]);
    ip(["link", "set", end, "master", "bridge0", "up"]);
    names.forEach((name) => this.names.set(name, pod));
    this.moveToNewAddress(pod);
  }

  /** Moves a pod to another address, as when it is scheduled anew. */
  public moveToNewAddress(pod: Pod): void {
    // From 10.77.1.0 on; .0 and .255 are addresses like others in a network of 16 bits.
    const count = 256 + this.given++;
    const address = `10.77.${String(Math.floor(count / 256))}.${String(count % 256)}`;
    this.addresses.set(pod, address);
    inPod(pod, [
      "address flush dev eth0",
      `address add ${address}/16 dev eth0`,
      "link set eth0 up",
    ]);
    this.publish();
  }

  /** Drops everything between the two sides, in both directions. */
  public cut(side: readonly Pod[], others: readonly Pod[]): void {
    const lose = (from: readonly Pod[], to: readonly Pod[]) => {
      const lines = to.map(
        (pod) => `neigh replace ${this.addressOf(pod)} lladdr ${nowhere} nud permanent dev eth0`,
      );
      from.forEach((pod) => {
        inPod(pod, lines);
      });
    };
    lose(side, others);
    lose(others, side);
  }

  /** Undoes every cut. */
  public mend(): void {
    for (const pod of this.addresses.keys()) {
      inPod(pod, ["neigh flush dev eth0 nud permanent"]);
    }
  }

  private addressOf(pod: Pod): string {
    const address = this.addresses.get(pod);
    if (address === undefined) {
      throw new Error(`pod ${pod.name} is not in the network`);
    }
    return address;
  }

  /** Writes the file of names in place: it is mounted, so that another could not take its place. */
  private publish(): void {
    const lines = [...this.names].map(([name, pod]) => `${this.addressOf(pod)} ${name}`);
    const text = ["127.0.0.1 localhost", ...lines, ""].join("\n");
    const file = openSync(this.hosts, "r+");
    writeSync(file, text, 0);
    ftruncateSync(file, Buffer.byteLength(text));
    closeSync(file);
  }
}

function ip(words: readonly string[]): void {
  execFileSync("ip", words, { stdio: ["ignore", "ignore", "inherit"] });
}

/** Runs commands of `ip` in a pod. */
function inPod(pod: Pod, lines: readonly string[]): void {
  const { status, stderr } = pod.run("ip", ["-batch", "-"], `${lines.join("\n")}\n`);
  if (status !== 0) {
    throw new Error(`ip in pod ${pod.name}: ${stderr}`);
  }
}
