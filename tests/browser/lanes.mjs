// The kinds of browser that a viewer comes with.
const android = 'Mozilla/5.0 (Linux; Android 13; SM-A536B Build/TP1A.220624.014; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.6478.122 Mobile Safari/537.36';
const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148';

// What in-app browsers take away; the words of the page must not depend on any of it.
function cripple() {
  const gone = (object, name) => {
    try { Object.defineProperty(object, name, { configurable: true, get() { throw new DOMException('not here', 'SecurityError'); } }); } catch (error) { /* it was not there */ }
  };
  const absent = (object, name) => { try { Object.defineProperty(object, name, { configurable: true, value: undefined }); } catch (error) { /* the same */ } };
  for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches']) gone(window, name);
  for (const name of ['serviceWorker', 'clipboard', 'share', 'storage']) absent(navigator, name);
  for (const name of ['PaymentRequest', 'Notification']) absent(window, name);
  window.open = () => null;
  URL.createObjectURL = () => { throw new TypeError('no blob'); };
  for (const name of ['alert', 'confirm', 'prompt']) window[name] = () => undefined;
}

const webview = (name, agent) => ({
  name: `webview ${name}`, script: true, crippled: true,
  options: { userAgent: agent, viewport: { width: 360, height: 560 }, isMobile: true, hasTouch: true, serviceWorkers: 'block', acceptDownloads: false },
});

export const lanes = [
  { name: 'script', script: true, axe: true, live_overlay: true, options: { viewport: { width: 1280, height: 800 } } },
  { name: 'no script', script: false, options: { javaScriptEnabled: false, viewport: { width: 360, height: 640 } } },
  webview('Instagram', `${iphone} Instagram 336.0.0.28.90 (iPhone14,5; iOS 17_5; en_GB; en; scale=3.00; 1170x2532; 613600410)`),
  webview('Facebook', `${android} [FB_IAB/FB4A;FBAV/470.0.0.46.83;IABMV/1;]`),
  webview('TikTok', `${android} trill_340503 BytedanceWebview/d8a21c6 musical_ly_2023405030 AppName/musical_ly`),
];

export async function open_lane(browser, lane, url) {
  const context = await browser.newContext(lane.options);
  if (lane.crippled) await context.addInitScript(cripple);
  const trouble = [];
  context.on('request', (request) => {
    const to = request.url();
    if (!to.startsWith(url) && !to.startsWith('data:') && !to.startsWith('about:')) trouble.push(`a request to another host: ${to}`);
  });
  context.setDefaultTimeout(10000);
  const page = await context.newPage();
  watch(page, trouble);
  return {
    context, page, trouble,
    // An in-app browser that keeps no cookies keeps none between any two steps.
    async forget() { if (lane.crippled) await context.clearCookies(); },
  };
}

export function watch(page, trouble) {
  page.on('pageerror', (error) => trouble.push(`an error in a script: ${error.message}`));
  page.on('console', (message) => {
    if (/Content.Security.Policy|TrustedHTML|TrustedScript|Refused to/i.test(message.text())) trouble.push(message.text().slice(0, 200));
  });
}
