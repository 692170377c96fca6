import { macOf } from '../audit/chain.js'
import { type Keyring, keyNamed } from '../audit/keyring.js'
import type { Querier } from './pool.js'

/** Why these keys are not those of the history, by its newest entry; null when they are. A key file that was made anew has the same names in it. */
export async function keyFault(db: Querier, { mac: keys }: Pick<Keyring, 'mac'>): Promise<string | null> {
  const { rows } = await db.query('select hash, mac, mac_key as "keyId" from audit_entry order by position desc limit 1')
  const { hash, mac, keyId } = rows[0] ?? {}
  // Entries of before there were keys have none.
  if (!keyId) return null
  const key = keyNamed(keys, keyId)
  if (!key) return `the newest entry of the history was signed with the key ${keyId}, which the key file lacks`
  return macOf(key, hash) === mac ? null : `the newest entry of the history was signed with another key ${keyId} than the one in the key file`
}

/** A history that goes on with other keys could not be told from a forged one: nobody who writes to it begins. Throws a sentence. */
export async function refuseForeignKeys(db: Querier, keys: Pick<Keyring, 'mac'>): Promise<void> {
  const fault = await keyFault(db, keys)
  if (fault) throw new Error(`${fault}: KEY_FILE must name the key file that this history was written with`)
}
