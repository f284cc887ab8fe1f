/**
 * Views whose program is not part of what every address loads first: each is loaded when it is first shown, or before that, as soon as the
 * browser has nothing else to do. Lists, where people come in, wait for no plot that they do not show.
 */
import type { ComponentType, FunctionComponent } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { comebacks } from "./server.ts";

const beginAfterMs = 1_000;

/** A view of the page that may not be loaded yet. Views have their properties from the address. */
export type LaterView = FunctionComponent<object> & {
  /** Loads it, once; again after a failure. */
  load(): Promise<ComponentType>;
};

/** `load` imports a view. Where that fails, people are told, and it is tried again when the server was away and is back. */
export function later(load: () => Promise<ComponentType>): LaterView {
  let loading: Promise<ComponentType> | undefined;
  let loaded: ComponentType | undefined;
  const loadOnce = () => {
    loading ??= load().then(
      (view) => {
        loaded = view;
        return view;
      },
      (fault) => {
        loading = undefined;
        throw fault;
      },
    );
    return loading;
  };
  function Later(props: object) {
    const [View, setView] = useState(() => loaded);
    const [failed, setFailed] = useState(false);
    useLayoutEffect(() => {
      if (View !== undefined) return undefined;
      let wanted = true;
      loadOnce().then(
        (view) => wanted && setView(() => view),
        () => wanted && setFailed(true),
      );
      return () => {
        wanted = false;
      };
    }, [View, comebacks.value]);
    if (View !== undefined) return <View {...props} />;
    return failed ? <NotLoaded /> : <p class="faint">Loading</p>;
  }
  return Object.assign(Later, { load: loadOnce });
}

/** A newer automem has files of other names. */
function NotLoaded() {
  return (
    <p class="problem">
      This view could not be loaded: automem does not answer, or is of another version than the page.{" "}
      <button type="button" onClick={() => location.reload()}>
        Load the page again
      </button>
    </p>
  );
}

/** Loads views one after another, when the first answers are most likely there and the browser is idle: so that going to one costs no wait. */
export function loadWhenIdle(views: readonly LaterView[]): void {
  setTimeout(() => loadNext(views), beginAfterMs);
}

function loadNext([first, ...rest]: readonly LaterView[]): void {
  if (first === undefined) return;
  whenIdle(() => {
    first.load().then(
      () => loadNext(rest),
      // Whoever goes there loads it, and is told if that fails.
      () => undefined,
    );
  });
}

/** Not every browser says when it is idle. */
function whenIdle(work: () => void): void {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(work);
  else setTimeout(work, 0);
}
