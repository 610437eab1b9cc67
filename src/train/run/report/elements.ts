/** Creates DOM elements in one expression. */

type Child = Node | string;

/** @param attributes as in HTML */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A card for a chart that is drawn into the element `id`. */
export function chart(id: string, title: string): HTMLElement {
  return element('div', { class: 'card' }, element('h3', {}, title), element('div', { id }));
}
