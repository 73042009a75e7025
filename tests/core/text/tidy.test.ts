import { describe, expect, test } from "bun:test";
import { PsnError } from "../../../src/core/errors.ts";
import { tidyText } from "../../../src/core/text/tidy.ts";

function refusal(raw: string): PsnError {
  try {
    tidyText(raw);
  } catch (error) {
    if (error instanceof PsnError) return error;
    throw error;
  }
  throw new Error(`${JSON.stringify(raw)} was accepted`);
}

describe("tidyText", () => {
  test.each([
    ["\uFEFFhello", "hello"],
    ["a\r\nb\rc", "a\nb\nc"],
    ["cafe\u0301", "café"],
    ["\n\n  text  \n\u200B\n", "text"],
    ["a\n\n\n  b ", "a\n\n\n  b"],
  ])("makes %j %j", (raw, tidy) => {
    expect(tidyText(raw)).toBe(tidy);
  });

  test.each(["", "   ", "\r\n\t\u3000", "\uFEFF", "\u200B\n"])("finds %j empty", (raw) => {
    expect(refusal(raw).code).toBe("empty_text");
  });

  test.each([
    ["one\ntwo \uD83D", "U+D83D", 2, 5],
    ["\uDE00", "U+DE00", 1, 1],
    ["🎉\uFFFF", "U+FFFF", 1, 3],
    ["a\r\nb\r\n\uFFFE", "U+FFFE", 3, 1],
    ["a\0b", "U+0000", 1, 2],
  ])("refuses %j and says which character is where", (raw, character, line, column) => {
    const error = refusal(raw);
    expect(error.code).toBe("text_invalid");
    expect(error.message).toContain(`Line ${line} holds ${character}`);
    expect(error.details).toEqual({ line, column, character });
  });

  test("takes a long run of white space in no more time than its length asks for", () => {
    expect(tidyText(`a${" ".repeat(500_000)}b`)).toHaveLength(500_002);
  });
});
