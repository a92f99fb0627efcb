#!/usr/bin/env -S node --max-semi-space-size=1
// The option has rows that have been written given back sooner: a quarter of the memory is saved.
import { Command } from "commander";
import {
  backupCommand,
  emergencyCommand,
  listCommand,
  restoreCommand,
  type RestoreOptions,
  restoreTablesCommand,
  showCommand,
  type TablesOptions,
  verifyCommand,
} from "./commands";
import { drillCacheCommand, drillDisasterCommand, drillRecoveryCommand } from "./drill/command";
import { exitCodes } from "./failure";
import { run } from "./surroundings";
import { version } from "./version";

const status = Object.entries(exitCodes)
  .map(([reason, code]) => `  ${String(code)}  ${reason}`)
  .join("\n");

/** The command's interface. Values that differ by system come from the environment: see docs/recovery.md. */
export function program(): Command {
  const command = new Command("trading-dr")
    .description(
      "Takes recovery points of a trading system's database, proves that they can be restored, and restores them.",
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
    .action((options: { dryRun?: true }) => run(() => backupCommand(options)));
  backup
    .command("emergency")
    .description("take recovery points of all databases of a server, and its roles, now")
    .option("--dry-run", "list the databases, and write nothing")
    .action((options: { dryRun?: true }) => run(() => emergencyCommand(options)));
  command
    .command("verify")
    .description(
      "restore a recovery point into a scratch database and compare it with its manifest",
    )
    .option("--point <choice>", "latest, oldest-unverified, or an id", "latest")
    .action((options: { point: string }) => run(() => verifyCommand(options)));
  const restore = command.command("restore").description("restore a recovery point");
  restore
    .command("tables")
    .description("restore some tables beside the live ones, and compare them; changes nothing live")
    .requiredOption("--point <choice>", "latest, or an id")
    .requiredOption("--database <database>", "the live database")
    .requiredOption("--schema <schema>", "schema that is made for them")
    .requiredOption("--tables <tables...>", "tables with their schemas: public.trades")
    .option("--json", "for machines")
    .action((options: TablesOptions) => run(() => restoreTablesCommand(options)));
  restore
    .command("database")
    .description("restore all of it; the database appears under its name when it is whole")
    .requiredOption("--point <choice>", "latest, or an id")
    .requiredOption("--into <database>", "name that the restored database gets")
    .option(
      "--replace <database>",
      "the same name again: a database that has data gives its name away, after a recovery point of it",
    )
    .option("--dry-run", "check that everything is there, and change nothing")
    .action((options: RestoreOptions) => run(() => restoreCommand(options)));
  const drill = command.command("drill").description("rehearse a recovery, and measure it");
  drill
    .command("recovery")
    .description(
      "restore the newest recovery point into a scratch database, compare it, and hold the time and the loss to what is promised",
    )
    .option("--json", "the report for machines")
    .action((options: { json?: true }) => run(() => drillRecoveryCommand(options)));
  drill
    .command("disaster")
    .description(
      "as recovery, with the objectives of a lost region, and look at all that this region would take over with: database, images, recovery points, endpoint",
    )
    .option("--json", "the report for machines")
    .action((options: { json?: true }) => run(() => drillDisasterCommand(options)));
  drill
    .command("cache")
    .description(
      "ask all servers and Sentinels of a region's cache whether a failover would succeed; changes nothing unless told to",
    )
    .option("--failover-cache", "then hand the primary over for real, without loss")
    .option("--json", "the report for machines")
    .action((options: { json?: true; failoverCache?: true }) =>
      run(() => drillCacheCommand(options)),
    );
  command
    .command("list")
    .description("list recovery points, the newest first")
    .option("--json", "for machines")
    .action((options: { json?: true }) => run(() => listCommand(options)));
  command
    .command("show")
    .description("show one recovery point")
    .argument("<point>", "latest, or an id")
    .option("--json", "for machines")
    .action((id: string, options: { json?: true }) => run(() => showCommand(id, options)));
  return command;
}

void program().parseAsync();
