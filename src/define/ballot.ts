import type { Decision } from './authority.js'

/** How a countersign is decided. Integers only; a share is in percent. */
export type Mode =
  /** 会签: everybody approves; the first rejection fails it. */
  | { readonly kind: 'all' }
  /** 或签: the first approval passes it; it fails with the first rejection, or only when all reject. */
  | { readonly kind: 'any'; readonly failsOn: 'FIRST_REJECTION' | 'ALL_REJECT' }
  /** 依次: one after the other, in the order of the seats. */
  | { readonly kind: 'inOrder' }
  /** So many approvals. */
  | { readonly kind: 'quorum'; readonly approvals: number }
  /** 会签比例: approvals of those who do not abstain, with so many of them at the least. */
  | { readonly kind: 'ratio'; readonly percent: number; readonly attendance?: number }

export const everybody: Mode = { kind: 'all' }
export const anybody = (failsOn: 'FIRST_REJECTION' | 'ALL_REJECT'): Mode => ({ kind: 'any', failsOn })
export const inOrder: Mode = { kind: 'inOrder' }
export const quorum = (approvals: number): Mode => ({ kind: 'quorum', approvals })
export const ratio = (percent: number, attendance?: number): Mode => ({ kind: 'ratio', percent, ...(attendance !== undefined && { attendance }) })

export type Vote = 'APPROVE' | 'REJECT' | 'ABSTAIN'

/** One voice of a countersign. `key` is its own on the ballot. */
export interface BallotSeat {
  readonly key: string
  /** A named seat; one human being; any member of a department; whoever holds a role, where nobody else is left. */
  readonly kind: 'seat' | 'person' | 'department' | 'role'
  /** The seat's name, or the id of the person or department, or the role. */
  readonly id: string
  /** The account that the person votes with. */
  readonly employeeId?: string
  /** 加签: the person who added this voice. */
  readonly addedBy?: string
  /** 离职交接: whoever had the voice before, whose proxy has it now. */
  readonly heldFor?: string
}
/** Who decides a countersign, frozen when the case enters it. */
export interface Ballot {
  readonly state: string
  /** The version of the case with which it was drawn: older votes in this state are of another round. */
  readonly drawnAt: number
  readonly seats: readonly BallotSeat[]
}

/** The votes that were cast on a ballot, of all the decisions of its case. */
export const votesOn = (ballot: Ballot, decisions: readonly Decision[]): readonly Decision[] =>
  decisions.filter(({ state, vote, sequence }) => vote !== undefined && state === ballot.state && sequence > ballot.drawnAt)

/** The voices that may be raised now: all that have not voted, or the next in order. */
export function openSeats(ballot: Ballot, mode: Mode, decisions: readonly Decision[]): readonly BallotSeat[] {
  const voted = new Set(votesOn(ballot, decisions).map(({ seat }) => seat))
  const left = ballot.seats.filter(({ key }) => !voted.has(key))
  return mode.kind === 'inOrder' ? left.slice(0, 1) : left
}

/** Decided or not, with so many voices and these votes. An abstention leaves the count; nothing passes without an approval. */
export function tally(mode: Mode, voices: number, votes: readonly Vote[]): 'passed' | 'failed' | 'open' {
  const count = (vote: Vote) => votes.filter((cast) => cast === vote).length
  const [approved, rejected, abstained] = [count('APPROVE'), count('REJECT'), count('ABSTAIN')]
  const left = Math.max(0, voices - votes.length)
  // Where all abstain nothing is decided: the owner of the process is asked.
  if (voices > 0 && abstained >= voices) return 'open'
  switch (mode.kind) {
    case 'all':
    case 'inOrder':
      return rejected > 0 ? 'failed' : left === 0 && approved > 0 ? 'passed' : 'open'
    case 'any':
      if (approved > 0) return 'passed'
      return rejected > 0 && (mode.failsOn === 'FIRST_REJECTION' || left === 0) ? 'failed' : 'open'
    case 'quorum':
      return approved >= mode.approvals ? 'passed' : approved + left < mode.approvals ? 'failed' : 'open'
    case 'ratio': {
      const [counted, attending] = [voices - abstained, mode.attendance ?? 0]
      if (approved > 0 && approved * 100 >= mode.percent * counted && approved + rejected >= attending) return 'passed'
      return (approved + left) * 100 < mode.percent * counted || counted < attending ? 'failed' : 'open'
    }
  }
}
