// Small helpers that several scripts share.
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];
export const one = (selector, root = document) => root.querySelector(selector);

// make('a', { href: '/x', class: 'chip' }, 'words', node…): text is always text.
export function make(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined && value !== false) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

// Copies text where the browser allows it, and says whether it did.
export async function copy(text) {
  try { await navigator.clipboard.writeText(text); return true; } catch { /* an old or an in-app browser */ }
  const field = make('textarea', { class: 'hide', readonly: '' }, text);
  document.body.append(field);
  field.select();
  let done = false;
  try { done = document.execCommand('copy'); } catch { /* then not */ }
  field.remove();
  return done;
}
