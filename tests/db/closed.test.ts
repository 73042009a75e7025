import { expect, test } from "bun:test";
import { once } from "node:events";
import { createServer } from "node:net";
import { sql } from "drizzle-orm";
import { openDatabase } from "../../src/db/connection.ts";
import { isConnectionLost } from "../../src/db/failures.ts";

test("a host that takes connections and closes them without a word is an error, not a loop", async () => {
  let taken = 0;
  const server = createServer((socket) => {
    taken += 1;
    socket.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const database = openDatabase({ url: `postgres://somebody:secret@127.0.0.1:${port}/nowhere` }, { max: 1 });

  const failure = await database.orm.execute(sql`select 1`).catch((error: unknown) => error);

  expect(isConnectionLost(failure)).toBe(true);
  expect(taken).toBe(1);
  await database.close();
  server.close();
});
