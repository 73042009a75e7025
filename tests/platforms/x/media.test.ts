import { describe, expect, test } from "bun:test";
import { EVERY_CALL, failureOf, gotValue } from "./calls.ts";
import { CALL, clientOf, json, NOW, ScriptedX } from "./support.ts";

const MEDIA_ID = "1880028106020515840";
/** Every byte value, line ends and something that looks like a boundary. */
const BYTES = new Uint8Array([...Array(256).keys(), 13, 10, 45, 45, 13, 10]);

/** A server that takes the form apart as X would. */
async function upload(name: string, mime: string) {
  let form: Awaited<ReturnType<Request["formData"]>> | undefined;
  let contentType: string | null = null;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request) => {
      contentType = request.headers.get("content-type");
      form = await request.formData();
      return json({ data: { id: MEDIA_ID, media_key: `3_${MEDIA_ID}`, expires_after_secs: 86_400 } });
    },
  });
  const answer = await clientOf(server.url.origin).uploadImage(CALL, { bytes: BYTES, mime, name });
  await server.stop(true);
  if (form === undefined) throw new Error("no form arrived");
  return { answer, form, contentType: String(contentType) };
}

describe("uploading an image", () => {
  test("sends its bytes, name and type, the category, and nothing else", async () => {
    const { form, contentType } = await upload("/home/ada/my cat.png", "image/png");
    expect([...form.keys()].sort()).toEqual(["media", "media_category"]);
    expect(form.get("media_category")).toBe("tweet_image");
    const file = form.get("media");
    if (!(file instanceof File)) throw new Error("media is no file");
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(BYTES);
    expect([file.name, file.type]).toEqual(["my cat.png", "image/png"]);
    expect(contentType).toMatch(/^multipart\/form-data; ?boundary=/);
  });

  test.each(["naïve 猫.webp", 'quo"te.webp', "", "C:\\pictures\\"])("takes any name: %p", async (name) => {
    const { form, answer } = await upload(name, "image/webp");
    expect(form.get("media")).toBeInstanceOf(File);
    expect(answer.ok).toBe(true);
  });

  test("sends a part of a larger buffer as that part", async () => {
    await using x = new ScriptedX(json({ data: { id: MEDIA_ID } }));
    const large = Buffer.from("before<IMAGE>after");
    await x.client.uploadImage(CALL, { bytes: large.subarray(6, 13), mime: "image/png", name: "a.png" });
    expect(x.one.text).toContain("\r\n\r\n<IMAGE>\r\n");
    expect(x.one.text).not.toContain("before");
  });

  test("gives data.id and when X forgets it", async () => {
    const { answer } = await upload("a.png", "image/png");
    expect(gotValue(answer)).toEqual({ id: MEDIA_ID, expiresAt: new Date(NOW.getTime() + 86_400_000) });
  });

  test("does not take the names of the older API for an id", async () => {
    await using x = new ScriptedX(json({ media_id: 1, media_id_string: "1", data: { media_key: "3_1" } }));
    expect(failureOf(await EVERY_CALL.uploadImage(x.client))).toMatchObject({
      code: "unreadable_answer",
      class: "safe",
    });
  });

  test("takes a 201, as X's simulator answers", async () => {
    await using x = new ScriptedX(json({ data: { id: MEDIA_ID } }, 201));
    expect(gotValue(await EVERY_CALL.uploadImage(x.client))).toEqual({ id: MEDIA_ID });
  });

  test("fails when X could not process the picture", async () => {
    const processing = {
      state: "failed",
      error: { code: 1, name: "InvalidMedia", message: "Unsupported color space" },
    };
    await using x = new ScriptedX(json({ data: { id: MEDIA_ID, processing_info: processing } }));
    expect(failureOf(await EVERY_CALL.uploadImage(x.client))).toMatchObject({
      code: "media_invalid",
      class: "terminal",
      once: "reupload",
      detail: "Unsupported color space",
    });
    await using y = new ScriptedX(
      json({ data: { id: MEDIA_ID, processing_info: { state: "pending", check_after_secs: 1 } } }),
    );
    expect(gotValue(await EVERY_CALL.uploadImage(y.client))).toEqual({ id: MEDIA_ID });
  });

  test("refuses no bytes and what is no image without asking X", async () => {
    await using x = new ScriptedX(json({}));
    const empty = await x.client.uploadImage(CALL, { bytes: new Uint8Array(), mime: "image/png", name: "a" });
    const video = await x.client.uploadImage(CALL, { bytes: BYTES, mime: "video/mp4", name: "a" });
    expect([failureOf(empty).code, failureOf(video).code]).toEqual(["not_sendable", "not_sendable"]);
    expect(x.received).toEqual([]);
  });
});

describe("describing an image", () => {
  test("sends the alt text as both of X's specifications have it", async () => {
    await using x = new ScriptedX(json({ data: { id: MEDIA_ID, associated_metadata: {} } }));
    expect(gotValue(await x.client.setAltText(CALL, MEDIA_ID, "a cat 猫"))).toEqual({ id: MEDIA_ID });
    expect([x.one.method, x.one.path]).toEqual(["POST", "/2/media/metadata"]);
    expect(JSON.parse(x.one.text)).toEqual({ id: MEDIA_ID, metadata: { alt_text: { text: "a cat 猫" } } });
  });

  test("is done after an empty 2xx, and not after errors or a page", async () => {
    await using empty = new ScriptedX(new Response(null, { status: 204 }));
    expect((await EVERY_CALL.setAltText(empty.client)).ok).toBe(true);
    for (const body of ['{"errors":[{"title":"Sorry"}]}', "<html></html>"]) {
      await using x = new ScriptedX(new Response(body));
      expect(failureOf(await EVERY_CALL.setAltText(x.client))).toMatchObject({
        class: "safe",
        code: "unreadable_answer",
      });
    }
  });

  test("refuses more than 1,000 characters without asking X", async () => {
    await using x = new ScriptedX(json({}));
    expect(failureOf(await x.client.setAltText(CALL, MEDIA_ID, "a".repeat(1001))).code).toBe("not_sendable");
    expect(x.received).toEqual([]);
  });
});
