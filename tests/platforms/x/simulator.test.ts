import { afterAll, beforeAll, expect, test } from "bun:test";
import { createServer } from "node:net";
import { createXClient, type XClient } from "../../../src/platforms/x/client.ts";
import { gotValue } from "./calls.ts";

/** The program of X's own simulator, xdevplatform/playground: `playground start --port N --host H`. */
const SIMULATOR = process.env["X_SIMULATOR"];
const TOKEN = "any-token-will-do";
if (SIMULATOR === undefined) console.log("X's own simulator is not run: X_SIMULATOR names no program");

let simulator: Bun.Subprocess | undefined;
let client: XClient;
beforeAll(async () => {
  if (SIMULATOR === undefined) return;
  const port = await freePort();
  simulator = Bun.spawn([SIMULATOR, "start", "--port", String(port), "--host", "127.0.0.1"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const apiUrl = `http://127.0.0.1:${port}`;
  for (const giveUpAt = Date.now() + 20_000; ; await Bun.sleep(100)) {
    const answers = await fetch(apiUrl).then(
      () => true,
      () => false,
    );
    if (answers) break;
    if (Date.now() > giveUpAt) throw new Error("X's simulator does not answer");
  }
  // It takes a plain bearer only when it is told that the bearer is a user's.
  const asUser = (init: RequestInit): RequestInit => {
    const headers = new Headers(init.headers);
    headers.set("X-Auth-Method", "oauth2user");
    return { ...init, headers };
  };
  client = createXClient({ apiUrl, fetch: (url, init) => fetch(url, asUser(init)), now: () => new Date() });
});
afterAll(async () => {
  simulator?.kill();
  await simulator?.exited;
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

test.skipIf(SIMULATOR === undefined)("X's own simulator: a thread of two is made, read back and deleted", async () => {
  const call = { accessToken: TOKEN };
  const me = gotValue(await client.me(call));
  const first = gotValue(await client.createTweet(call, { text: "One, from psn's tests." }));
  const second = gotValue(await client.createTweet(call, { text: "Two, below it.", replyTo: first.id }));

  const { tweets } = gotValue(await client.ownTimeline(call, { userId: me.id, maxResults: 10 }));

  expect(tweets.find(({ id }) => id === second.id)).toMatchObject({ repliedTo: first.id, text: "Two, below it." });
  for (const { id } of [second, first]) gotValue(await client.deleteTweet(call, id));
  expect((await client.getTweet(call, first.id)).ok).toBe(false);
});
