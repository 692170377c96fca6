/** Why an erasure waits: a case that is still open, or one that is under a hold. */
export interface Obstacle {
  readonly kind: 'OPEN_CASE' | 'HOLD'
  readonly caseId: string
  readonly caseNumber: string
  /** Of a hold. */
  readonly holdId: string | null
}
export interface ErasureRecord {
  readonly id: string
  readonly customerId: string
  readonly status: 'DEFERRED' | 'DONE'
  /** The entry of the organisation's history that asked for it. */
  readonly requestedSequence: number | null
}
/** What an erasure has destroyed: keys by id, and the cases that lost their values. */
export interface Erased {
  readonly keys: readonly string[]
  readonly cases: readonly string[]
}

/** Holds and erasures within one transaction of the door. */
export interface ErasureTransaction {
  /** Output: the id of the hold. */
  placeHold(caseId: string, reason: string, placedById: string): Promise<string>
  /** A hold, locked; null: there is none. */
  lockHold(holdId: string): Promise<{ readonly caseId: string; readonly isLifted: boolean } | null>
  liftHold(holdId: string, liftedById: string): Promise<void>
  isCaseErased(caseId: string): Promise<boolean>
  /** Nobody opens a case of this customer until the commit, once this has been asked by an erasure; the other way round, no erasure runs. */
  isErased(customerId: string): Promise<boolean>
  /**
   * The customer behind all his cases, locked for update. `hasPersonal`: personal values of his can still be read in a form. Null: there is none.
   */
  lockCustomer(customerId: string): Promise<{ readonly isErased: boolean; readonly hasPersonal: boolean } | null>
  areDestroyed(keys: readonly string[]): Promise<boolean>
  /** What keeps the customer from being erased, by the number of the case; at most 100. */
  obstacles(customerId: string): Promise<readonly Obstacle[]>
  deferredErasure(customerId: string): Promise<string | null>
  erasure(id: string): Promise<ErasureRecord | null>
  /** A request, waiting. Output: its id. */
  requestErasure(customerId: string, reason: string, requestedById: string): Promise<string>
  setErasureRequested(id: string, sequence: number): Promise<void>
  /** Destroys the keys of the customer and his cases, with these besides, and blanks what stands in the open. */
  erase(customerId: string, keys: readonly string[]): Promise<Erased>
  /** The request is done; one that the database does not know (any more) is written anew. `sequence`: the entry of the organisation's history. */
  settleErasure(done: { readonly id: string; readonly customerId: string; readonly keys: readonly string[]; readonly sequence: number }): Promise<void>
}
