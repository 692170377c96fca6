import type { Ballot, Decision } from '../define/index.js'
import type { CaseRecord, Handling } from './case-record.js'

/**
 * What an entry did to its case that neither its words nor the definition tell. With it the whole case can be told from its history:
 * it is part of the hashed text, and names people and customers by their ids.
 */
export type Effect = { readonly opened: Opened } | { readonly done: Done } | { readonly around: Around }

/** The opening of a case. */
export type Opened = Pick<CaseRecord, 'number' | 'applicantId' | 'applicantPersonId' | 'customerId' | 'parentId' | 'revokesId'>

/** An act that made the next version of its case. */
export interface Done extends Pick<Decision, 'personId' | 'principalId' | 'approves' | 'limit' | 'cumulativeLimit'> {
  /** The arrow that was taken, by its place among the arrows of its state. */
  readonly arrow: number
  /** Whom the case is about from now on; absent: as before. */
  readonly customerId?: string | null
  /** The ballot of the state that it came to; absent: nobody votes there, or the case stayed. */
  readonly ballot?: Ballot
  /** What other cases had reserved or used before this one, as the act was judged by it; CNY, absent where the process draws on nothing. */
  readonly committedBefore?: readonly string[]
}

/** Work beside the acts: what it left otherwise around the next decision. */
export interface Around extends Pick<Handling, 'ballot' | 'givers' | 'raised'> {
  /** A decision that was held takes effect now, or has lapsed. */
  readonly frees?: true
}
/** The effect of work; none where nothing but the tasks is otherwise. */
export const effectAround = (around: Around): { readonly effect?: Effect } => (Object.keys(around).length > 0 ? { effect: { around } } : {})
/** What goes on around a decision after that work. */
export function handlingAfter({ held, ...handling }: Handling, { frees, ...changed }: Around): Handling {
  return { ...handling, ...changed, ...(held && !frees && { held }) }
}
