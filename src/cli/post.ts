import { load } from "./load.ts";

await (await load()).run("post");
