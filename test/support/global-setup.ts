import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { type EmbeddedPostgres, startEmbedded } from '../../src/persistence/embedded-postgres.js'
import { seeded } from './seeded.js'

/** One cluster for all tests, with a template that has the demonstration organisation in it; every test file clones it. */
export default async function globalSetup(): Promise<void> {
  const cluster = await startEmbedded(mkdtempSync(path.join(tmpdir(), 'countersign-test-')), ['-c fsync=off', '-c max_connections=200'])
  ;(globalThis as { cluster?: EmbeddedPostgres }).cluster = cluster
  await query(cluster.url('postgres'), 'create database template_house')
  process.env['TEST_OWNER_URL'] = cluster.url('template_house')
  process.env['TEST_APP_URL'] = await seeded(cluster.url('template_house'))
  // What the calendar's entry says was told long ago.
  await query(cluster.url('template_house'), 'delete from outbox')
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(sql)
  await client.end()
}
