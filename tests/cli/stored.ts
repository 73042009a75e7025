import type { Person } from "../support/person.ts";

/** Every post with its tweets and images, as the database has them: to see that a refusal has left no trace. */
export async function storedIn({ database: { sql } }: Person): Promise<unknown> {
  const [row] = await sql`select
    (select jsonb_agg(to_jsonb(p) - 'updated_at' order by id) from posts p) as posts,
    (select jsonb_agg(to_jsonb(t) order by post_id, position) from tweets t) as tweets,
    (select jsonb_agg(to_jsonb(m) order by id) from media m) as media,
    (select jsonb_agg(jsonb_build_array(media_id, index, length(bytes)) order by media_id, index) from media_chunks) as chunks`;
  return row;
}
