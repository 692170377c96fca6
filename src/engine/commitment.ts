import { type AnyProcess, isFinal, stepIn } from '../define/index.js'
import type { CaseRecord, CommitmentChange } from './case-record.js'
import type { LoadedProcess } from './processes.js'

type Data = Readonly<Record<string, unknown>>
export type Drawn = Omit<CommitmentChange, 'status'>
const lengthOf = { YEAR: 4, MONTH: 7, ALL: 0 } as const

/** What the case draws on, as its forms say: one for each commitment of its process, null where they do not say it yet. */
export const drawnBy = ({ definition }: Pick<LoadedProcess, 'definition'>, data: Data): readonly (Drawn | null)[] =>
  (definition.commitments ?? []).map((commitment) => drawn(definition, commitment, data))

function drawn({ amountOf }: AnyProcess, { account, counterparty, day, period }: NonNullable<AnyProcess['commitments']>[number], data: Data): Drawn | null {
  const [name, counterpartyId, on, amount] = [typeof account === 'string' ? account : account(data), counterparty(data), day(data), amountOf?.(data)]
  return name && counterpartyId && on && amount ? { account: name, counterpartyId, period: on.slice(0, lengthOf[period]), amount } : null
}

/** Reserved from submission on, used once approved, released when the case goes back to its draft or ends otherwise. */
export function commitmentsAfter({ definition }: LoadedProcess, before: CaseRecord, after: CaseRecord, data: Data): CommitmentChange[] {
  if (!definition.commitments || after.revokesId !== null) return []
  const step = stepIn(definition, after.state)!
  const isFree = after.state === definition.initial || (isFinal(step) && step.outcome !== 'completed')
  if (isFree && before.state === definition.initial) return []
  return definition.commitments.flatMap((commitment) => {
    const draws = drawn(definition, commitment, data)
    const status = isFree ? 'RELEASED' : isFinal(step) || commitment.usedFrom.includes(after.state) ? 'USED' : 'RESERVED'
    return draws ? [{ ...draws, status } as const] : []
  })
}
