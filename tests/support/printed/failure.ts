import { z } from "zod";
import { choice, count, difference, pid, postId, seal, subStatus, text } from "./values.ts";

/** `error`: what every one has, and the facts that some have besides. */
export const failure = z.strictObject({
  code: z.string().regex(/^[a-z_]+$/),
  message: text,
  next: text,
  retryable: z.boolean(),

  // Of a post, a tweet or a text.
  id: postId.exactOptional(),
  seal: seal.exactOptional(),
  /** Of a post, of a run at Trigger.dev, or of an answer by HTTP. */
  status: z.union([text, count]).exactOptional(),
  subStatus: subStatus.nullable().exactOptional(),
  choices: z.array(choice).exactOptional(),
  tweet: count.exactOptional(),
  length: count.exactOptional(),
  limit: count.exactOptional(),
  line: count.exactOptional(),
  column: count.exactOptional(),
  character: z
    .string()
    .regex(/^U\+[0-9A-F]{4,6}$/)
    .exactOptional(),
  offset: z.number().exactOptional(),
  nearest: count.nullable().exactOptional(),

  // Of an image.
  file: text.exactOptional(),
  size: count.exactOptional(),

  // Of a time.
  zone: text.exactOptional(),
  /** Instants as `--at` takes them: "2027-03-28T03:00+02:00". */
  alternatives: z.array(z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?[+-]\d\d:\d\d$/)).exactOptional(),
  suggestions: z.array(text).exactOptional(),

  // Of settings, files and the embedded database.
  key: text.exactOptional(),
  place: text.exactOptional(),
  path: text.exactOptional(),
  owner: count.exactOptional(),
  found: count.exactOptional(),
  own: count.exactOptional(),
  output: z.string().exactOptional(),
  pid: pid.exactOptional(),

  // Of the app and the sign-in.
  guide: z.array(text).exactOptional(),
  callbackUrl: z.url().exactOptional(),
  xCode: text.exactOptional(),
  missing: z.array(text).exactOptional(),

  // Of the worker as a service.
  settings: z.array(text).exactOptional(),
  crontab: text.exactOptional(),

  // Of Trigger.dev.
  /** One answer's words, or the last lines of the tool that deploys. */
  said: z.union([z.string(), z.array(z.string())]).exactOptional(),
  taken: z.literal(true).exactOptional(),
  run: text.exactOptional(),
  version: text.nullable().exactOptional(),
  differences: z.array(difference).exactOptional(),
  deployed: z.literal(true).exactOptional(),
  log: text.exactOptional(),
});

export type Failure = z.infer<typeof failure>;
