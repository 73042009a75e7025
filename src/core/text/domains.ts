/**
 * Domain names as X sees them: labels, and a top-level domain out of a fixed list.
 *
 * The rules are those of twitter-text 3.1.0 (regexp/validDomain, validAsciiDomain, lib/idna), Copyright 2018 Twitter,
 * Inc. and other contributors, Apache License 2.0. They are written as scanners here because the regular expressions
 * go over a text without spaces once per character.
 */
import { asciiLabelLength } from "./punycode.ts";
import { ASCII_TLDS, IDN_TLDS, LONGEST_TLD } from "./tlds.ts";
import { canFollowTld, isAsciiAlphanumeric, isAsciiLabelCharacter } from "./url-characters.ts";

const MAX_LABEL_LENGTH = 63;
const PUNYCODE_TLD = /xn--[-0-9a-z]+/iy;

let asciiTlds: ReadonlySet<string> | undefined;
let idnTlds: ReadonlySet<string> | undefined;
let idnInitials: ReadonlySet<string> | undefined;

/**
 * The end (UTF-16 offset) of the top-level domain that starts at `start`, or -1. Where two fit, the longer one counts;
 * a Japanese one may be followed by more Japanese, an English one not by a letter, a digit, `@`, `+` or `-`.
 */
export function tldEnd(text: string, start: number): number {
  let end = start;
  while (end - start <= LONGEST_TLD && isAsciiAlphanumeric(text.charCodeAt(end))) end++;
  if (end > start && canFollowTld(text.charCodeAt(end))) {
    asciiTlds ??= new Set(ASCII_TLDS.trim().split(/\s+/));
    if (asciiTlds.has(text.slice(start, end).toLowerCase())) return end;
  }
  if (text.charCodeAt(end) > 0x7f) {
    const idnEnd = idnTldEnd(text, start);
    if (idnEnd !== -1) return idnEnd;
  }
  PUNYCODE_TLD.lastIndex = start;
  return PUNYCODE_TLD.test(text) ? PUNYCODE_TLD.lastIndex : -1;
}

function idnTldEnd(text: string, start: number): number {
  idnTlds ??= new Set(IDN_TLDS.trim().split(/\s+/).map(foldCase));
  idnInitials ??= new Set(Array.from(idnTlds, (tld) => tld.charAt(0)));
  if (!idnInitials.has(foldCase(text.charAt(start)))) return -1;
  const folded = foldCase(text.slice(start, start + LONGEST_TLD));
  for (let length = folded.length; length > 0; length--) {
    if (canFollowTld(text.charCodeAt(start + length)) && idnTlds.has(folded.slice(0, length))) return start + length;
  }
  return -1;
}

/** Lower case unit by unit, so that offsets stay: what changes its length or would become ASCII is left alone. */
function foldCase(text: string): string {
  let folded = "";
  for (let i = 0; i < text.length; i++) {
    const unit = text.charAt(i);
    const lower = unit.toLowerCase();
    const keeps = lower.length === 1 && (unit < "\x80" || lower >= "\x80");
    folded += keeps ? lower : unit;
  }
  return folded;
}

/** The parts of a dotted name that are names of ASCII and accented Latin letters: X links only these without protocol. */
export function asciiDomains(name: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  let position = 0;
  while (position < name.length) {
    let end = position;
    let domainEnd = -1;
    for (;;) {
      const labelStart = end;
      while (isAsciiLabelCharacter(name.charCodeAt(end))) end++;
      if (end === labelStart || name.charAt(end) !== ".") break;
      end++;
      const candidate = tldEnd(name, end);
      if (candidate !== -1) domainEnd = candidate;
    }
    if (domainEnd !== -1) found.push({ start: position, end: domainEnd });
    // Nothing that starts later in these labels can end in a top-level domain when the whole does not.
    position = domainEnd === -1 ? Math.max(end, position + 1) : domainEnd;
  }
  return found;
}

/** Whether every label fits into the 63 characters that the name system allows, in its ASCII form. */
export function isEncodableDomain(name: string): boolean {
  if (name.startsWith("xn--") && asciiDomains(name).length === 0) return false;
  return name.split(".").every((label) => {
    const length = asciiLabelLength(label, MAX_LABEL_LENGTH);
    return length >= 1 && length <= MAX_LABEL_LENGTH;
  });
}
