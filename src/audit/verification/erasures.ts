import type { Told } from './told.js'

/** Whose personal values were erased on record. */
export class Erasures {
  readonly #keys = new Set<string>()
  readonly #customers = new Set<string>()
  constructor(history: Iterable<Told>) {
    for (const { action, result, details = {} } of history) {
      // One that was only asked for has destroyed nothing yet.
      if (action !== 'ERASE_CUSTOMER' || result !== 'DONE' || details['status'] === 'DEFERRED') continue
      const customer = details['customerId'] ?? details['customer']
      if (details['keys'] !== undefined) for (const key of details['keys'].split(/[\s,]+/)) this.#keys.add(key)
      else if (customer !== undefined) this.#customers.add(customer)
    }
  }
  readonly has = ({ keyId, customerId }: { readonly keyId: string; readonly customerId: string | null }): boolean =>
    this.#keys.has(keyId) || (customerId !== null && this.#customers.has(customerId))
}
