import * as z from "zod";
import { accountSchema } from "../world/accounts.ts";
import { faultSchema } from "../world/fault-script.ts";
import { settingsSchema } from "../world/settings.ts";
import type { World } from "../world/world.ts";

const nothing = z.strictObject({});
const account = z.string().optional();
const id = z.string().regex(/^[0-9]{1,19}$/);
const day = z.string().regex(/^\d{4}-\d\d-\d\d$/);
const count = z.int().min(0);

/** A command with an answer. */
function asking<Schema extends z.ZodType, Result>(
  input: Schema,
  run: (world: World, input: z.output<Schema>) => Result,
): { input: Schema; run: (world: World, input: z.output<Schema>) => Result } {
  return { input, run };
}

/** A command that only does something. */
function doing<Schema extends z.ZodType>(input: Schema, run: (world: World, input: z.output<Schema>) => unknown) {
  return asking(input, (world, given): Record<string, never> => {
    run(world, given);
    return {};
  });
}

/**
 * What may be done to the world behind the API's back, by name: `POST /sandbox/<name>` with the input as JSON.
 * Every command is a method of World.
 */
const COMMANDS = {
  state: asking(nothing, (world) => world.state()),
  reset: doing(z.strictObject({ keepGrants: z.boolean().optional() }), (world, input) => world.reset(input)),
  configure: asking(settingsSchema.partial(), (world, input) => world.configure(input)),

  addFault: asking(faultSchema, (world, input) => ({ id: world.addFault(input) })),
  clearFaults: doing(nothing, (world) => world.clearFaults()),
  release: asking(z.strictObject({ fault: z.int().optional() }), (world, input) => ({
    released: world.release(input.fault),
  })),

  putAccount: asking(accountSchema, (world, input) => ({ id: world.putAccount(input).id })),
  grant: asking(
    z.strictObject({ account, scopes: z.array(z.string()).optional(), expiresInSecs: z.int().optional() }),
    (world, input) => world.grant(input),
  ),
  expireAccessTokens: doing(z.strictObject({ account }), (world, input) => world.expireAccessTokens(input.account)),
  expireCodes: doing(nothing, (world) => world.expireCodes()),
  revokeGrants: doing(z.strictObject({ account }), (world, input) => world.revokeGrants(input.account)),

  setCredits: doing(z.strictObject({ usd: z.number().nullable() }), (world, input) => world.setCredits(input.usd)),
  setSpendCap: doing(z.strictObject({ until: day.nullable() }), (world, input) => world.setSpendCap(input.until)),
  setLimit: doing(
    z.strictObject({
      endpoint: z.string(),
      limit: count,
      windowSecs: z.int().min(1).optional(),
      used: count.optional(),
    }),
    (world, input) => world.setLimit(input),
  ),
  setDailyLimit: doing(
    z.strictObject({ endpoint: z.string(), scope: z.enum(["user", "app"]), limit: count, used: count.optional() }),
    (world, input) => world.setDailyLimit(input),
  ),

  expireMedia: doing(z.strictObject({ id: id.optional() }), (world, input) => world.expireMedia(input.id)),
  writeTweet: asking(z.strictObject({ account, text: z.string(), replyTo: id.optional() }), (world, input) => ({
    id: world.writeTweet(input).id,
  })),
  editTweet: asking(z.strictObject({ id, text: z.string() }), (world, input) => ({
    id: world.editTweet(input.id, input.text).id,
  })),
  deleteTweet: doing(z.strictObject({ id }), (world, input) => world.deleteTweet(input.id)),
};

export type CommandName = keyof typeof COMMANDS;
export type CommandInput<Name extends CommandName> = z.input<(typeof COMMANDS)[Name]["input"]>;
export type CommandResult<Name extends CommandName> = ReturnType<(typeof COMMANDS)[Name]["run"]>;

/** Runs a command by name. Throws on an unknown name, on an input that does not fit, and on what does not exist. */
export function runCommand(world: World, name: string, input: unknown): unknown {
  if (!isCommand(name)) throw new Error(`The sandbox has no command ${name}.`);
  const { input: schema, run } = COMMANDS[name];
  // The table ties each schema to its function; over the union of all commands that tie can't be expressed.
  const runAny = run as (world: World, input: unknown) => unknown;
  return runAny(world, schema.parse(input));
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}
