import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import {
  complaintOf,
  dataOf,
  GIF,
  idOf,
  movableClock,
  type OpenSandbox,
  openSandbox,
  PNG,
  upload,
} from "./open-sandbox.ts";

const send = (x: OpenSandbox, form: FormData) => x.call("POST", "/2/media/upload", { form });
const withMedia = (x: OpenSandbox, ids: string[], text = "look") =>
  x.call("POST", "/2/tweets", { json: { text, media: { media_ids: ids } } });
const describeMedia = (x: OpenSandbox, id: string, text: string) =>
  x.call("POST", "/2/media/metadata", { json: { id, metadata: { alt_text: { text } } } });

describe("POST /2/media/upload", () => {
  test("takes multipart, and says id, key, size and lifetime", async () => {
    await using x = await openSandbox();
    const answer = await send(x, upload(PNG));
    expect(answer.status).toBe(200);
    const id = idOf(answer);
    expect(dataOf(answer)).toEqual({
      id,
      media_key: `3_${id}`,
      size: PNG.length,
      expires_after_secs: 86_400,
      image: { image_type: "image/png", w: 1, h: 1 },
    });
    const sha256 = createHash("sha256").update(PNG).digest("hex");
    expect((await x.control.state()).media[0]).toMatchObject({ id, sha256, type: "image/png", account: "handle" });
  });

  test("takes JSON with base64 and stores the same bytes", async () => {
    await using x = await openSandbox();
    const json = { media: PNG.toString("base64"), media_category: "tweet_image" };
    await send(x, upload(PNG));
    expect((await x.call("POST", "/2/media/upload", { json })).status).toBe(200);
    const [one, two] = (await x.control.state()).media;
    expect(two?.sha256).toBe(one?.sha256 ?? "none");
  });

  test.each([
    ["no category", upload(PNG, null), "$.media_category: is missing but it is required"],
    [
      "an unknown category",
      upload(PNG, "tweet_picture"),
      "$.media_category: does not have a value in the enumeration [tweet_image, tweet_video, tweet_gif, dm_image, dm_video, dm_gif, subtitles]",
    ],
    ["a picture sent as a video", upload(PNG, "tweet_video"), "media type unrecognized."],
    ["a text that calls itself a picture", upload(Buffer.from("hello")), "media type unrecognized."],
    ["a picture of nothing but its first bytes", upload(PNG.subarray(0, 10)), "media type unrecognized."],
  ])("refuses %s", async (_, form, message) => {
    await using x = await openSandbox();
    const answer = await send(x, form);
    expect([answer.status, complaintOf(answer)]).toEqual([400, message]);
    expect((await x.control.state()).media).toEqual([]);
  });

  test("bytes decide the type, not what the part calls itself", async () => {
    await using x = await openSandbox();
    expect((await send(x, upload(GIF, "tweet_gif", "image/png"))).status).toBe(200);
    expect((await x.control.state()).media[0]?.type).toBe("image/gif");
  });

  test("5 MB of picture pass, more do not; 8 MB of request are not even looked at", async () => {
    await using x = await openSandbox();
    const padded = (size: number) => upload(Buffer.concat([PNG, Buffer.alloc(size - PNG.length)]));
    const max = 5 * 1024 * 1024;
    expect((await send(x, padded(max))).status).toBe(200);
    expect(complaintOf(await send(x, padded(max + 1)))).toBe(`File size exceeds ${max} bytes.`);
    expect((await send(x, padded(8 * 1024 * 1024))).status).toBe(413);
  });

  test("media_type is taken by the older document and refused by the newer", async () => {
    await using x = await openSandbox();
    const form = upload(PNG);
    form.set("media_type", "image/png");
    expect((await send(x, form)).status).toBe(200);
    await x.control.run("configure", { vocabulary: "post" });
    expect(complaintOf(await send(x, form))).toContain("$.media_type: is not defined in the schema");
  });
});

describe("media in a tweet", () => {
  const INVALID = "Your media IDs are invalid.";

  test("one to four of one's own pictures, with or without text", async () => {
    await using x = await openSandbox();
    const ids: string[] = [];
    for (let n = 0; n < 4; n += 1) ids.push(idOf(await send(x, upload(PNG))));
    expect((await withMedia(x, ids)).status).toBe(201);
    expect((await x.call("POST", "/2/tweets", { json: { media: { media_ids: ids.slice(0, 1) } } })).status).toBe(201);
    expect((await x.control.state()).tweets[0]?.media.map(({ id }) => id)).toEqual(ids);
  });

  test("one that is unknown, expired or somebody else's spoils the tweet", async () => {
    const clock = movableClock();
    await using x = await openSandbox({ accounts: [{ handle: "ada" }, { handle: "bob" }], now: clock.now });
    const bob = x.world.grant({ account: "bob" });
    const theirs = idOf(await x.call("POST", "/2/media/upload", { form: upload(PNG), bearer: bob.accessToken }));
    const own = idOf(await send(x, upload(PNG)));
    for (const ids of [["1234567890123456789"], [theirs], [own, theirs]]) {
      const answer = await withMedia(x, ids);
      expect([answer.status, complaintOf(answer)]).toEqual([400, INVALID]);
    }
    clock.forward(86_400);
    const { accessToken } = x.world.grant();
    const json = { text: "late", media: { media_ids: [own] } };
    expect(complaintOf(await x.call("POST", "/2/tweets", { json, bearer: accessToken }))).toBe(INVALID);
  });

  test("can be ended early", async () => {
    await using x = await openSandbox();
    const id = idOf(await send(x, upload(PNG)));
    await x.control.run("expireMedia", { id });
    expect(complaintOf(await withMedia(x, [id]))).toBe(INVALID);
  });

  test("a GIF goes alone", async () => {
    await using x = await openSandbox();
    const gif = idOf(await send(x, upload(GIF, "tweet_gif")));
    const png = idOf(await send(x, upload(PNG)));
    expect((await withMedia(x, [gif, png])).status).toBe(400);
    expect((await withMedia(x, [gif])).status).toBe(201);
  });
});

describe("POST /2/media/metadata", () => {
  test("sets the alt text that the tweet then has", async () => {
    await using x = await openSandbox();
    const id = idOf(await send(x, upload(PNG)));
    const answer = await describeMedia(x, id, "a dot");
    expect(answer.body).toEqual({ data: { id, associated_metadata: { alt_text: { text: "a dot" } } } });
    await withMedia(x, [id]);
    expect((await x.control.state()).tweets[0]?.media[0]?.alt).toBe("a dot");
  });

  test("comes too late for a tweet that is out", async () => {
    await using x = await openSandbox();
    const id = idOf(await send(x, upload(PNG)));
    await withMedia(x, [id]);
    expect((await describeMedia(x, id, "a dot")).status).toBe(200);
    expect((await x.control.state()).tweets[0]?.media[0]?.alt).toBeNull();
  });

  test("takes 1,000 characters of one's own media", async () => {
    await using x = await openSandbox({ accounts: [{ handle: "ada" }, { handle: "bob" }] });
    const id = idOf(await send(x, upload(PNG)));
    expect((await describeMedia(x, id, "漢".repeat(1000))).status).toBe(200);
    expect(complaintOf(await describeMedia(x, id, "a".repeat(1001)))).toBe(
      "$.metadata.alt_text.text: may only be 1000 characters long",
    );
    const bob = x.world.grant({ account: "bob" });
    const json = { id, metadata: { alt_text: { text: "mine" } } };
    expect((await x.call("POST", "/2/media/metadata", { json, bearer: bob.accessToken })).status).toBe(400);
  });
});
