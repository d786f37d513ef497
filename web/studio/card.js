// The pinned card of a short video: 1080 × 1920, drawn on this device from the words of the page. What the apps lay over a video (names, hearts,
// captions) covers the uppermost and lowest parts and the end side: words and code stay clear of them.
const box = document.querySelector('[data-card]');
const canvas = box.querySelector('canvas'), save = box.querySelector('[data-save]');
const wide = canvas.width, high = canvas.height;
const colours = getComputedStyle(document.documentElement);
const colour = (name, otherwise) => colours.getPropertyValue(name).trim() || otherwise;
const accent = colour('--shop-accent', '#0b6b4b'), paper = colour('--shop-paper', '#fbfaf6'), ink = '#1e1b16', muted = '#625d52';
const right_to_left = document.documentElement.dir === 'rtl';
const left = 80, right = 960;

const loaded = (image) => image && (image.complete ? Promise.resolve() : new Promise((done) => { image.onload = image.onerror = done; }));

// Cut where words may be, or anywhere in a word that is wider than the card.
function lines_of(pen, text, room) {
  const pieces = globalThis.Intl?.Segmenter ? [...new Intl.Segmenter(document.documentElement.lang, { granularity: 'word' }).segment(text)].map(({ segment }) => segment) : text.split(/(?<= )/);
  const lines = [];
  let line = '';
  for (const piece of pieces.flatMap((one) => (pen.measureText(one).width > room ? [...one] : [one]))) {
    if (line && pen.measureText((line + piece).trimEnd()).width > room && piece.trim()) { lines.push(line.trimEnd()); line = ''; }
    line += piece;
  }
  if (line.trim()) lines.push(line.trimEnd());
  return lines;
}

// In the largest size that keeps `most` lines; says where it ends.
function write(pen, text, { top, most, sizes, weight = 400, fill = ink, room = right - left, from = left }) {
  if (!text) return top;
  let lines, size;
  for (size of sizes) {
    pen.font = `${weight} ${size}px system-ui, "Noto Sans", sans-serif`;
    lines = lines_of(pen, text, room);
    if (lines.length <= most) break;
  }
  if (lines.length > most) lines = [...lines.slice(0, most - 1), `${lines[most - 1]}…`];
  pen.fillStyle = fill;
  lines.forEach((line, n) => pen.fillText(line, right_to_left ? from + room : from, top + size * (1 + n * 1.18)));
  return top + size * (1.18 * lines.length + 0.1);
}

function draw() {
  const pen = canvas.getContext('2d');
  const said = (name) => box.dataset[name] || '';
  const picture = box.querySelector('[data-picture]'), code = box.querySelector('[data-code]');
  pen.direction = right_to_left ? 'rtl' : 'ltr';
  pen.textAlign = 'start';
  pen.fillStyle = paper;
  pen.fillRect(0, 0, wide, high);
  let top = 300;
  if (picture?.naturalWidth) {
    const tall = 620, scale = Math.max(wide / picture.naturalWidth, tall / picture.naturalHeight);
    const w = picture.naturalWidth * scale, h = picture.naturalHeight * scale;
    pen.save();
    pen.beginPath();
    pen.rect(0, 0, wide, tall);
    pen.clip();
    pen.drawImage(picture, (wide - w) / 2, (tall - h) / 2, w, h);
    pen.restore();
    top = tall + 24;
  }
  for (let x = 0; x < wide; x += 120) {
    pen.fillStyle = accent;
    pen.fillRect(x, top - 24, 60, 24);
    pen.fillStyle = '#fff';
    pen.fillRect(x + 60, top - 24, 60, 24);
  }
  top = write(pen, said('product'), { top: top + 36, most: 1, sizes: [40, 32, 26], weight: 600, fill: accent });
  top = write(pen, said('title'), { top: top + 8, most: 3, sizes: [84, 72, 60, 50], weight: 750 });
  top = write(pen, said('how'), { top: top + 12, most: 4, sizes: [44, 38, 34] });
  if (said('proof') && top < 1270) top = write(pen, `${said('proof')}${said('source') ? ` — ${said('source')}` : ''}`, { top: top + 12, most: 3, sizes: [34, 30, 26], fill: muted });
  const side = 230, foot = Math.max(top + 36, 1280);
  const at = right_to_left ? right - side : left;
  if (code?.naturalWidth) {
    pen.fillStyle = '#fff';
    pen.fillRect(at, foot, side, side);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(code, at, foot, side, side);
  }
  const beside = { room: right - left - side - 32, from: right_to_left ? left : left + side + 32 };
  const next = write(pen, said('address'), { top: foot + 30, most: 2, sizes: [40, 34, 28], weight: 700, fill: accent, ...beside });
  write(pen, said('signed'), { top: next + 8, most: 2, sizes: [30, 26], fill: muted, ...beside });
}

await Promise.all([...box.querySelectorAll('img')].map(loaded));
draw();
canvas.hidden = save.hidden = false;
save.addEventListener('click', () => canvas.toBlob((blob) => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = `${box.dataset.name}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}, 'image/png'));
