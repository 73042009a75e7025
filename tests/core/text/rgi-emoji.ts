/**
 * Lists the emoji of the runtime (`RGI_Emoji`). The property can be asked but not enumerated, so candidates are made by
 * the forms that Unicode gives to emoji and asked one by one: single signs, keycaps, skin tones, flags, tag sequences,
 * and sequences of two to four parts. That finds 3,952 where the runtime knows Emoji 17; what has another form is missed.
 */

const RGI = /^\p{RGI_Emoji}$/v;
const VARIATION = "\uFE0F";
const JOINER = "\u200D";
const TONES = ["🏻", "🏼", "🏽", "🏾", "🏿"];
const SUBDIVISIONS = ["gbeng", "gbsct", "gbwls"];
const PERSON = /^[👨👩🧑]/u;
const MIDDLES = ["❤️", "🤝", "👨", "👩", "🧑", "👦", "👧", "🧒", "🐰", "🫯", "🦯", "🦼", "🦽", "♀️", "♂️"];
const KISS_MIDDLES = ["❤️", "👨", "👩", "👦", "👧", "🧒"];
const KISS_THIRDS = ["💋", "👨", "👩", "👦", "👧", "🧒"];

export function rgiEmoji(): string[] {
  const singles = singleSigns();
  const toned = singles.filter((sign) => /^\p{Emoji_Modifier_Base}/u.test(sign)).flatMap(withTones);
  const bases = [...singles, ...toned];
  const people = bases.filter((sign) => /\p{Emoji_Modifier_Base}/u.test(sign));
  const pairs = bases.flatMap((first) => singles.map((second) => [first, second].join(JOINER)).filter(isEmoji));
  const seconds = new Set(pairs.map((pair) => pair.slice(pair.lastIndexOf(JOINER) + 1)));
  const tonedSeconds = ["👨", "👩", "🧑", "🫲"].flatMap((sign) => [sign, ...withTones(sign)]);
  const ends = [...new Set([...seconds, ...tonedSeconds, "➡️", "🧑"])];
  const tonedPairs = combine(people, ends);
  const threes = combine(people, MIDDLES, ends);
  const fours = combine(
    people.filter((sign) => PERSON.test(sign)),
    KISS_MIDDLES,
    KISS_THIRDS,
    ends,
  );
  return [...new Set([...bases, ...flags(), ...pairs, ...tonedPairs, ...threes, ...fours])];
}

function isEmoji(text: string): boolean {
  return RGI.test(text);
}

function singleSigns(): string[] {
  const signs: string[] = [];
  for (let codePoint = 0; codePoint < 0x20000; codePoint++) {
    const sign = String.fromCodePoint(codePoint);
    if (!/\p{Emoji}/u.test(sign)) continue;
    signs.push(...[sign, sign + VARIATION, `${sign}${VARIATION}\u20E3`].filter(isEmoji));
  }
  return signs;
}

function withTones(sign: string): string[] {
  return TONES.map((tone) => sign.replace(VARIATION, "") + tone).filter(isEmoji);
}

function flags(): string[] {
  const letters = Array.from({ length: 26 }, (_, i) => String.fromCodePoint(0x1f1e6 + i));
  const countries = letters.flatMap((first) => letters.map((second) => first + second));
  const tagged = SUBDIVISIONS.map(
    (code) => `🏴${Array.from(code, (c) => String.fromCodePoint(0xe0000 + c.charCodeAt(0))).join("")}\u{E007F}`,
  );
  return [...countries, ...tagged].filter(isEmoji);
}

function combine(...parts: (readonly string[])[]): string[] {
  return parts
    .reduce<string[]>(
      (sequences, part) => sequences.flatMap((s) => part.map((sign) => (s === "" ? sign : s + JOINER + sign))),
      [""],
    )
    .filter(isEmoji);
}
