// A toast goes after eight seconds, later while it is being read; its undo button is a plain form of the page.
import { all, make } from './dom.js';

function leave(toast) {
  let timer;
  const wait = () => { timer = setTimeout(() => toast.remove(), 8000); };
  const stay = () => clearTimeout(timer);
  toast.addEventListener('pointerenter', stay);
  toast.addEventListener('pointerleave', wait);
  toast.addEventListener('focusin', stay);
  toast.addEventListener('focusout', wait);
  wait();
}

export function say(words) {
  all('[data-toast]').forEach((old) => old.remove());
  const toast = make('div', { class: 'toast', role: 'status', 'data-toast': '' }, make('span', {}, words));
  (document.querySelector('main') || document.body).append(toast);
  leave(toast);
}

all('[data-toast]').forEach(leave);
