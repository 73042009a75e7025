import { Command, CommanderError } from "commander";
import { EXIT, type ExitCode, PsnError } from "../../core/errors.ts";
import { Cli } from "./cli.ts";
import type { CommandLine, CommandTable } from "./command.ts";
import { notice, printError, printOutcome, toPsnError } from "./output.ts";

export interface Program {
  readonly name: "psn" | "psn setup" | "psn worker";
  readonly summary: string;
  readonly commands: CommandTable;
  /** The command that runs when none is named in a terminal; without a terminal its absence is an error. */
  readonly bare: string;
}

/** Runs one command line and ends the process with its exit code. */
export async function main(program: Program, argv: readonly string[], all: readonly Program[]): Promise<never> {
  const json = argv.includes("--json");
  const cli = new Cli(json, all);
  process.on("SIGINT", () => {
    printError(json, program.name, new PsnError("interrupted", "Interrupted."));
    process.exit(EXIT.interrupted);
  });
  const exit = await run(program, argv, cli);
  await cli.close();
  process.exit(exit);
}

async function run(program: Program, argv: readonly string[], cli: Cli): Promise<ExitCode> {
  const named = argv.find((word) => !word.startsWith("-"));
  const help = argv.some((word) => word === "-h" || word === "--help");
  const asked = named ?? (cli.interactive && !help ? program.bare : undefined);
  try {
    if (asked === undefined && !help) throw noCommand(program);
    let exit: ExitCode = EXIT.ok;
    const root = await buildProgram(program, asked, async (line, command) => {
      for (const warning of cli.config.warnings) notice(`warning: ${warning}`);
      exit = printOutcome(cli.json, line.name, await line.run(cli, command));
    });
    await root.parseAsync(named === undefined && asked !== undefined ? [asked, ...argv] : [...argv], { from: "user" });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return afterParsing(program, asked, cli, error);
    cli.noteUnexpected(error);
    return printError(cli.json, asked ?? program.name, toPsnError(error));
  }
}

/** Declares the commands: all of them for help and suggestions, else just the one that was asked for. */
export async function buildProgram(
  program: Program,
  asked: string | undefined,
  act: (line: CommandLine, command: Command) => Promise<void>,
): Promise<Command> {
  const root = new Command(program.name)
    .description(program.summary)
    .exitOverride()
    .showHelpAfterError(false)
    .configureOutput({ writeErr: () => undefined })
    .helpCommand(false);
  const one = asked === undefined ? undefined : program.commands[asked];
  for (const load of one === undefined ? Object.values(program.commands) : [one]) {
    const line = await load();
    const command = line
      .configure(root.command(line.name).description(line.summary))
      .option("--json", "print one JSON envelope on stdout")
      .addHelpText("after", `\nExamples:\n${line.examples.map((e) => `  ${e}`).join("\n")}`);
    command.action(() => act(line, command));
  }
  return root;
}

function noCommand(program: Program): PsnError {
  const names = Object.keys(program.commands).join(", ");
  return new PsnError("usage", `Which command? One of: ${names}.`, { next: `${program.name} --help` });
}

function afterParsing(program: Program, asked: string | undefined, cli: Cli, error: CommanderError): ExitCode {
  if (error.code === "commander.helpDisplayed" || error.code === "commander.help") return EXIT.ok;
  const command = asked !== undefined && asked in program.commands ? `${program.name} ${asked}` : program.name;
  const sentence = error.message
    .replace(/^error: /, "")
    .replace(/\n/g, " ")
    .trim();
  const message = `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`.replace(/([^.?!)])$/, "$1.");
  return printError(cli.json, asked ?? program.name, new PsnError("usage", message, { next: `${command} --help` }));
}
