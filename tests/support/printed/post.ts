import { z } from "zod";
import {
  choice,
  count,
  handle,
  instant,
  place,
  postId,
  seal,
  status,
  subStatus,
  text,
  trouble,
  usd,
} from "./values.ts";

const image = z.strictObject({
  file: text,
  type: z.enum(["image/jpeg", "image/png", "image/gif", "image/webp"]),
  width: count,
  height: count,
  bytes: count,
  alt: z.string(),
});

/** It did not fit a page alone: of its texts only the beginning is there. */
const cut = z.literal(true).exactOptional();
const words = { n: count, text, length: count, limit: count, media: z.array(image), cut };

const tweet = z.strictObject({
  ...words,
  state: z.enum(["unsent", "sent", "deleted"]),
  id: text.nullable(),
  url: z.url().nullable(),
});

const warning = z.strictObject({
  code: z.enum([
    "too_long",
    "long_thread",
    "link_cost",
    "starts_with_mention",
    "mentions",
    "cashtags",
    "no_alt_text",
    "needs_this_machine",
  ]),
  message: text,
  tweet: count.exactOptional(),
  next: text.exactOptional(),
});

/** What every command prints that shows a post. */
const shown = z.strictObject({
  id: postId,
  status,
  subStatus: subStatus.nullable(),
  intent: z.enum(["publish", "undo"]),
  seal,
  account: handle.nullable(),
  tweets: z.array(tweet),
  cost: z.strictObject({ usd, withLinks: count }),
  warnings: z.array(warning),
  scheduledAt: instant.nullable(),
  local: text.nullable(),
  zone: text.nullable(),
  late: z.enum(["ask", "publish"]),
  notAfter: instant.nullable(),
  failure: trouble.nullable(),
  choices: z.array(choice).min(1).exactOptional(),
  ...place,
});

/** What has happened to a post, and what X billed. */
const story = {
  spent: z.array(
    z.strictObject({ item: z.enum(["tweet", "tweet_with_link", "alt_text", "delete", "own_read"]), count, usd }),
  ),
  story: z.array(z.strictObject({ at: instant, what: text })),
  storyLines: count,
};

const dryRun = z.literal(true).exactOptional();
const sent = shown.extend({ dryRun });

const version = {
  at: instant,
  how: z.enum([
    "written",
    "edited",
    "replaced by another text",
    "put back",
    "as it was when psn began to keep versions",
  ]),
  /** Null where it is not known: psn did not keep versions then. */
  seal: seal.nullable(),
};

const exits = z.array(z.strictObject({ code: count, name: text }));

/** `data` of psn's own commands. A second word is one of the line that makes it another answer. */
export const POST = {
  status: z.strictObject({
    ready: z.boolean(),
    account: handle.nullable(),
    attention: z.array(trouble.extend({ post: postId.exactOptional() })),
    attentionCount: count,
    onTheirWay: z.array(
      z.strictObject({
        id: postId,
        status,
        subStatus: subStatus.nullable(),
        at: instant.nullable(),
        local: text.nullable(),
        text: z.string(),
        tweets: count,
        out: count,
      }),
    ),
    // Null where the database does not say.
    onTheirWayCount: count.nullable(),
    drafts: count.nullable(),
    spentThisMonthUsd: usd.nullable(),
  }),
  draft: shown,
  // The first page has the story.
  "show --page": z.union([shown, shown.extend(story)]),
  show: shown.extend(story),
  preview: z.strictObject({
    id: postId,
    seal,
    file: text.nullable(),
    tweets: z.array(z.strictObject({ ...words, shown: text })),
    ...place,
  }),
  "history --version": z.strictObject({
    id: postId,
    version: count,
    ...version,
    tweets: z.array(tweet),
    warnings: z.array(z.never()),
    ...place,
  }),
  history: z.strictObject({
    id: postId,
    versions: z.array(
      z.strictObject({
        n: count,
        ...version,
        tweets: count,
        images: count,
        text: z.string(),
        current: z.boolean(),
        approved: z.boolean(),
      }),
    ),
    ...place,
  }),
  revert: shown,
  edit: shown,
  split: shown,
  merge: shown,
  move: shown,
  remove: shown,
  attach: shown,
  detach: shown,
  alt: shown,
  // `at` comes with a dry run, which leaves `scheduledAt` as it was.
  schedule: sent.extend({ at: instant.exactOptional(), notes: z.array(text).exactOptional() }),
  publish: sent,
  retry: sent,
  undo: sent.extend({ undo: z.strictObject({ tweets: count, usd }).exactOptional() }),
  cancel: sent.extend({ result: z.enum(["draft", "stopped", "stopping"]).exactOptional() }),
  "commands --errors": z.strictObject({
    errors: z.array(z.strictObject({ code: text, exit: count, retryable: z.boolean(), means: text })),
    exits,
  }),
  commands: z.strictObject({
    commands: z.array(
      z.strictObject({
        usage: text,
        does: text,
        options: z.array(
          z.strictObject({
            flag: text,
            does: text,
            required: z.literal(true).exactOptional(),
            choices: z.array(text).exactOptional(),
          }),
        ),
      }),
    ),
    page: count,
    pages: count,
    exits,
    errors: text,
  }),
};
