#!/usr/bin/env -S node --max-semi-space-size=1
// The option has rows that have been written given back sooner: a quarter of the memory is saved.
import { Command } from "commander";
import { loadCommand, migrateCommand, rebuildCommand, verifyAuditCommand } from "./audit/commands";
import {
  backupCommand,
  emergencyCommand,
  listCommand,
  restoreCommand,
  type RestoreOptions,
  restoreTablesCommand,
  run,
  showCommand,
  type TablesOptions,
  verifyCommand,
} from "./commands";
import { exitCodes } from "./failure";
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
  addAuditCommands(command);
  return command;
}

/** What is known in the database about backups and recoveries: see docs/audit.md. */
function addAuditCommands(command: Command): void {
  const catalog = command.command("catalog").description("the catalog of backups, in the database");
  catalog
    .command("load")
    .description("load events from the bucket that are no rows yet")
    .action(() => run(loadCommand));
  catalog
    .command("rebuild")
    .description("make all tables anew from the bucket; what was there is kept beside")
    .action(() => run(rebuildCommand));
  const audit = command.command("audit").description("the audit of backups and recoveries");
  audit
    .command("migrate")
    .description("make the tables, or what they lack, as an administrator")
    .option("--dry-run", "print the statements, and run none")
    .action((options: { dryRun?: true }) => run(() => migrateCommand(options)));
  audit
    .command("verify")
    .description("compare the tables with the events: finds what was changed, added or removed")
    .option("--json", "for machines")
    .action((options: { json?: true }) => run(() => verifyAuditCommand(options)));
}

void program().parseAsync();
