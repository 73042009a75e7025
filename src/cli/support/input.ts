import { createHash, randomUUID } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { basename, isAbsolute, resolve } from "node:path";
import { PsnError } from "../../core/errors.ts";
import { checkAlt, inspectImage } from "../../core/media/image.ts";
import { tidyText } from "../../core/text/tidy.ts";
import type { NewImage } from "../../publishing/write.ts";

/** More than anybody will thread, and little enough to split in the blink of an eye. */
const TEXT_BYTES = 4 * 1024 * 1024;
const IMAGE_BYTES = 64 * 1024 * 1024;

/** The post's text from stdin or a file, never from an argument: shells change what they are given. */
export async function readText(options: { stdin?: boolean; file?: string }, command: string): Promise<string> {
  if (options.stdin === true && options.file !== undefined) {
    throw new PsnError("usage", "Give the text once: either --stdin or --file.", { next: `${command} --help` });
  }
  if (options.file !== undefined) return tidyText(decode(readRegularFile(options.file, TEXT_BYTES), options.file));
  if (options.stdin !== true) {
    throw new PsnError("usage", "Where is the text? Give --stdin or --file FILE.", { next: `${command} --help` });
  }
  if (process.stdin.isTTY === true) console.error("Write the text, then press Ctrl-D on an empty line.");
  return tidyText(decode(await readStdin(), "stdin"));
}

/** All of stdin, as bytes: a paste, a code, a post. */
export async function readStdin(limit = TEXT_BYTES): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of Bun.stdin.stream()) {
    size += chunk.length;
    if (size > limit) throw tooLarge("stdin", limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Uint8Array, from: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new PsnError("text_invalid", `${name(from)} is not UTF-8 text.`, {
      next: "save it as UTF-8 and try again",
      cause,
    });
  }
}

/** `PATH` or `PATH=ALT`. A path that has an equals sign itself is taken whole when such a file exists. */
export function readImage(argument: string): NewImage {
  const at = argument.indexOf("=");
  const whole = at < 0 || statSync(absolute(argument), { throwIfNoEntry: false }) !== undefined;
  const path = whole ? argument : argument.slice(0, at);
  return loadImage(path, whole ? "" : argument.slice(at + 1));
}

export function loadImage(path: string, alt: string): NewImage {
  const bytes = readRegularFile(path, IMAGE_BYTES);
  const { mime, width, height, size } = inspectImage(bytes, basename(path));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const image = { id: randomUUID(), fileName: basename(path), mime, width, height, size, sha256, alt: checkAlt(alt) };
  return { image, bytes };
}

function readRegularFile(path: string, limit: number): Uint8Array {
  const unreadable = (why: string, cause?: unknown) =>
    new PsnError("file_unreadable", `${name(path)} ${why}.`, {
      next: "give the path of a file that you can read",
      cause,
    });
  try {
    const stat = statSync(absolute(path));
    if (stat.isDirectory()) throw unreadable("is a folder");
    if (!stat.isFile()) throw unreadable("is no ordinary file");
    if (stat.size > limit) throw tooLarge(path, limit);
    return readFileSync(absolute(path));
  } catch (error) {
    if (error instanceof PsnError) throw error;
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    throw unreadable(
      code === "ENOENT" || code === "ENOTDIR" ? "does not exist" : `can't be read (${String(code)})`,
      error,
    );
  }
}

const absolute = (path: string) => (isAbsolute(path) ? path : resolve(path));
const name = (path: string) => (path === "stdin" ? "What came by stdin" : JSON.stringify(path));
const tooLarge = (path: string, limit: number) =>
  new PsnError("text_too_large", `${name(path)} is over ${limit / 1024 / 1024} MB.`, { next: "give a smaller one" });

/** A tweet's number as it is typed: 1 for the first. */
export function tweetNumber(text: string, option: string): number {
  if (/^[1-9][0-9]{0,5}$/.test(text)) return Number(text);
  throw new PsnError(
    "usage",
    `${option} wants a tweet's number, 1 for the first; not ${JSON.stringify(text.slice(0, 20))}.`,
    {
      next: "psn show ID",
    },
  );
}

/** A time limit for things that hang on a person. */
export function wholeNumber(text: string, option: string): number {
  if (/^(0|[1-9][0-9]{0,8})$/.test(text)) return Number(text);
  throw new PsnError("usage", `${option} wants a whole number, not ${JSON.stringify(text.slice(0, 20))}.`);
}
