import { POST, SETUP, WORKER } from "./programs.ts";

const PROGRAMS = { post: POST, setup: SETUP, worker: WORKER };

/** Runs one of the three command lines with this process's arguments, and ends the process. */
export async function run(name: keyof typeof PROGRAMS): Promise<never> {
  // Nearly every command works on the database: what that takes is read from the disk while all else is.
  const [{ main }] = await Promise.all([
    import("./support/program.ts"),
    Bun.argv.includes("--help") ? undefined : import("./support/session.ts"),
  ]);
  return await main(PROGRAMS[name], Bun.argv.slice(2), [POST, SETUP, WORKER]);
}
