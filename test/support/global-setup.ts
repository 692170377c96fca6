import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { writtenKeyring } from '../../src/audit/keyring.js'
import { type EmbeddedPostgres, startEmbedded } from '../../src/persistence/embedded-postgres.js'
import { publish } from '../../src/persistence/events.js'
import { poolOf } from '../../src/persistence/pool.js'
import { testKeys } from './keys.js'
import { seeded } from './seeded.js'

/** One cluster for all tests, with a template that has the demonstration organisation in it; every test file clones it. */
export default async function globalSetup(): Promise<void> {
  const cluster = await startEmbedded(mkdtempSync(path.join(tmpdir(), 'countersign-test-')), ['-c fsync=off', '-c max_connections=200'])
  ;(globalThis as { cluster?: EmbeddedPostgres }).cluster = cluster
  await query(cluster.url('postgres'), 'create database template_house')
  process.env['TEST_OWNER_URL'] = cluster.url('template_house')
  process.env['TEST_APP_URL'] = await seeded(cluster.url('template_house'))
  await sequence(cluster.url('template_house'))
  const keyFile = path.join(mkdtempSync(path.join(tmpdir(), 'countersign-keys-')), 'keys.json')
  writeFileSync(keyFile, writtenKeyring(testKeys))
  process.env['KEY_FILE'] = keyFile
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(sql)
  await client.end()
}

/** What the calendar's entry says stands in the log, and was told long ago. */
async function sequence(ownerUrl: string): Promise<void> {
  await query(ownerUrl, 'update outbox set told = false')
  const pool = poolOf(ownerUrl, () => {})
  await publish(pool)
  await pool.end()
}
