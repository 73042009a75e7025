import { bodyText, isRecord, parseJson, type SandboxRequest } from "../http.ts";

/** One `POST /2/tweets` that reached the sandbox, whatever became of it. */
export interface Attempt {
  /** 1 for the first; in the order of arrival. */
  readonly n: number;
  /** When it arrived, ISO 8601 with milliseconds. */
  readonly at: string;
  /** The handle of the bearer; null when the bearer was not valid. */
  readonly account: string | null;
  readonly text: string | null;
  readonly parent: string | null;
  readonly mediaIds: readonly string[];
  /** The tweet that it made, also when the caller never heard of it. */
  tweetId: string | null;
  /** What was sent back: a status, `dropped`, or null while it is open. */
  answered: number | "dropped" | null;
  /** The kind of the fault that struck it. */
  fault: string | null;
}

/** What reached the sandbox: numbers of calls, and every attempt to create. No header is kept. */
export class Journal {
  readonly #calls = new Map<string, number>();
  readonly #attempts: Attempt[] = [];

  count(endpoint: string): void {
    this.#calls.set(endpoint, (this.#calls.get(endpoint) ?? 0) + 1);
  }

  openAttempt(request: SandboxRequest, account: string | null): Attempt {
    const parsed = parseJson(bodyText(request));
    const body = parsed.ok && isRecord(parsed.value) ? parsed.value : {};
    const media = isRecord(body["media"]) ? body["media"]["media_ids"] : undefined;
    const reply = isRecord(body["reply"]) ? body["reply"]["in_reply_to_tweet_id"] : undefined;
    const attempt: Attempt = {
      n: this.#attempts.length + 1,
      at: request.arrivedAt.toISOString(),
      account,
      text: typeof body["text"] === "string" ? body["text"] : null,
      parent: typeof reply === "string" ? reply : null,
      mediaIds: Array.isArray(media) ? media.map(String) : [],
      tweetId: null,
      answered: null,
      fault: null,
    };
    this.#attempts.push(attempt);
    return attempt;
  }

  calls(): Record<string, number> {
    return Object.fromEntries(this.#calls);
  }

  attempts(): readonly Attempt[] {
    return this.#attempts;
  }
}
