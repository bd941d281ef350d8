// A fresh node with the public record, served by the built program on a free port.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectDir = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

function programPath() {
  const named = process.env.NHIPCAU;
  if (named) return resolve(named);
  const built = ['build/release/nhipcau', 'build/dev/nhipcau'].map((path) => join(projectDir, path)).find(existsSync);
  if (!built) throw new Error('The program is not built: run ./dev build, or name it in NHIPCAU');
  return built;
}

function freePort() {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

async function answers(url, child) {
  for (let tries = 0; tries < 300; ++tries) {
    if (child.exitCode !== null) throw new Error(`The program ended with ${child.exitCode} while it should serve`);
    try {
      await fetch(url);
      return;
    } catch {
      await new Promise((done) => setTimeout(done, 100));
    }
  }
  throw new Error(`${url} does not answer`);
}

export const passphrase = 'cum mat khau cua khoa ky';

// Who approves what the province enters, with a key to sign with; the demo has none.
function makeCommander(program, dir) {
  const run = (args, input) => {
    const done = spawnSync(program, ['account', dir, ...args], { encoding: 'utf8', input });
    if (done.status !== 0) throw new Error(`account ${args[0]}: ${done.stdout}${done.stderr}`);
    return done.stdout;
  };
  const password = 'mat khau chi huy tu go';
  run(['create', 'chi-huy', '--unit', 'vn-bc-daklak', '--role', 'approver', '--display', 'Chỉ huy'], `${password}\n`);
  run(['key', 'chi-huy'], `${passphrase}\n`);
  return { 'chi-huy': password };
}

// {url, accounts: {login: password}, dir, stop()}
export async function startNode() {
  const program = programPath();
  const dir = mkdtempSync(join(tmpdir(), 'nhipcau-browser-'));
  const data = join(projectDir, 'data/public-record');
  const made = spawnSync(program, ['demo', join(dir, 'node'), '--data', data, '--check'], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`demo --check: ${made.stdout}${made.stderr}`);
  const accounts = JSON.parse(readFileSync(join(dir, 'node/demo-accounts.json'), 'utf8'));
  Object.assign(accounts, makeCommander(program, join(dir, 'node')));
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(program, ['serve', join(dir, 'node'), '--listen', address], { stdio: ['ignore', 'ignore', 'inherit'] });
  const url = `http://${address}`;
  await answers(`${url}/login`, child);
  const stop = () => new Promise((done) => {
    child.once('exit', () => {
      rmSync(dir, { recursive: true, force: true });
      done();
    });
    child.kill('SIGTERM');
  });
  return { url, accounts, dir, stop };
}
