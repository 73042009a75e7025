import { ascii, u32be } from "./bytes.ts";

/** X's list of image types: docs.x.com/x-api/media/quickstart/best-practices. */
export type ImageMime = "image/jpeg" | "image/png" | "image/gif" | "image/webp";

export type Kind = { mime: ImageMime } | { lookingLike: string };

/** How files begin that people take for images, each in words that follow "is". Latin-1 text. */
const BEGINNINGS: readonly (readonly [string, string])[] = [
  ["%PDF-", "a PDF document"],
  ["BM", "a BMP image"],
  ["II*\0", "a TIFF image"],
  ["MM\0*", "a TIFF image"],
  ["8BPS", "a Photoshop document"],
  ["\0\0\x01\0", "an icon (ICO)"],
  ["\xff\x0a", "a JPEG XL image"],
  ["\0\0\0\x0cJXL ", "a JPEG XL image"],
  ["\0\0\0\x0cjP  ", "a JPEG 2000 image"],
  ["\x1aE\xdf\xa3", "a WebM or Matroska video"],
  ["ID3", "an MP3 recording"],
  ["OggS", "an Ogg recording"],
  ["PK\x03\x04", "a ZIP archive or an office document"],
  ["\x1f\x8b", "a gzip archive"],
  ["\x7fELF", "a program"],
  ["MZ", "a program"],
];

/** The brand of an ISO base media file ("ftyp"), which HEIC, AVIF, MP4 and QuickTime are. */
function isoMedia(brand: string): string {
  if (/^(?:hei[cxms]|hev[cxms]|mif1|msf1)$/.test(brand)) return "a HEIC image, as iPhones make them";
  if (/^avi[fs]$/.test(brand)) return "an AVIF image";
  if (brand === "qt  ") return "a QuickTime video";
  return brand.startsWith("M4A") ? "an MP4 recording" : "an MP4 video";
}

function textual(bytes: Uint8Array): string | undefined {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, 1024), { stream: true });
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
  if (/<svg[\s>]/i.test(text)) return "an SVG drawing";
  if (/^\s*<(?:!doctype html|html|head|body)\b/i.test(text)) return "a web page (HTML)";
  const hasControls = [...text].some((character) => character < " " && !"\t\n\r\f\x1b".includes(character));
  return hasControls ? undefined : "a text file";
}

/** What a file is by its bytes; its name says nothing. */
export function kindOf(bytes: Uint8Array): Kind {
  if (u32be(bytes, 0) === 0x89504e47 && u32be(bytes, 4) === 0x0d0a1a0a) return { mime: "image/png" };
  if (ascii(bytes, 0, 3) === "\xff\xd8\xff") return { mime: "image/jpeg" };
  if (/^GIF8[79]a$/.test(ascii(bytes, 0, 6))) return { mime: "image/gif" };
  if (ascii(bytes, 0, 4) === "RIFF") {
    const form = ascii(bytes, 8, 4);
    if (form === "WEBP") return { mime: "image/webp" };
    return { lookingLike: form === "AVI " ? "an AVI video" : "a recording (RIFF)" };
  }
  if (ascii(bytes, 4, 4) === "ftyp") return { lookingLike: isoMedia(ascii(bytes, 8, 4)) };
  const start = ascii(bytes, 0, 16);
  const known = BEGINNINGS.find(([beginning]) => start.startsWith(beginning));
  return { lookingLike: known?.[1] ?? textual(bytes) ?? "in no format that psn knows" };
}
