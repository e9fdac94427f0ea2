/** Elements by hand. Texts become text nodes and nothing here ever parses markup, so a stranger's text stays text. */

export type Child = Node | string | number | bigint | null | undefined | false;

type Value = string | number | boolean | null | undefined;

export interface Attributes {
  readonly [name: string]: Value | Listeners | undefined;
  readonly on?: Listeners;
}

type Listeners = { readonly [Type in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Type]) => void };

const SAFE_LINK = /^(#|https?:\/\/|\.\/)/;

function assign(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [type, listener] of Object.entries((value ?? {}) as Record<string, EventListener>))
        element.addEventListener(type, listener);
    } else if (value === true) element.setAttribute(name, "");
    else if (typeof value === "string" || typeof value === "number") {
      if (name === "style" || name.startsWith("on")) throw new TypeError(`attribute ${name} is not for the builder`);
      if (name === "href" && !SAFE_LINK.test(String(value)))
        throw new TypeError("a link goes to a page, not to a script");
      element.setAttribute(name, String(value));
    }
  }
}

function append(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/**
 * An HTML element.
 *
 * @param tag Its name.
 * @param attributes Attributes; `true` sets an empty one, `false`, `null` and `undefined` none. `on` holds listeners.
 * @param children Elements and texts; `null`, `undefined` and `false` are left out.
 */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  assign(element, attributes);
  append(element, children);
  return element;
}

/** The same for SVG. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  assign(element, attributes);
  append(element, children);
  return element;
}

/** Put new children in place of all old ones. */
export function replace<E extends Element>(parent: E, ...children: readonly Child[]): E {
  parent.replaceChildren();
  append(parent, children);
  return parent;
}

/** What tells an element from its neighbours, in the old and in the new content. */
function nameOf(element: Element): string {
  return `${element.tagName} ${element.getAttribute("aria-label") ?? element.textContent ?? ""}`;
}

/** As {@link replace}, for content that is made anew while it is read: the focus stays, and so do opened details with a `data-key`. */
export function update<E extends Element>(parent: E, ...children: readonly Child[]): E {
  const active = document.activeElement;
  const focused = active && parent.contains(active) && active !== parent ? nameOf(active) : null;
  const opened = new Set([...parent.querySelectorAll<HTMLElement>("details[open]")].map((one) => one.dataset["key"]));
  replace(parent, ...children);
  for (const one of parent.querySelectorAll("details"))
    one.open = one.dataset["key"] !== undefined && opened.has(one.dataset["key"]);
  if (focused)
    [...parent.querySelectorAll<HTMLElement>("a, button, summary, input")]
      .find((one) => nameOf(one) === focused)
      ?.focus({ preventScroll: true });
  return parent;
}

let made = 0;

/** A fresh id, to join labels and fields. */
export function freshId(word: string): string {
  made += 1;
  return `${word}-${made}`;
}

/** A button that does something; never submits a form. */
export function button(text: string, onClick: () => void, attributes: Attributes = {}): HTMLButtonElement {
  return h("button", { type: "button", ...attributes, on: { click: onClick } }, text);
}

/** A field under its label, with a hint that screen readers read with it. */
export function field(label: string, input: HTMLElement, hint = ""): HTMLDivElement {
  input.id ||= freshId("field");
  const hintId = `${input.id}-hint`;
  if (hint) input.setAttribute("aria-describedby", hintId);
  return h(
    "div",
    { class: "field" },
    h("label", { for: input.id }, label),
    input,
    hint && h("small", { id: hintId, class: "hint" }, hint),
  );
}
