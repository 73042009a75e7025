import { sql } from "drizzle-orm";
import type { Sent } from "./attempts.ts";
import type { Queryable } from "./connection.ts";
import { attempts, spend } from "./schema.ts";

/**
 * X took a tweet a second time: it acted on an earlier request long after that had been taken for lost. Only one of
 * the two can be the post's; the other is billed and told in the story, once, so that the person can delete it.
 */
export async function recordSecondCopy(db: Queryable, copy: Sent): Promise<void> {
  await db.execute(sql`
    with closed as (
      update ${attempts}
      set outcome = 'refused', code = 'second_copy', detail = ${`X has it a second time, as ${copy.xId}.`},
        finished_at = coalesce(finished_at, now())
      where id = ${copy.attemptId} and outcome in ('open', 'ambiguous')
    ), paid as (
      insert into ${spend} (account_id, post_id, attempt_id, item, micro_usd)
      values (${copy.accountId}::uuid, ${copy.postId}, ${copy.attemptId}::uuid, ${copy.item}, ${copy.microUsd})
      on conflict (attempt_id) do nothing
      returning attempt_id
    )
    insert into events (post_id, kind, detail)
    select ${copy.postId}, 'tweet_out',
      jsonb_build_object('tweet', a.position, 'xId', ${copy.xId}::text, 'code', 'second_copy')
    from ${attempts} a join paid on paid.attempt_id = a.id`);
}
