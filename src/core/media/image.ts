import { imageSize } from "image-size";
import { altInvalid, altTooLong, imageInvalid, imageTooLarge } from "./errors.ts";
import { type ImageMime, kindOf } from "./kind.ts";
import { structureOf } from "./structure.ts";

/** docs.x.com/x-api/media/quickstart/best-practices: "up to 4 photos" a post. */
export const MAX_IMAGES_PER_TWEET = 4;

/** "Image size: <= 5 MB" (same page), which X's servers count as 5,242,880 bytes in their own error text. */
export const MAX_IMAGE_BYTES = 5 * 1024 * 1024;

/** Code points: maxLength of alt_text.text in X's OpenAPI document. */
export const MAX_ALT_CHARACTERS = 1000;

export interface ImageInfo {
  mime: ImageMime;
  /** Pixels, as the image is shown: turned where the camera's orientation says so. */
  width: number;
  height: number;
  /** Bytes. */
  size: number;
  /**
   * The mark that ends a JPEG or GIF is missing. Some cameras and encoders leave it out, and so does a broken download: X
   * takes the file and may show the lower part in grey, so it is worth a warning and not a refusal.
   */
  mayBeCutOff: boolean;
}

/**
 * What an image is, by its bytes: nothing is decoded, and nothing is ever re-encoded.
 * Refused are files that are no JPEG, PNG, GIF or WebP, that lack a part every decoder needs (a PNG or WebP without its
 * end, a JPEG without a scan), that move, and that are larger than X takes.
 * @param name the file's name, for messages
 * @throws PsnError image_invalid, image_too_large
 */
export function inspectImage(bytes: Uint8Array, name: string): ImageInfo {
  if (bytes.length === 0) throw imageInvalid(name, "is empty");
  const kind = kindOf(bytes);
  if ("lookingLike" in kind) throw imageInvalid(name, `is ${kind.lookingLike}; X takes JPEG, PNG, GIF and WebP images`);

  const { mime } = kind;
  const structure = structureOf(bytes, mime);
  switch (structure) {
    case "animated":
      throw imageInvalid(name, `is an animated ${FORMATS[mime]}; psn posts still images only, for now`);
    case "cutOff":
      throw imageInvalid(name, `is cut off: the ${FORMATS[mime]} goes on where the file ends`);
    case "damaged":
      throw imageInvalid(name, `is damaged: it begins as a ${FORMATS[mime]} and does not go on as one`);
    case "sound":
    case "endless":
      break;
    default:
      structure satisfies never;
  }
  if (bytes.length > MAX_IMAGE_BYTES) throw imageTooLarge(name, bytes.length, MAX_IMAGE_BYTES);
  return { mime, ...measure(bytes, mime, name), size: bytes.length, mayBeCutOff: structure === "endless" };
}

const FORMATS: Readonly<Record<ImageMime, string>> = {
  "image/jpeg": "JPEG",
  "image/png": "PNG",
  "image/gif": "GIF",
  "image/webp": "WebP",
};

/** The names that image-size has for the formats that X takes; it knows many more, which must not slip through. */
const TYPES: Readonly<Record<ImageMime, string>> = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/gif": "gif",
  "image/webp": "webp",
};

function measure(bytes: Uint8Array, mime: ImageMime, name: string): { width: number; height: number } {
  let measured: ReturnType<typeof imageSize>;
  try {
    measured = imageSize(bytes);
  } catch (cause) {
    throw imageInvalid(name, `is damaged: the ${FORMATS[mime]} does not tell its size`, cause);
  }
  const { width, height, orientation = 1, type } = measured;
  if (type !== TYPES[mime] || !(width > 0 && height > 0)) {
    throw imageInvalid(name, `is damaged: it says to be ${width} by ${height} pixels`);
  }
  // Exif orientations 5 to 8 lie on their side.
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}

/**
 * An alt text as it will be sent: trimmed. "" means that there is none.
 * @throws PsnError alt_too_long, text_invalid
 */
export function checkAlt(text: string): string {
  const alt = text.trim();
  if (!alt.isWellFormed() || alt.includes("\0")) throw altInvalid();
  const length = [...alt].length;
  if (length > MAX_ALT_CHARACTERS) throw altTooLong(length, MAX_ALT_CHARACTERS);
  return alt;
}
