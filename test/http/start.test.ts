import { randomUUID } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import pg from 'pg'
import { pino } from 'pino'
import { configFrom } from '../../src/config.js'
import { employeeId } from '../../src/organisation/ids.js'
import { loadProcesses } from '../../src/registry.js'
import { type Server, serverFrom } from '../../src/server.js'

const name = `start_${randomUUID().replaceAll('-', '').slice(0, 12)}`
const url = Object.assign(new URL(process.env['TEST_OWNER_URL']!), { pathname: `/${name}` }).href
const proof = mkdtempSync(path.join(tmpdir(), 'countersign-proof-'))
const config = configFrom({ DATABASE_URL: url, ORGANISATION: 'sme', KEY_FILE: process.env['KEY_FILE'], PROOF_DIRECTORY: proof })
const processes = await loadProcesses()
const start = (): Promise<Server> => serverFrom(config, processes, pino({ level: 'silent' }))

let owner: pg.Client
beforeAll(async () => {
  const maintenance = new pg.Client({ connectionString: process.env['TEST_OWNER_URL']! })
  await maintenance.connect()
  await maintenance.query(`create database ${name} template template0`)
  await maintenance.end()
  owner = new pg.Client({ connectionString: url })
  await owner.connect()
})
afterAll(() => owner.end())

const ready = async ({ app }: Server) => (await app.inject({ method: 'GET', url: '/readyz' })).statusCode
const count = async (sql: string): Promise<number> => (await owner.query(`select count(*)::int as n from ${sql}`)).rows[0].n

test('three servers may start at once on an empty database: one organisation, one key', async () => {
  const servers = await Promise.all([start(), start(), start()])
  expect(await Promise.all(servers.map(ready))).toEqual([200, 200, 200])
  expect(await count(`employee where login <> 'system'`)).toBe(56)
  expect(await count('signing_key')).toBe(1)
  await Promise.all(servers.map((server) => server.close()))
})

test('a second start keeps what an operator changed', async () => {
  await owner.query(`update employee set name = '新来的' where id = $1`, [employeeId('cs-manager-1')])
  const server = await start()
  expect(await count(`employee where name = '新来的'`)).toBe(1)
  expect(await count(`employee where login <> 'system'`)).toBe(56)
  await server.close()
})

test('a server that does not know the definition of an open case does not start', async () => {
  await owner.query(
    `insert into service_case (id, number, process, definition_version, definition_hash, state, version, round, decisions, applicant_id, applicant_person_id, head_hash, opened_at, updated_at, entered_at)
     select $1, 'X-1', 'expense-reimbursement', 99, 'x', 'draft', 1, 1, '[]', id, person_id, '', now(), now(), now() from employee where login = 'cs-manager-1'`,
    [randomUUID()],
  )
  await expect(start()).rejects.toThrow(/expense-reimbursement version 99/)
  await owner.query('delete from service_case')
})

test('a configuration that cannot be is refused by name', () => {
  expect(() => configFrom({ PORT: 'eighty' })).toThrow(/PORT/)
  expect(() => configFrom({ ORGANISATION: 'huge' })).toThrow(/ORGANISATION/)
  expect(() => configFrom({ CHECKPOINT_SECONDS: '61' })).toThrow(/CHECKPOINT_SECONDS/)
  expect(() => configFrom({ CHECKPOINT_URL: 'ftp://witness.example' })).toThrow(/CHECKPOINT_URL/)
  expect(() => configFrom({ CHECKPOINT_URL: 'https://me:secret@witness.example' })).toThrow(/^CHECKPOINT_URL takes an address without/)
  expect(() => configFrom({ TOKEN_ISSUER: 'https://issuer.example' })).toThrow(/TOKEN_AUDIENCE/)
})
