// The document of a draft and how two copies of it become one: rooms/drafts/merge.hpp, which says how and why, to the byte. No page and no
// storage in here. A document is {context: {DEVICE: COUNT}, fields: {NAME: [{by, dot: [DEVICE, COUNT], hlc: [MS, TURN], value}]}, id, v: 1}.

export const life_field = 'life';

const own = (object, name) => (Object.hasOwn(object, name) ? object[name] : undefined);
const names = (object) => Object.keys(object).sort();

// By code points, which is how the other side compares its bytes.
function by_text(a, b) {
  const left = [...a], right = [...b];
  for (let i = 0; i < left.length && i < right.length; i += 1) {
    if (left[i] !== right[i]) return left[i].codePointAt(0) - right[i].codePointAt(0);
  }
  return left.length - right.length;
}
const in_order = (a, b) => by_text(a.dot[0], b.dot[0]) || a.dot[1] - b.dot[1] || a.hlc[0] - b.hlc[0] || a.hlc[1] - b.hlc[1] || by_text(a.by, b.by) || by_text(a.value, b.value);
const same_dot = (a, b) => a[0] === b[0] && a[1] === b[1];
const sorted = (heads) => [...heads].sort(in_order).filter((head, i, all) => i === 0 || in_order(all[i - 1], head) !== 0);
const has_seen = (draft, dot) => dot[1] <= (own(draft.context, dot[0]) ?? 0);

export const empty = (id) => ({ context: {}, fields: {}, id, v: 1 });
const heads_of = (draft, field) => own(draft.fields, field) ?? [];

// RFC 8785 of such a document: members in order, nothing between them.
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value && typeof value === 'object') return `{${names(value).map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
  return JSON.stringify(value);
}

export function merge(one, other) {
  const context = { ...one.context }, fields = {};
  for (const [device, count] of Object.entries(other.context)) context[device] = Math.max(own(context, device) ?? 0, count);
  const kept_of = (mine, others, draft) => mine.filter((head) => others.some(({ dot }) => same_dot(dot, head.dot)) || !has_seen(draft, head.dot));
  for (const name of new Set([...Object.keys(one.fields), ...Object.keys(other.fields)])) {
    const mine = heads_of(one, name), others = heads_of(other, name);
    const kept = sorted([...kept_of(mine, others, other), ...kept_of(others, mine, one)]);
    if (kept.length) fields[name] = kept;
  }
  return { context, fields, id: one.id, v: 1 };
}

// What the other side's reader of JSON refuses is never written: half a character, a zero byte.
const clean = (text) => text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd').replaceAll('\0', '');

// One writing, as a new document: writer {device, by, ms}, changes [{field, value, covers: [dot]}].
export function write(draft, writer, changes) {
  let { ms } = writer, turn = 0;
  for (const heads of Object.values(draft.fields)) {
    for (const { hlc } of heads) if (hlc[0] > ms || (hlc[0] === ms && hlc[1] + 1 > turn)) { [ms] = hlc; turn = hlc[1] + 1; }
  }
  const dot = [writer.device, (own(draft.context, writer.device) ?? 0) + 1];
  const context = { ...draft.context, [dot[0]]: dot[1] }, fields = { ...draft.fields };
  for (const { field, value, covers } of changes) {
    const stay = heads_of({ fields }, field).filter((head) => !covers.some((one) => same_dot(one, head.dot)));
    fields[field] = sorted([...stay, { by: clean(writer.by), dot, hlc: [ms, turn], value: clean(value) }]);
  }
  return { context, fields, id: draft.id, v: 1 };
}

// A device whose clock was ahead: what it wrote after its `since`th writing, which nobody has, gets times from `ms` on, in the same order.
export function told_anew(draft, device, since, ms) {
  const fields = {};
  for (const [name, heads] of Object.entries(draft.fields)) {
    fields[name] = sorted(heads.map((head) => (head.dot[0] === device && head.dot[1] > since ? { ...head, hlc: [ms, head.dot[1] - since] } : head)));
  }
  return { ...draft, fields };
}

// A device that was put back from a backup, and wrote under names that it had used before: what it wrote after its `since`th writing becomes
// another device's.
export function renamed(draft, device, other, since) {
  const count = own(draft.context, device) ?? 0, context = { ...draft.context }, fields = {};
  if (count <= since) return draft;
  if (since) context[device] = since; else delete context[device];
  context[other] = count - since;
  for (const [name, heads] of Object.entries(draft.fields)) {
    fields[name] = sorted(heads.map((head) => (head.dot[0] === device && head.dot[1] > since ? { ...head, dot: [other, head.dot[1] - since] } : head)));
  }
  return { ...draft, context, fields };
}

const later_first = (a, b) => b.hlc[0] - a.hlc[0] || b.hlc[1] - a.hlc[1] || in_order(b, a);
export function choices(draft, field) {
  const seen = new Set();
  return [...heads_of(draft, field)].sort(later_first).filter(({ value }) => !seen.has(value) && seen.add(value));
}
export const value = (draft, field) => choices(draft, field)[0]?.value ?? '';
export const dots = (draft, field) => heads_of(draft, field).map(({ dot }) => dot);
export const conflicts = (draft) => names(draft.fields).filter((name) => choices(draft, name).length > 1);
export function life(draft) {
  const heads = choices(draft, life_field);
  return heads.length === 0 || heads.some((head) => head.value === 'draft') ? 'draft' : heads[0].value;
}
