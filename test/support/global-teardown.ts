import { rmSync } from 'node:fs'
import path from 'node:path'
import type { EmbeddedPostgres } from '../../src/persistence/embedded-postgres.js'

export default async function globalTeardown(): Promise<void> {
  const { cluster } = globalThis as { cluster?: EmbeddedPostgres }
  await cluster?.stop()
  if (cluster) rmSync(path.dirname(cluster.dataDirectory), { recursive: true, force: true })
}
