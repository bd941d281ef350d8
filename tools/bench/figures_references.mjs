// The same questions to SQLite, PostgreSQL and DuckDB: node figures_references.mjs FOLDER
//
// FOLDER holds what figures_bench wrote: tables as CSV, and questions.json with the columns' own answers and
// their lines of the bench (src/base/bench.h). Each engine has covering indexes, warm caches, one thread. Every
// answer is compared row by row; a difference ends the run. Prints the lines with a reference for each engine
// that is installed.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, chownSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

const folder = process.argv[2]
const questions = JSON.parse(readFileSync(join(folder, 'questions.json'), 'utf8'))

const tables = {
  act: 'first,last,year,month,kind,own,lead,cp,lk,status,better,twin,pkind,pyear,plk',
  own_under: 'own,above,first,last',
  cp_country: 'cp,country',
  seen: 'viewer,lk',
  lead_province: 'lead,province,first,last',
}
const schema = Object.entries(tables).map(([name, columns]) =>
  `CREATE TABLE ${name}(${columns.split(',').map((c) => `${c} INTEGER NOT NULL`).join(', ')});`)
const indexes = [
  'CREATE INDEX act_kind ON act(status, better, kind, year, pkind, pyear);',
  'CREATE INDEX act_sight ON act(status, kind, year, lk, better, twin, pkind, pyear, plk);',
  'CREATE INDEX act_own ON act(own, first, last, status, better, cp, kind, pkind);',
  'CREATE INDEX act_months ON act(own, status, better, pkind, month, first);',
  'CREATE INDEX act_partner ON act(cp, status, better, lead, first, kind, pkind);',
  'CREATE INDEX under_above ON own_under(above, own, first, last);',
  'CREATE INDEX country_cp ON cp_country(country, cp);',
  'CREATE UNIQUE INDEX seen_lock ON seen(viewer, lk);',
  'CREATE INDEX province_lead ON lead_province(lead, first, last, province);',
]

const spread = (times) => {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (part) => sorted[Math.round(part * (sorted.length - 1))]
  return { p50: at(0.5), p95: at(0.95), min: sorted[0], max: sorted.at(-1), runs: times.length }
}

// One session of a command-line client: answers of a statement as lines up to a marker, and the time that the
// client itself measured.
class Session {
  constructor(command, args, time) {
    this.time = time
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.text = ''
    this.child.stdout.on('data', (data) => {
      this.text += data
      const end = this.text.indexOf('--end--\n')
      if (end < 0 || !this.done) return
      const lines = this.text.slice(0, end).split('\n').filter(Boolean)
      this.text = this.text.slice(end + 8)
      this.done(lines)
    })
    this.child.on('exit', (code) => { if (!this.closing) { console.error(`${command} ended with ${code}`); process.exit(1) } })
  }
  ask(statement, marker) {
    return new Promise((resolve) => {
      this.done = resolve
      this.child.stdin.write(`${statement}\n${marker}\n`)
    })
  }
  async timed(statement, marker) {
    const lines = await this.ask(statement, marker)
    const times = lines.filter((line) => this.time.test(line)).map((line) => Number(this.time.exec(line)[1]))
    return { ms: times.reduce((a, b) => a + b, 0), rows: lines.filter((line) => !this.time.test(line)) }
  }
  close() {
    this.closing = true
    this.child.stdin.end()
  }
}

// The spread of each question, by what it asks.
async function measure(name, run) {
  const out = {}
  for (const question of questions) {
    let answer
    const times = []
    // As often as the columns were asked; of an answer that takes seconds, some runs say as much.
    const enough = () => times.length >= 7 && times.reduce((a, b) => a + b, 0) > 20_000
    for (let i = 0; i < question.line.runs + 3 && !enough(); ++i) {
      const { ms, rows: got } = await run(question.sql)
      if (i >= 3) times.push(ms)
      answer = got
    }
    const mine = Object.entries(question.answer).map(([key, count]) => `${key}|${count}`).sort()
    answer = answer.filter((row) => !row.endsWith('|0')).sort()
    if (mine.join() !== answer.join()) {
      const only = (a, b) => a.filter((row) => !b.includes(row)).slice(0, 5)
      console.error(`${name}: ${question.line.what}: columns only ${only(mine, answer)}; ${name} only ${only(answer, mine)}`)
      process.exit(1)
    }
    out[question.line.what] = spread(times)
  }
  return out
}

async function sqlite(work) {
  if (spawnSync('sqlite3', ['--version']).status !== 0) return null
  const session = new Session('sqlite3', [join(work, 'bench.db')], /^Run Time: real ([0-9.]+)/)
  const marker = '.print --end--'
  await session.ask(`PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-4000000;\n${schema.join('\n')}\n.mode csv`, marker)
  for (const name of Object.keys(tables)) await session.ask(`.import --skip 0 "${join(folder, name + '.csv')}" ${name}`, marker)
  await session.ask(`${indexes.join('\n')}\nANALYZE;\n.mode list\n.timer on`, marker)
  const out = await measure('sqlite', async (sql) => {
    const got = await session.timed(sql + ';', marker)
    return { ms: got.ms * 1000, rows: got.rows }
  })
  session.close()
  return out
}

async function postgres(work) {
  const bin = '/usr/lib/postgresql/15/bin'
  if (!existsSync(join(bin, 'initdb'))) return null
  const root = userInfo().uid === 0
  const as = (command, args) => (root ? ['runuser', ['-u', 'postgres', '--', command, ...args]] : [command, args])
  const run = (command, args) => {
    const [program, all] = as(join(bin, command), args)
    const done = spawnSync(program, all, { encoding: 'utf8', cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] })
    if (done.status !== 0) throw new Error(`${command}: ${done.stderr}`)
  }
  const data = mkdtempSync(join(tmpdir(), 'nc-bench-pg-'))
  if (root) {
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout))
    chownSync(data, uid, gid)
  }
  try {
    run('initdb', ['-D', join(data, 'db'), '-A', 'trust', '-U', 'bench', '--no-sync', '-E', 'UTF8', '--locale=C'])
    const settings = `-k ${data} -c listen_addresses= -c shared_buffers=2GB -c work_mem=256MB -c maintenance_work_mem=1GB -c fsync=off ` +
      '-c max_parallel_workers_per_gather=0 -c max_wal_size=8GB -c jit=off'
    run('pg_ctl', ['-D', join(data, 'db'), '-o', settings, '-l', join(data, 'log'), '-w', 'start'])
    const session = new Session('psql', ['-h', data, '-U', 'bench', '-d', 'postgres', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1'],
      /^Time: ([0-9.]+) ms/)
    const marker = '\\echo --end--'
    await session.ask(schema.join('\n'), marker)
    for (const name of Object.keys(tables)) await session.ask(`\\copy ${name} FROM '${join(folder, name + '.csv')}' CSV`, marker)
    await session.ask(`${indexes.join('\n')}\nVACUUM ANALYZE;\n\\timing on`, marker)
    const out = await measure('postgres', (sql) => session.timed(sql + ';', marker))
    session.close()
    return out
  } finally {
    try { run('pg_ctl', ['-D', join(data, 'db'), '-m', 'immediate', 'stop']) } catch { /* was not started */ }
    rmSync(data, { recursive: true, force: true })
  }
}

async function duckdb() {
  let library
  try {
    library = await import('@duckdb/node-api')
  } catch {
    return null
  }
  const instance = await library.DuckDBInstance.create(':memory:')
  const session = await instance.connect()
  await session.run('SET threads = 1')
  for (const statement of schema) await session.run(statement)
  for (const name of Object.keys(tables)) await session.run(`COPY ${name} FROM '${join(folder, name + '.csv')}' (HEADER false)`)
  return measure('duckdb', async (sql) => {
    const start = performance.now()
    const result = await session.runAndReadAll(sql)
    const ms = performance.now() - start
    return { ms, rows: result.getRows().map((row) => row.join('|')) }
  })
}

const work = mkdtempSync(join(tmpdir(), 'nc-bench-'))
try {
  const engines = { SQLite: await sqlite(work), 'PostgreSQL 15': await postgres(work), DuckDB: await duckdb() }
  for (const { line } of questions) {
    line.reference = {}
    for (const [name, answers] of Object.entries(engines)) {
      if (answers) line.reference[name] = answers[line.what]
      const text = answers ? `p50 ${answers[line.what].p50.toFixed(2)} p95 ${answers[line.what].p95.toFixed(2)} ms, equal` : 'not installed'
      console.log(`${line.what.padEnd(44)} ${name.padEnd(13)} ${text}`)
    }
    console.log('NC_BENCH ' + JSON.stringify(line))
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}
