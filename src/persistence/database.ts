import pg from 'pg'
import type { Config } from '../config.js'
import { startEmbedded } from './embedded-postgres.js'
import { setUpDatabase } from './migrate.js'

/** A database of the newest version. `ownerUrl` may change its shape, `appUrl` only what the application must. */
export interface Database {
  readonly ownerUrl: string
  readonly appUrl: string
  /** Stops a cluster of our own unless another process uses it; call it when every connection is closed. */
  stop(): Promise<void>
}

const embeddedName = 'countersign'

/**
 * Opens the database of the configuration, or without one the embedded PostgreSQL under the data directory, and brings it to
 * the newest version. Throws when it cannot be reached, created or migrated; a cluster started for it is then stopped again.
 */
export async function openDatabase(where: Pick<Config, 'databaseUrl' | 'appDatabaseUrl' | 'dataDirectory'>): Promise<Database> {
  const { databaseUrl, appDatabaseUrl, dataDirectory } = where
  if (databaseUrl) return { ownerUrl: databaseUrl, appUrl: await setUpDatabase(databaseUrl, appDatabaseUrl), stop: async () => {} }
  const cluster = await startEmbedded(dataDirectory)
  try {
    await createIfMissing(cluster.url('postgres'), embeddedName)
    const ownerUrl = cluster.url(embeddedName)
    return { ownerUrl, appUrl: await setUpDatabase(ownerUrl, appDatabaseUrl), stop: () => cluster.stop() }
  } catch (error) {
    await cluster.stop()
    throw error
  }
}

async function createIfMissing(maintenanceUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: maintenanceUrl })
  await client.connect()
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name])
    if (rowCount === 0) await client.query(`create database ${name}`)
  } catch (error) {
    // Another process was quicker.
    if (!['42P04', '23505'].includes((error as { code?: string }).code ?? '')) throw error
  } finally {
    await client.end()
  }
}
