import { PsnError } from "../../core/errors.ts";
import { HOLDS, isHoldCode } from "../../core/post/holds.ts";
import { formatUsd } from "../../core/post/prices.ts";
import { describeWhen } from "../../core/time/describe.ts";
import { type Attention, type NotedPost, readAttention, type SignIn } from "../../db/attention.ts";
import { mendsEnded, whyEnded, whyNotRenewed } from "../../vault/ended.ts";
import { bold, dim, green, harmless, red } from "../render/style.ts";
import type { Cli } from "../support/cli.ts";
import { clipped } from "../support/clip.ts";
import { defineCommand } from "../support/command.ts";
import { toPsnError } from "../support/output.ts";

/** Something for the person to do or know, with the command that does it. */
interface Item {
  readonly code: string;
  readonly message: string;
  readonly next: string;
  readonly post?: string;
}

/** Long lists and texts are cut, so that a reply stays under 10 kB: the rest is a command away. */
const SHOWN = 15;
const TEXT_BYTES = 100;
const MESSAGE_BYTES = 220;

export default defineCommand({
  name: "status",
  summary: "What needs you, what is on its way, and what it cost. Always exits 0",
  examples: ["psn status", "psn status --json"],
  configure: (command) => command,
  run: async (cli) => {
    try {
      const { desk } = await cli.session();
      return told(cli, await readAttention(desk.orm));
    } catch (error) {
      // A status that fails would keep a caller from telling why.
      cli.noteUnexpected(error);
      const { code, message, next } = toPsnError(error);
      const item = { code, message, next: next ?? "psn setup status" };
      return {
        data: {
          ready: false,
          account: null,
          attention: [item],
          attentionCount: 1,
          onTheirWay: [],
          onTheirWayCount: null,
          drafts: null,
          spentThisMonthUsd: null,
        },
        text: `${red("✗")} ${message}\n${dim(`→ ${item.next}`)}`,
      };
    }
  },
});

function told(cli: Cli, seen: Attention) {
  const now = cli.now();
  const account = seen.accounts.find((a) => a.isDefault);
  const attention = attentionOf(seen, now);
  const moving = seen.posts.filter((post) => post.status !== "failed");
  const onTheirWay = moving.slice(0, SHOWN).map((post) => ({
    id: post.id,
    status: post.status,
    subStatus: post.subStatus,
    at: post.scheduledAt?.toISOString() ?? null,
    local: localTime(cli, post, now),
    text: clipped(post.text, TEXT_BYTES),
    tweets: post.tweets,
    out: post.out,
  }));
  const spentThisMonthUsd = seen.spentThisMonth / 1_000_000;
  const lines = [
    // Nobody is the first thing that needs somebody.
    ...(account === undefined ? [] : [`${green("●")} signed in as ${bold(`@${account.username}`)}`]),
    ...attention.slice(0, SHOWN).map(attentionLine),
    ...more(attention.length, "needs you", "need you"),
    ...onTheirWay.map(({ id, local, text }) => {
      const [firstLine = ""] = text.split("\n");
      return `${dim("◷")} ${bold(id)}  ${local ?? ""}  ${dim(harmless(firstLine))}`;
    }),
    ...more(moving.length, "is on its way", "are on their way"),
    dim(`${seen.drafts} ${seen.drafts === 1 ? "draft" : "drafts"}  ·  ${formatUsd(spentThisMonthUsd)} this month`),
  ];
  return {
    data: {
      ready: account !== undefined && account.dead === null,
      account: account === undefined ? null : `@${account.username}`,
      attention: attention.slice(0, SHOWN),
      attentionCount: attention.length,
      onTheirWay,
      onTheirWayCount: moving.length,
      drafts: seen.drafts,
      spentThisMonthUsd,
    },
    text: lines.join("\n"),
  };
}

function attentionLine({ post, message, next }: Item): string {
  const id = post === undefined ? "" : `${bold(post)}  `;
  return `${red("✗")} ${id}${harmless(message)}\n  ${dim(`→ ${next}`)}`;
}

/** The line for what a list does not show. */
function more(count: number, one: string, many: string): string[] {
  const left = count - SHOWN;
  return left <= 0 ? [] : [dim(`… ${left} more ${left === 1 ? one : many}`)];
}

const localTime = (cli: Cli, post: NotedPost, now: Date) =>
  post.scheduledAt === null ? null : describeWhen(post.scheduledAt, post.zone ?? cli.config.timezone ?? "UTC", now);

function attentionOf({ accounts, posts }: Attention, now: Date): Item[] {
  const items: Item[] = [];
  if (accounts.length === 0) {
    items.push(
      itemOf(new PsnError("sign_in_needed", "No X account is signed in yet.", { next: "psn setup x-auth start" })),
    );
  }
  for (const account of accounts) items.push(...accountItems(account, now));
  for (const post of posts) {
    const item = waitsForSignIn(post, accounts) ?? postItem(post);
    if (item !== undefined) items.push({ ...item, message: clipped(item.message, MESSAGE_BYTES), post: post.id });
  }
  return items;
}

function accountItems({ username, dead, lastFailure, holdCode, heldUntil }: SignIn, now: Date): Item[] {
  const items: Item[] = [];
  if (dead !== null) {
    const message = `The sign-in of @${username} has ended: ${whyEnded(dead)}. Its posts wait.`;
    items.push({ code: "needs_reauth", message, next: mendsEnded(dead, username) });
  } else if (lastFailure !== null) {
    const { because, next } = whyNotRenewed(lastFailure);
    const message = `The last renewal of @${username}'s sign-in failed: ${because}. psn tries again.`;
    items.push({ code: "refresh_failed", message, next });
  }
  if (holdCode !== null && heldUntil !== null && heldUntil > now) {
    const known = isHoldCode(holdCode) ? HOLDS[holdCode] : undefined;
    const message = `@${username}: ${known?.message ?? "X holds the account; its posts wait."}`;
    items.push({ code: holdCode, message, next: known?.next ?? "psn setup status" });
  }
  return items;
}

/** A post that waits for a sign-in says why that one ended. */
function waitsForSignIn(post: NotedPost, accounts: readonly SignIn[]): Item | undefined {
  if (post.subStatus !== "needs_reauth" || post.failure?.code !== "sign_in_needed") return undefined;
  const owner = accounts.find(({ username }) => username === post.account);
  if (owner === undefined || owner.dead === null) return undefined;
  const message = `Waits for a new sign-in of @${owner.username}: ${whyEnded(owner.dead)}.`;
  return { code: post.subStatus, message, next: mendsEnded(owner.dead, owner.username) };
}

const itemOf = ({ code, message, next }: PsnError): Item => ({ code, message, next: next ?? "psn setup status" });

function postItem(post: NotedPost): Item | undefined {
  const next = `psn show ${post.id}`;
  if (post.status === "failed") {
    const partly = post.out > 0 ? `${post.out} of ${post.tweets} tweets are out. ` : "";
    const { code, message } = post.failure ?? { code: "failed", message: "It stopped." };
    return { code: post.subStatus ?? code, message: `${partly}${message}`, next };
  }
  switch (post.subStatus) {
    case "unconfirmed":
      return { code: "unconfirmed", message: "X may have one of its tweets; psn is finding out.", next };
    case "rate_limited":
      return { code: "rate_limited", message: "Delayed by X's rate limit; it goes on by itself.", next };
    case "needs_reauth":
    case "out_of_credits":
      return { code: post.subStatus, message: post.failure?.message ?? "It waits.", next: post.failure?.next ?? next };
    default:
      return post.overdue ? { code: "overdue", message: "Its time has come and it is not out yet.", next } : undefined;
  }
}
