import { Command, CommanderError } from "commander";
import { EXIT, type ExitCode, PsnError } from "../../core/errors.ts";
import { Cli } from "./cli.ts";
import type { CommandLine, CommandTable } from "./command.ts";
import { naming } from "./next.ts";
import { printError, printOutcome, toPsnError } from "./output.ts";

export interface Program {
  readonly name: "psn" | "psn setup" | "psn worker";
  readonly summary: string;
  readonly commands: CommandTable;
  /** The command that runs when none is named in a terminal; without a terminal its absence is an error. */
  readonly bare: string;
}

/**
 * What was typed in the place of a command or an option is repeated only when it looks like one: a code, a key or a whole
 * text in the wrong place is not.
 */
const isWord = (text: string): boolean => /^(?:--?)?[a-z][a-z-]{0,19}$/.test(text);

/** Runs one command line and ends the process with its exit code. */
export async function main(program: Program, argv: readonly string[], all: readonly Program[]): Promise<never> {
  const json = argv.includes("--json");
  const cli = new Cli(json, all);
  const asked = askedOf(program, argv, cli);
  const interrupt = () => {
    // A command that listens itself, as the worker does, ends in its own time.
    if (process.listenerCount("SIGINT") > 1) return;
    const next = `${program.name} status`;
    printError(json, asked.label, new PsnError("interrupted", "Interrupted; what is done is kept.", { next }));
    process.exit(EXIT.interrupted);
  };
  process.on("SIGINT", interrupt);
  let ended: ExitCode | undefined;
  // What fails beside the command, in a connection for instance, is told in the same form, and once.
  const failed = (error: unknown) => {
    cli.noteUnexpected(error);
    process.exit(ended ?? printError(json, asked.label, toPsnError(error)));
  };
  process.on("uncaughtException", failed).on("unhandledRejection", failed);
  ended = await run(program, argv, asked, cli);
  await cli.close();
  process.exit(ended);
}

interface Asked {
  /** As it was typed. */
  readonly named: string | undefined;
  readonly help: boolean;
  /** The command that runs. */
  readonly command: string | undefined;
  /** What the envelope calls it. */
  readonly label: string;
}

function askedOf(program: Program, argv: readonly string[], cli: Cli): Asked {
  const named = argv.find((word) => !word.startsWith("-"));
  const help = argv.some((word) => word === "-h" || word === "--help");
  const command = named ?? (cli.interactive && !help ? program.bare : undefined);
  return { named, help, command, label: command !== undefined && isWord(command) ? command : program.name };
}

async function run(
  program: Program,
  argv: readonly string[],
  { named, help, command: asked, label }: Asked,
  cli: Cli,
): Promise<ExitCode> {
  const printed: string[] = [];
  try {
    if (asked === undefined && !help) throw noCommand(program);
    let exit: ExitCode = EXIT.ok;
    const act = async (line: CommandLine, command: Command) => {
      const outcome = await line.run(cli, command).catch((error: unknown) => {
        throw naming(error, { id: command.args[0] });
      });
      exit = printOutcome(cli.json, line.name, outcome);
    };
    const root = await buildProgram(program, asked, act, (text) => printed.push(text));
    await root.parseAsync(wordsFor(program, argv, named, asked), { from: "user" });
    return exit;
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      cli.noteUnexpected(error);
      return printError(cli.json, label, toPsnError(error));
    }
    if (error.code !== "commander.helpDisplayed") return printError(cli.json, label, misused(program, asked, error));
    const help = printed.join("").trimEnd();
    return printOutcome(cli.json, label, { data: { help }, text: help });
  }
}

/** What is parsed. Help for a command that does not exist is help for a typo. */
function wordsFor(program: Program, argv: readonly string[], named: string | undefined, asked: string | undefined) {
  if (named === undefined) return asked === undefined ? [...argv] : [asked, ...argv];
  return isCommand(program, named) ? [...argv] : argv.filter((word) => word !== "-h" && word !== "--help");
}

/** Declares the commands: all of them for help and suggestions, else just the one that was asked for. */
export async function buildProgram(
  program: Program,
  asked: string | undefined,
  act: (line: CommandLine, command: Command) => Promise<void>,
  print: (text: string) => void = () => undefined,
): Promise<Command> {
  const root = new Command(program.name)
    .description(program.summary)
    .option("--json", "print one JSON envelope on stdout")
    .exitOverride()
    .showHelpAfterError(false)
    .configureOutput({ writeOut: print, writeErr: () => undefined })
    .helpCommand(false);
  for (const load of isCommand(program, asked) ? [program.commands[asked]] : Object.values(program.commands)) {
    const line = await load?.();
    if (line === undefined) continue;
    const command = line
      .configure(root.command(line.name).description(line.summary))
      .option("--json", "print one JSON envelope on stdout")
      .addHelpText("after", `\nExamples:\n${line.examples.map((e) => `  ${e}`).join("\n")}`);
    command.action(() => act(line, command));
  }
  return root;
}

const isCommand = (program: Program, asked: string | undefined): asked is string =>
  asked !== undefined && Object.hasOwn(program.commands, asked);

function noCommand(program: Program): PsnError {
  const names = Object.keys(program.commands).join(", ");
  return new PsnError("usage", `Which command? One of: ${names}.`, { next: `${program.name} --help` });
}

function misused(program: Program, asked: string | undefined, error: CommanderError): PsnError {
  // What was typed may be a secret in the wrong place, or an address with a code in it: it is not repeated.
  const sentence = error.message
    .replace(/'(--?[\w-]+)=[^']*'/g, "'$1'")
    .replace(/(argument|value) '[^']*' is invalid/g, "$1 is invalid")
    .replace(/(but got \d+): .*$/s, "$1")
    .replace(/^(error: unknown (?:command|option)) '([^']*)'/s, (all, said, word) => (isWord(word) ? all : said))
    .replace(/^error: /, "")
    .replace(/\s*\n\s*/g, " ")
    .trim();
  const message = `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`.replace(/([^.?!)])$/, "$1.");
  const next = `${isCommand(program, asked) ? `${program.name} ${asked}` : program.name} --help`;
  return new PsnError("usage", message, { next });
}
