/** Every text of the page goes through `visible`, in one place, so that no view can forget it: where Preact makes a node of a text, or an attribute that is read. */
import { options, type VNode } from "preact";
import { grouped } from "../../app/units.ts";
import { visible } from "./visible.ts";

/** Attributes that people see or hear. What is typed into (`value`) stays as it is. */
const read = ["title", "alt", "aria-label", "placeholder", "label"] as const;

/** Of one text. */
const mostCharacters = 50_000;

/** To be called once, before the page is rendered. */
export function showAllVisibly(): void {
  const before = options.vnode;
  options.vnode = (node: VNode) => {
    show(node as unknown as ShownNode);
    before?.(node);
  };
}

/** A text is a node without type whose props are the text. */
interface ShownNode {
  type: unknown;
  props: unknown;
}

/** No text of any view holds up the page; what may be long is shown in parts (parts/long-text.tsx). */
function bounded(text: string): string {
  if (text.length <= mostCharacters) return text;
  return `${text.slice(0, mostCharacters)} ⟨${grouped(text.length - mostCharacters)} more characters⟩`;
}

function show(node: ShownNode): void {
  if (node.type === null) {
    if (typeof node.props === "string") node.props = visible(bounded(node.props));
  } else if (typeof node.type === "string") {
    const props = node.props as Record<string, unknown>;
    for (const name of read) {
      const value = props[name];
      if (typeof value === "string") props[name] = visible(value);
    }
  }
}
