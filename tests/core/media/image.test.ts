import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { PsnError } from "../../../src/core/errors.ts";
import {
  checkAlt,
  inspectImage,
  MAX_ALT_CHARACTERS,
  MAX_IMAGE_BYTES,
  MAX_IMAGES_PER_TWEET,
} from "../../../src/core/media/image.ts";
import * as picture from "./pictures.ts";

const { bytesOf } = picture;
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function refusal(act: () => unknown): PsnError {
  try {
    act();
  } catch (error) {
    if (error instanceof PsnError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

const refused = (bytes: Uint8Array, name = "file"): string => {
  const error = refusal(() => inspectImage(bytes, name));
  expect(error.code).toBe("image_invalid");
  expect(error.next).toStartWith("psn attach ");
  return error.message;
};

const REAL = {
  png: picture.png(3, 2),
  jpeg: picture.jpeg(17, 9),
  progressive: picture.jpeg(17, 9, new Uint8Array(), 0xc2),
  gif: picture.gif(1, 1),
  "lossless webp": picture.riff("WEBP", picture.VP8L),
  "lossy webp": picture.riff("WEBP", picture.VP8),
  "extended webp": picture.riff("WEBP", picture.vp8x(1, 1), picture.VP8L),
};

describe("inspectImage takes", () => {
  test.each(Object.entries(REAL))("a %s that a decoder opens, and both agree on its size", async (_, bytes) => {
    const decoded = await new Bun.Image(bytes).metadata();
    await new Bun.Image(bytes).png().bytes();
    expect(inspectImage(bytes, "image")).toEqual({
      mime: `image/${decoded.format}` as "image/png",
      width: decoded.width,
      height: decoded.height,
      size: bytes.length,
      mayBeCutOff: false,
    });
  });

  test("the type that the bytes say, whatever the file is called", () => {
    expect(inspectImage(REAL.png, "holiday.jpg").mime).toBe("image/png");
    expect(inspectImage(REAL.jpeg, "clip.mp4").mime).toBe("image/jpeg");
  });

  test("a view into a larger buffer, without looking outside of it", () => {
    const around = bytesOf("xx", REAL.jpeg, "yyyy");
    const view = around.subarray(2, 2 + REAL.jpeg.length);
    expect(inspectImage(view, "view.jpg")).toEqual(inspectImage(REAL.jpeg, "view.jpg"));
  });

  test.each([
    [1, 40, 20],
    [3, 40, 20],
    [6, 20, 40],
    [8, 20, 40],
  ])("a JPEG with orientation %i as %i by %i pixels", (orientation, width, height) => {
    expect(inspectImage(picture.jpeg(40, 20, picture.exif(orientation)), "photo.jpg")).toMatchObject({ width, height });
  });

  test("a file with something behind its end, as phones write it", () => {
    for (const bytes of [REAL.png, REAL.jpeg, REAL.gif]) {
      for (const length of [1, 2, 500]) {
        const tail = new Uint8Array(length).fill(0x20);
        expect(inspectImage(bytesOf(bytes, tail), "live").mayBeCutOff).toBe(false);
      }
    }
  });

  test("a JPEG with a thumbnail, whose end mark is not the picture's", () => {
    const thumbnail = picture.jpegSegment(0xe2, bytesOf("thumb", REAL.jpeg));
    const whole = picture.jpeg(17, 9, thumbnail);
    expect(inspectImage(whole, "a.jpg")).toMatchObject({ width: 17, mayBeCutOff: false });
    expect(inspectImage(whole.subarray(0, -2), "a.jpg").mayBeCutOff).toBe(true);
  });

  test("a JPEG or GIF that lacks nothing but its end mark, and says so", () => {
    expect(inspectImage(REAL.jpeg.subarray(0, -2), "a.jpg")).toMatchObject({ width: 17, height: 9, mayBeCutOff: true });
    expect(inspectImage(REAL.gif.subarray(0, -1), "a.gif")).toMatchObject({ width: 1, mayBeCutOff: true });
  });

  test("an APNG of one frame, which does not move", () => {
    expect(inspectImage(picture.png(3, 2, picture.frames(1)), "still.png").width).toBe(3);
  });

  test("an image of exactly X's size, and none a byte larger", () => {
    const padded = (size: number) => picture.png(3, 2, picture.pngChunk("teXt", new Uint8Array(size - 68 - 12)));
    expect(inspectImage(padded(MAX_IMAGE_BYTES), "big.png").size).toBe(MAX_IMAGE_BYTES);

    const error = refusal(() => inspectImage(padded(MAX_IMAGE_BYTES + 1), "big.png"));
    expect(error.code).toBe("image_too_large");
    expect(error.message).toBe("“big.png” has 5.01 MB, and X takes images of 5 MB at most.");
    expect(error.details).toEqual({ file: "big.png", size: 5_242_881, limit: 5_242_880 });
  });
});

describe("inspectImage refuses", () => {
  test("an empty file", () => {
    expect(refused(new Uint8Array(), "nothing.png")).toBe("“nothing.png” is empty.");
  });

  test.each<[string, Uint8Array]>([
    ["a PDF document", utf8("%PDF-1.7\n1 0 obj")],
    ["an SVG drawing", utf8('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="1000000000"/>')],
    ["a HEIC image", bytesOf(0, 0, 0, 24, "ftypheic", 0, 0, 0, 0, "mif1heic")],
    ["an AVIF image", bytesOf(0, 0, 0, 24, "ftypavif")],
    ["an MP4 video", bytesOf(0, 0, 0, 32, "ftypisom", 0, 0, 2, 0)],
    ["a QuickTime video", bytesOf(0, 0, 0, 20, "ftypqt  ")],
    ["a WebM or Matroska video", bytesOf(0x1a, 0x45, 0xdf, 0xa3, 1, 0)],
    ["a BMP image", bytesOf("BM", new Uint8Array(60))],
    ["a TIFF image", bytesOf("II*", 0, 8, 0, 0, 0)],
    ["a recording", picture.riff("WAVE", picture.webpChunk("fmt ", new Uint8Array(16)))],
    ["a web page", utf8("<!DOCTYPE html><html><body>404 Not Found</body></html>")],
    ["a text file", utf8("just some words, ünïcode too")],
    ["in no format that psn knows", bytesOf(1, 2, 3, 0, 0xfe, 0xff)],
  ])("%s, saying so and what X takes", (kind, bytes) => {
    const message = refused(bytes, "picture.png");
    expect(message).toContain(`“picture.png” is ${kind}`);
    expect(message).toEndWith("X takes JPEG, PNG, GIF and WebP images.");
  });

  test.each<[string, Uint8Array]>([
    ["GIF", picture.gif(4, 4, 2)],
    ["WebP", picture.riff("WEBP", picture.vp8x(4, 4, 2), picture.webpChunk("ANIM", new Uint8Array(6)))],
    [
      "WebP",
      picture.riff("WEBP", picture.vp8x(4, 4), picture.webpChunk("ANMF", bytesOf(new Uint8Array(16), picture.VP8L))),
    ],
    ["PNG", picture.png(4, 4, picture.frames(12))],
  ])("a moving %s", (format, bytes) => {
    expect(refused(bytes, "loop")).toBe(`“loop” is an animated ${format}; psn posts still images only, for now.`);
  });

  test("sizes of no pixels", () => {
    expect(refused(picture.png(0, 2))).toContain("it says to be 0 by 2 pixels");
    expect(refused(picture.jpeg(8, 0))).toContain("it says to be 8 by 0 pixels");
    expect(refused(picture.gif(0, 0))).toContain("it says to be 0 by 0 pixels");
  });

  test("files that begin as one format and go on as none", () => {
    expect(refused(bytesOf(picture.PNG_SIGNATURE, picture.pngChunk("CgBI", new Uint8Array(4))))).toContain(
      "is damaged",
    );
    expect(refused(bytesOf(0xff, 0xd8, 0xff, 0xd9))).toContain("is damaged");
    expect(refused(bytesOf("GIF89a", 1, 0, 1, 0, 0, 0, 0, 0x3b))).toContain("is damaged");
    expect(refused(picture.riff("WEBP", picture.webpChunk("EXIF", new Uint8Array(4))))).toContain("is damaged");
  });

  test.each(Object.entries(REAL))("a %s cut at any byte, or warns of it", (_, whole) => {
    for (let length = 1; length < whole.length; length += 1) {
      const part = whole.subarray(0, length);
      try {
        expect({ length, ...inspectImage(part, "cut") }).toMatchObject({ length, mayBeCutOff: true });
      } catch (error) {
        if (!(error instanceof PsnError)) throw error;
      }
    }
  });

  test("any other bytes with a sentence, and never with a crash", () => {
    const starts = [...Object.values(REAL), picture.gif(9, 9, 3), picture.jpeg(9, 9, picture.exif(6))];
    const spoilt = fc
      .record({
        start: fc.constantFrom(...starts),
        changes: fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 6 }),
        tail: fc.uint8Array({ maxLength: 40 }),
      })
      .map(({ start, changes, tail }) => {
        const bytes = bytesOf(start, tail);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(spoilt, fc.uint8Array({ maxLength: 64 })), (bytes) => {
        try {
          const { width, height, size } = inspectImage(bytes, "fuzz");
          expect(width > 0 && height > 0 && size === bytes.length).toBe(true);
        } catch (error) {
          if (!(error instanceof PsnError)) throw error;
          expect(error.message.endsWith(".")).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("checkAlt", () => {
  test("trims, and leaves the rest as it is", () => {
    expect(checkAlt("  A heron\n  at dawn \n")).toBe("A heron\n  at dawn");
    expect(checkAlt(" \n ")).toBe("");
  });

  test("counts characters as X's document does, so that an emoji is one", () => {
    expect(checkAlt("🪶".repeat(MAX_ALT_CHARACTERS))).toHaveLength(2 * MAX_ALT_CHARACTERS);
    const error = refusal(() => checkAlt("🪶".repeat(MAX_ALT_CHARACTERS + 1)));
    expect(error.code).toBe("alt_too_long");
    expect(error.message).toContain("1001 characters");
    expect(error.details).toEqual({ length: 1001, limit: 1000 });
  });

  test("refuses half an emoji and the null character, which can be stored nowhere", () => {
    expect(refusal(() => checkAlt("a \ud83e heron")).code).toBe("text_invalid");
    expect(refusal(() => checkAlt("a \0 heron")).code).toBe("text_invalid");
  });
});

test("a tweet takes four images", () => {
  expect(MAX_IMAGES_PER_TWEET).toBe(4);
});
