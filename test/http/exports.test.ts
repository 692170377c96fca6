import { spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import v8 from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { accessStream } from '../../src/audit/chain.js'
import { readManifest } from '../../src/audit/exports/manifest.js'
import { root } from '../../src/config.js'
import { systemAccount } from '../../src/engine/system-account.js'
import { employeeId } from '../../src/organisation/ids.js'
import { csvIn } from '../support/csv.js'
import { type Ask, codeOf, dataOf, fieldsOf, type HttpHouse, serveHouse } from '../support/http.js'
import { testKeys } from '../support/keys.js'
import { claim } from '../support/papers.js'

const auditor = 'auditor-1'
/** 财务 owns the claims. */
const owner = 'finance-1'
const claims = 'expense-reimbursement'
let api: HttpHouse
beforeAll(async () => {
  api = await serveHouse()
  for (const total of ['900', '26.85']) {
    const opened = await api.house.open('technician-1', claims, claim(total))
    await opened.act('technician-1', 'SUBMIT')
    await opened.refused('technician-1', 'CHECK')
    await opened.act('finance-2', 'CHECK')
  }
  await api.house.openRefused('technician-1', 'complaint-handling', {})
}, 60_000)
afterAll(() => api.close())

interface Given {
  readonly format?: string
  readonly filter?: object | null
  readonly purpose?: string
  readonly key?: string
}
const request = `mutation ($format: ExportFormat!, $filter: AuditFilterInput, $purpose: String!, $key: String!) {
  requestExport(format: $format, filter: $filter, purpose: $purpose, idempotencyKey: $key) { id format status url manifest entries bytes digest expiresAt } }`
const asking = async (login: string, { format = 'JSONL', filter = null, purpose = '年度审计', key = randomUUID() }: Given = {}) =>
  ((await api.as(login)) as Ask)(request, { format, filter, purpose, key })
const asked = async (login: string, given: Given = {}): Promise<{ id: string; url: string; manifest: string }> =>
  dataOf(await asking(login, given)).requestExport
const bearer = async (login: string) => ({ authorization: `Bearer ${(await api.tokens.issue(employeeId(login))).token}` })
const fetched = async (login: string, url: string) => api.send({ method: 'GET', path: url, headers: await bearer(login) })
const exported = async (login: string, given: Given = {}) => fetched(login, (await asked(login, given)).url)

/** What the history says of the exports of somebody, the newest last. */
async function told(login: string, employee = employeeId(login)): Promise<{ action: string; result: string; details: Record<string, string> }[]> {
  const { rows } = await api.house.owner.query('select action, result, content from audit_entry where stream = $1 order by sequence', [accessStream(employee)])
  return rows.map(({ action, result, content }) => ({ action, result, details: JSON.parse(content).details }))
}
/** The same of one export, once there are so many entries. */
async function toldOf(login: string, id: string, many: number) {
  for (let tries = 0; tries < 200; tries++) {
    const entries = (await told(login)).filter(({ details }) => details['exportId'] === id)
    if (entries.length >= many) return entries
    await wait(50)
  }
  throw new Error('the end of the export is not on record')
}
const lines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

test('the auditor takes everything out, and each step of it is on record', async () => {
  const { id, url } = await asked(auditor, { filter: { results: ['DONE', 'REFUSED'] } })
  const before = Number((await api.house.owner.query('select count(*) as all from audit_entry')).rows[0].all)
  const { status, headers, text } = await fetched(auditor, url)
  expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, 'application/x-ndjson; charset=utf-8', 'no-store'])
  expect(headers['content-disposition']).toMatch(/^attachment; filename="countersign-history-\d{14}\.jsonl"$/)
  const entries = lines(text)
  // All but the entry of the request itself.
  expect(entries).toHaveLength(before - 1)
  const moments = entries.map(({ recordedAt, position }) => `${recordedAt} ${position.padStart(12, '0')}`)
  expect(moments).toEqual([...moments].sort())
  expect(entries.filter(({ result }) => result === 'REFUSED')).toHaveLength(3)
  const sha256 = createHash('sha256').update(text).digest('hex')
  const handed = { entries: String(entries.length), bytes: String(Buffer.byteLength(text)), sha256 }
  expect(await toldOf(auditor, id, 3)).toEqual([
    { action: 'EXPORT_REQUESTED', result: 'DONE', details: { exportId: id, format: 'JSONL', filter: '{"results":["DONE","REFUSED"]}', purpose: '年度审计' } },
    { action: 'EXPORT_STARTED', result: 'DONE', details: { exportId: id } },
    { action: 'EXPORT_FINISHED', result: 'DONE', details: { exportId: id, ...handed } },
  ])
  const again = await (await api.as(auditor))('query ($id: ID!) { export(id: $id) { status entries bytes digest } }', { id })
  expect(dataOf(again).export).toEqual({ status: 'FINISHED', entries: entries.length, bytes: Buffer.byteLength(text), digest: sha256 })
})

test('the same filter names the same entries as in the audit trail, in every format', async () => {
  const filter = { processes: [claims], results: ['DONE'], stream: 'CASE' }
  const trail = dataOf(
    await (await api.as(auditor))('query ($filter: AuditFilterInput) { auditTrail(filter: $filter, first: 100) { edges { node { id hash } } } }', { filter }),
  )
  const hashes: string[] = trail.auditTrail.edges.map(({ node }: any) => node.hash).reverse()
  expect(hashes).toHaveLength(6)
  expect(lines((await exported(auditor, { filter })).text).map(({ hash }) => hash)).toEqual(hashes)
  const [header, ...rows] = csvIn((await exported(auditor, { filter, format: 'CSV' })).text)
  expect(rows.map((row) => row[header!.indexOf('hash')])).toEqual(hashes)
  const xes = (await exported(auditor, { filter, format: 'XES' })).text
  expect([...xes.matchAll(/key="countersign:hash" value="(\w+)"/g)].map(([, hash]) => hash).sort()).toEqual([...hashes].sort())
  expect(xes.match(/<trace>/g)).toHaveLength(2)
  const log = JSON.parse((await exported(auditor, { filter, format: 'OCEL' })).text)
  expect(log.events.map(({ attributes }: any) => attributes.find(({ name }: any) => name === 'hash').value).sort()).toEqual([...hashes].sort())
  const ids = new Set(log.objects.map(({ id }: any) => id))
  for (const { relationships } of [...log.events, ...log.objects]) for (const { objectId } of relationships) expect(ids).toContain(objectId)
})

test('two fetches of one export give the same bytes, whatever happens between them', async () => {
  for (const format of ['JSONL', 'CSV', 'XES', 'OCEL']) {
    const { url } = await asked(auditor, { format })
    const first = await fetched(auditor, url)
    const opened = await api.house.open('technician-1', claims, claim())
    await opened.act('technician-1', 'SUBMIT')
    const second = await fetched(auditor, url)
    expect([first.status, second.text === first.text]).toEqual([200, true])
    expect(first.text.length).toBeGreaterThan(1000)
    expect((await exported(auditor, { format })).text).not.toBe(first.text)
  }
})

test('the file and its manifest prove each other', async () => {
  const { id, url, manifest } = await asked(auditor, { format: 'CSV', filter: { processes: [claims] }, purpose: '"x"\n— y' })
  const early = await fetched(auditor, manifest)
  expect([early.status, codeOf(early)]).toEqual([409, 'CONDITION_UNMET'])
  const file = await fetched(auditor, url)
  const answer = await fetched(auditor, manifest)
  const read = readManifest(testKeys, answer.text)!
  const rows = csvIn(file.text).slice(1)
  expect(read).toMatchObject({
    exportId: id,
    fileFormat: 'CSV',
    filter: { processes: [claims] },
    purpose: '"x"\n— y',
    entries: rows.length,
    firstPosition: rows[0]![0],
  })
  expect([read.sha256, read.bytes]).toEqual([createHash('sha256').update(file.text).digest('hex'), Buffer.byteLength(file.text)])
  expect(read.requestedBy.number).toBe((await api.house.owner.query('select number from employee where login = $1', [auditor])).rows[0].number)
  expect(readManifest(testKeys, answer.text.replace(read.sha256, '0'.repeat(64)))).toBeNull()
})

test('the owner of a process takes that process out and nothing else; a refusal is on record', async () => {
  const { status, text } = await exported(owner, { filter: { processes: [claims] } })
  expect(status).toBe(200)
  const entries = lines(text)
  expect(new Set(entries.map(({ process }) => process))).toEqual(new Set([claims]))
  // Who takes out what is for auditors alone.
  expect(entries.filter(({ stream }) => stream.startsWith('access:'))).toEqual([])
  expect(lines((await exported(auditor, { filter: { processes: [claims], stream: 'ACCESS' } })).text).length).toBeGreaterThan(0)
  for (const filter of [
    null,
    {},
    { processes: ['complaint-handling'] },
    { processes: [claims, 'complaint-handling'] },
    { family: 'complaints' },
    { actions: ['OPEN'] },
  ])
    expect(codeOf(await asking(owner, { filter }))).toBe('NOT_AUTHORISED')
  expect(codeOf(await asking('technician-1', { filter: { processes: [claims] } }))).toBe('NOT_AUTHORISED')
  expect(await told('technician-1')).toEqual([{ action: 'EXPORT_REQUESTED', result: 'REFUSED', details: expect.objectContaining({ purpose: '年度审计' }) }])
  expect(codeOf(await api.withToken()(request, { format: 'CSV', purpose: 'x', key: 'k' }))).toBe('UNAUTHENTICATED')
})

test('nobody else fetches it, nor he without his token, too late, or without his role', async () => {
  const { id, url, manifest } = await asked(owner, { filter: { processes: [claims] } })
  const both = async (login: string) => {
    const answers = await Promise.all([fetched(login, url), fetched(login, manifest)])
    return answers.map((answer) => [answer.status, codeOf(answer)])
  }
  expect(await both(auditor)).toEqual(Array.from({ length: 2 }, () => [404, 'NOT_FOUND']))
  expect(codeOf(await (await api.as(auditor))('query ($id: ID!) { export(id: $id) { id } }', { id }))).toBe('NOT_FOUND')
  const bare = await api.send({ method: 'GET', path: url })
  expect([bare.status, codeOf(bare)]).toEqual([401, 'UNAUTHENTICATED'])
  for (const wrong of ['/exports/1', `/exports/${randomUUID()}`, `/exports/${'x'.repeat(90)}`]) expect((await fetched(owner, wrong)).status).toBe(404)
  expect((await api.send({ method: 'HEAD', path: url, headers: await bearer(owner) })).status).toBe(404)
  await api.house.owner.query(
    `update export set requested_at = requested_at - interval '61 minutes', expires_at = expires_at - interval '61 minutes' where id = $1`,
    [id],
  )
  expect(await both(owner)).toEqual(Array.from({ length: 2 }, () => [410, 'EXPORT_EXPIRED']))
  expect(await told(owner)).not.toContainEqual(expect.objectContaining({ action: 'EXPORT_STARTED', details: expect.objectContaining({ exportId: id }) }))

  const login = await api.house.hire('export-owner', ['FINANCE'])
  const mine = await asked(login, { filter: { processes: [claims] } })
  await api.house.dismiss(login, 'FINANCE')
  const after = await fetched(login, mine.url)
  expect([after.status, codeOf(after)]).toEqual([403, 'NOT_AUTHORISED'])
})

test('an auditor’s export is no owner’s, should he change his post', async () => {
  const login = await api.house.hire('once-auditor', ['AUDITOR'])
  const { url } = await asked(login, { filter: { processes: [claims] } })
  await api.house.dismiss(login, 'AUDITOR')
  await api.house.hire(login, ['FINANCE'])
  expect((await fetched(login, url)).status).toBe(403)
})

test('bad input is named, and a repeated request is one export', async () => {
  expect(fieldsOf(await asking(auditor, { purpose: ' \n' }))).toEqual(['purpose LENGTH_INVALID'])
  expect(fieldsOf(await asking(auditor, { purpose: 'x'.repeat(501) }))).toEqual(['purpose LENGTH_INVALID'])
  expect(fieldsOf(await asking(auditor, { key: 'a b' }))).toEqual(['idempotencyKey VALUE_INVALID'])
  expect(fieldsOf(await asking(auditor, { filter: { processes: ['nowhere'] } }))).toEqual(['filter.processes VALUE_INVALID'])
  for (const format of ['XES', 'OCEL'])
    expect(fieldsOf(await asking(auditor, { format, filter: { results: ['REFUSED'] } }))).toEqual(['filter.results CHOICE_UNKNOWN'])
  const given = { key: 'export-1', filter: { recordedFrom: '2026-01-01T00:00:00.000Z', amountFrom: '1' } }
  const [one, again] = [await asking(auditor, given), await asking(auditor, given)]
  expect([dataOf(again).requestExport.id, again.headers['idempotency-replayed']]).toEqual([dataOf(one).requestExport.id, 'true'])
  expect((await told(auditor)).filter(({ details }) => details['exportId'] === dataOf(one).requestExport.id)).toHaveLength(1)
  for (const other of [{ format: 'CSV' }, { purpose: 'other' }, { filter: null }])
    expect(codeOf(await asking(auditor, { ...given, ...other }))).toBe('IDEMPOTENCY_KEY_REUSED')
})

/** How many long entries a big export has; by the thousand. */
const thousands = Number(process.env['EXPORT_THOUSANDS'] ?? 6)
/** So many entries of 5 KB more, in a stream of their own. */
async function pileUp(): Promise<void> {
  await api.house.owner.query(
    `with pile as (
       insert into audit_entry (stream, sequence, process, action, result, occurred_at, recorded_at, content, previous_hash, hash)
       select 'verification', n, 'organisation', 'PILE', 'DONE', now(), now() + n * interval '1 microsecond', json_build_object('round', 1, 'pad', repeat(md5(n::text), 150)), '0', md5(n::text)
         from generate_series(1, $1) n returning position, stream, sequence, recorded_at, hash)
     insert into outbox (stream, sequence, written_at, position, hash, told) select stream, sequence, recorded_at, position, hash, false from pile`,
    [thousands * 1000],
  )
  // As the database does by itself within a minute.
  await api.house.owner.query('analyze audit_entry')
}

test('a big export goes out as fast as the client takes it, and never stands in memory; who goes away is on record', async () => {
  await pileUp()
  const filter = { actions: ['PILE'] }
  const whole = await asked(auditor, { filter })
  const [before, started] = [held(), performance.now()]
  const taken = await take(whole.url, Number.POSITIVE_INFINITY)
  const [finished] = (await toldOf(auditor, whole.id, 3)).slice(-1)
  expect(finished).toMatchObject({
    action: 'EXPORT_FINISHED',
    details: { entries: String(thousands * 1000), bytes: String(taken.bytes), sha256: taken.sha256 },
  })
  expect(taken.bytes).toBeGreaterThan(thousands * 5_000_000)
  expect(taken.most - before).toBeLessThan(32_000_000)

  const left = await asked(auditor, { filter })
  const gone = await take(left.url, 1)
  const [end] = (await toldOf(auditor, left.id, 3)).slice(-1)
  expect(end!.action).toBe('EXPORT_BROKEN_OFF')
  // What was read ahead is what sockets hold, not the file.
  expect(Number(end!.details['bytes'])).toBeLessThan(taken.bytes / 2)
  expect(gone.bytes).toBeLessThan(taken.bytes / 2)
  expect((await fetched(auditor, left.manifest)).status).toBe(409)
  if (process.env['EXPORT_THOUSANDS'])
    process.stderr.write(`${JSON.stringify({ ...taken, before, end: end!.details, seconds: (performance.now() - started) / 1000 })}\n`)
}, 600_000)

v8.setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
/** What this process, server and client, holds in memory; bytes. */
function held(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
/** Fetches and forgets; goes away, after a pause without reading, once it has so many bytes. Output: what came, and the most that was held meanwhile. */
async function take(url: string, until: number): Promise<{ bytes: number; sha256: string; most: number }> {
  const headers = await bearer(auditor)
  return new Promise((resolve, reject) => {
    const got = { bytes: 0, digest: createHash('sha256'), most: 0 }
    const done = () => resolve({ bytes: got.bytes, sha256: got.digest.digest('hex'), most: got.most })
    const sent = http.get({ port: api.port, host: '127.0.0.1', path: url, headers }, (response) => {
      response.on('data', (part: Buffer) => {
        const [eighths, next] = [got.bytes, got.bytes + part.length].map((bytes) => Math.floor((bytes * 8) / (thousands * 5_000_000)))
        if (eighths !== next) got.most = Math.max(got.most, held())
        got.bytes += part.length
        got.digest.update(part)
        if (got.bytes < until || response.isPaused()) return
        response.pause()
        setTimeout(() => {
          sent.destroy()
          done()
        }, 500)
      })
      response.on('end', done)
      response.on('error', () => {})
    })
    sent.on('error', (error) => (until === Number.POSITIVE_INFINITY ? reject(error) : undefined))
  })
}

test('the operator’s command writes the file and its manifest, on record under the system', async () => {
  const out = path.join(mkdtempSync(path.join(tmpdir(), 'countersign-export-')), 'claims.xes')
  const run = (...args: string[]) =>
    new Promise<{ code: number | null; said: string }>((resolve) => {
      const env = { ...process.env, DATABASE_URL: api.house.ownerUrl, APP_DATABASE_URL: api.house.appUrl, KEY_FILE: process.env['KEY_FILE']! }
      const child = spawn(process.execPath, [path.join(root, 'dist', 'src', 'cli', 'export.js'), ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] })
      let said = ''
      child.stderr.on('data', (part) => (said += part))
      child.on('close', (code) => resolve({ code, said }))
    })
  const asks = ['--format', 'xes', '--process', claims, '--purpose', '流程挖掘', '--before', '2100-01-01T00:00:00Z']
  const [written, unnamed] = await Promise.all([run(...asks, '--out', out), run('--format', 'xes', '--out', out)])
  expect(written).toEqual({ code: 0, said: expect.stringContaining(`${out}: `) })
  expect(unnamed).toEqual({ code: 2, said: expect.stringContaining('--purpose says what it is for') })
  const manifest = readManifest(testKeys, readFileSync(`${out}.manifest.json`, 'utf8'))!
  expect(manifest).toMatchObject({ fileFormat: 'XES', purpose: '流程挖掘', filter: { processes: [claims], recordedBefore: '2100-01-01T00:00:00.000Z' } })
  expect(manifest.sha256).toBe(createHash('sha256').update(readFileSync(out)).digest('hex'))
  expect(manifest.entries).toBe(readFileSync(out, 'utf8').match(/<event>/g)!.length)
  expect((await told('', systemAccount.employeeId)).slice(-3).map(({ action }) => action)).toEqual(['EXPORT_REQUESTED', 'EXPORT_STARTED', 'EXPORT_FINISHED'])
}, 60_000)
