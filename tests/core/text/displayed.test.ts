import { expect, test } from "bun:test";
import { displayedParts, displayedText, displayedUrl } from "../../../src/core/text/displayed.ts";

test.each([
  // As X's API gave them.
  ["https://www.nytimes.com/2017/09/27/us/politics/navy-orders-safety.html", "nytimes.com/2017/09/27/us/…"],
  ["http://www.youtube.com/watch?v=oHg5SJYRHA0", "youtube.com/watch?v=oHg5SJ…"],
  ["https://developer.twitter.com/en/use-cases/success-stories/penn", "developer.twitter.com/en/use-cases/s…"],
  ["https://www.nytimes.com/by/maggie-astor", "nytimes.com/by/maggie-astor"],
  ["https://developer.twitter.com/en/community", "developer.twitter.com/en/community"],
  ["https://github.com/coodict/javascript-in-one-pic", "github.com/coodict/javasc…"],
  ["http://www.nytimes.com/", "nytimes.com"],
  // By the same rule.
  ["HTTPS://WWW.example.com", "example.com"],
  ["example.com?a=1&b=2&c=3&d=4&e=5", "example.com?a=1&b=2&c=3&d=…"],
  ["https://example.com:8080/x", "example.com:8080/x"],
  ["README.md", "README.md"],
])("X shows %s as %s", (written, shown) => expect(displayedUrl(written)).toBe(shown));

test("everything but links stays as it is written, and all of it is there", () => {
  const text = "See https://www.example.com/a/very/long/path, @ada: #tag $X 1/2\n\nwww.example.com/ end";
  const parts = displayedParts(text);
  expect(parts.map(({ written }) => written).join("")).toBe(text);
  expect(displayedText(text)).toBe("See example.com/a/very/long/pa…, @ada: #tag $X 1/2\n\nexample.com end");
  expect(parts.flatMap(({ kind }) => (kind === "plain" ? [] : [kind]))).toEqual([
    "url",
    "mention",
    "hashtag",
    "cashtag",
    "url",
  ]);
  expect(displayedParts("")).toEqual([]);
});
