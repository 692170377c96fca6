import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import pg from 'pg'
import { startEmbedded } from '../../src/persistence/embedded-postgres.js'

const folder = mkdtempSync(path.join(tmpdir(), 'countersign-embedded-'))
const places = new Set([folder])
afterAll(() => {
  for (const place of places) rmSync(place, { recursive: true, force: true })
})

const answers = async (url: string): Promise<boolean> => {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
}

test('a second user of the cluster finds it running, and the first to go leaves it to the other', async () => {
  const first = await startEmbedded(folder)
  const second = await startEmbedded(folder)
  places.add(path.dirname(first.dataDirectory))
  const url = second.url('postgres')
  expect(first.url('postgres')).toBe(url)
  await first.stop()
  expect(await answers(url)).toBe(true)
  await second.stop()
  expect(await answers(url)).toBe(false)
})

test('a cluster that was stopped starts again with its data', async () => {
  const before = await startEmbedded(folder)
  const client = new pg.Client({ connectionString: before.url('postgres') })
  await client.connect()
  await client.query('create table kept (what text)')
  await client.query(`insert into kept values ('data')`)
  await client.end()
  await before.stop()
  const after = await startEmbedded(folder)
  const again = new pg.Client({ connectionString: after.url('postgres') })
  await again.connect()
  expect((await again.query('select what from kept')).rows).toEqual([{ what: 'data' }])
  await again.end()
  await after.stop()
})
