/** Addresses of views in a copy: behind the #, since no server is there to answer for them. */
import { type ComponentChildren, options } from "preact";
import { useLayoutEffect, useMemo, useState } from "preact/hooks";
import { LocationProvider } from "preact-iso";

interface Here {
  url: string;
  wasPush: boolean;
}

/** As the router's own provider. */
export function HashLocation({ children }: { children?: ComponentChildren }) {
  const [here, setHere] = useState<Here>({ url: urlInHash() ?? "/", wasPush: true });
  useLayoutEffect(() => {
    const changed = () => {
      const url = urlInHash();
      if (url !== undefined) return setHere((before) => (before.url === url ? before : { url, wasPush: true }));
      // A place within the page: the view stays, and so does its address.
      setHere((before) => {
        history.replaceState(null, "", `#${before.url}`);
        return before;
      });
    };
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  const value = useMemo(() => {
    const { pathname, searchParams } = new URL(here.url, "http://copy.invalid");
    return {
      url: here.url,
      path: pathname.replace(/\/+$/g, "") || "/",
      query: Object.fromEntries(searchParams),
      wasPush: here.wasPush,
      route: (url: string, replace = false) => {
        history[replace ? "replaceState" : "pushState"](null, "", `#${url}`);
        setHere({ url, wasPush: !replace });
      },
      back: () => history.back(),
      forward: () => history.forward(),
    };
  }, [here]);
  return <LocationProvider.ctx.Provider value={value}>{children}</LocationProvider.ctx.Provider>;
}

/** Links to views lead behind the #, so that they can be opened in a tab of their own and copied. */
export function linkBehindHash(): void {
  const before = options.vnode;
  options.vnode = (vnode) => {
    const props = vnode.props as { href?: unknown };
    if (vnode.type === "a" && typeof props.href === "string" && props.href.startsWith("/"))
      props.href = `#${props.href}`;
    before?.(vnode);
  };
}

function urlInHash(): string | undefined {
  if (location.hash === "") return "/";
  return location.hash.startsWith("#/") ? location.hash.slice(1) : undefined;
}
