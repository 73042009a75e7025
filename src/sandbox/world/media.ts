import type { Account } from "./accounts.ts";
import { type Snowflakes, sha256Hex } from "./ids.ts";
import { type FileType, pixelsOf, typeOf } from "./image-bytes.ts";

export const MEDIA_CATEGORIES = [
  "tweet_image",
  "tweet_video",
  "tweet_gif",
  "dm_image",
  "dm_video",
  "dm_gif",
  "subtitles",
] as const;
export type MediaCategory = (typeof MEDIA_CATEGORIES)[number];

/** X: an upload lives 24 hours. */
export const MEDIA_LIFETIME_SECS = 86_400;

const MIB = 1024 * 1024;
/** X: images 5 MB, GIFs 15 MB, videos 512 MB (docs, media/introduction). */
const RULES: Record<MediaCategory, { readonly types: readonly FileType[]; readonly maxBytes: number }> = {
  tweet_image: image(),
  dm_image: image(),
  tweet_gif: { types: ["image/gif"], maxBytes: 15 * MIB },
  dm_gif: { types: ["image/gif"], maxBytes: 15 * MIB },
  tweet_video: { types: ["video/mp4"], maxBytes: 512 * MIB },
  dm_video: { types: ["video/mp4"], maxBytes: 512 * MIB },
  subtitles: { types: ["text/vtt"], maxBytes: MIB },
};

export interface StoredMedia {
  readonly id: string;
  readonly account: Account;
  readonly category: MediaCategory;
  readonly type: FileType;
  readonly size: number;
  readonly sha256: string;
  readonly pixels: { readonly w: number; readonly h: number } | null;
  readonly uploadedAt: Date;
  expiresAt: number;
  alt: string | null;
}

export type UploadResult = { readonly stored: StoredMedia } | { readonly refused: string };

/** What was uploaded. Bytes are kept as their digest only. */
export class MediaLibrary {
  readonly #byId = new Map<string, StoredMedia>();
  readonly #ids: Snowflakes;

  constructor(ids: Snowflakes) {
    this.#ids = ids;
  }

  /** Bytes decide what a file is. `refused` is the sentence for the caller. */
  upload(account: Account, category: MediaCategory, bytes: Uint8Array, now: Date): UploadResult {
    const rule = RULES[category];
    const type = typeOf(bytes);
    if (type === null || !rule.types.includes(type)) return { refused: "media type unrecognized." };
    if (bytes.length > rule.maxBytes) return { refused: `File size exceeds ${rule.maxBytes} bytes.` };
    const pixels = type.startsWith("image/") ? pixelsOf(bytes) : null;
    if (type.startsWith("image/") && pixels === null) return { refused: "media type unrecognized." };
    const stored: StoredMedia = {
      id: this.#ids.next(now),
      account,
      category,
      type,
      size: bytes.length,
      sha256: sha256Hex(bytes),
      pixels,
      uploadedAt: now,
      expiresAt: now.getTime() + MEDIA_LIFETIME_SECS * 1000,
      alt: null,
    };
    this.#byId.set(stored.id, stored);
    return { stored };
  }

  /** Undefined for what does not exist, has expired or belongs to somebody else: X does not tell them apart. */
  findUsable(id: string, account: Account, now: Date): StoredMedia | undefined {
    const media = this.#byId.get(id);
    return media !== undefined && media.account === account && now.getTime() < media.expiresAt ? media : undefined;
  }

  /** Ends one upload, or all of them. */
  expire(id: string | undefined): void {
    for (const media of this.#byId.values()) if (id === undefined || media.id === id) media.expiresAt = 0;
  }

  all(): StoredMedia[] {
    return [...this.#byId.values()];
  }
}

/** X's key of a medium: a prefix for its kind, then its id. */
export function mediaKey(media: StoredMedia): string {
  const kind = kindOf(media);
  return `${kind === "photo" ? "3" : kind === "animated_gif" ? "16" : "7"}_${media.id}`;
}

export function kindOf(media: StoredMedia): "photo" | "animated_gif" | "video" {
  if (media.type === "image/gif") return "animated_gif";
  return media.type === "video/mp4" ? "video" : "photo";
}

function image(): { types: FileType[]; maxBytes: number } {
  const types: FileType[] = ["image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp", "image/tiff"];
  return { types, maxBytes: 5 * MIB };
}
