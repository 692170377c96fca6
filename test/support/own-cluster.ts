import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startEmbedded } from '../../src/persistence/embedded-postgres.js'
import { type House, openHouse } from './house.js'
import { seeded } from './seeded.js'

/**
 * A house on a PostgreSQL of its own, which writes to the disk what it has committed, as an operator's does.
 * `env`: for the processes of that PostgreSQL alone. Closing the house ends it.
 */
export async function openOwnHouse(env: Readonly<Record<string, string>> = {}): Promise<House> {
  const folder = mkdtempSync(path.join(tmpdir(), 'countersign-own-'))
  const first = await startEmbedded(folder)
  const appUrl = await seeded(first.url('postgres'))
  await first.stop()
  const cluster = await withEnvironment(env, () => startEmbedded(folder, ['-c max_connections=200']))
  const { port } = new URL(cluster.url('postgres'))
  const house = await openHouse([], [cluster.url('postgres'), Object.assign(new URL(appUrl), { port }).href])
  return {
    ...house,
    async close() {
      await house.close()
      await cluster.stop()
      rmSync(path.dirname(cluster.dataDirectory), { recursive: true, force: true })
    },
  }
}

async function withEnvironment<T>(env: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
  Object.assign(process.env, env)
  try {
    return await work()
  } finally {
    for (const name of Object.keys(env)) delete process.env[name]
  }
}
