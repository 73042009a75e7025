import { PsnError } from "../errors.ts";

const ATTACH = "psn attach ID --tweet N PATH";

/** `why` ends the sentence that begins with the file's name: "is a PDF document". */
export function imageInvalid(name: string, why: string, cause?: unknown): PsnError {
  return new PsnError("image_invalid", `“${name}” ${why}.`, { next: ATTACH, details: { file: name }, cause });
}

/** Sizes in bytes. */
export function imageTooLarge(name: string, size: number, limit: number): PsnError {
  const message = `“${name}” has ${megabytes(size)} MB, and X takes images of ${megabytes(limit)} MB at most.`;
  return new PsnError("image_too_large", message, { next: ATTACH, details: { file: name, size, limit } });
}

/** Rounded up, so that one byte too many does not read as the limit itself. */
const megabytes = (bytes: number): string => String(Math.ceil((bytes / 1024 / 1024) * 100) / 100);

/** Lengths in characters. */
export function altTooLong(length: number, limit: number): PsnError {
  const message = `The alt text has ${length} characters, and X takes ${limit} at most.`;
  return new PsnError("alt_too_long", message, { next: "give a shorter one", details: { length, limit } });
}

export function altInvalid(): PsnError {
  const message = "The alt text holds half a character or a null character, which X can't take.";
  return new PsnError("text_invalid", message, { next: "give the alt text as plain text" });
}
