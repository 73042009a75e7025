import fc from "fast-check";

const SURROGATES = { first: 0xd800, count: 0x800 };

const codePoint = fc
  .integer({ min: 0, max: 0x10ffff - SURROGATES.count })
  .map((n) => String.fromCodePoint(n < SURROGATES.first ? n : n + SURROGATES.count));

/** Text of any code points but halves of pairs, as `unit: "binary"`, which makes a list of a million first: 0.7 s. */
export const anyText = (size: fc.StringSharedConstraints = {}): fc.Arbitrary<string> =>
  fc.string({ unit: codePoint, ...size });
