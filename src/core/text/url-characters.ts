/**
 * Which characters may stand where in a URL.
 *
 * The sets are those of twitter-text 3.1.0 (regexp/*), Copyright 2018 Twitter, Inc. and other contributors, licensed
 * under the Apache License, Version 2.0 (http://www.apache.org/licenses/LICENSE-2.0). All functions take UTF-16 code
 * units, as twitter-text does; NaN (past the end of a string) is in no set.
 */

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const ALPHANUMERIC = `${LOWER}${LOWER.toUpperCase()}0123456789`;

function asciiSet(characters: string): Uint8Array {
  const set = new Uint8Array(128);
  for (let i = 0; i < characters.length; i++) set[characters.charCodeAt(i)] = 1;
  return set;
}

const NOT_IN_DOMAIN = asciiSet("!'#%&()*+,\\-./:;<=>?@[]^_{|}~$\t\n\v\f\r ");
const AROUND_TLD = asciiSet(`${ALPHANUMERIC}@+-`);
const NOT_BEFORE_URL = asciiSet(`${ALPHANUMERIC}@$#`);
const PATH = asciiSet(`${ALPHANUMERIC}!*';:=+,.$/%#[]-_~@|&`);
const PATH_END = asciiSet(`${ALPHANUMERIC}+-=_#/`);
const QUERY = asciiSet(`${ALPHANUMERIC}!?*'@();:&=+$/%#[]-_.,~|`);
const QUERY_END = asciiSet(`${ALPHANUMERIC}-_&=#/`);

/** Letters of Latin alphabets with accents. `i` matters: it adds the other case of each, wherever that is encoded. */
export const LATIN_ACCENTS =
  "\\xC0-\\xD6\\xD8-\\xF6\\xF8-\\xFF\\u0100-\\u024F\\u0253\\u0254\\u0256\\u0257\\u0259\\u025B\\u0263\\u0268\\u026F\\u0272\\u0289\\u028B\\u02BB\\u0300-\\u036F\\u1E00-\\u1EFF";
const LATIN_ACCENT = new RegExp(`[${LATIN_ACCENTS}]`, "i");
const LATIN_OR_CYRILLIC = new RegExp(`[${LATIN_ACCENTS}\\u0400-\\u04FF]`, "i");

const NON_ASCII_SPACE_OR_MARK =
  /[\x85\xA0\u1680\u180E\u2000-\u200A\u2028\u2029\u202F\u205F\u3000\uFFFE\uFEFF\uFFFF\u202A-\u202E\u061C\u200E\u200F\u2066-\u2069]/;

/** First and last character of a label: neither punctuation nor a space nor a mark of direction. */
export function isDomainCharacter(unit: number): boolean {
  return unit < 128
    ? NOT_IN_DOMAIN[unit] === 0
    : unit >= 128 && !NON_ASCII_SPACE_OR_MARK.test(String.fromCharCode(unit));
}

/** Any character of a dotted name: a label may also hold `-` and `_` inside. */
export function isInDottedName(unit: number): boolean {
  return unit === 0x2e || unit === 0x2d || unit === 0x5f || isDomainCharacter(unit);
}

/** A label of a name that X links without `https://`. */
export function isAsciiLabelCharacter(unit: number): boolean {
  return unit < 128 ? unit === 0x2d || isAsciiAlphanumeric(unit) : isMatch(LATIN_ACCENT, unit);
}

/** What may stand directly before a URL. */
export function canPrecedeUrl(unit: number): boolean {
  if (unit < 128) return NOT_BEFORE_URL[unit] === 0;
  return unit !== 0xff20 && unit !== 0xff03 && unit !== 0xfffe && unit !== 0xfeff && unit !== 0xffff;
}

/** What may stand directly after a top-level domain (the end of the text may, too). */
export function canFollowTld(unit: number): boolean {
  return !(unit < 128) || AROUND_TLD[unit] === 0;
}

export function isPathCharacter(unit: number): boolean {
  return unit < 128 ? PATH[unit] === 1 : unit === 0x2013 || isMatch(LATIN_OR_CYRILLIC, unit);
}

/** A path does not end in punctuation, so that the full stop after a URL is not part of it. */
export function canEndPath(unit: number): boolean {
  return unit < 128 ? PATH_END[unit] === 1 : isMatch(LATIN_OR_CYRILLIC, unit);
}

export function isQueryCharacter(unit: number): boolean {
  return unit < 128 && QUERY[unit] === 1;
}

export function canEndQuery(unit: number): boolean {
  return unit < 128 && QUERY_END[unit] === 1;
}

export function isAsciiAlphanumeric(unit: number): boolean {
  return isDigit(unit) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a);
}

export function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

function isMatch(pattern: RegExp, unit: number): boolean {
  return unit >= 128 && pattern.test(String.fromCharCode(unit));
}
