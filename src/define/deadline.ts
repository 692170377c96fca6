import type { Role } from './roles.js'
import type { Term } from './term.js'

/** How many: a figure, or the name of a setting of the process that holds it. */
export type Figure = number | string
/** How long, from entering on; or, where a day (`YYYY-MM-DD`) is named, from that day on, or ahead of it. */
export type Span = ({ readonly days: Figure } | { readonly workingDays: Figure } | { readonly workingHours: Figure }) & {
  readonly from?: string | undefined
  readonly before?: string | undefined
}
/** When a term ends: after a span, on a day that a form names, or never while the forms name none. */
export type Due<Data> = Span | ((data: Data) => Span | string | undefined)

/**
 * 升级阶梯: what is done for a task that lies, at a share of its term (1: when the term is over).
 * REMIND tells whoever has it. REASSIGN puts a claimed task back into its pool. WIDEN lets a post above decide as well,
 * RAISE the next one above those who may. Nothing of it decides anything.
 */
export type Rung = { readonly at: number } & ({ readonly do: 'REMIND' | 'REASSIGN' | 'RAISE' } | { readonly do: 'WIDEN'; readonly to: Role })

/** The term that a definition means, with its figures filled in. `undefined`: no term yet. */
export function termOf<Data>(due: Due<Data>, data: Data, settings: Readonly<Record<string, number>>): Term | undefined {
  const given = typeof due === 'function' ? due(data) : due
  if (given === undefined) return undefined
  if (typeof given === 'string') return { on: given }
  const { from, before, ...span } = given
  if (('from' in given && from === undefined) || ('before' in given && before === undefined)) return undefined
  const [[unit, figure]] = Object.entries(span) as [[string, Figure]]
  const count = typeof figure === 'string' ? settings[figure] : figure
  if (count === undefined) return undefined
  const start = before ?? from
  return { [unit]: before === undefined ? count : -count, ...(start !== undefined && { from: start }) } as Term
}

/** The settings that a term asks for, as far as it can be told without a case. */
export const settingsNamed = (due: Due<any>): readonly string[] =>
  typeof due === 'function'
    ? []
    : Object.entries(due).flatMap(([unit, value]) => (unit !== 'from' && unit !== 'before' && typeof value === 'string' ? [value] : []))
