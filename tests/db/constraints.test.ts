import { afterAll, beforeAll, expect, test } from "bun:test";
import { type FreshDatabase, freshDatabase } from "../support/database.ts";

/** What the promises need is refused by the database itself, whatever the code does. */
let database: FreshDatabase;
const POST = "p00000001";
const TWEET = "00000000-0000-4000-8000-000000000001";
beforeAll(async () => {
  database = await freshDatabase();
  await database.sql`insert into posts (id) values (${POST})`;
  await database.sql`insert into tweets (id, post_id, position, text) values (${TWEET}, ${POST}, 1, 'one')`;
});
afterAll(() => database.drop());

async function refusal(statement: string): Promise<string> {
  try {
    await database.sql.unsafe(statement);
    return "accepted";
  } catch (error) {
    if (error instanceof Error && "constraint_name" in error) return String(error.constraint_name);
    throw error;
  }
}

const attempt = (outcome: string, xId = "null") =>
  `insert into attempts (id, post_id, tweet_id, position, kind, outcome, lease_token, finished_at, x_id)
   values (gen_random_uuid(), '${POST}', '${TWEET}', 1, 'tweet', '${outcome}', gen_random_uuid(),
     ${outcome === "open" ? "null" : "now()"}, ${xId})`;

test("a second attempt of a tweet can't begin while one is open or nobody knows what came of it", async () => {
  expect(await refusal(attempt("open"))).toBe("accepted");
  expect(await refusal(attempt("open"))).toBe("attempts_one_unresolved");
  expect(await refusal(attempt("ambiguous"))).toBe("attempts_one_unresolved");
  await database.sql`update attempts set outcome = 'absent', finished_at = now()`;
  expect(await refusal(attempt("open"))).toBe("accepted");
  await database.sql`update attempts set outcome = 'sent', finished_at = now(), x_id = '1' where outcome = 'open'`;
  expect(await refusal(attempt("sent", "'2'"))).toBe("attempts_one_success");
});

test("a tweet is out exactly when it has X's id, and no two tweets have the same", async () => {
  expect(await refusal(`update tweets set state = 'sent'`)).toBe("tweets_out_has_x_id");
  expect(await refusal(`update tweets set x_id = '7'`)).toBe("tweets_out_has_x_id");
  expect(await refusal(`update tweets set state = 'sent', x_id = 'seven'`)).toBe("tweets_x_id_shape");
  await database.sql`update tweets set state = 'sent', x_id = '7'`;
  const same = `insert into tweets (post_id, position, text, state, x_id) values ('${POST}', 2, 'two', 'sent', '7')`;
  expect(await refusal(same)).toBe("tweets_x_id");
  const place = `insert into tweets (post_id, position, text) values ('${POST}', 1, 'again')`;
  expect(await refusal(place)).toBe("tweets_order");
});

test("nothing is armed without an account, a seal and a time, and nothing is published without a lease", async () => {
  expect(await refusal(`update posts set status = 'scheduled'`)).toBe("posts_armed_is_approved");
  expect(await refusal(`update posts set status = 'failed'`)).toBe("posts_failed_has_reason");
  expect(await refusal(`update posts set status = 'published'`)).toBe("posts_published_has_time");
  expect(await refusal(`update posts set lease_until = now()`)).toBe("posts_lease_whole");
  expect(await refusal(`insert into posts (id) values ('post-1')`)).toBe("posts_id_shape");
});

test("one attempt is billed once, and one account is the default", async () => {
  await database.sql`insert into accounts (id, x_user_id, username, name, is_default) values (${TWEET}, '1', 'a', 'A', true)`;
  const second = `insert into accounts (x_user_id, username, name, is_default) values ('2', 'b', 'B', true)`;
  expect(await refusal(second)).toBe("accounts_one_default");
  const bill = `insert into spend (account_id, attempt_id, item, micro_usd) values ('${TWEET}', '${TWEET}', 'tweet', 15000)`;
  expect(await refusal(bill)).toBe("accepted");
  expect(await refusal(bill)).toBe("spend_once_per_attempt");
});
