import type { FormValues } from '../../define/index.js'
import type { Querier } from '../pool.js'
import type { Period } from './complaint-facts.js'
import { complaintStatistics, complaintSummary, type Group } from './complaint-statistics.js'

/** What a statistics source says of a period: the fields of the form that opens its case, but for the two days. */
export type FiguresOf = (db: Querier, period: Period) => Promise<FormValues>

/** The figures that a process may name under `every`. */
export const figureSources: Readonly<Record<string, FiguresOf>> = {
  async complaintSummary(db, period) {
    const { days: _days, ...summary } = await complaintSummary(db, period)
    const { kind, department, disposition } = await complaintStatistics(db, period)
    return {
      ...summary,
      byKind: linesOf(kind, 'complaintKind'),
      byDepartment: linesOf(department, 'responsibleDepartment'),
      byDisposition: linesOf(disposition, 'disposition'),
    }
  },
}
const linesOf = (groups: readonly Group[], name: string): FormValues[] => groups.map(({ value, count, loss }) => ({ [name]: value, count, loss }))
