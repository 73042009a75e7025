import { imageSize } from "image-size";

export type FileType =
  | "image/jpeg"
  | "image/png"
  | "image/gif"
  | "image/webp"
  | "image/bmp"
  | "image/tiff"
  | "video/mp4"
  | "text/vtt";

const SIGNATURES: readonly (readonly [FileType, RegExp])[] = [
  ["image/jpeg", /^\xff\xd8\xff/],
  ["image/png", /^\x89PNG/],
  ["image/gif", /^GIF8[79]a/],
  ["image/webp", /^RIFF.{4}WEBP/s],
  ["image/bmp", /^BM/],
  ["image/tiff", /^(?:II\*\0|MM\0\*)/],
  ["video/mp4", /^.{4}ftyp/s],
  ["text/vtt", /^WEBVTT/],
];

/** What the first bytes say a file is, whatever its name and declared type; null when they say nothing known. */
export function typeOf(bytes: Uint8Array): FileType | null {
  const head = Buffer.from(bytes.subarray(0, 16)).toString("latin1");
  return SIGNATURES.find(([, signature]) => signature.test(head))?.[0] ?? null;
}

/** Pixels of an image, or null when its header is broken. */
export function pixelsOf(bytes: Uint8Array): { w: number; h: number } | null {
  try {
    const { width, height } = imageSize(bytes);
    return { w: width, h: height };
  } catch {
    // A file that begins like an image and is none: the upload is refused.
    return null;
  }
}
