import type { EntityManager } from '@mikro-orm/postgresql'
import type pg from 'pg'
import type { Keyring } from '../audit/keyring.js'
import { type Actor, inLanguage, isUuid, type Label, type Language } from '../define/index.js'
import type { CommandStore } from '../engine/case-store.js'
import type { Door } from '../engine/door.js'
import type { Processes } from '../engine/processes.js'
import { refuse } from '../engine/refused.js'
import type { SignIn } from '../organisation/sign-in.js'
import type { Tokens } from '../organisation/tokens.js'
import type { Loaders } from './loaders.js'
import type { Readings } from './readings.js'

/** What all requests share. */
export interface Services {
  readonly pool: pg.Pool
  readonly door: Door
  /** For what is neither an act nor a refusal of one, as the reading of personal values. */
  readonly store: Pick<CommandStore, 'record'>
  readonly keys: Keyring
  readonly processes: Processes
  readonly tokens: Tokens
  readonly signIn: SignIn
}
/** One request: who asks, in which language, and what was loaded for it. */
export interface RequestContext extends Services {
  readonly em: EntityManager
  readonly viewer: Omit<Actor, 'limits'> | null
  readonly language: Language
  readonly requestId: string
  readonly address: string
  readonly loaders: Loaders
  /** What is read of personal or confidential values: on record before it is given out. */
  readonly readings: Readings
  /** Tells the transport that the answer repeats an earlier one. */
  readonly markReplayed: () => void
}

/** The employee who asks. Throws `UNAUTHENTICATED`. */
export function viewerOf({ viewer }: RequestContext): Actor {
  if (!viewer) throw refuse('UNAUTHENTICATED')
  return { ...viewer, limits: {} }
}

export const read = ({ language }: RequestContext, label: Label): string => inLanguage(label, language)

/** Ids come from outside: what is no UUID cannot be anybody's. Throws `NOT_FOUND`. */
export function uuid(id: string): string {
  if (!isUuid(id)) throw refuse('NOT_FOUND')
  return id.toLowerCase()
}
/** The same for an id that may be left out. */
export const uuidIf = (id: string | null | undefined): string | undefined => (id === null || id === undefined ? undefined : uuid(id))
