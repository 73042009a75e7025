import { wallTime } from "../../core/time/describe.ts";
import { bold, dim, green, harmless } from "./style.ts";

/** A version of a post's content, in a list. */
export interface VersionLine {
  readonly n: number;
  /** ISO instant in UTC. */
  readonly at: string;
  readonly how: string;
  /** The first eight digits; null where it is not known. */
  readonly seal: string | null;
  readonly tweets: number;
  readonly images: number;
  /** How the first tweet begins. */
  readonly text: string;
  readonly current: boolean;
  /** It is what the person approved last. */
  readonly approved: boolean;
}

const HOW = new Map([
  ["drafted", "written"],
  ["edited", "edited"],
  ["replaced", "replaced by another text"],
  ["reverted", "put back"],
  ["known", "as it was when psn began to keep versions"],
]);

export const howOf = (how: string): string => HOW.get(how) ?? how;

/** Times are shown as the clocks of `zone` show them. */
export function renderVersions(versions: readonly VersionLine[], zone: string): string {
  return versions.map((version) => renderVersion(version, zone)).join("\n");
}

function renderVersion(
  { n, at, how, seal, tweets, images, text, current, approved }: VersionLine,
  zone: string,
): string {
  const size = [many(tweets, "tweet"), ...(images === 0 ? [] : [many(images, "image")])].join(", ");
  const marks = [...(current ? [green("now")] : []), ...(approved ? [green("approved")] : [])];
  const facts = [dim(wallTime(new Date(at), zone).replace("T", " ")), how, size, seal ?? dim("no seal"), ...marks];
  const [firstLine = ""] = text.split("\n");
  return `${bold(String(n).padStart(3))}  ${facts.join(dim("  ·  "))}\n     ${harmless(firstLine)}`;
}

const many = (n: number, word: string): string => `${n} ${word}${n === 1 ? "" : "s"}`;
