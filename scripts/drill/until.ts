/** Waits until something is so; `what` names it in the error. `stop` ends the wait with its reason. */
export async function until(
  what: string,
  stop: AbortSignal,
  isSo: () => boolean | Promise<boolean>,
  withinMs = 30_000,
): Promise<void> {
  const giveUpAt = performance.now() + withinMs;
  for (;;) {
    stop.throwIfAborted();
    if (await isSo()) return;
    if (performance.now() > giveUpAt) throw new Error(`${what}: not within ${withinMs / 1000} s`);
    await Bun.sleep(100);
  }
}
