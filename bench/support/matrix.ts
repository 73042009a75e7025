import type { PublishPoint } from "../../src/publishing/parts.ts";
import type { Trial } from "./crash.ts";
import type { Place } from "./places.ts";
import type { Shape } from "./writing.ts";

/** When X has acted on a refresh, the sign-in is lost: that is a story of its own. */
const inRefresh: readonly Place[] = [{ held: "token", nth: 1, acts: "never" }];

/** Every labelled place of publishing, for one tweet, a thread of seven and a thread with images. */
export const MATRIX: readonly Trial[] = [
  ...of(
    "single",
    points([1], "claimed", "before_intent", "after_intent", "answered", "stored", "before_wait"),
    held("tweets", 1),
    inRefresh,
  ),
  ...of(
    "thread",
    points([1], "claimed"),
    points([1, 4, 7], "before_intent", "after_intent", "answered", "stored", "before_wait"),
    points([1, 3, 6], "between_tweets"),
    [1, 4, 7].flatMap((nth) => held("tweets", nth)),
    inRefresh,
  ),
  ...of(
    "images",
    points([1], "claimed"),
    points([1, 2, 3], "before_upload", "uploaded"),
    points([1, 3], "before_intent", "after_intent", "answered", "stored", "before_wait"),
    points([1, 2], "between_tweets"),
    [1, 2, 3].flatMap((nth) => held("upload", nth)),
    [1, 2].flatMap((nth) => held("alt", nth)),
    [1, 3].flatMap((nth) => held("tweets", nth)),
    inRefresh,
  ),
];

function of(shape: Shape, ...places: readonly (readonly Place[])[]): Trial[] {
  return places.flat().map((place) => ({ shape, place }));
}

function points(passings: readonly number[], ...names: readonly PublishPoint[]): Place[] {
  return names.flatMap((point) => passings.map((nth) => ({ point, nth })));
}

function held(call: Extract<Place, { held: string }>["held"], nth: number): Place[] {
  return (["before", "late", "never"] as const).map((acts) => ({ held: call, nth, acts }));
}
