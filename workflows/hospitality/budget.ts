import { compareDecimals, sumOf } from '../../src/define/index.js'
import type { HospitalityApplication, HospitalityReport } from './customer-meal-hospitality/forms.js'

/** What meals and receptions have in common: one application with a budget, one report of what was spent. */
interface Hospitality {
  readonly application?: HospitalityApplication
  readonly report?: HospitalityReport
}
export const budget = ({ application }: Hospitality) => application?.budgetTotal
export const spent = ({ report }: Hospitality) => report?.expenseTotal
export const amounts = (lines: readonly { amount: string }[]) => sumOf(lines.map(({ amount }) => amount))
export const atMost = (amount: string | undefined, limit: string | undefined) =>
  amount !== undefined && limit !== undefined && compareDecimals(amount, limit) <= 0

/** So much a year for one customer, whatever the process: authority limits may bound it. */
export const yearOfHospitality = {
  account: 'hospitality',
  counterparty: ({ application }: Hospitality) => application?.customer,
  day: ({ application }: Hospitality) => application?.banquetDate,
  period: 'YEAR',
} as const
