/**
 * What a command ends with. A caller may rely on these numbers; they are checked in this order:
 * 2, 6, 5, 7, 3, 4, then 8 and 9.
 */
export const EXIT = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  notSetUp: 3,
  signInNeeded: 4,
  invalid: 5,
  notFound: 6,
  conflict: 7,
  unconfirmed: 8,
  held: 9,
  interrupted: 130,
} as const;

export type ExitName = keyof typeof EXIT;
export type ExitCode = (typeof EXIT)[ExitName];

/** Every code that `error.code` of the JSON envelope can carry, with its exit and whether trying again can help. */
export const ERROR_CODES = {
  unexpected: { exit: "unexpected", retryable: false, means: "psn failed in a way it does not know" },
  interrupted: { exit: "interrupted", retryable: true, means: "stopped by Ctrl-C or a signal" },
  usage: { exit: "usage", retryable: false, means: "unknown command, option or argument, or one is missing" },
  post_not_found: { exit: "notFound", retryable: false, means: "no post has this id" },
  // content
  empty_text: { exit: "invalid", retryable: false, means: "there is nothing to post" },
  text_invalid: { exit: "invalid", retryable: false, means: "the text holds characters that X refuses" },
  text_too_large: { exit: "invalid", retryable: false, means: "the text is larger than psn accepts" },
  tweet_too_long: { exit: "invalid", retryable: false, means: "a tweet is over its limit" },
  tweet_not_found: { exit: "invalid", retryable: false, means: "the post has no tweet of this number" },
  file_unreadable: { exit: "invalid", retryable: false, means: "a file is missing, a folder or can't be read" },
  image_invalid: { exit: "invalid", retryable: false, means: "a file is no image that X accepts" },
  image_too_large: { exit: "invalid", retryable: false, means: "an image is over X's size" },
  too_many_images: { exit: "invalid", retryable: false, means: "a tweet takes four images at most" },
  version_not_found: { exit: "invalid", retryable: false, means: "the post has no version of this number" },
  image_not_found: { exit: "invalid", retryable: false, means: "the tweet has no image of this number" },
  alt_too_long: { exit: "invalid", retryable: false, means: "an alt text is over 1,000 characters" },
  // time
  time_invalid: { exit: "invalid", retryable: false, means: "the time can't be understood or does not exist" },
  time_past: { exit: "invalid", retryable: false, means: "the time has passed" },
  time_gap: { exit: "invalid", retryable: false, means: "the clocks skip this time" },
  time_fold: { exit: "invalid", retryable: false, means: "the clocks show this time twice" },
  zone_invalid: { exit: "invalid", retryable: false, means: "no such time zone" },
  // state
  seal_mismatch: { exit: "conflict", retryable: false, means: "the post is not what was approved" },
  wrong_state: { exit: "conflict", retryable: false, means: "the post's state does not allow this" },
  partly_out: { exit: "unconfirmed", retryable: false, means: "some of the post is out and it was stopped" },
  unconfirmed: { exit: "unconfirmed", retryable: true, means: "X may have the tweet; psn is finding out" },
  publish_failed: { exit: "unconfirmed", retryable: false, means: "X refused the post for good" },
  still_publishing: { exit: "unconfirmed", retryable: true, means: "the post was not out when the wait ended" },
  held: { exit: "held", retryable: true, means: "rate limit or credits hold the post" },
  // set-up
  config_invalid: { exit: "notSetUp", retryable: false, means: "a setting is wrong" },
  not_set_up: { exit: "notSetUp", retryable: false, means: "a step of the setup is missing" },
  input_needed: { exit: "notSetUp", retryable: false, means: "something must be given that can't be asked for here" },
  key_missing: { exit: "notSetUp", retryable: false, means: "the encryption key is missing or another one" },
  key_unproven: { exit: "notSetUp", retryable: true, means: "a worker has not shown that it has the new key" },
  vault_tampered: { exit: "notSetUp", retryable: false, means: "a stored secret can't be opened" },
  state_unwritable: { exit: "notSetUp", retryable: false, means: "psn can't write its state or configuration folder" },
  state_busy: { exit: "notSetUp", retryable: true, means: "another psn holds a lock of the state folder" },
  database_unreachable: { exit: "notSetUp", retryable: true, means: "the database does not answer" },
  database_newer: { exit: "notSetUp", retryable: false, means: "the database was made by a newer psn" },
  database_not_migrated: { exit: "notSetUp", retryable: false, means: "the database lacks psn's tables" },
  database_start_failed: { exit: "notSetUp", retryable: true, means: "the embedded database does not start" },
  disk_full: { exit: "notSetUp", retryable: true, means: "there is no room on the disk" },
  engine_unavailable: { exit: "notSetUp", retryable: true, means: "the job engine can't be reached" },
  deploy_failed: { exit: "notSetUp", retryable: true, means: "psn's tasks could not be deployed to Trigger.dev" },
  worker_unfit: {
    exit: "notSetUp",
    retryable: false,
    means: "what is deployed at Trigger.dev can't stand in for this psn",
  },
  service_unavailable: { exit: "notSetUp", retryable: false, means: "no service manager takes the worker on" },
  x_app_refused: { exit: "notSetUp", retryable: false, means: "X refuses the app's id, secret or settings" },
  // sign-in
  sign_in_needed: { exit: "signInNeeded", retryable: false, means: "no account is signed in, or its sign-in ended" },
  sign_in_refused: { exit: "signInNeeded", retryable: false, means: "X or the person said no" },
  paste_invalid: { exit: "signInNeeded", retryable: false, means: "the pasted text is not the redirect" },
  code_expired: { exit: "signInNeeded", retryable: false, means: "the code was late or used; it lives 30 seconds" },
  scopes_missing: { exit: "signInNeeded", retryable: false, means: "the app was given fewer rights than psn needs" },
  x_unreachable: { exit: "unexpected", retryable: true, means: "X does not answer" },
} as const satisfies Record<string, { exit: ExitName; retryable: boolean; means: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/**
 * The one error that a person may meet. `message` is a sentence for a person and never holds a secret;
 * `next` is the one command (or act) that mends it; `details` goes into the JSON envelope as it is.
 */
export class PsnError extends Error {
  override readonly name = "PsnError";
  readonly code: ErrorCode;
  readonly next: string | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { next?: string; details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.next = options.next;
    this.details = options.details;
  }

  get exit(): ExitCode {
    return EXIT[ERROR_CODES[this.code].exit];
  }

  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable;
  }
}
