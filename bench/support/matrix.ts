import type { PublishPoint } from "../../src/publishing/parts.ts";
import type { Place, Trial } from "./crash.ts";
import type { Shape } from "./writing.ts";

/** Every labelled place of publishing, for one tweet, a thread of seven and a thread with images. */
export const MATRIX: readonly Trial[] = [
  ...of(
    "single",
    points([1], "claimed", "before_intent", "after_intent", "answered", "stored", "before_wait"),
    held("tweets", 1),
    held("token", 1).filter(({ acts }) => acts === "never"),
  ),
  ...of(
    "thread",
    points([1, 4, 7], "before_intent", "after_intent", "answered", "stored", "before_wait"),
    points([1, 3, 6], "between_tweets"),
    [1, 4, 7].flatMap((nth) => held("tweets", nth)),
    held("token", 1).filter(({ acts }) => acts === "never"),
  ),
  ...of(
    "images",
    points([1, 2, 3], "before_upload", "uploaded"),
    points([1, 3], "before_intent", "after_intent", "answered", "stored"),
    points([1], "claimed", "between_tweets", "before_wait"),
    held("upload", 2),
    held("alt", 1),
    held("alt", 2),
    [1, 3].flatMap((nth) => held("tweets", nth)),
  ),
];

function of(shape: Shape, ...places: readonly (readonly Place[])[]): Trial[] {
  return places.flat().map((place) => ({ shape, place }));
}

function points(passings: readonly number[], ...names: readonly PublishPoint[]): Place[] {
  return names.flatMap((point) => passings.map((nth) => ({ point, nth })));
}

function held(call: Extract<Place, { held: string }>["held"], nth: number) {
  return (["before", "late", "never"] as const).map((acts) => ({ held: call, nth, acts }));
}
