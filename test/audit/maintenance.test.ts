import { randomUUID } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import pg from 'pg'
import { organisationStream } from '../../src/audit/chain.js'
import { type Keyring, rotated } from '../../src/audit/keyring.js'
import { entryWith } from '../../src/engine/entry.js'
import { systemAccount } from '../../src/engine/system-account.js'
import { commandStoreOf } from '../../src/persistence/command-store.js'
import { prune } from '../../src/persistence/events.js'
import { setUpDatabase } from '../../src/persistence/migrate.js'
import { mealInReview } from '../support/cases.js'
import { type House, openHouse } from '../support/house.js'
import { testKeys } from '../support/keys.js'
import { adoptRoles, checkpointed, logged, ProofFile, verified } from '../support/proof.js'

/** What an operator may do with the database, none of which is tampering. */
const rounds = Number(process.env['BENIGN_ROUNDS'] ?? 1)

let house: House
let keys: Keyring = testKeys
const file = new ProofFile()
const made: string[] = []
beforeAll(async () => {
  house = await openHouse()
  await adoptRoles(house)
  await mealInReview(house)
  await logged(house)
  await checkpointed(house.owner, file)
})
afterAll(async () => {
  await house.close()
  for (const name of made) await maintained(`drop database ${name} with (force)`)
})

const named = (url: string, database: string) => Object.assign(new URL(url), { pathname: `/${database}` }).href
const fresh = (): string => {
  const name = `copy_${randomUUID().replaceAll('-', '').slice(0, 16)}`
  made.push(name)
  return name
}
async function maintained(sql: string): Promise<void> {
  const maintenance = new pg.Client({ connectionString: named(house.ownerUrl, 'postgres') })
  await maintenance.connect()
  await maintenance.query(sql)
  await maintenance.end()
}
const copyOf = (name: string): House => ({ ...house, appUrl: named(house.appUrl, name) })

/** Output: the house to verify, where it is another one. */
const kinds: Readonly<Record<string, () => Promise<House | undefined>>> = {
  'tables are written anew, and indexes': async () => {
    await house.owner.query('vacuum full')
    await house.owner.query('reindex schema public')
  },
  'more is done': async () => {
    const meal = await mealInReview(house)
    await meal.refused('technician-1', 'APPROVE')
    await logged(house)
    await checkpointed(house.owner, file)
  },
  'the files of the database are copied': async () => {
    const name = fresh()
    const source = new URL(house.ownerUrl).pathname.slice(1)
    // A template may have no connections.
    await house.owner.end()
    await maintained(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${source}'`)
    await maintained(`create database ${name} template ${source}`)
    const owner = new pg.Client({ connectionString: house.ownerUrl })
    await owner.connect()
    house = { ...house, owner, close: async () => void (await Promise.all([house.pool.end(), owner.end()])) }
    return copyOf(name)
  },
  'the rows are taken out and put into a new database': async () => {
    const name = fresh()
    await maintained(`create database ${name}`)
    await setUpDatabase(named(house.ownerUrl, name))
    await copyRows(name)
    return copyOf(name)
  },
  'a newer version is started': async () => {
    await setUpDatabase(house.ownerUrl)
    return undefined
  },
  'old events are forgotten': async () => {
    await prune(house.owner, new Date(Date.now() + 60_000))
  },
  'a customer is forgotten': async () => {
    const { rows } = await house.owner.query('select id, customer_id as customer, wrapped from subject_key where wrapped is not null limit 1')
    expect(rows).toHaveLength(1)
    const [{ id, customer, wrapped }] = rows
    await house.owner.query('update subject_key set wrapped = null, destroyed_at = clock_timestamp() where id = $1', [id])
    expect(Object.keys((await verified(house, file, { keys })).counts)).toEqual(['ERASURE_UNRECORDED'])
    await recordedErasure({ keys: id, ...(customer && { customerId: customer }) })
    await house.owner.query('update subject_key set wrapped = $2, destroyed_at = null where id = $1', [id, wrapped])
    expect(Object.keys((await verified(house, file, { keys })).counts)).toEqual(['ERASURE_UNDONE'])
    await house.owner.query('update subject_key set wrapped = null, destroyed_at = clock_timestamp() where id = $1', [id])
  },
  'the keys are changed': async () => {
    keys = rotated(rotated(keys, 'mac', new Date()), 'log', new Date())
    await recordedErasure({ status: 'DEFERRED', customerId: randomUUID() })
    await logged(house)
    await checkpointed(house.owner, file, { keys })
  },
  'the server has another time zone and another order of dates': async () => {
    const name = new URL(house.ownerUrl).pathname.slice(1)
    for (const [setting, value] of [
      ['timezone', 'Asia/Shanghai'],
      ['datestyle', 'SQL, DMY'],
      ['intervalstyle', 'iso_8601'],
      ['bytea_output', 'escape'],
      ['extra_float_digits', '0'],
    ])
      await house.owner.query(`alter database ${name} set ${setting} to '${value}'`)
  },
}

async function recordedErasure(details: Readonly<Record<string, string>>): Promise<void> {
  const entry = entryWith({
    process: 'organisation',
    definitionVersion: 1,
    definitionHash: '',
    action: 'ERASE_CUSTOMER',
    actor: { id: systemAccount.employeeId, kind: 'system' },
    details,
    requestId: 'test',
    idempotencyKey: randomUUID(),
  })
  await commandStoreOf(house.pool, house.processes, keys).record(organisationStream, null, entry)
}

async function copyRows(name: string): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'countersign-copy-'))
  chmodSync(folder, 0o777)
  const target = new pg.Client({ connectionString: named(house.ownerUrl, name) })
  await target.connect()
  const { rows: tables } = await house.owner.query(`select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`)
  const { rows: sequences } = await house.owner.query(`select sequencename as name, last_value as last from pg_sequences where schemaname = 'public'`)
  await target.query('set session_replication_role = replica')
  for (const { name: table } of tables) {
    const at = path.join(folder, table)
    await house.owner.query(`copy ${table} to '${at}'`)
    const { rowCount } = await target.query(`select from ${table} limit 1`)
    if (rowCount !== 0) await target.query(`delete from ${table}`)
    await target.query(`copy ${table} from '${at}'`)
  }
  for (const { name: sequence, last } of sequences) if (last !== null) await target.query('select setval($1, $2)', [sequence, last])
  await target.end()
  rmSync(folder, { recursive: true, force: true })
}

describe.each(Array.from({ length: rounds }, (_, round) => round + 1))('round %i', () => {
  test.each(Object.entries(kinds))(
    '%s, and nothing is reported',
    async (_name, maintain) => {
      const other = await maintain()
      await logged(house)
      const report = await verified(other ?? house, file, { keys })
      expect(report.findings).toEqual([])
      expect(report.entries).toBeGreaterThan(100)
    },
    60_000,
  )
})
