import { describe, expect, test } from "bun:test";
import { weightedLength } from "../../../src/core/text/count.ts";
import { splitIntoThread } from "../../../src/core/thread/split.ts";

const sentence = (words: number) => `${"Word ".repeat(words - 1)}end.`;

describe("splitIntoThread", () => {
  test.each(["", "   ", "\n\r\n\t", "\uFEFF", "\u200B", "---", "\n---\n---\n"])("makes no tweet of %j", (text) => {
    expect(splitIntoThread(text)).toEqual([]);
  });

  test("leaves what fits into one tweet as it is", () => {
    const text = "One paragraph.\n\n  Another,   with spaces.\n- a\n- b";
    expect(splitIntoThread(text)).toEqual([text]);
    expect(splitIntoThread("x".repeat(280))).toHaveLength(1);
  });

  test("counts as X does: Japanese fills a tweet with 140 characters, a URL takes 23", () => {
    expect(splitIntoThread("語".repeat(140))).toHaveLength(1);
    expect(splitIntoThread("語".repeat(141))).toHaveLength(2);
    expect(splitIntoThread(`https://example.com/${"x".repeat(900)} ${"y".repeat(256)}`)).toHaveLength(1);
  });

  test("breaks between paragraphs before it breaks inside one", () => {
    const first = sentence(30);
    const second = sentence(40);
    expect(splitIntoThread(`${first}\n\n${second}`)).toEqual([first, second]);
  });

  test("breaks at a sentence, not at an abbreviation, a decimal or an initial", () => {
    const text =
      "We met Dr. J. R. Smith and Sen. Lee Jr. at 5 p.m. in St. Louis, approx. 3.5 km from No. 7. It went well, e.g. with the U.S. budget. ".repeat(
        8,
      );
    const tweets = splitIntoThread(text);
    expect(tweets.length).toBeGreaterThan(3);
    expect(tweets.filter((tweet) => !/(?:No\. 7|budget)\.$/.test(tweet))).toEqual([]);
  });

  test("keeps emoji and hashtags with the sentence before them", () => {
    const text = `${sentence(50)} 🎉🎉 #done #launch\n${sentence(40)}`;
    expect(splitIntoThread(text)[0]).toEndWith("🎉🎉 #done #launch");
  });

  test("keeps a list and a code block whole when they fit", () => {
    const list = `- ${sentence(15)}\n- ${sentence(15)}\n- ${sentence(15)}`;
    const code = `\`\`\`js\n${"let x = 1;\n".repeat(15)}\`\`\``;
    const tweets = splitIntoThread(`${sentence(30)}\n${list}\n${sentence(30)}\n${code}\n${sentence(10)}`);
    expect(tweets.some((tweet) => tweet.includes(list))).toBe(true);
    expect(tweets.some((tweet) => tweet.includes(code))).toBe(true);
  });

  test("starts no tweet with a mention while there is another way", () => {
    const text = `${sentence(25)} ${sentence(25)}\n\n@jack ${sentence(20)} ${sentence(20)}`;
    const tweets = splitIntoThread(text);
    expect(tweets.length).toBeGreaterThan(1);
    expect(tweets.filter((tweet) => tweet.startsWith("@"))).toEqual([]);
  });

  test("leaves no tiny last tweet", () => {
    const text = `${sentence(18)} ${sentence(18)} ${sentence(18)} Tiny end.`;
    const last = splitIntoThread(text).at(-1) ?? "";
    expect(weightedLength(last)).toBeGreaterThan(40);
  });

  test("breaks Chinese, Japanese and Thai between words, and no line starts with a full stop", () => {
    for (const text of [
      "这是一个很长的句子而且没有空格，".repeat(20),
      "長い文章を書きました。".repeat(30),
      "ภาษาไทยไม่มีช่องว่าง".repeat(20),
    ]) {
      const tweets = splitIntoThread(text);
      expect(tweets.join("")).toBe(text);
      expect(tweets.filter((tweet) => /^[，。]/.test(tweet))).toEqual([]);
    }
  });

  test("cuts a word that is longer than a tweet between characters, and an enormous character between code points", () => {
    expect(
      splitIntoThread("x".repeat(600))
        .map((tweet) => tweet.length)
        .sort(),
    ).toHaveLength(3);
    expect(splitIntoThread(`z${"\u0301".repeat(600)}`).map(weightedLength)).toHaveLength(3);
    const family = "👨‍👩‍👧‍👦";
    const tweets = splitIntoThread(family.repeat(150));
    expect(tweets).toHaveLength(2);
    expect(tweets.every((tweet) => tweet.replaceAll(family, "") === "")).toBe(true);
  });

  test("counts finished tweets again, since a cut can make a URL out of what was none", () => {
    const tweets = splitIntoThread("/a.co日b.co日".repeat(100));
    expect(tweets.join("")).toBe("/a.co日b.co日".repeat(100));
    expect(Math.max(...tweets.map(weightedLength))).toBeLessThanOrEqual(280);
  });

  test("drops what X refuses and keeps half surrogates", () => {
    expect(splitIntoThread("\uFEFFa\uFFFE\uFFFFb \uD83D c")).toEqual(["ab \uD83D c"]);
  });

  test("has no limit on the number of tweets", () => {
    expect(splitIntoThread("One.\n---\n".repeat(2000))).toHaveLength(2000);
  });

  test("makes a tweet as long as the account may post", () => {
    const text = `${sentence(40)} `.repeat(100).trim();
    expect(splitIntoThread(text, { limit: 25_000 })).toEqual([text]);
  });
});

describe("a line that is exactly ---", () => {
  test("starts a new tweet and is not published, with LF and CRLF", () => {
    expect(splitIntoThread("One.\n---\nTwo.\r\n---\r\nThree.")).toEqual(["One.", "Two.", "Three."]);
    expect(splitIntoThread("One.\n\n  ---  \n\n---\nTwo.")).toEqual(["One.", "Two."]);
  });

  test("is none when it has more or fewer dashes, or company", () => {
    for (const text of ["a\n----\nb", "a\n--\nb", "a --- b", "a\n--- b", "a ---\nb"]) {
      expect(splitIntoThread(text)).toEqual([text]);
    }
  });

  test("is text inside a code block", () => {
    const text = "```\n---\n```";
    expect(splitIntoThread(`a\n---\n${text}`)).toEqual(["a", text]);
  });

  test("is not made by a break", () => {
    for (const text of [
      `${"-".repeat(283)}`,
      `${"x".repeat(278)} --- ${"y".repeat(278)}`,
      `${"x".repeat(280)}---${"y".repeat(280)}`,
    ]) {
      const tweets = splitIntoThread(text);
      expect(tweets.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
      expect(tweets).not.toContain("---");
    }
  });
});

describe("numbered", () => {
  const text = `${sentence(30)} `.repeat(30);

  test("ends each tweet of a thread with its counter, inside the limit", () => {
    const tweets = splitIntoThread(text, { numbered: true });
    expect(tweets.length).toBeGreaterThan(9);
    for (const [i, tweet] of tweets.entries()) {
      expect(tweet).toEndWith(` ${i + 1}/${tweets.length}`);
      expect(weightedLength(tweet)).toBeLessThanOrEqual(280);
    }
  });

  test("leaves exactly the room that each counter needs", () => {
    const tweets = splitIntoThread("x".repeat(276 * 9), { numbered: true });
    expect(tweets).toHaveLength(9);
    expect(tweets.map(weightedLength)).toEqual(Array.from({ length: 9 }, () => 280));
    const more = splitIntoThread("x".repeat(275 * 9 + 274 * 3), { numbered: true });
    expect(more).toHaveLength(12);
    expect(more.map(weightedLength)).toEqual(Array.from({ length: 12 }, () => 280));
  });

  test("gives a single tweet no counter", () => {
    expect(splitIntoThread("Short.", { numbered: true })).toEqual(["Short."]);
  });

  test("divides a section that fits only without its counter", () => {
    const tweets = splitIntoThread(`${"x".repeat(279)}\n---\nend`, { numbered: true });
    expect(tweets.map(weightedLength).every((weight) => weight <= 280)).toBe(true);
    expect(tweets.at(-1)).toBe("end 3/3");
  });
});
