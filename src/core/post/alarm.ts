import { z } from "zod";

/**
 * What an alarm says: nothing else, since a delayed run may execute under code deployed months later.
 * It only asks; the database decides.
 */
export const alarmPayload = z.object({
  postId: z.string(),
  revision: z.number().int(),
  alarm: z.number().int(),
});

export type AlarmPayload = Readonly<z.infer<typeof alarmPayload>>;
