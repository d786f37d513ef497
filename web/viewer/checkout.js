// The page works without this: it presses "Update the total" when something changed that the total hangs on, and keeps the buyer's details
// in this browser where they ask for it. They are sent with an order of theirs and at no other time.
const form = document.querySelector('[data-checkout]');
const update = form.querySelector('[data-update]');
for (const field of form.querySelectorAll('[data-updates]')) field.addEventListener('change', () => form.requestSubmit(update));

const names = ['name', 'email', 'street', 'postal_code', 'city', 'country'];
const place = 'checkout-details';
const box = form.querySelector('[data-remember]');
const wish = box.querySelector('input');
const fields = names.map((name) => form.elements[name]).filter(Boolean);
const keep = () => {
  try {
    if (wish.checked) localStorage.setItem(place, JSON.stringify(Object.fromEntries(fields.map((field) => [field.name, field.value]))));
    else localStorage.removeItem(place);
  } catch { /* a browser that keeps nothing */ }
};

try {
  const kept = JSON.parse(localStorage.getItem(place) || 'null');
  box.hidden = false;
  wish.checked = !!kept;
  // Only into a page that was just opened: what somebody typed stays.
  if (kept && !form.elements.name.value && !form.elements.email.value) {
    const before = form.elements.country && form.elements.country.value;
    for (const field of fields) {
      const value = String(kept[field.name] || '');
      if (field.tagName !== 'SELECT' || [...field.options].some((option) => option.value === value)) field.value = value;
    }
    if (before && form.elements.country.value !== before) form.requestSubmit(update);
  }
} catch { /* nothing is kept, and nothing offered */ }
wish.addEventListener('change', keep);
form.addEventListener('submit', keep);
