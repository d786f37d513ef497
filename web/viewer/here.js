// Times in the reader's own zone. The page has them in the shop's, with its letters behind; where both clocks say the same it stays.
const two = { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' };
const date = { day: 'numeric', month: 'long', year: 'numeric' };

for (const time of document.querySelectorAll('time[datetime]')) {
  const at = new Date(time.dateTime);
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(time.dateTime) || [0, '+', 0, 0];
  const theirs = (sign === '-' ? -1 : 1) * (hours * 60 + +minutes);
  const ours = -at.getTimezoneOffset();
  if (!time.dateTime || Number.isNaN(ours) || ours === theirs) continue;
  const words = time.textContent;
  // "20:14:30 CET" names no day: then ours is named only when it is another one.
  const day = (offset) => Math.floor((at / 60000 + offset) / 1440);
  const clock_only = /^\d\d:/.test(words);
  const seconds = /:\d\d:/.test(words) && { second: '2-digit' };
  time.title = words;
  time.textContent = new Intl.DateTimeFormat(document.documentElement.lang,
    { ...(!clock_only && date), ...(clock_only && day(ours) !== day(theirs) && { weekday: 'short' }), ...two, ...seconds }).format(at);
}
