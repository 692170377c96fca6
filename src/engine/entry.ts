import type { EntryFacts } from './case-record.js'
import type { LoadedProcess } from './processes.js'

type Always = 'process' | 'definitionVersion' | 'definitionHash' | 'action' | 'actor' | 'requestId' | 'idempotencyKey'

/** An entry in which only what is particular to the act has to be said; the rest is a plain deed of round 1. */
export const entryWith = (facts: Pick<EntryFacts, Always> & Partial<EntryFacts>): EntryFacts => ({
  seat: null,
  from: null,
  to: null,
  round: 1,
  result: 'DONE',
  reasons: [],
  onBehalfOfId: null,
  grantId: null,
  contentDigest: null,
  aside: {},
  roleUsed: null,
  forms: [],
  links: [],
  customerStatus: null,
  customerId: null,
  amount: null,
  causedBy: null,
  occurredAt: null,
  ...facts,
})

/** Which definition an entry stands under. */
export const under = ({ definition, fingerprint }: LoadedProcess): Pick<EntryFacts, 'process' | 'definitionVersion' | 'definitionHash'> => ({
  process: definition.id,
  definitionVersion: definition.version,
  definitionHash: fingerprint,
})
