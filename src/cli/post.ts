// Nearly every command works on the database: what that takes is read from the disk while all else is.
const [{ main }, { POST, SETUP, WORKER }] = await Promise.all([
  import("./support/program.ts"),
  import("./programs.ts"),
  Bun.argv.includes("--help") ? undefined : import("./support/session.ts"),
]);

await main(POST, Bun.argv.slice(2), [POST, SETUP, WORKER]);
