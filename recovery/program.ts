import { Command, Option } from "commander";
import { pointKinds } from "../contracts/anyManifest";
import { loadCommand, migrateCommand, rebuildCommand, verifyAuditCommand } from "./audit/commands";
import {
  type CacheRestoreOptions,
  restoreCacheCommand,
  snapshotCacheCommand,
} from "./cache/commands";
import {
  backupCommand,
  emergencyCommand,
  listCommand,
  type LookOptions,
  restoreCommand,
  type RestoreOptions,
  restoreTablesCommand,
  showCommand,
  type TablesOptions,
  verifyCommand,
} from "./commands";
import { type ConfigurationOptions } from "./configuration/commands";
import { drillCacheCommand, drillDisasterCommand, drillRecoveryCommand } from "./drill/command";
import { exitCodes } from "./failure";
import { checkCommand } from "./monitor/command";
import { run } from "./run";
import { version } from "./version";

const status = Object.entries(exitCodes)
  .map(([reason, code]) => `  ${String(code)}  ${reason}`)
  .join("\n");

/** What talks to Kubernetes is loaded where it is used: the other commands would hold it in memory for nothing. */
function configuration() {
  return import("./configuration/commands.js");
}

/** The command's interface. Values that differ by system come from the environment: see docs/recovery.md. */
export function program(): Command {
  const command = new Command("trading-dr")
    .description(
      "Takes recovery points of a trading system's database, caches and configuration, proves that they can be restored, and restores them.",
    )
    .version(version)
    .addHelpText(
      "after",
      `\nWhat it works on is in variables TRADING_DR_*: a command that lacks one names it.\n\nStatus at the end:\n${status}\n`,
    )
    // A wrong option ends with the status that docs/recovery.md says, and not with commander's own.
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? exitCodes.success : exitCodes.usage);
    });
  const backup = command.command("backup").description("take a recovery point");
  backup
    .command("database")
    .description("take a recovery point of one database, in one consistent snapshot")
    .option("--dry-run", "look whether all can be read, and write nothing")
    .action((options: { dryRun?: true }) =>
      run("backup database", (progress) => backupCommand(options, progress)),
    );
  backup
    .command("emergency")
    .description("take recovery points of all databases of a server, and its roles, now")
    .option("--dry-run", "list the databases, and write nothing")
    .action((options: { dryRun?: true }) =>
      run("backup emergency", (progress) => emergencyCommand(options, progress)),
    );
  const snapshot = command
    .command("snapshot")
    .description("take a recovery point of what is no database");
  snapshot
    .command("cache")
    .description(
      "take a snapshot of a cache from a replica, load it once to prove it, and keep it as a recovery point",
    )
    .option("--dry-run", "find the server that would be read, and write nothing")
    .action((options: { dryRun?: true }) =>
      run("snapshot cache", (progress) => snapshotCacheCommand(options, progress)),
    );
  snapshot
    .command("configuration")
    .description("save a namespace's objects, Secrets encrypted for the recovery keys")
    .option("--dry-run", "look whether all can be listed, and write nothing")
    .action((options: { dryRun?: true }) =>
      run("snapshot configuration", async (progress) =>
        (await configuration()).snapshotConfigurationCommand(options, progress),
      ),
    );
  command
    .command("verify")
    .description(
      "restore a recovery point into a scratch database and compare it with its manifest",
    )
    .option("--point <choice>", "latest, oldest-unverified, or an id", "latest")
    .action((options: { point: string }) =>
      run("verify", (progress) => verifyCommand(options, progress)),
    );
  command
    .command("check")
    .description(
      "look whether recovery points are there, are young and whole enough, are verified and copied; status 6 or 8 if not",
    )
    .option("--json", "for machines")
    .action((options: { json?: true }) =>
      run("check", (progress) => checkCommand(options, progress)),
    );
  const restore = command.command("restore").description("restore a recovery point");
  restore
    .command("tables")
    .description("restore some tables beside the live ones, and compare them; changes nothing live")
    .requiredOption("--point <choice>", "latest, but for damaged ones, or an id")
    .option("--damaged-too", "restore one by its id though a verification found it damaged")
    .requiredOption("--database <database>", "the live database")
    .requiredOption("--schema <schema>", "schema that is made for them")
    .requiredOption("--tables <tables...>", "tables with their schemas: public.trades")
    .addOption(
      new Option("--dry-run", "check that everything is there, and change nothing").conflicts(
        "json",
      ),
    )
    .option("--json", "for machines")
    .action((options: TablesOptions) =>
      run("restore tables", (progress) => restoreTablesCommand(options, progress)),
    );
  restore
    .command("database")
    .description("restore all of it; the database appears under its name when it is whole")
    .requiredOption("--point <choice>", "latest, but for damaged ones, or an id")
    .option("--damaged-too", "restore one by its id though a verification found it damaged")
    .requiredOption("--into <database>", "name that the restored database gets")
    .option(
      "--replace <database>",
      "the same name again: a database that has data gives its name away, after a recovery point of it",
    )
    .option("--dry-run", "check that everything is there, and change nothing")
    .action((options: RestoreOptions) =>
      run("restore database", (progress) => restoreCommand(options, progress)),
    );
  restore
    .command("cache")
    .description("restore all of a cache: its primary copies a server of ours, its replicas follow")
    .requiredOption("--point <choice>", "latest, or an id")
    .requiredOption("--into <store>", "store that is restored, as the system's file names it")
    .option(
      "--replace <store>",
      "the same name again: keys that it has are replaced, after a recovery point of them",
    )
    .option("--dry-run", "check that everything is there, and change nothing")
    .action((options: CacheRestoreOptions) =>
      run("restore cache", (progress) => restoreCacheCommand(options, progress)),
    );
  restore
    .command("configuration")
    .description(
      "compare a namespace's objects with a recovery point, and restore them with --apply",
    )
    .requiredOption("--point <choice>", "latest, or an id")
    .requiredOption("--identity <file>", "the recovery key, as age-keygen wrote it")
    .option("--kinds <kinds...>", "only these: Deployment Secret; default: all")
    .option("--names <names...>", "only objects of these names")
    .option("--context <name>", "context of the kubeconfig; default: the current one")
    .option("--dry-run", "have the cluster try it too, and change nothing")
    .option("--apply", "have the cluster try it, then apply what is missing or differs")
    .option("--force", "take over fields that others manage")
    .option("--json", "for machines")
    .action((options: ConfigurationOptions) =>
      run("restore configuration", async (progress) =>
        (await configuration()).restoreConfigurationCommand(options, progress),
      ),
    );
  const drill = command.command("drill").description("rehearse a recovery, and measure it");
  drill
    .command("recovery")
    .description(
      "restore the newest recovery point into a scratch database, compare it, and hold the time and the loss to what is promised",
    )
    .option("--json", "the report for machines")
    .action((options: { json?: true }) =>
      run("drill recovery", (progress) => drillRecoveryCommand(options, progress)),
    );
  drill
    .command("disaster")
    .description(
      "as recovery, with the objectives of a lost region, and look at all that this region would take over with: database, images, recovery points, endpoint",
    )
    .option("--json", "the report for machines")
    .action((options: { json?: true }) =>
      run("drill disaster", (progress) => drillDisasterCommand(options, progress)),
    );
  drill
    .command("cache")
    .description(
      "ask all servers and Sentinels of a region's cache whether a failover would succeed; changes nothing unless told to",
    )
    .option("--failover-cache", "then hand the primary over for real, without loss")
    .option("--json", "the report for machines")
    .action((options: { json?: true; failoverCache?: true }) =>
      run("drill cache", (progress) => drillCacheCommand(options, progress)),
    );
  addLooks(command);
  addAuditCommands(command);
  return command;
}

/** What shows recovery points, of whatever kind. */
function addLooks(command: Command): void {
  const kinds = () =>
    new Option("--kinds <kinds...>", "only these; default: all").choices(pointKinds);
  const stores = ["--stores <stores...>", "only these, as the system's file names them"] as const;
  const places =
    "TRADING_DR_RECOVERY_POINTS names series, or a prefix above them: s3://BUCKET/recovery-points/ is all that a\nbucket has.";
  command
    .command("list")
    .description("list recovery points of databases, caches and configuration, the newest first")
    .addOption(kinds())
    .option(...stores)
    .option("--json", "for machines")
    .addHelpText(
      "after",
      `
${places} Manifests that are damaged, that the bucket does not give, or that are of another system are
named below the table, whatever is asked for.

"verified" is when a verification restored it last, with DAMAGED where it failed. Caches have "when taken": each
snapshot is loaded and compared before it becomes a recovery point. Configuration is verified by nothing but a restore.

  trading-dr list --kinds cache configuration
`,
    )
    .action((options: LookOptions) => run("list", () => listCommand(options)));
  command
    .command("show")
    .description("show what a recovery point of any kind holds, by its manifest; never a secret")
    .argument("<point>", "latest, or an id as list shows it")
    .addOption(kinds())
    .option(...stores)
    .option("--json", "for machines: the manifest, without where each piece lies")
    .addHelpText(
      "after",
      `
${places}

Of a database it shows tables, rows and what was left out; of a cache the server that was read, keys and checksums; of
configuration its objects, where the content of each is, and the recovery keys that open its Secrets.

  trading-dr show latest --kinds cache
`,
    )
    .action((choice: string, options: LookOptions) =>
      run("show", (progress) => showCommand(choice, options, progress)),
    );
}

/** What is known in the database about backups and recoveries: see docs/audit.md. */
function addAuditCommands(command: Command): void {
  const catalog = command.command("catalog").description("the catalog of backups, in the database");
  catalog
    .command("load")
    .description("load events from the bucket that are no rows yet")
    .action(() => run("catalog load", loadCommand));
  catalog
    .command("rebuild")
    .description("make all tables anew from the bucket; what was there is kept beside")
    .action(() => run("catalog rebuild", rebuildCommand));
  const audit = command.command("audit").description("the audit of backups and recoveries");
  audit
    .command("migrate")
    .description("make the tables, or what they lack, as an administrator")
    .option("--dry-run", "print the statements, and run none")
    .action((options: { dryRun?: true }) =>
      run("audit migrate", (progress) => migrateCommand(options, progress)),
    );
  audit
    .command("verify")
    .description("compare the tables with the events: finds what was changed, added or removed")
    .option("--json", "for machines")
    .action((options: { json?: true }) =>
      run("audit verify", (progress) => verifyAuditCommand(options, progress)),
    );
}
