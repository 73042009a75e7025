import { formatUsd } from "../../core/post/prices.ts";
import { wallTime } from "../../core/time/describe.ts";
import type { AttemptRow } from "../../db/attempts.ts";
import type { EventKind, eventsOf } from "../../db/events.ts";
import { dim, harmless } from "./style.ts";

export interface StoryLine {
  readonly at: string;
  readonly what: string;
}

type EventRow = Awaited<ReturnType<typeof eventsOf>>[number];

const SENTENCES: Record<EventKind, string> = {
  drafted: "written",
  edited: "edited",
  scheduled: "approved and scheduled",
  publish_asked: "approved, to be published at once",
  retry_asked: "to be tried again, as you asked",
  parent_gone: "is not on X any more",
  disarmed: "taken off its time",
  cancelled: "cancelled; a draft again",
  claimed: "publishing began",
  took_over: "taken over from a process that stopped",
  tweet_out: "went out",
  tweet_refused: "was refused by X",
  tweet_unconfirmed: "got no answer from X",
  tweet_adopted: "was found on X's timeline, and adopted",
  tweet_absent: "is not on X's timeline",
  retrying: "is tried again",
  waiting: "waits",
  stop_asked: "asked to stop",
  undo_asked: "to be deleted from X, as you asked",
  tweet_deleted: "is deleted from X",
  undone: "everything that was out is deleted; a draft again",
  undo_cancelled: "cancelled before anything was deleted",
  published: "published",
  failed: "stopped",
  missed: "missed its time",
  rearmed: "its alarm was set anew",
};

/** Events and answers in one list, oldest first. */
export function storyOf(events: readonly EventRow[], attempts: readonly AttemptRow[]): StoryLine[] {
  const fromEvents = events.map((event) => ({ at: event.at, what: sentenceOf(event) }));
  const fromAttempts = attempts
    .filter((attempt) => !isToldByEvent(attempt))
    .map((attempt) => ({ at: attempt.startedAt, what: answerOf(attempt) }));
  return [...fromEvents, ...fromAttempts]
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ at, what }) => ({ at: at.toISOString(), what }));
}

/** Successes are; so is a tweet to delete that was gone already. */
const isToldByEvent = ({ kind, outcome }: AttemptRow) =>
  outcome === "sent" || outcome === "adopted" || (kind === "delete" && outcome === "absent");

function sentenceOf({ kind, detail }: EventRow): string {
  const sentence = sentenceFor(kind, detail);
  const tweet = typeof detail["tweet"] === "number" ? `tweet ${detail["tweet"]} ` : "";
  const until = typeof detail["until"] === "string" ? ` until ${detail["until"]}` : "";
  const why = typeof detail["message"] === "string" ? `: ${detail["message"]}` : codeOf(detail);
  return `${tweet}${sentence}${until}${billOf(detail)}${why}`;
}

function sentenceFor(kind: string, detail: EventRow["detail"]): string {
  const { version } = detail;
  if (kind === "edited" && typeof version === "number") return `put back to version ${version}`;
  return kind in SENTENCES ? SENTENCES[kind as EventKind] : kind;
}

/** What taking something back came to. */
function billOf(detail: Record<string, unknown>): string {
  if (detail["gone"] === true) return " (it was gone already)";
  return typeof detail["usd"] === "number" ? ` (${formatUsd(detail["usd"])})` : "";
}

const codeOf = (detail: Record<string, unknown>) => (typeof detail["code"] === "string" ? ` (${detail["code"]})` : "");

const ASKED: Record<AttemptRow["kind"], string> = {
  tweet: "",
  media: "image of ",
  alt_text: "alt text of ",
  delete: "deletion of ",
};

function answerOf({ kind, position, outcome, httpStatus, code }: AttemptRow): string {
  const what = `${ASKED[kind]}tweet ${position}`;
  const answer = [httpStatus, code].filter((part) => part !== null).join(" ");
  return `${what}: ${outcome.replace("_", " ")}${answer === "" ? "" : ` (${answer})`}`;
}

/** Times are shown as the clocks of `zone` show them. */
export function renderStory(story: readonly StoryLine[], zone: string): string {
  const line = ({ at, what }: StoryLine) => `${dim(wallTime(new Date(at), zone).replace("T", " "))}  ${harmless(what)}`;
  return story.map(line).join("\n");
}
