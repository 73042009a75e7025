/** Makes the text that a person wrote fit to be kept and counted, or says why it can't be. */
import { PsnError } from "../errors.ts";
import { trimSpace } from "./space.ts";

/** X refuses the noncharacters; half a surrogate pair is no character; a database can't store U+0000. */
const REFUSED = /[\uFFFE\uFFFF\0]|\p{Surrogate}/u;

/**
 * The text without byte order marks, with LF as its only line end, in NFC and without white space around it.
 *
 * @throws PsnError `empty_text` when nothing is left, `text_invalid` when it holds a character that can't be posted
 * (`details`: `line` and `column` from 1, columns in UTF-16 units, `character` as "U+FFFF").
 */
export function tidyText(raw: string): string {
  const text = raw.replaceAll("\uFEFF", "").replace(/\r\n?/g, "\n").normalize("NFC");
  const refused = REFUSED.exec(text);
  if (refused !== null) throw refusedCharacter(text, refused.index);
  const tidy = trimSpace(text);
  if (tidy === "") {
    throw new PsnError("empty_text", "The text is empty.", { next: "Give some text with --stdin or --file FILE." });
  }
  return tidy;
}

function refusedCharacter(text: string, index: number): PsnError {
  const lines = text.slice(0, index).split("\n");
  const line = lines.length;
  const column = (lines.at(-1) ?? "").length + 1;
  const unit = text.charCodeAt(index);
  const character = `U+${unit.toString(16).toUpperCase().padStart(4, "0")}`;
  const isHalf = unit >= 0xd800 && unit <= 0xdfff;
  const what = isHalf
    ? `${character}, half a character (an unpaired surrogate)`
    : `${character}, which X does not take`;
  return new PsnError("text_invalid", `Line ${line} holds ${what}.`, {
    next: `Remove the character at line ${line}, column ${column}, and run the command again.`,
    details: { line, column, character },
  });
}
