import { Field } from 'type-graphql'
import { type FieldSpec, rowFieldsOf } from '../define/index.js'
import type { TrackingRow } from '../persistence/queries/complaint-tracking.js'
import { CaseType } from './case.type.js'
import { type RequestContext, read } from './context.js'
import { LocalDate } from './scalars.js'

export const Day = () => Field(() => LocalDate, { nullable: true })
export const Text = () => Field(() => String, { nullable: true })

/** A code of complaint-handling in words, as its own form has them. */
export function dispositionLabel(context: RequestContext, code: string | null): string | null {
  const remedy = context.processes.current.get('complaint-handling')?.definition.forms['remedy']
  const field = remedy && rowFieldsOf(remedy).find(({ name }: FieldSpec) => name === 'disposition')
  const label = code === null ? undefined : field?.choices?.[code]
  return label ? read(context, label) : null
}

/** What every line about a complaint begins with. */
export abstract class OfComplaint {
  constructor(readonly row: TrackingRow) {}
  async caseOf(context: RequestContext): Promise<CaseType | null> {
    const row = await context.loaders.case.load(this.row.id)
    return row && CaseType.of(row)
  }
}
