import type { XAnswer } from "./answer.ts";
import type { XSettings } from "./exchange.ts";
import { isRecord } from "./json.ts";
import { ANSWERS, REQUESTS } from "./schemas.ts";
import { notSendable, settle, Unusable } from "./settle.ts";
import type { UploadedImage, XCall } from "./types.ts";

export interface NewImage {
  readonly bytes: Uint8Array;
  /** What the bytes are, such as `image/png`. */
  readonly mime: string;
  /** Shown to X as the file's name; folders are left out. */
  readonly name: string;
}

/**
 * `POST /2/media/upload` in one request, with exactly the two fields that both of X's specifications know. Uploading
 * publishes nothing and may always be repeated. The id is `data.id`; X forgets it after about a day.
 */
export async function uploadImage(settings: XSettings, call: XCall, image: NewImage): Promise<XAnswer<UploadedImage>> {
  const checked = REQUESTS.uploadImage.safeParse(image);
  if (!checked.success) return notSendable(settings, "uploadImage", checked.error);
  const { bytes, mime, name } = checked.data;
  const form = new FormData();
  form.append("media", new Blob([new Uint8Array(bytes)], { type: mime }), fileName(name));
  form.append("media_category", "tweet_image");
  const request = {
    call: "uploadImage",
    endpoint: "POST /2/media/upload",
    path: "/2/media/upload",
    body: form,
  } as const;
  return (await settle(settings, call, request, { value: (json) => toUploaded(json, settings.now()) })).answer;
}

/** `POST /2/media/metadata`: must come before the tweet that uses the image; X bills it. */
export async function setAltText(
  settings: XSettings,
  call: XCall,
  mediaId: string,
  text: string,
): Promise<XAnswer<{ readonly id: string }>> {
  const checked = REQUESTS.setAltText.safeParse({ mediaId, text });
  if (!checked.success) return notSendable(settings, "setAltText", checked.error);
  const request = {
    call: "setAltText",
    endpoint: "POST /2/media/metadata",
    path: "/2/media/metadata",
    body: { json: { id: mediaId, metadata: { alt_text: { text } } } },
  } as const;
  return (await settle(settings, call, request, { value: (json, body) => toDescribed(json, body, mediaId) })).answer;
}

/** X answers with the id again, or with nothing; errors without data are a refusal. */
function toDescribed(json: unknown, body: string, id: string): { readonly id: string } | undefined {
  const done = isRecord(json) ? "data" in json || !("errors" in json) : body.trim() === "";
  return done ? { id } : undefined;
}

/** X processes some pictures after the upload; only a failure matters here, since a tweet waits for the rest itself. */
function toUploaded(json: unknown, now: Date): UploadedImage | Unusable | undefined {
  const data = ANSWERS.uploadImage.safeParse(json).data?.data;
  if (data === undefined) return undefined;
  const { id, expires_after_secs: seconds, processing_info: processing } = data;
  if (processing?.error || processing?.state === "failed") {
    return new Unusable("media_failed", processing.error?.message ?? undefined);
  }
  return { id, ...(seconds ? { expiresAt: new Date(now.getTime() + seconds * 1000) } : {}) };
}

function fileName(name: string): string {
  return name.split(/[\\/]/).at(-1)?.trim() || "image";
}
