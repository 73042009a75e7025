import { createHash, randomUUID } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { PsnError } from "../../core/errors.ts";
import { imageTooLarge } from "../../core/media/errors.ts";
import { checkAlt, inspectImage, MAX_IMAGE_BYTES } from "../../core/media/image.ts";
import { tidyText } from "../../core/text/tidy.ts";
import type { NewImage } from "../../publishing/write.ts";
import { withNext } from "./next.ts";

/** More than anybody will thread. */
const TEXT_BYTES = 4 * 1024 * 1024;
/** Above this a file is not even read; below, its bytes decide what is wrong with it. */
const IMAGE_BYTES = 64 * 1024 * 1024;

interface TextSource {
  readonly stdin?: boolean;
  readonly file?: string;
}

/** Before anything is read: a text comes by stdin or from a file, and once. */
export function checkTextSource(options: TextSource, command: string): void {
  if (options.stdin === true && options.file !== undefined) {
    throw new PsnError("usage", "Give the text once: either --stdin or --file.", { next: `${command} --help` });
  }
  if (options.file === undefined && options.stdin !== true) {
    throw new PsnError("usage", "Where is the text? Give --stdin or --file FILE.", { next: `${command} --help` });
  }
}

/** The post's text from stdin or a file, never from an argument: shells change what they are given. */
export async function readText({ file }: TextSource): Promise<string> {
  if (file !== undefined) {
    const bytes = readRegularFile(file, TEXT_BYTES, () => tooLarge(name(file)));
    return tidyText(decode(bytes, name(file)));
  }
  if (process.stdin.isTTY === true) console.error("Write the text, then press Ctrl-D on an empty line.");
  return tidyText(decode(await readStdin(), STDIN));
}

/** All of stdin, as bytes: a paste, a code, a post. */
export async function readStdin(limit = TEXT_BYTES): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of Bun.stdin.stream()) {
    size += chunk.length;
    if (size > limit) throw tooLarge(STDIN, limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Uint8Array, from: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new PsnError("text_invalid", `${from} is not UTF-8 text.`, {
      next: "save it as UTF-8 and try again",
      cause,
    });
  }
}

/** `PATH` or `PATH=ALT`. A path that has an equals sign itself is taken whole when such a file exists. */
export function readImage(argument: string): NewImage {
  const at = argument.indexOf("=");
  const whole = at < 0 || existsSync(argument);
  const path = whole ? argument : argument.slice(0, at);
  try {
    return loadImage(path, whole ? "" : argument.slice(at + 1));
  } catch (error) {
    throw withNext(error, () => "give --image another file or alt text, then run the command again");
  }
}

export function loadImage(path: string, alt: string): NewImage {
  const bytes = readRegularFile(path, IMAGE_BYTES, (size) => imageTooLarge(basename(path), size, MAX_IMAGE_BYTES));
  const { mime, width, height, size } = inspectImage(bytes, basename(path));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const image = { id: randomUUID(), fileName: basename(path), mime, width, height, size, sha256, alt: checkAlt(alt) };
  return { image, bytes };
}

function readRegularFile(path: string, limit: number, over: (size: number) => PsnError): Uint8Array {
  const unreadable = (why: string, cause?: unknown) =>
    new PsnError("file_unreadable", `${name(path)} ${why}.`, {
      next: "give the path of a file that you can read",
      cause,
    });
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) throw unreadable("is a folder");
    if (!stat.isFile()) throw unreadable("is no ordinary file");
    if (stat.size > limit) throw over(stat.size);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof PsnError) throw error;
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    throw unreadable(
      code === "ENOENT" || code === "ENOTDIR" ? "does not exist" : `can't be read (${String(code)})`,
      error,
    );
  }
}

const STDIN = "What came by stdin";
const name = (path: string) => JSON.stringify(path);
const tooLarge = (from: string, limit = TEXT_BYTES) =>
  new PsnError("text_too_large", `${from} is over ${Math.round(limit / 1024)} kB.`, {
    next: "give a smaller one",
  });

/** A tweet's number as it is typed: 1 for the first. */
export const tweetNumber = (text: string, option: string): number =>
  numberFrom(/^[1-9][0-9]{0,5}$/, text, `${option} wants a tweet's number, 1 for the first`);

/** An image's number as it is typed: 1 for the first of its tweet. */
export const imageNumber = (text: string, option: string): number =>
  numberFrom(/^[1-9][0-9]{0,5}$/, text, `${option} wants an image's number, 1 for the first of its tweet`);

/** A version's number as it is typed: 1 for the oldest. */
export const versionNumber = (text: string, option: string): number =>
  numberFrom(/^[1-9][0-9]{0,5}$/, text, `${option} wants a version's number, 1 for the oldest`);

/** A page's number as it is typed: 1 for the first. */
export const pageNumber = (text: string, option: string): number =>
  numberFrom(/^[1-9][0-9]{0,5}$/, text, `${option} wants a page's number, 1 for the first`);

/** A whole number from 0, as it is typed. */
export const wholeNumber = (text: string, option: string): number =>
  numberFrom(/^(0|[1-9][0-9]{0,8})$/, text, `${option} wants a whole number`);

function numberFrom(shape: RegExp, text: string, wanted: string): number {
  if (shape.test(text)) return Number(text);
  throw new PsnError("usage", `${wanted}; not ${JSON.stringify(text.slice(0, 20))}.`, { next: "psn show ID" });
}
