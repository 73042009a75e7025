/**
 * What psn prints with --json, written down by hand and from the outside: whoever reads it relies on these shapes, so
 * nothing here is taken from psn's own code. Every envelope that a test sees is held against them.
 */
import { z } from "zod";
import { type Line, type Route, routeOf, wordsOf } from "../line.ts";
import { type Failure, failure } from "./failure.ts";
import { POST } from "./post.ts";
import { SETUP } from "./setup.ts";
import { WORKER } from "./worker.ts";

const PROGRAMS = { post: POST, setup: SETUP, worker: WORKER };
/** Of every command with --help. */
const HELP = z.strictObject({ help: z.string().min(1) });

const anything = z.unknown().optional();

type Programs = typeof PROGRAMS;
type Program = keyof Programs;

/** The one line of `--json`. What all went well has no `error`, and most of what failed no `data`. */
export interface Envelope<D = unknown> {
  readonly ok: boolean;
  readonly command: string;
  readonly data: D;
  readonly error: Failure;
}

/** What a line prints as `data`, as far as its words are known to the compiler: `show ${id}` shows a post. */
export type DataOf<L extends Line> = L extends string
  ? OfText<L>
  : L extends readonly string[]
    ? OfText<Joined<L>>
    : never;

/** Words as one text: ["show", string] as `show ${string}`. */
type Joined<W extends readonly string[]> = W extends readonly [infer Only extends string]
  ? Only
  : W extends readonly [infer First extends string, ...infer Rest extends readonly string[]]
    ? `${First} ${Joined<Rest>}`
    : string;

type OfText<T extends string> = string extends T
  ? unknown
  : ` ${T} ` extends `${string} --help ${string}`
    ? z.infer<typeof HELP>
    : T extends `${"psn" | "--json"} ${infer Rest}`
      ? OfText<Rest>
      : T extends `${infer P extends "setup" | "worker"} ${infer Rest}`
        ? OfArgs<P, Rest>
        : OfArgs<"post", T>;

type OfArgs<P extends Program, T extends string> = T extends `--json ${infer Rest}`
  ? OfArgs<P, Rest>
  : [SpecialIn<P, T>] extends [never]
    ? Named<P, FirstOf<T>>
    : Named<P, SpecialIn<P, T>>;

type Named<P extends Program, N> = N extends keyof Programs[P] ? z.infer<Programs[P][N]> : unknown;
type FirstOf<T extends string> = T extends `${infer First} ${string}` ? First : T;

/** Of the names of two words the one whose words the line has. */
type SpecialIn<P extends Program, T extends string> = {
  [N in keyof Programs[P]]: N extends `${infer Command} ${infer Word}`
    ? ` ${T} ` extends ` ${Command} ${string}` & `${string} ${Word} ${string}`
      ? N
      : never
    : never;
}[keyof Programs[P]];

/** In the place of an envelope where people's text was printed: nobody looks into it then. */
const NONE = { ok: false, command: "", data: {}, error: {} };

/**
 * The envelope that a line has printed. Throws when it is not what this command prints: so `DataOf` may say what is in
 * it.
 */
export function envelopeOf<const L extends Line>(line: L, text: string): Envelope<DataOf<L>> {
  const printed: unknown = text.startsWith("{") ? checked(wordsOf(line), text) : NONE;
  return printed as Envelope<DataOf<L>>;
}

function checked(words: readonly string[], text: string): unknown {
  const printed: unknown = JSON.parse(text);
  const { success, error } = schemaFor(routeOf(words), printed).safeParse(printed);
  if (success) return printed;
  const line = words.join(" ").slice(0, 200);
  throw new Error(`psn ${line} prints what it should not:\n${z.prettifyError(error)}\n${text}`);
}

function schemaFor({ program, args }: Route, printed: unknown): z.ZodType {
  const { ok, data } = z.object({ ok: anything, data: anything }).parse(printed);
  const failed = { ok: z.literal(false), error: failure };
  // What can't be read as a command line is told in the name of the program.
  if (ok === false && data === undefined) return z.strictObject({ ...failed, command: z.string().min(1) });
  const command = args.find((word) => !word.startsWith("-")) ?? "";
  const answer = { command: z.literal(command), data: dataFor(program, command, args) };
  // A command that did something, and has a problem to tell, prints both.
  return z.strictObject(ok === false ? { ...failed, ...answer } : { ok: z.literal(true), ...answer });
}

function dataFor(program: Program, command: string, args: readonly string[]): z.ZodType {
  if (args.includes("--help")) return HELP;
  const answers: Readonly<Record<string, z.ZodType>> = PROGRAMS[program];
  const special = Object.keys(answers).find((name) => {
    const [first, word] = name.split(" ");
    return first === command && word !== undefined && args.includes(word);
  });
  return answers[special ?? command] ?? z.never();
}
