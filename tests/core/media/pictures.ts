import { crc32, deflateSync } from "node:zlib";

/** The smallest real files of each format, put together byte by byte, so that a test can break exactly one thing. */

/** Strings are Latin-1. */
export function bytesOf(...parts: (string | number | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const pieces = parts.map((part) => {
    if (typeof part === "number") return new Uint8Array([part]);
    return typeof part === "string" ? Buffer.from(part, "latin1") : part;
  });
  return new Uint8Array(Buffer.concat(pieces));
}

function u32be(value: number): Uint8Array {
  return new Uint8Array([value >>> 24, value >>> 16, value >>> 8, value]);
}
const u16be = (value: number): Uint8Array => u32be(value).subarray(2);
const u16le = (value: number): Uint8Array => u16be(value).toReversed();
const u24le = (value: number): Uint8Array => u32be(value).subarray(1).toReversed();
const u32le = (value: number): Uint8Array => u32be(value).toReversed();

// PNG

export const PNG_SIGNATURE = bytesOf(0x89, "PNG\r\n", 0x1a, "\n");

export function pngChunk(name: string, data: Uint8Array = new Uint8Array()): Uint8Array {
  const body = bytesOf(name, data);
  return bytesOf(u32be(data.length), body, u32be(crc32(body)));
}

/** Grey, 8 bits. `extra` goes between the header and the pixels. */
export function png(width: number, height: number, extra: Uint8Array = new Uint8Array()): Uint8Array<ArrayBuffer> {
  const header = bytesOf(u32be(width), u32be(height), 8, 0, 0, 0, 0);
  const rows = new Uint8Array((width + 1) * height);
  const pixels = new Uint8Array(deflateSync(rows));
  return bytesOf(PNG_SIGNATURE, pngChunk("IHDR", header), extra, pngChunk("IDAT", pixels), pngChunk("IEND"));
}

export const frames = (count: number): Uint8Array => pngChunk("acTL", bytesOf(u32be(count), u32be(0)));

// JPEG

export const jpegSegment = (marker: number, data: Uint8Array): Uint8Array =>
  bytesOf(0xff, marker, u16be(data.length + 2), data);

/** Exif with one entry: the orientation, 1 to 8. */
export function exif(orientation: number): Uint8Array {
  const entry = bytesOf(u16be(0x0112), u16be(3), u32be(1), u16be(orientation), u16be(0));
  return jpegSegment(0xe1, bytesOf("Exif\0\0", "MM", u16be(42), u32be(8), u16be(1), entry, u32be(0)));
}

/** Grey blocks of 8 by 8 pixels. `extra` goes before the frame; `sof` 0xc2 marks it as progressive. */
export function jpeg(width: number, height: number, extra: Uint8Array = new Uint8Array(), sof = 0xc0) {
  const quantisation = jpegSegment(0xdb, bytesOf(0, new Uint8Array(64).fill(1)));
  const frame = jpegSegment(sof, bytesOf(8, u16be(height), u16be(width), 1, 1, 0x11, 0));
  // One code of one bit, "0": no difference to the block before, and no more coefficients.
  const codes = (kind: number) => jpegSegment(0xc4, bytesOf(kind, 1, new Uint8Array(15), 0));
  // A progressive file's first scan holds the first coefficient only.
  const scan = jpegSegment(0xda, bytesOf(1, 1, 0, 0, sof === 0xc2 ? 0 : 63, 0));
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
  const data = new Uint8Array(Math.ceil((blocks * 2) / 8));
  return bytesOf(0xff, 0xd8, extra, quantisation, frame, codes(0), codes(0x10), scan, data, 0xff, 0xd9);
}

// GIF

const GIF_PIXEL = bytesOf(0x2c, u16le(0), u16le(0), u16le(1), u16le(1), 0, 2, 2, 0x44, 1, 0);
const GIF_PAUSE = bytesOf(0x21, 0xf9, 4, 0, 10, 0, 0, 0);

/** A screen of this size with as many frames of one pixel. */
export function gif(width: number, height: number, frameCount = 1) {
  const screen = bytesOf("GIF89a", u16le(width), u16le(height), 0x80, 0, 0, 0, 0, 0, 255, 255, 255);
  const pictures = Array.from({ length: frameCount }, () => bytesOf(GIF_PAUSE, GIF_PIXEL));
  return bytesOf(screen, ...pictures, 0x3b);
}

// WebP

export const webpChunk = (name: string, data: Uint8Array): Uint8Array =>
  bytesOf(name, u32le(data.length), data, ...(data.length % 2 === 1 ? [0] : []));

export const riff = (form: string, ...chunks: Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const body = bytesOf(form, ...chunks);
  return bytesOf("RIFF", u32le(body.length), body);
};

/** One pixel, lossless. */
export const VP8L = webpChunk("VP8L", new Uint8Array(Buffer.from("2f00000010071011118888fe07", "hex")));
/** One pixel, lossy. */
export const VP8 = webpChunk("VP8 ", new Uint8Array(Buffer.from("MAEAnQEqAQABAA7A/iWkAANwAAAAAA==", "base64")));

/** The extended header: flags (2: animated), then the canvas. */
export const vp8x = (width: number, height: number, flags = 0): Uint8Array =>
  webpChunk("VP8X", bytesOf(flags, 0, 0, 0, u24le(width - 1), u24le(height - 1)));
