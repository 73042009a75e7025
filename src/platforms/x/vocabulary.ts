/**
 * X renamed tweets to posts in its specification of August 2026 and not everywhere in its servers: a read names its
 * fields in one vocabulary and may be refused for it (its OpenAPI documents 2.159 and 2.167; its prose and its simulator say `tweet`).
 */
export type Vocabulary = "tweet" | "post";

/** What psn needs of a tweet, asked for in each vocabulary. The newer one gives references as expansions. */
const QUERY: Readonly<Record<Vocabulary, Readonly<Record<string, string>>>> = {
  tweet: {
    "tweet.fields":
      "created_at,conversation_id,referenced_tweets,entities,attachments,note_tweet,edit_history_tweet_ids",
  },
  post: {
    "post.fields": "created_at,conversation_id,entities,attachments,note_post",
    expansions: "referenced_posts,edit_history_post_ids",
  },
};

/** Words with which a refusal names what is unknown to it. */
const OWN_WORDS: Readonly<Record<Vocabulary, RegExp>> = {
  tweet: /tweet\.fields|referenced_tweets|note_tweet|edit_history_tweet_ids/,
  post: /post\.fields|referenced_posts|note_post|edit_history_post_ids/,
};

export function fieldsIn(vocabulary: Vocabulary): Readonly<Record<string, string>> {
  return QUERY[vocabulary];
}

/** Whether a refusal is about the vocabulary, so that the other one may pass. */
export function refuses(vocabulary: Vocabulary, status: number | undefined, words: string): boolean {
  return status === 400 && OWN_WORDS[vocabulary].test(words);
}

export function otherThan(vocabulary: Vocabulary): Vocabulary {
  return vocabulary === "tweet" ? "post" : "tweet";
}
