// A PouchDB and a pouchdb-server, for tools/bench_sync.py: syncs when told so, one line of JSON a command, one line for an answer.
//
// Usage: node sync.mjs FOLDER PROXY_PORT. Its first line is the port at which the server listens; the client talks to PROXY_PORT.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';

import PouchDB from 'pouchdb';

const [folder, proxy] = process.argv.slice(2);
const here = path.dirname(new URL(import.meta.url).pathname);

const free = await new Promise((resolve) => {
  const taken = createServer().listen(0, '127.0.0.1', () => {
    const { port } = taken.address();
    taken.close(() => resolve(port));
  });
});
const program = path.join(here, 'node_modules/pouchdb-server/bin/pouchdb-server');
const server = spawn(process.execPath, [program, '--in-memory', '--port', String(free), '--host', '127.0.0.1', '--no-stdout-logs', '--no-color'],
  { cwd: folder, stdio: 'ignore' });
for (let tries = 0; ; ++tries) {
  try {
    await fetch(`http://127.0.0.1:${free}/`);
    break;
  } catch (problem) {
    if (tries > 100) throw problem;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
console.log(free);

const local = new PouchDB(path.join(folder, 'local'));
const remote = new PouchDB(`http://127.0.0.1:${proxy}/bench`);

async function put(documents) {
  for (const { id, ...rest } of documents) {
    const before = await local.get(id).catch(() => null);
    await local.put({ _id: id, ...(before ? { _rev: before._rev } : {}), ...rest });
  }
}

for await (const text of createInterface({ input: process.stdin })) {
  const command = JSON.parse(text);
  if (command.put) await put(command.put);
  if (command.sync) await local.sync(remote);
  console.log('done');
}
server.kill();
process.exit(0);
