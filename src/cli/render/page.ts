import { type DisplayedPart, displayedParts } from "../../core/text/displayed.ts";
import type { PostView, TweetView } from "../../publishing/view.ts";
import type { Author } from "./card.ts";
import { escaped, webAddress } from "./html.ts";
import { PAGE_STYLE } from "./pageStyle.ts";

/** Every page begins with this, and by it psn knows one of its own. */
export const PAGE_START = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="psn preview">
`;

/** A page that holds all it shows: it runs nothing, and asks for nothing from anywhere. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** X shows one image as tall as this at most, and crops it where it is narrower or wider than these. */
const TALLEST_PX = 510;
const NARROWEST = 3 / 4;
const WIDEST = 5;

export interface Page {
  readonly view: PostView;
  readonly author: Author;
  /** The bytes of every tweet's images, in their order. */
  readonly images: readonly (readonly Uint8Array[])[];
  /** Sentences below the tweets: where and when it goes out, and what the page can't show. */
  readonly notes: readonly string[];
}

/** A post as one HTML page that looks much as X will show it. */
export function renderPage({ view, author, images, notes }: Page): string {
  const n = view.tweets.length;
  const title = `Preview of ${n === 1 ? "a post" : `a thread of ${n}`} by ${author.handle ?? "nobody yet"}`;
  const tweets = view.tweets.map((tweet, index) => tweetOf(tweet, n, author, images[index] ?? []));
  return `${PAGE_START}<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta http-equiv="x-dns-prefetch-control" content="off">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escaped(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
<header>
<h1>${n === 1 ? "Post" : `Thread of ${n}`}</h1>
<p>A preview by psn, not X itself. ${escaped(view.id)}, seal ${escaped(view.seal)}</p>
</header>
${tweets.join("\n")}
<footer>
${notes.map((note, index) => `<p>${index === 0 ? `<strong>${escaped(note)}</strong>` : escaped(note)}</p>`).join("\n")}
</footer>
</main>
</body>
</html>
`;
}

function tweetOf(tweet: TweetView, total: number, author: Author, images: readonly Uint8Array[]): string {
  const { name, handle } = author;
  const rail = tweet.n < total ? '<div class="rail"></div>' : "";
  const place = total === 1 ? "" : `<span class="place">${tweet.n}/${total}</span>`;
  const who = [
    `<bdi class="name">${escaped(name)}</bdi>`,
    ...(handle === undefined ? [] : [`<bdi class="handle">${escaped(handle)}</bdi>`]),
    place,
  ];
  return `<article>
<div class="side"><div class="avatar" aria-hidden="true">${escaped(initialOf(author))}</div>${rail}</div>
<div>
<div class="who">${who.join("")}</div>
<div class="text" dir="auto" lang="">${displayedParts(tweet.text).map(partOf).join("")}</div>
${gridOf(tweet, images)}<p class="facts">${factsOf(tweet)}</p>
</div>
</article>`;
}

/** The account's own picture is X's, and the page asks nobody for it. */
const initialOf = ({ name, handle }: Author) =>
  handle === undefined ? "?" : (name.match(/[\p{L}\p{N}]/u)?.[0] ?? handle.slice(1, 2)).toUpperCase();

function partOf({ kind, written, shown }: DisplayedPart): string {
  if (kind === "plain") return escaped(shown);
  const address = kind === "url" ? webAddress(written) : undefined;
  if (address === undefined) return `<span class="entity">${escaped(shown)}</span>`;
  const attributes = `class="entity" dir="ltr" href="${escaped(address)}" title="${escaped(written)}"`;
  return `<a ${attributes} rel="noreferrer noopener">${escaped(shown)}</a>`;
}

function gridOf({ media }: TweetView, images: readonly Uint8Array[]): string {
  const [only] = media;
  if (only === undefined) return "";
  const figures = media.map((image, index) => figureOf(image, images[index] ?? new Uint8Array()));
  return `<div class="images n${media.length}"${media.length === 1 ? alone(only) : ""}>${figures.join("")}</div>\n`;
}

function alone({ width, height }: TweetView["media"][number]): string {
  const shape = Math.min(WIDEST, Math.max(NARROWEST, width / height)).toFixed(4);
  return ` style="aspect-ratio: ${shape}; width: min(100%, calc(${TALLEST_PX}px * ${shape}))"`;
}

function figureOf({ type, width, height, alt }: TweetView["media"][number], bytes: Uint8Array): string {
  const data = `data:${escaped(type)};base64,${Buffer.from(bytes).toString("base64")}`;
  const said = alt === "" ? "" : `<details><summary>ALT</summary><p dir="auto" lang="">${escaped(alt)}</p></details>`;
  return `<figure><img src="${data}" width="${width}" height="${height}" alt="${escaped(alt)}">${said}</figure>`;
}

/** What X does not show, and who approves should know. */
function factsOf({ length, limit, media, state, url }: TweetView): string {
  const count = `${length}/${limit}`;
  const silent = media.filter(({ alt }) => alt === "").length;
  const address = url === null ? undefined : webAddress(url);
  return [
    length > limit ? `<span class="wrong">${count}, ${length - limit} too many</span>` : count,
    ...(media.length === 0 ? [] : [media.length === 1 ? "1 image" : `${media.length} images`]),
    ...(silent === 0
      ? []
      : [`<span class="wrong">${silent === media.length ? "no" : `${silent} without`} alt text</span>`]),
    ...(state === "deleted" ? ["deleted from X"] : []),
    ...(address === undefined ? [] : [`<a href="${escaped(address)}" rel="noreferrer noopener">out on X</a>`]),
  ].join(" · ");
}
