import pg from 'pg'
import { adoptRoles } from '../../src/engine/adopt-roles.js'
import { plantCalendar } from '../../src/engine/plant-calendar.js'
import { collect } from '../../src/engine/processes.js'
import { chinaCalendar } from '../../src/organisation/china-calendar.js'
import { demonstration } from '../../src/organisation/demonstration.js'
import { seed } from '../../src/organisation/seed.js'
import { hashPassword } from '../../src/organisation/sign-in.js'
import { commandStoreOf } from '../../src/persistence/command-store.js'
import { setUpDatabase } from '../../src/persistence/migrate.js'
import { poolOf } from '../../src/persistence/pool.js'
import { testKeys } from './keys.js'

/** Makes the tables of an empty database, the demonstration organisation and its calendar. Output: the application's address. */
export async function seeded(ownerUrl: string): Promise<string> {
  const appUrl = await setUpDatabase(ownerUrl)
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  await seed(owner, demonstration('large'), () => hashPassword('countersign'))
  await owner.end()
  const pool = poolOf(appUrl, (error) => void process.stderr.write(`${error}\n`))
  const store = commandStoreOf(pool, collect([]), testKeys)
  await plantCalendar(store, chinaCalendar)
  await adoptRoles(store)
  await pool.end()
  return appUrl
}
