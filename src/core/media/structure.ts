import { ascii, u16be, u32be, u32le } from "./bytes.ts";
import type { ImageMime } from "./kind.ts";

/**
 * What walking a file's blocks tells, without decoding a pixel. `cutOff`: a block ends behind the end of the file.
 * `endless`: all that is needed is there but the mark that ends the file.
 */
export type Structure = "sound" | "endless" | "animated" | "cutOff" | "damaged";

export function structureOf(bytes: Uint8Array, mime: ImageMime): Structure {
  switch (mime) {
    case "image/png":
      return walkPng(bytes);
    case "image/jpeg":
      return walkJpeg(bytes);
    case "image/gif":
      return walkGif(bytes);
    case "image/webp":
      return walkWebp(bytes);
    default:
      return mime satisfies never;
  }
}

/** Chunks of length, name, data and checksum, from IHDR to IEND. What comes behind IEND is nobody's business. */
function walkPng(bytes: Uint8Array): Structure {
  let hasPixels = false;
  for (let at = 8; at < bytes.length; ) {
    const length = u32be(bytes, at);
    const name = ascii(bytes, at + 4, 4);
    const next = at + 12 + length;
    if (!(next <= bytes.length)) return "cutOff";
    if (at === 8 && (name !== "IHDR" || length !== 13)) return "damaged";
    // Of an APNG: the number of frames comes first in this chunk.
    if (name === "acTL" && u32be(bytes, at + 8) > 1) return "animated";
    if (name === "IDAT") hasPixels = true;
    if (name === "IEND") return hasPixels ? "sound" : "damaged";
    at = next;
  }
  return "cutOff";
}

/**
 * Segments up to the first scan (SOS); from there on 0xff 0xd9 can only be the end mark. Stray bytes between segments are
 * stepped over, as decoders do.
 */
function walkJpeg(bytes: Uint8Array): Structure {
  let hasFrame = false;
  for (let at = 2; at < bytes.length; ) {
    const marker = bytes[at] === 0xff ? bytes[at + 1] : 0xff;
    const isStray = marker === 0xff || marker === 0;
    if (isStray || marker === 0x01 || isBetween(marker, 0xd0, 0xd8)) {
      at += isStray ? 1 : 2;
      continue;
    }
    if (marker === 0xd9) return "damaged";
    const length = u16be(bytes, at + 2);
    const next = at + 2 + length;
    if (!(next <= bytes.length)) return "cutOff";
    if (length < 2) return "damaged";
    // SOF0 to SOF15, without the three that are tables (DHT, JPG, DAC).
    if (isBetween(marker, 0xc0, 0xcf) && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) hasFrame = true;
    if (marker === 0xda) {
      if (!hasFrame) return "damaged";
      return next === bytes.length ? "cutOff" : endOfScans(bytes, next);
    }
    at = next;
  }
  return "cutOff";
}

const isBetween = (value: number | undefined, first: number, last: number): boolean =>
  value !== undefined && value >= first && value <= last;

function endOfScans(bytes: Uint8Array, from: number): Structure {
  for (let at = bytes.length - 2; at >= from; at -= 1) {
    if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return "sound";
  }
  return "endless";
}

/** A screen, then images (0x2c) and extensions (0x21), each a list of sub-blocks, up to the trailer (0x3b). */
function walkGif(bytes: Uint8Array): Structure {
  const colours = (packed: number): number => (packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0);
  let frames = 0;
  let at = 13 + colours(bytes[10] ?? 0);
  while (at < bytes.length) {
    const block = bytes[at];
    if (block === 0x3b) return frames === 1 ? "sound" : "damaged";
    if (block === 0x2c) {
      frames += 1;
      if (frames > 1) return "animated";
      at = skipSubBlocks(bytes, at + 11 + colours(bytes[at + 9] ?? 0));
    } else if (block === 0x21) at = skipSubBlocks(bytes, at + 2);
    else return "damaged";
  }
  return at === bytes.length && frames === 1 ? "endless" : "cutOff";
}

/** Behind a list of sub-blocks, each a length and as many bytes, ended by a length of 0; Infinity when the file ends first. */
function skipSubBlocks(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    const length = bytes[at];
    if (length === undefined) return Number.POSITIVE_INFINITY;
    at += 1 + length;
    if (length === 0) return at;
  }
}

/** A RIFF file of even-sized chunks. */
function walkWebp(bytes: Uint8Array): Structure {
  const end = 8 + u32le(bytes, 4);
  if (!(end <= bytes.length)) return "cutOff";
  let hasPixels = false;
  for (let at = 12; at + 8 <= end; ) {
    const name = ascii(bytes, at, 4);
    const length = u32le(bytes, at + 4);
    if (at + 8 + length > end) return "cutOff";
    const isAnimated = name === "VP8X" && ((bytes[at + 8] ?? 0) & 2) !== 0;
    if (isAnimated || name === "ANIM" || name === "ANMF") return "animated";
    if (name === "VP8 " || name === "VP8L") hasPixels = true;
    at += 8 + length + (length % 2);
  }
  return hasPixels ? "sound" : "damaged";
}
