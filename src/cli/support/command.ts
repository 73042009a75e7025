import type { Command } from "commander";
import type { PsnError } from "../../core/errors.ts";
import type { Cli } from "./cli.ts";

/** What a command gives back: `data` for the JSON envelope, `text` for people, on stdout. */
export interface Outcome {
  readonly data: unknown;
  readonly text: string;
  /** What is not good about it, such as a post that is partly out: told beside the rest, and its exit code is the command's. */
  readonly problem?: PsnError;
}

/** One command line. `configure` declares arguments and options; `run` parses them further, calls, renders. */
export interface CommandLine {
  readonly name: string;
  readonly summary: string;
  /** One or two lines that can be pasted. */
  readonly examples: readonly string[];
  configure(command: Command): Command;
  run(cli: Cli, command: Command): Promise<Outcome>;
}

export const defineCommand = (line: CommandLine): CommandLine => line;

/** Loads one command line; only the one that was asked for is loaded. */
export type CommandTable = Readonly<Record<string, () => Promise<CommandLine>>>;
