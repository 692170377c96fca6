import { Ctx, Field, Int, ObjectType } from 'type-graphql'
import { labelOfEvent, type Role } from '../define/index.js'
import type { AuditEntryRow } from '../persistence/entities.js'
import { besides } from './beside-labels.js'
import { type RequestContext, read } from './context.js'
import { EmployeeType, employeeOf, RoleType } from './people.type.js'
import { DateTime } from './scalars.js'

@ObjectType('Signature', { description: '签字 / A signature box of a paper form: the newest decision taken there' })
export class SignatureType {
  constructor(
    readonly entry: AuditEntryRow,
    readonly text: string | null,
  ) {}
  @Field(() => EmployeeType, { nullable: true }) employee(@Ctx() { loaders }: RequestContext): Promise<EmployeeType | null> {
    return employeeOf(loaders, this.entry.actorId)
  }
  @Field(() => RoleType, { nullable: true }) get role(): RoleType | null {
    return this.entry.roleUsed ? new RoleType(this.entry.roleUsed as Role) : null
  }
  @Field(() => String, { nullable: true, description: '签字人姓名，签署时的样子 / The name as it was printed then, with whose place was taken' })
  get printedName(): string | null {
    return this.entry.aside?.signedName ?? null
  }
  @Field(() => String, { description: '签字含义 / What the signature means: the state and the decision' }) meaning(@Ctx() context: RequestContext): string {
    return meaningOf(context, this.entry)
  }
  @Field(() => String, { description: '决定 / The event, as APPROVE or RETURN' }) get action(): string {
    return this.entry.action
  }
  @Field(() => String, { nullable: true }) get opinion(): string | null {
    return this.text
  }
  @Field(() => DateTime) get signedAt(): Date {
    return this.entry.occurredAt
  }
  @Field(() => Int) get round(): number {
    return factsOf(this.entry).round
  }
}

/** In words: in which state, which decision. */
export function meaningOf(context: RequestContext, entry: AuditEntryRow): string {
  const definition = context.processes.at(entry.process, factsOf(entry).definitionVersion)?.definition
  const step = definition && entry.fromState ? definition.states[entry.fromState] : undefined
  const beside = movesCase(entry) && entry.action !== 'OPEN' ? undefined : besides[entry.action]
  const label = beside ?? (definition && labelOfEvent(definition, entry.action))
  const decision = label ? read(context, label) : entry.action
  return step ? `${read(context, step.label)} · ${decision}` : decision
}

/** The parts of an entry's canonical text that the columns do not repeat. */
export interface EntryContent {
  readonly round: number
  readonly seat: string | null
  readonly definitionVersion: number
  readonly requestId: string
  readonly contentDigest: string | null
  readonly forms: readonly { readonly key: string; readonly version: number; readonly digest: string }[]
  readonly reasons: readonly { readonly code: string; readonly zh: string; readonly en: string }[]
  readonly details?: Readonly<Record<string, string>>
  readonly links: readonly { readonly process: string; readonly caseId?: string; readonly refused?: string }[]
}
export const factsOf = (entry: AuditEntryRow): EntryContent => JSON.parse(entry.content) as EntryContent

/** Who signed last in one of these places: a state, or `state.SEAT` of a countersign. */
export async function signatureIn({ loaders }: RequestContext, caseId: string, places: readonly string[]): Promise<SignatureType | null> {
  const entries = (await loaders.doneEntries.load(caseId)).filter(
    (entry) => places.includes(entry.fromState ?? '') || places.includes(`${entry.fromState}.${factsOf(entry).seat}`),
  )
  const newest = entries.at(-1)
  return newest ? new SignatureType(newest, await commentOf(loaders, newest)) : null
}

/** What was done to the case itself, as against attempts and claims. */
export const movesCase = (entry: AuditEntryRow): entry is AuditEntryRow & { caseId: string } => entry.stream.startsWith('case:')

/** The opinion or reason that came with an act: the text of work beside a case, or the first so named in its forms. */
export async function commentOf(loaders: RequestContext['loaders'], entry: AuditEntryRow): Promise<string | null> {
  if (!movesCase(entry)) return entry.aside?.text ?? null
  const versions = await loaders.formVersions.load(entry.caseId)
  for (const { sequence, values } of versions) {
    if (sequence !== entry.sequence) continue
    const text = values['opinion'] ?? values['reason'] ?? values['comment']
    if (typeof text === 'string') return text
  }
  return null
}
