import type { Told } from './told.js'

/** Whose personal values were erased on record. */
export class Erasures {
  readonly #keys = new Set<string>()
  readonly #customers = new Set<string>()
  constructor(history: Iterable<Told>) {
    for (const { action, result, details = {} } of history) {
      if (action !== 'ERASE_CUSTOMER' || result !== 'DONE') continue
      for (const key of details['keys']?.split(/[\s,]+/) ?? []) this.#keys.add(key)
      if (details['customer']) this.#customers.add(details['customer'])
    }
  }
  readonly has = ({ keyId, customerId }: { readonly keyId: string; readonly customerId: string | null }): boolean =>
    this.#keys.has(keyId) || (customerId !== null && this.#customers.has(customerId))
}
