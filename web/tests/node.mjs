// A fresh node with the public record, served by the built program on a free port.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectDir = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

export function programPath() {
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

// Who approves what the province enters, and who keeps and erases personal data, with keys to sign with; the demo has
// none.
function makePeople(program, dir) {
  const run = (args, input) => {
    const done = spawnSync(program, args, { encoding: 'utf8', input });
    if (done.status !== 0) throw new Error(`${args.join(' ')}: ${done.stdout}${done.stderr}`);
  };
  const accounts = {};
  const make = (login, role, clearance, display) => {
    accounts[login] = `mat khau ${login} tu go`;
    run(['account', dir, 'create', login, '--unit', 'vn-bc-daklak', '--role', role, '--display', display, '--clearance', clearance],
      `${accounts[login]}\n`);
    run(['account', dir, 'key', login], `${passphrase}\n`);
  };
  make('chi-huy', 'approver', 'internal', 'Chỉ huy');
  make('giu-ho-so', 'pupil_custodian', 'restricted', 'Người giữ hồ sơ học sinh');
  make('phe-duyet', 'approver', 'restricted', 'Người duyệt');
  return accounts;
}

// {url, accounts: {login: password}, dir, stop()}
export async function startNode() {
  const program = programPath();
  const dir = mkdtempSync(join(tmpdir(), 'nhipcau-browser-'));
  const data = join(projectDir, 'data/public-record');
  const made = spawnSync(program, ['demo', join(dir, 'node'), '--data', data, '--check'], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`demo --check: ${made.stdout}${made.stderr}`);
  const accounts = JSON.parse(readFileSync(join(dir, 'node/demo-accounts.json'), 'utf8'));
  Object.assign(accounts, makePeople(program, join(dir, 'node')));
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
