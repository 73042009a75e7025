import { type Complaint, invalidRequest, refuse } from "../api/answers.ts";
import type { ApiCall } from "../api/api-call.ts";
import { type BodySchema, complaintsAbout } from "../api/body-schema.ts";
import { bodyText, isRecord, json, mediaType, parseJson, type Reply, type SandboxRequest } from "../http.ts";
import { PRICE } from "../world/billing.ts";
import { MEDIA_CATEGORIES, MEDIA_LIFETIME_SECS, type MediaCategory, mediaKey } from "../world/media.ts";

/** X refuses larger bodies before it looks at them. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

interface Upload {
  readonly bytes: Uint8Array;
  readonly category: MediaCategory;
}

/** `POST /2/media/upload`: a whole file at once, as multipart or as JSON with base64. */
export async function uploadMedia(call: ApiCall): Promise<Reply> {
  const { world, request, account, now } = call;
  if (request.body.length > MAX_BODY_BYTES) return refuse("payload_too_large");
  const upload = await readUpload(request, world.settings.vocabulary !== "post");
  if ("complaints" in upload) return invalidRequest(upload.complaints);
  const result = world.media.upload(account, upload.category, upload.bytes, now);
  if ("refused" in result) return invalidRequest([{ parameters: {}, message: result.refused }]);
  const { stored } = result;
  const image =
    stored.pixels === null ? undefined : { image_type: stored.type, w: stored.pixels.w, h: stored.pixels.h };
  const expires_after_secs = MEDIA_LIFETIME_SECS;
  return json(200, {
    data: { id: stored.id, media_key: mediaKey(stored), size: stored.size, expires_after_secs, image },
  });
}

const METADATA_BODY: BodySchema = {
  kind: "object",
  open: true,
  required: ["id"],
  properties: {
    id: { kind: "string", pattern: /^[0-9]{1,19}$/ },
    metadata: {
      kind: "object",
      open: true,
      properties: {
        alt_text: {
          kind: "object",
          open: true,
          required: ["text"],
          properties: { text: { kind: "string", max: 1000 } },
        },
      },
    },
  },
};

/** `POST /2/media/metadata`: the alt text of an upload. It does not reach tweets that are out already. */
export function setMetadata({ world, request, account, now }: ApiCall): Reply {
  if (mediaType(request) !== "application/json") return refuse("content_type");
  const parsed = parseJson(bodyText(request));
  if (!parsed.ok) return invalidRequest([{ parameters: {}, message: "The request body is not valid JSON." }]);
  const complaints = complaintsAbout(parsed.value, METADATA_BODY);
  if (complaints.length > 0 || !isRecord(parsed.value)) return invalidRequest(complaints);
  const media = world.media.findUsable(String(parsed.value["id"]), account, now);
  if (media === undefined) return refuse("media_invalid");
  const metadata = isRecord(parsed.value["metadata"]) ? parsed.value["metadata"] : {};
  const alt = isRecord(metadata["alt_text"]) ? metadata["alt_text"]["text"] : undefined;
  if (typeof alt === "string") media.alt = alt;
  world.billing.charge(PRICE.metadata);
  return json(200, { data: { id: media.id, associated_metadata: metadata } });
}

async function readUpload(request: SandboxRequest, older: boolean): Promise<Upload | { complaints: Complaint[] }> {
  const fields = await fieldsOf(request);
  if (fields === null) {
    const message = "Requests with bodies must have content-type of multipart/form-data or application/json.";
    return { complaints: [{ parameters: {}, message }] };
  }
  const complaints = complaintsAbout(fields.described, uploadBody(older));
  const category = MEDIA_CATEGORIES.find((name) => name === fields.described["media_category"]);
  if (complaints.length > 0 || category === undefined) return { complaints };
  return { bytes: fields.bytes, category };
}

/** The fields of an upload with their strings, the file replaced by a word, and the file's bytes. */
async function fieldsOf(
  request: SandboxRequest,
): Promise<{ described: Record<string, unknown>; bytes: Uint8Array } | null> {
  switch (mediaType(request)) {
    case "application/json": {
      const parsed = parseJson(bodyText(request));
      if (!parsed.ok || !isRecord(parsed.value)) return null;
      const media = parsed.value["media"];
      return { described: parsed.value, bytes: Buffer.from(typeof media === "string" ? media : "", "base64") };
    }
    case "multipart/form-data": {
      const form = await formOf(request);
      if (form === null) return null;
      const media = form.get("media");
      const described = Object.fromEntries(
        [...form.entries()].map(([name, value]) => [name, typeof value === "string" ? value : "file"]),
      );
      const bytes =
        media === null
          ? new Uint8Array()
          : typeof media === "string"
            ? Buffer.from(media, "base64")
            : await media.bytes();
      return { described, bytes };
    }
    default:
      return null;
  }
}

async function formOf(request: SandboxRequest): Promise<Awaited<ReturnType<Response["formData"]>> | null> {
  try {
    return await new Response(request.body, { headers: request.headers }).formData();
  } catch {
    // A body that is not the multipart it claims to be.
    return null;
  }
}

/** Document 2.159 also knows `media_type` and `shared`; 2.167 refuses them. */
function uploadBody(older: boolean): BodySchema {
  const text: BodySchema = { kind: "string" };
  return {
    kind: "object",
    required: ["media", "media_category"],
    properties: {
      media: text,
      media_category: { kind: "string", oneOf: MEDIA_CATEGORIES },
      additional_owners: text,
      ...(older ? { media_type: text, shared: text } : {}),
    },
  };
}
