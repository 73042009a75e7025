/**
 * Loaded first where the bundle is executed by a Node older than 22: what psn uses that only a newer one has. A deploy
 * runs on Node 24, and this is no part of it.
 */
Promise.withResolvers ??= withResolvers;

function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve: PromiseWithResolvers<T>["resolve"] = () => undefined;
  let reject: PromiseWithResolvers<T>["reject"] = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
