import { Decimal } from 'decimal.js'

/** Amounts and quantities are decimal strings everywhere; a binary float never holds one. */
export type DecimalText = string

/** The exact sum. Absent values count as nothing. */
export const sumOf = (values: readonly (DecimalText | undefined)[]): DecimalText =>
  values.reduce((total, value) => total.plus(value ?? 0), new Decimal(0)).toFixed()

/** -1, 0 or 1: the first against the second. */
export const compareDecimals = (first: DecimalText, second: DecimalText): number => new Decimal(first).comparedTo(second)

/** Equal as numbers: `10` and `10.00` are. */
export const sameAmount = (first: DecimalText | undefined, second: DecimalText | undefined): boolean =>
  first !== undefined && second !== undefined && compareDecimals(first, second) === 0

/** The larger of those present; undefined when none is. */
export const largestOf = (values: readonly (DecimalText | undefined)[]): DecimalText | undefined =>
  values
    .filter((value) => value !== undefined)
    .reduce<DecimalText | undefined>((top, value) => (top === undefined || compareDecimals(value, top) > 0 ? value : top), undefined)
