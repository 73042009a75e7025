import { type DisplayedPart, displayedParts } from "../../core/text/displayed.ts";
import type { PostView, TweetView } from "../../publishing/view.ts";
import { atColumn, bold, cyan, dim, red, yellow } from "./style.ts";
import { columnsOf, cutTo, framed, framedLine, type Piece, wrapped } from "./wrap.ts";

/** Who a post is shown as. */
export interface Author {
  readonly name: string;
  /** With its @; absent before anybody has signed in. */
  readonly handle?: string | undefined;
}

/** About as many columns as X's own column has letters. */
const WIDEST = 66;
const NARROWEST = 30;
/** The frame and a blank on each side. */
const EDGES = 4;
/** Where the line of a thread runs. */
const RAIL = 3;

const plain = (text: string) => text;

/** Every tweet as a card, the thread's line between them. `columns` is how wide the terminal is. */
export function renderCards({ tweets }: Pick<PostView, "tweets">, author: Author, columns: number): string {
  const width = Math.max(NARROWEST, Math.min(WIDEST, columns));
  const rail = `${" ".repeat(RAIL)}${dim("│")}${" ".repeat(width - RAIL - 1)}`;
  return tweets
    .flatMap((tweet, index) => {
      const joins = { above: index > 0, below: index < tweets.length - 1 };
      const card = cardOf(tweet, tweets.length, author, width, joins);
      return index === 0 ? card : [rail, ...card];
    })
    .join("\n");
}

function cardOf(
  tweet: TweetView,
  total: number,
  author: Author,
  width: number,
  joins: { readonly above: boolean; readonly below: boolean },
): string[] {
  const inner = width - EDGES;
  const rows = [
    headOf(tweet, total, author, inner),
    ...wrapped(displayedParts(tweet.text).map(pieceOf), inner),
    ...(tweet.media.length === 0 ? [] : [""]),
    ...tweet.media.flatMap((image) => imageRows(image, inner)),
    ...footOf(tweet, inner),
  ];
  const edge = (left: string, right: string, joined: string) => {
    const bar = "─".repeat(width - 2);
    return dim(`${left}${joined === "" ? bar : `${bar.slice(0, RAIL - 1)}${joined}${bar.slice(RAIL)}`}${right}`);
  };
  return [
    edge("╭", "╮", joins.above ? "┴" : ""),
    ...rows.map((row) => `${dim("│")} ${row}${gap(inner, row)} ${atColumn(width)}${dim("│")}`),
    edge("╰", "╯", joins.below ? "┬" : ""),
  ];
}

/** The blanks that are left beside a row in so many columns. */
const gap = (columns: number, row: string) => " ".repeat(Math.max(0, columns - columnsOf(row)));

const pieceOf = ({ kind, shown }: DisplayedPart): Piece => ({
  text: framed(shown),
  style: kind === "plain" ? plain : cyan,
});

/** The name to the left, the place in the thread to the right. */
function headOf({ n }: TweetView, total: number, { name, handle }: Author, inner: number): string {
  const place = total === 1 ? "" : `${n}/${total}`;
  const room = inner - place.length - 2;
  const shownHandle = handle === undefined ? "" : cutTo(framedLine(handle), room);
  const shownName = cutTo(framedLine(name), room - columnsOf(shownHandle) - 1);
  const who = `${bold(shownName)} ${dim(shownHandle)}`;
  return `${who}${gap(inner - place.length, who)}${dim(place)}`;
}

function imageRows(image: TweetView["media"][number], inner: number): string[] {
  const { file, width, height, alt } = image;
  const said = alt === "" ? [{ text: "no alt text", style: yellow }] : [{ text: `“${framedLine(alt)}”`, style: plain }];
  const size = { text: `  ${width}×${height}  `, style: dim };
  const rows = wrapped([{ text: framedLine(file), style: plain }, size, ...said], inner - 2);
  return rows.map((row, index) => `${index === 0 ? dim("▣") : " "} ${row}`);
}

/** The count to the right; where it is on X, before it. */
function footOf({ length, limit, state, url }: TweetView, inner: number): string[] {
  const over = length > limit;
  const count = `${length}/${limit}${over ? `, ${length - limit} too many` : ""}`;
  const rows = [""];
  if (state === "deleted") rows.push("× deleted from X");
  if (url !== null) rows.push(...wrapped([{ text: `● out: ${framedLine(url)}`, style: dim }], inner));
  return [...rows, `${gap(inner, count)}${over ? red(count) : dim(count)}`];
}
