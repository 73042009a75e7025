import { POST, SETUP, WORKER } from "./programs.ts";
import { main } from "./support/program.ts";

await main(WORKER, Bun.argv.slice(2), [POST, SETUP, WORKER]);
