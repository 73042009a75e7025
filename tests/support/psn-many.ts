/**
 * psn's command lines, one after the other in one process: each line of stdin is a `Given` as JSON, and is answered with
 * a `Said` on a line of stdout. What runs is the entry that `psn` has, from its arguments to its exit code; only
 * arguments, environment, folder, stdin, console and exit are handed in.
 *
 * It saves a tenth of a second of processor time for each line. The price: what a command leaves behind in the process,
 * say a table that it has filled, is there for the next one, which would have begun without. So every command and every
 * exit code is also run in a process of its own somewhere in the tests, and so is whatever is about a process: signals,
 * kinds of stdin, pipes, terminals, what runs at the same time.
 */
import { createInterface } from "node:readline";
import { format } from "node:util";
import { load } from "../../src/cli/load.ts";
import type { Route } from "./line.ts";
import type { Said } from "./run-psn.ts";

/** A command line, and what its process would have. */
export interface Given extends Route {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** In base64. */
  readonly stdin: string;
}

/** Thrown in the place of the end of the process. */
class Ended extends Error {
  readonly code: number;

  constructor(code: number) {
    super("psn has ended");
    this.code = code;
  }
}

if (import.meta.main) {
  const end = process.exit.bind(process);
  process.exit = (code) => {
    throw new Ended(Number(code ?? 0));
  };
  const write = process.stdout.write.bind(process.stdout);
  const psn = await load();
  for await (const line of createInterface({ input: process.stdin }))
    write(`${JSON.stringify(await answer(psn, line))}\n`);
  end(0);
}

async function answer(psn: Awaited<ReturnType<typeof load>>, text: string): Promise<Said> {
  const { program, args, env, cwd, stdin }: Given = JSON.parse(text);
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.chdir(cwd);
  Bun.argv.splice(2, Bun.argv.length, ...args);
  Reflect.set(Bun, "stdin", new Blob([Buffer.from(stdin, "base64")]));
  let stdout = "";
  let stderr = "";
  console.log = (...said) => {
    stdout += `${format(...said)}\n`;
  };
  console.error = (...said) => {
    stderr += `${format(...said)}\n`;
  };
  const exit = await psn.run(program).catch((error: unknown) => {
    if (error instanceof Ended) return error.code;
    throw error;
  });
  // What the entry listens to until its process ends.
  for (const event of ["SIGINT", "uncaughtException", "unhandledRejection"]) process.removeAllListeners(event);
  return { exit, stdout, stderr };
}
