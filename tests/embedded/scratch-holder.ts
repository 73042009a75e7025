/** A process of the scratch server's test: starts one, says where it is, and waits to be killed. */
import { scratchServer } from "../../src/embedded/scratch.ts";

const server = await scratchServer();
console.log(JSON.stringify({ url: server.url("postgres"), host: server.host }));
await Bun.sleep(60_000);
