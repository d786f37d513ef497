// Starts what the browser tests need: a demo shop, the server over it, and Chromium as a user without rights, so that its own
// sandbox stays on. Everything that is started here is stopped here, by its own handle.
import { execFile, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export function temporary(within = os.tmpdir()) {
  return fs.mkdtempSync(path.join(within, 'barrow-browser-'));
}

function run(program, words) {
  return new Promise((done, fail) => {
    execFile(program, words, { timeout: 60000, maxBuffer: 4 << 20 }, (error, out, err) => {
      if (error) fail(Object.assign(new Error(`${path.basename(program)} ${words.join(' ')}: ${err || error.message}`), { printed: out }));
      else done(out + err);
    });
  });
}

export function free_port() {
  return new Promise((done, fail) => {
    const probe = net.createServer();
    probe.on('error', fail);
    probe.listen(0, '127.0.0.1', () => { const { port } = probe.address(); probe.close(() => done(port)); });
  });
}

function answers(url) {
  return new Promise((done) => {
    http.get(url, (answer) => { answer.resume(); done(answer.statusCode < 500); }).on('error', () => done(false));
  });
}

// A real mail server on this machine: { port, next(): the next mail it takes, stop() }
export function start_mail() {
  const script = path.join(path.dirname(fileURLToPath(import.meta.url)), '../support/mail_server.py');
  const server = spawn('/usr/bin/python3', [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = [];
  const waiting = [];
  createInterface({ input: server.stdout }).on('line', (line) => { const taker = waiting.shift(); if (taker) taker(line); else lines.push(line); });
  const next_line = () => new Promise((done, fail) => {
    if (lines.length) return done(lines.shift());
    const timer = setTimeout(() => fail(new Error('no mail came')), 10000);
    waiting.push((line) => { clearTimeout(timer); done(line); });
  });
  return next_line().then((ready) => ({
    port: Number(ready.split(' ')[1]),
    next: async () => JSON.parse(await next_line()),
    stop: () => new Promise((done) => { server.on('exit', done); server.kill('SIGTERM'); }),
  }));
}

// → { url, demo: what `barrow demo` printed, login(): a fresh address that opens the studio, command(…words): barrow on this shop, stop(), kill(),
// start_again() }
export async function start_shop(barrow, data, settings = '') {
  const demo = await run(barrow, ['demo', '--data', data]);
  fs.writeFileSync(path.join(data, 'barrow.toml'), settings);
  const port = await free_port();
  const url = `http://127.0.0.1:${port}`;
  let said = '', ended = true, server;
  async function begin() {
    server = spawn(barrow, ['serve', '--data', data, '--port', String(port), '--test-mode', '--simulation-secret', 'browser-tests'], { stdio: ['ignore', 'pipe', 'pipe'] });
    ended = false;
    for (const stream of [server.stdout, server.stderr]) stream.on('data', (text) => { said = (said + text).slice(-20000); });
    server.on('exit', () => { ended = true; });
    for (let tries = 0; !(await answers(`${url}/`)); tries++) {
      if (ended || tries > 100) { server.kill(); throw new Error(`the server does not answer:\n${said}`); }
      await sleep(100);
    }
  }
  await begin();
  const end = (signal) => new Promise((done) => {
    if (ended) return done();
    const ending = server;  // by the time that it is over another one may run
    const timer = setTimeout(() => ending.kill('SIGKILL'), 5000);
    ending.on('exit', () => { clearTimeout(timer); done(); });
    ending.kill(signal);
  });
  const address = (text) => {
    const found = /\S*\/studio\/login\?token=[\w.~%-]+/.exec(text);
    return found && url + found[0].replace(/^https?:\/\/[^/]+/, '');
  };
  return {
    url, demo,
    // What another command prints, of this shop's data.
    async command(...words) { return (await run(barrow, [...words, '--data', data])).trim(); },
    // `barrow login` prints the address; a token works once.
    async login() {
      const fresh = address(await run(barrow, ['login', '--data', data]).catch(() => '')) || address(demo) || address(said);
      if (!fresh) throw new Error('neither `barrow login` nor `barrow demo` printed an address with a token');
      return fresh;
    },
    log: () => said,
    ended: () => ended,
    stop: () => end('SIGTERM'),
    // Without a chance to say goodbye; and on the same port and data again.
    kill: () => end('SIGKILL'),
    start_again: begin,
  };
}

function user_id(name) {
  try { return ['-u', '-g'].map((which) => String(execFileSync('id', [which, name], { stdio: ['ignore', 'pipe', 'ignore'] })).trim()); } catch { return null; }
}

// As root the browser runs through a small program that gives its profile to another user and becomes that user.
function runnable(program, home, sandbox) {
  if (process.getuid && process.getuid() === 0 && sandbox) {
    const ids = user_id('_barrowtest') || user_id('nobody');
    if (!ids) throw new Error('there is no user `nobody` to run the browser as');
    const [user, group] = ids;
    const own = path.join(home, 'browser-home');
    fs.mkdirSync(own);
    fs.chmodSync(home, 0o711);
    fs.chownSync(own, Number(user), Number(group));
    const executable = path.join(home, 'browser');
    fs.writeFileSync(executable, `#!/bin/sh
for word in "$@"; do
  case $word in --user-data-dir=*) chown -R ${user}:${group} "\${word#--user-data-dir=}" ;; esac
done
export HOME='${own}' XDG_CONFIG_HOME='${own}' XDG_CACHE_HOME='${own}'
cd '${own}'
exec setpriv --reuid=${user} --regid=${group} --clear-groups '${program}' "$@"
`, { mode: 0o755 });
    return executable;
  }
  return program;
}

const quiet = ['--disable-background-networking', '--disable-breakpad', '--disable-dev-shm-usage'];

export function start_browser(program, home, sandbox) {
  return chromium.launch({ executablePath: runnable(program, home, sandbox), chromiumSandbox: sandbox, args: quiet });
}

// The browser alone, for whoever speaks its protocol: nothing of Playwright runs in its pages. { port, stop() }
export async function start_bare_browser(program, home, sandbox) {
  const port = await free_port(), profile = path.join(home, 'profile');
  fs.mkdirSync(profile);
  const browser = spawn(runnable(program, home, sandbox), ['--headless=new', `--remote-debugging-port=${port}`, `--user-data-dir=${profile}`, '--no-first-run', '--disable-extensions', '--disable-component-update', '--mute-audio', ...quiet, ...(sandbox ? [] : ['--no-sandbox']), 'about:blank'], { stdio: 'ignore' });
  const ended = new Promise((done) => { browser.on('exit', done); });
  for (let tries = 0; !(await answers(`http://127.0.0.1:${port}/json/version`)); tries++) {
    if (tries > 150 || browser.exitCode !== null) { browser.kill(); throw new Error('the browser does not answer'); }
    await sleep(100);
  }
  return { port, stop() { browser.kill('SIGTERM'); return ended; } };
}

// A page of somebody else, on another origin: { url, set(path, type, body), stop() }.
export function start_stranger() {
  const pages = new Map();
  const server = http.createServer((request, answer) => {
    const page = pages.get(request.url);
    answer.writeHead(page ? 200 : 404, { 'content-type': page ? page.type : 'text/plain' });
    answer.end(page ? page.body : 'nothing');
  });
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => done({
      url: `http://127.0.0.1:${server.address().port}`,
      set: (where, type, body) => pages.set(where, { type, body }),
      stop: () => new Promise((stopped) => { server.close(stopped); server.closeAllConnections && server.closeAllConnections(); }),
    }));
  });
}
