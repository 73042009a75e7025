/** Reading binary formats. An offset behind the end reads as NaN or "": every comparison with it is false. */

/** Bytes as Latin-1 text, for the four-letter names that formats are made of. */
export function ascii(bytes: Uint8Array, from: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(from, from + length));
}

export const u16be = (bytes: Uint8Array, at: number): number => byte(bytes, at) * 256 + byte(bytes, at + 1);
export const u32be = (bytes: Uint8Array, at: number): number => u16be(bytes, at) * 65_536 + u16be(bytes, at + 2);
const u16le = (bytes: Uint8Array, at: number): number => byte(bytes, at + 1) * 256 + byte(bytes, at);
export const u32le = (bytes: Uint8Array, at: number): number => u16le(bytes, at + 2) * 65_536 + u16le(bytes, at);

const byte = (bytes: Uint8Array, at: number): number => bytes[at] ?? Number.NaN;
