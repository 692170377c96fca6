import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { plantCalendar } from '../../src/engine/plant-calendar.js'
import { collect } from '../../src/engine/processes.js'
import { chinaCalendar } from '../../src/organisation/china-calendar.js'
import { demonstration } from '../../src/organisation/demonstration.js'
import { seed } from '../../src/organisation/seed.js'
import { hashPassword } from '../../src/organisation/sign-in.js'
import { commandStoreOf } from '../../src/persistence/command-store.js'
import { type EmbeddedPostgres, startEmbedded } from '../../src/persistence/embedded-postgres.js'
import { setUpDatabase } from '../../src/persistence/migrate.js'
import { poolOf } from '../../src/persistence/pool.js'

/** One cluster for all tests, with a template that has the demonstration organisation in it; every test file clones it. */
export default async function globalSetup(): Promise<void> {
  const cluster = await startEmbedded(mkdtempSync(path.join(tmpdir(), 'countersign-test-')), ['-c fsync=off', '-c max_connections=200'])
  ;(globalThis as { cluster?: EmbeddedPostgres }).cluster = cluster
  await query(cluster.url('postgres'), 'create database template_house')
  process.env['TEST_APP_URL'] = await setUpDatabase(cluster.url('template_house'))
  process.env['TEST_OWNER_URL'] = cluster.url('template_house')
  const owner = new pg.Client({ connectionString: cluster.url('template_house') })
  await owner.connect()
  await seed(owner, demonstration('large'), () => hashPassword('countersign'))
  await owner.end()
  const pool = poolOf(process.env['TEST_APP_URL'], (error) => void process.stderr.write(`${error}\n`))
  await plantCalendar(commandStoreOf(pool, collect([])), chinaCalendar)
  await pool.end()
  // What the calendar's entry says was told long ago.
  await query(cluster.url('template_house'), 'delete from outbox')
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(sql)
  await client.end()
}
